/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Digests of records and sums of them, the same on tablet and county (sync.md 2.5): pure functions. */
#define ZF_DIGEST_BYTES 16
#define ZF_DIGEST_BUCKETS 256

typedef struct
{
  guint8 b[ZF_DIGEST_BYTES];   /* big-endian 128-bit number */
} ZfDigest;

/** zf_digest_record: first 16 bytes of SHA-256 over id, LF, rev in decimal, LF, canonical JSON of @fields without members that are null. */
ZfDigest zf_digest_record (const char *id, gint64 rev, JsonObject *fields);
/** zf_digest_text: the same with the canonical JSON at hand. */
ZfDigest zf_digest_text (const char *id, gint64 rev, const char *text);
/** zf_digest_add, zf_digest_sub: *sum ± digest modulo 2^128. */
void zf_digest_add (ZfDigest *sum, const ZfDigest *digest);
void zf_digest_sub (ZfDigest *sum, const ZfDigest *digest);
/** zf_digest_hex: (transfer full): 32 lower-case hex digits. zf_digest_parse: FALSE when @hex is not that. */
char *zf_digest_hex (const ZfDigest *digest);
gboolean zf_digest_parse (const char *hex, ZfDigest *digest);
/** zf_digest_line: (transfer full): what a village adds to zf_digest_all. zf_digest_all: one digest for many villages: first 16 bytes of SHA-256 over their
 * @lines in order of the bytes; those of no records are left out. @lines is put in order. */
char *zf_digest_line (const char *village, gint64 n, const ZfDigest *sum);
ZfDigest zf_digest_all (GPtrArray *lines);
/** zf_digest_bucket: 0–255, the last two hex digits of the id. */
guint zf_digest_bucket (const char *id);

G_END_DECLS
