/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-clock.h"

struct _ZfClock
{
  GObject parent_instance;

  gboolean manual;
  GMutex lock;      /* guards now_ms */
  gint64 now_ms;
};

G_DEFINE_FINAL_TYPE (ZfClock, zf_clock, G_TYPE_OBJECT)

static void
zf_clock_finalize (GObject *object)
{
  ZfClock *self = ZF_CLOCK (object);

  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (zf_clock_parent_class)->finalize (object);
}

static void
zf_clock_class_init (ZfClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_clock_finalize;
}

static void
zf_clock_init (ZfClock *self)
{
  g_mutex_init (&self->lock);
}

ZfClock *
zf_clock_new_system (void)
{
  return g_object_new (ZF_TYPE_CLOCK, NULL);
}

ZfClock *
zf_clock_new_manual (gint64 now_ms)
{
  ZfClock *self = g_object_new (ZF_TYPE_CLOCK, NULL);

  self->manual = TRUE;
  self->now_ms = now_ms;
  return self;
}

gint64
zf_clock_now_ms (ZfClock *self)
{
  gint64 now;

  g_return_val_if_fail (ZF_IS_CLOCK (self), 0);

  if (!self->manual)
    return g_get_real_time () / 1000;
  g_mutex_lock (&self->lock);
  now = self->now_ms;
  g_mutex_unlock (&self->lock);
  return now;
}

void
zf_clock_advance (ZfClock *self, gint64 ms)
{
  g_return_if_fail (ZF_IS_CLOCK (self));
  g_return_if_fail (self->manual);

  g_mutex_lock (&self->lock);
  self->now_ms += ms;
  g_mutex_unlock (&self->lock);
}

char *
zf_clock_today (ZfClock *self)
{
  g_autoptr (GDateTime) now = NULL;

  g_return_val_if_fail (ZF_IS_CLOCK (self), NULL);

  now = g_date_time_new_from_unix_local (zf_clock_now_ms (self) / 1000);
  if (now == NULL)
    return g_strdup ("1970-01-01");
  return g_date_time_format (now, "%Y-%m-%d");
}
