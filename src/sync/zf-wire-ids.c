/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-wire-ids.h"

#include <string.h>

#include "zf-id.h"

#define N_TEXT 36
#define N_BYTES 16
#define WHOLE 22      /* digits of 128 bits */
#define RANDOM 13     /* digits of the 74 random bits of a UUIDv7 */

struct _ZfWireIds
{
  GPtrArray *seen;       /* texts, in order of first appearance */
  GHashTable *places;    /* text → place in seen, plus one */
  gint64 last;           /* place of the id before */
  guint64 time;          /* of the last UUIDv7 that was sent whole */
};

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

ZfWireIds *
zf_wire_ids_new (void)
{
  ZfWireIds *ids = g_new0 (ZfWireIds, 1);

  ids->seen = g_ptr_array_new_with_free_func (g_free);
  ids->places = g_hash_table_new (g_str_hash, g_str_equal);
  return ids;
}

void
zf_wire_ids_free (ZfWireIds *ids)
{
  g_hash_table_unref (ids->places);
  g_ptr_array_unref (ids->seen);
  g_free (ids);
}

static void
remember (ZfWireIds *ids, const char *id)
{
  g_ptr_array_add (ids->seen, g_strdup (id));
  ids->last = ids->seen->len - 1;
  g_hash_table_insert (ids->places, g_ptr_array_index (ids->seen, ids->last), GINT_TO_POINTER (ids->last + 1));
}

/* 128 bits as two halves. */
typedef struct
{
  guint64 high;
  guint64 low;
} Bits;

static Bits
read_text (const char *id)
{
  Bits bits = { 0 };

  for (guint i = 0; i < N_TEXT; i++)
    if (id[i] != '-')
      {
        bits.high = bits.high << 4 | bits.low >> 60;
        bits.low = bits.low << 4 | (guint64) g_ascii_xdigit_value (id[i]);
      }
  return bits;
}

static void
put_text (GString *out, Bits bits)
{
  g_string_append_printf (out, "%08x-%04x-%04x-%04x-%012" G_GINT64_MODIFIER "x", (guint) (bits.high >> 32), (guint) (bits.high >> 16 & 0xffff),
                          (guint) (bits.high & 0xffff), (guint) (bits.low >> 48), bits.low & G_GUINT64_CONSTANT (0xffffffffffff));
}

static void
put_digits (GString *out, Bits bits, guint n)
{
  char text[WHOLE + 1] = { 0 };

  for (guint i = n; i > 0; i--)
    {
      text[i - 1] = digits[bits.low & 63];
      bits.low = bits.low >> 6 | bits.high << 58;
      bits.high >>= 6;
    }
  g_string_append_len (out, text, n);
}

static gboolean
read_digits (const char *text, guint n, Bits *bits)
{
  *bits = (Bits) { 0 };
  for (guint i = 0; i < n; i++)
    {
      const char *digit = text[i] != '\0' ? strchr (digits, text[i]) : NULL;

      if (digit == NULL)
        return FALSE;
      bits->high = bits->high << 6 | bits->low >> 58;
      bits->low = bits->low << 6 | (guint64) (digit - digits);
    }
  return TRUE;
}

/* Version 7: 48 bits of time, 4 of version, 12 random ones, 2 of variant, 62 random ones. */

static gboolean
has_time (Bits bits)
{
  return (bits.high >> 12 & 15) == 7 && bits.low >> 62 == 2;
}

static Bits
random_of (Bits bits)
{
  Bits random = { (bits.high & 0xfff) >> 2, (bits.high & 3) << 62 | (bits.low & G_MAXUINT64 >> 2) };

  return random;
}

static Bits
with_time (guint64 time, Bits random)
{
  Bits bits = { time << 16 | 7 << 12 | (random.high & 0x3ff) << 2 | random.low >> 62,
                G_GUINT64_CONSTANT (2) << 62 | (random.low & G_MAXUINT64 >> 2) };

  return bits;
}

void
zf_wire_ids_put (ZfWireIds *ids, GString *out, const char *id, gint64 at)
{
  gint64 place = GPOINTER_TO_INT (g_hash_table_lookup (ids->places, id)) - 1;
  Bits bits = read_text (id);
  guint64 time = bits.high >> 16;

  if (place >= 0)
    {
      g_string_append_printf (out, "%" G_GINT64_FORMAT, place - ids->last);
      ids->last = place;
      return;
    }
  remember (ids, id);
  g_string_append_c (out, '"');
  if (has_time (bits) && time == (guint64) at)
    put_digits (out, random_of (bits), RANDOM);
  else if (has_time (bits) && time == ids->time)
    {
      g_string_append_c (out, '-');
      put_digits (out, random_of (bits), RANDOM);
    }
  else
    {
      put_digits (out, bits, WHOLE);
      ids->time = has_time (bits) ? time : ids->time;
    }
  g_string_append_c (out, '"');
}

static gboolean
take_known (ZfWireIds *ids, const char *word, gsize len, GString *out)
{
  g_autofree char *text = g_strndup (word, MIN (len, 20));
  char *end = NULL;
  gint64 step = g_ascii_strtoll (text, &end, 10);
  gint64 place;

  if (len == 0 || *end != '\0' || step < -G_MAXINT || step > G_MAXINT)
    return FALSE;
  place = ids->last + step;
  if (place < 0 || place >= ids->seen->len)
    return FALSE;
  ids->last = place;
  g_string_append (out, g_ptr_array_index (ids->seen, place));
  return TRUE;
}

static gboolean
read_new (ZfWireIds *ids, const char *text, gsize len, gint64 at, Bits *bits)
{
  Bits random;

  if (len == WHOLE && read_digits (text, WHOLE, bits))
    {
      ids->time = has_time (*bits) ? bits->high >> 16 : ids->time;
      return TRUE;
    }
  if ((len != RANDOM && (len != RANDOM + 1 || text[0] != '-')) || !read_digits (text + len - RANDOM, RANDOM, &random))
    return FALSE;
  *bits = with_time (len == RANDOM ? (guint64) at & G_GUINT64_CONSTANT (0xffffffffffff) : ids->time, random);
  return TRUE;
}

gboolean
zf_wire_ids_take (ZfWireIds *ids, const char *word, gsize len, gint64 at, GString *out)
{
  gsize start = out->len;
  Bits bits;

  if (len < 2 || word[0] != '"')
    return take_known (ids, word, len, out);
  if (word[len - 1] != '"' || !read_new (ids, word + 1, len - 2, at, &bits))
    return FALSE;
  put_text (out, bits);
  if (!zf_id_is_valid (out->str + start) || g_hash_table_contains (ids->places, out->str + start))
    return FALSE;
  remember (ids, out->str + start);
  return TRUE;
}
