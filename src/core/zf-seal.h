/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "zf-random.h"

G_BEGIN_DECLS

/* Sealed files: anybody may carry one, only those whom it is sealed to can read it, and a changed or cut one is told from a whole one.
 *
 * "ZFP1", number of readers (1 byte), for each reader the first 8 bytes of SHA-256 of its public key and the file's key sealed to it
 * (crypto_box_seal, 80 bytes); then a secretstream (XChaCha20-Poly1305): its header, and frames of a length (4 bytes, big-endian) and
 * that many bytes. The last frame is marked as the last. */
#define ZF_SEAL_KEY_BYTES 32

typedef struct
{
  guint8 public[ZF_SEAL_KEY_BYTES];
  guint8 secret[ZF_SEAL_KEY_BYTES];
} ZfSealPair;

/** zf_seal_pair_new: a fresh X25519 pair from bytes of @random. zf_seal_pair_derive: the pair that belongs to @secret and @context for ever. */
void zf_seal_pair_new (ZfSealPair *pair, ZfRandom *random);
void zf_seal_pair_derive (ZfSealPair *pair, const guint8 secret[ZF_SEAL_KEY_BYTES], const char *context);
/** zf_seal_key_text: (transfer full): base64. zf_seal_key_read: FALSE when @text (nullable) is no key. */
char *zf_seal_key_text (const guint8 key[ZF_SEAL_KEY_BYTES]);
gboolean zf_seal_key_read (const char *text, guint8 key[ZF_SEAL_KEY_BYTES]);

/* Writing: beside the target, which is replaced when everything is on the disk. */
typedef struct _ZfSealWriter ZfSealWriter;
/** zf_seal_writer_new: @readers: public keys, 1 to 8 of them. ZF_ERROR_FULL, ZF_ERROR_IO. */
ZfSealWriter *zf_seal_writer_new (const char *path, const guint8 (*readers)[ZF_SEAL_KEY_BYTES], guint n, GError **error);
gboolean zf_seal_writer_put (ZfSealWriter *writer, gconstpointer bytes, gsize len, GError **error);
/** zf_seal_writer_finish: on disk under its name when TRUE. */
gboolean zf_seal_writer_finish (ZfSealWriter *writer, GError **error);
/** zf_seal_writer_free: what is not finished leaves nothing behind. */
void zf_seal_writer_free (ZfSealWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSealWriter, zf_seal_writer_free)

typedef struct _ZfSealReader ZfSealReader;
/** zf_seal_reader_new: tries each of @pairs. ZF_ERROR_NOT_FOUND: no such file; ZF_ERROR_INVALID: no sealed file, or not sealed to any of
 * them; ZF_ERROR_CORRUPT: cut or changed. */
ZfSealReader *zf_seal_reader_new (const char *path, const ZfSealPair *pairs, guint n, GError **error);
/** zf_seal_reader_get: exactly @len bytes; *end (nullable) TRUE when the file ends before the first of them, without error. */
gboolean zf_seal_reader_get (ZfSealReader *reader, gpointer bytes, gsize len, gboolean *end, GError **error);
void zf_seal_reader_free (ZfSealReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSealReader, zf_seal_reader_free)

G_END_DECLS
