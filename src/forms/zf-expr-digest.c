/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-expr-library.h"

#include <math.h>
#include <string.h>

/* Digests and identifiers. */

gboolean
zf_expr_digest_type (const char *name, GChecksumType *type)
{
  static const struct { const char *name; GChecksumType type; } types[] = {
    { "MD5", G_CHECKSUM_MD5 }, { "SHA-1", G_CHECKSUM_SHA1 }, { "SHA-256", G_CHECKSUM_SHA256 },
    { "SHA-384", G_CHECKSUM_SHA384 }, { "SHA-512", G_CHECKSUM_SHA512 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].name, name))
      {
        *type = types[i].type;
        return TRUE;
      }
  return FALSE;
}

gboolean
zf_expr_digest_encoding (const char *name, gboolean *hex)
{
  *hex = g_str_equal (name, "hex");
  return *hex || g_str_equal (name, "base64");
}

ZF_EXPR_FUNCTION (digest)
{
  g_autofree char *encoding = nargs > 2 ? zf_expr_pop_text (ctxt) : g_strdup ("base64");
  g_autofree char *algorithm = zf_expr_pop_text (ctxt);
  g_autofree char *text = zf_expr_pop_text (ctxt);
  GChecksumType type;
  gboolean hex;
  if (!zf_expr_digest_type (algorithm, &type) || !zf_expr_digest_encoding (encoding, &hex))
    {
      zf_expr_state (ctxt)->unknown = TRUE;
      zf_expr_push_text (ctxt, "");
      return;
    }
  guint8 bytes[64];
  gsize size = sizeof bytes;
  g_autoptr (GChecksum) checksum = g_checksum_new (type);
  g_checksum_update (checksum, (const guchar *) text, -1);
  g_autofree char *out = hex ? g_strdup (g_checksum_get_string (checksum)) : NULL;
  if (!hex)
    {
      g_checksum_get_digest (checksum, bytes, &size);
      out = g_base64_encode (bytes, size);
    }
  zf_expr_push_text (ctxt, out);
}

/* Groups of four, at the end with one or two "=" at most. */
static gboolean
is_base64 (const char *text)
{
  gsize n = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  gsize padding = strspn (text + n, "=");
  return text[n + padding] == '\0' && padding <= 2 && (n + padding) % 4 == 0;
}

ZF_EXPR_FUNCTION (base64_decode)
{
  g_autofree char *text = zf_expr_pop_text (ctxt);
  gsize size = 0;
  g_autofree guchar *bytes = is_base64 (text) ? g_base64_decode (text, &size) : NULL;
  gboolean readable = bytes != NULL && g_utf8_validate ((const char *) bytes, (gssize) size, NULL);
  g_autofree char *out = g_strndup (readable ? (const char *) bytes : "", readable ? size : 0);
  if (!readable)
    zf_expr_state (ctxt)->unknown = TRUE;
  zf_expr_push_text (ctxt, out);
}

#define RANDOM_COST 64 /* a call to the system for each letter */

/* uuid(n): n random letters and digits, as JavaRosa's. */
static void
push_guid (xmlXPathParserContext *ctxt, double length)
{
  static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  guint n = length > 0 ? (guint) MIN (length, 1024) : 0;
  if (!zf_expr_charge (ctxt, n * RANDOM_COST))
    return;
  g_autoptr (GString) out = g_string_sized_new (n);
  for (guint i = 0; i < n; i++)
    g_string_append_c (out, letters[zf_random_below (zf_expr_state (ctxt)->random, 36)]);
  zf_expr_push_text (ctxt, out->str);
}

ZF_EXPR_FUNCTION (uuid)
{
  if (nargs > 0)
    {
      push_guid (ctxt, zf_expr_pop_measure (ctxt));
      return;
    }
  guint8 b[16];
  zf_random_bytes (zf_expr_state (ctxt)->random, b, sizeof b);
  b[6] = (guint8) ((b[6] & 0x0f) | 0x40);
  b[8] = (guint8) ((b[8] & 0x3f) | 0x80);
  g_autofree char *text = g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4],
                                           b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
  zf_expr_push_text (ctxt, text);
}
