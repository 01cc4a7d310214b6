/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-id.h"

#include <sodium.h>
#include <string.h>

#define N_BYTES 16
#define N_TEXT 36
#define KEY_SEPARATOR "\x1f"

static gboolean
is_dash (int i)
{
  return i == 8 || i == 13 || i == 18 || i == 23;
}

static char *
to_text (guint8 bytes[N_BYTES], guint8 version)
{
  static const char hex[] = "0123456789abcdef";
  char *text = g_malloc (N_TEXT + 1);
  int byte = 0;

  bytes[6] = (guint8) ((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = (guint8) ((bytes[8] & 0x3f) | 0x80);
  for (int i = 0; i < N_TEXT; i++)
    {
      if (is_dash (i))
        {
          text[i] = '-';
          continue;
        }
      text[i] = hex[bytes[byte] >> 4];
      text[++i] = hex[bytes[byte] & 0x0f];
      byte++;
    }
  text[N_TEXT] = '\0';
  return text;
}

char *
zf_id_new (ZfClock *clock, ZfRandom *random)
{
  guint8 bytes[N_BYTES];
  guint64 ms = (guint64) zf_clock_now_ms (clock);

  zf_random_bytes (random, bytes, sizeof bytes);
  for (int i = 0; i < 6; i++)
    bytes[i] = (guint8) (ms >> (40 - 8 * i));
  return to_text (bytes, 7);
}

char *
zf_id_from_key (const char *kind, const char *key)
{
  crypto_hash_sha256_state state;
  guint8 hash[crypto_hash_sha256_BYTES];

  g_return_val_if_fail (kind != NULL && key != NULL, NULL);

  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, (const guint8 *) kind, strlen (kind));
  crypto_hash_sha256_update (&state, (const guint8 *) KEY_SEPARATOR, 1);
  crypto_hash_sha256_update (&state, (const guint8 *) key, strlen (key));
  crypto_hash_sha256_final (&state, hash);
  return to_text (hash, 8);
}

gboolean
zf_id_is_valid (const char *id)
{
  if (id == NULL || strnlen (id, N_TEXT + 1) != N_TEXT)
    return FALSE;
  for (int i = 0; i < N_TEXT; i++)
    {
      if (is_dash (i) ? id[i] != '-' : !g_ascii_isxdigit (id[i]) || g_ascii_isupper (id[i]))
        return FALSE;
    }
  return (id[14] == '7' || id[14] == '8') && strchr ("89ab", id[19]) != NULL;
}
