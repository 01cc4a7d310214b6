/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-random.h"

#include <sodium.h>
#include <string.h>

#define BLOCK 512

struct _ZfRandom
{
  GObject parent_instance;

  gboolean seeded;
  guint64 seed;
  GMutex lock;      /* guards what follows */
  guint64 n_blocks;
  gsize used;
  guint8 block[BLOCK];
};

G_DEFINE_FINAL_TYPE (ZfRandom, zf_random, G_TYPE_OBJECT)

/* A block depends on seed and number only, so the stream is the same however it is cut into calls. */
static void
next_block (ZfRandom *self)
{
  guint8 key[randombytes_SEEDBYTES] = { 0 };
  guint64 seed = GUINT64_TO_LE (self->seed);
  guint64 number = GUINT64_TO_LE (self->n_blocks);

  memcpy (key, &seed, sizeof seed);
  memcpy (key + sizeof seed, &number, sizeof number);
  randombytes_buf_deterministic (self->block, BLOCK, key);
  self->n_blocks++;
  self->used = 0;
}

static void
zf_random_finalize (GObject *object)
{
  ZfRandom *self = ZF_RANDOM (object);

  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (zf_random_parent_class)->finalize (object);
}

static void
zf_random_class_init (ZfRandomClass *klass)
{
  if (sodium_init () < 0)
    g_error ("libsodium could not be started");
  G_OBJECT_CLASS (klass)->finalize = zf_random_finalize;
}

static void
zf_random_init (ZfRandom *self)
{
  g_mutex_init (&self->lock);
  self->used = BLOCK;
}

ZfRandom *
zf_random_new_system (void)
{
  return g_object_new (ZF_TYPE_RANDOM, NULL);
}

ZfRandom *
zf_random_new_seeded (guint64 seed)
{
  ZfRandom *self = g_object_new (ZF_TYPE_RANDOM, NULL);

  self->seeded = TRUE;
  self->seed = seed;
  return self;
}

void
zf_random_bytes (ZfRandom *self, gpointer buffer, gsize len)
{
  guint8 *to = buffer;

  g_return_if_fail (ZF_IS_RANDOM (self));

  if (!self->seeded)
    {
      randombytes_buf (buffer, len);
      return;
    }
  g_mutex_lock (&self->lock);
  while (len > 0)
    {
      gsize n;

      if (self->used == BLOCK)
        next_block (self);
      n = MIN (len, BLOCK - self->used);
      memcpy (to, self->block + self->used, n);
      self->used += n;
      to += n;
      len -= n;
    }
  g_mutex_unlock (&self->lock);
}

guint64
zf_random_u64 (ZfRandom *self)
{
  guint64 bits = 0;

  zf_random_bytes (self, &bits, sizeof bits);
  return GUINT64_FROM_LE (bits);
}

guint32
zf_random_below (ZfRandom *self, guint32 n)
{
  guint32 reject, bits = 0;

  g_return_val_if_fail (n > 0, 0);

  /* Numbers below 2^32 mod n would make the small results likelier. */
  reject = (guint32) (-n) % n;
  do
    {
      zf_random_bytes (self, &bits, sizeof bits);
      bits = GUINT32_FROM_LE (bits);
    }
  while (bits < reject);
  return bits % n;
}

gboolean
zf_random_chance (ZfRandom *self, guint per_mille)
{
  return zf_random_below (self, 1000) < per_mille;
}
