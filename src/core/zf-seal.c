/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-seal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "zf-error.h"

#define MAGIC "ZFP1"
#define MAX_READERS 8
#define NAME_BYTES 8
#define SEALED_BYTES (crypto_box_SEALBYTES + crypto_secretstream_xchacha20poly1305_KEYBYTES)
#define FRAME (64 * 1024)
#define STREAM_EXTRA crypto_secretstream_xchacha20poly1305_ABYTES

typedef crypto_secretstream_xchacha20poly1305_state Stream;

G_STATIC_ASSERT (ZF_SEAL_KEY_BYTES == crypto_box_PUBLICKEYBYTES && ZF_SEAL_KEY_BYTES == crypto_box_SECRETKEYBYTES);

/* Keys */

static void
wake_sodium (void)
{
  if (sodium_init () < 0)
    g_error ("libsodium cannot be used on this machine");
}

void
zf_seal_pair_new (ZfSealPair *pair, ZfRandom *random)
{
  guint8 seed[crypto_box_SEEDBYTES];

  wake_sodium ();
  zf_random_bytes (random, seed, sizeof seed);
  crypto_box_seed_keypair (pair->public, pair->secret, seed);
  sodium_memzero (seed, sizeof seed);
}

void
zf_seal_pair_derive (ZfSealPair *pair, const guint8 secret[ZF_SEAL_KEY_BYTES], const char *context)
{
  guint8 seed[crypto_box_SEEDBYTES];

  wake_sodium ();
  crypto_generichash (seed, sizeof seed, (const guint8 *) context, strlen (context), secret, ZF_SEAL_KEY_BYTES);
  crypto_box_seed_keypair (pair->public, pair->secret, seed);
  sodium_memzero (seed, sizeof seed);
}

char *
zf_seal_key_text (const guint8 key[ZF_SEAL_KEY_BYTES])
{
  return g_base64_encode (key, ZF_SEAL_KEY_BYTES);
}

gboolean
zf_seal_key_read (const char *text, guint8 key[ZF_SEAL_KEY_BYTES])
{
  gsize len = 0;
  g_autofree guint8 *bytes = text != NULL ? g_base64_decode (text, &len) : NULL;

  if (len != ZF_SEAL_KEY_BYTES)
    return FALSE;
  memcpy (key, bytes, len);
  sodium_memzero (bytes, len);
  return TRUE;
}

static void
name_of (const guint8 public[ZF_SEAL_KEY_BYTES], guint8 name[NAME_BYTES])
{
  guint8 hash[crypto_hash_sha256_BYTES];

  crypto_hash_sha256 (hash, public, ZF_SEAL_KEY_BYTES);
  memcpy (name, hash, NAME_BYTES);
}

/* Failures */

static gboolean
set_io_error (GError **error, int code)
{
  if (code == ENOENT)
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, _("There is no such file."));
  else if (code == ENOSPC || code == EDQUOT)
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_FULL, _("There is not enough room for the file; nothing was written."));
  else
    g_set_error (error, ZF_ERROR, ZF_ERROR_IO, _("The file cannot be read or written: %s."), g_strerror (code));
  return FALSE;
}

static gboolean
cut (GError **error)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, _("The file is cut off or was changed; nothing of it was used."));
  return FALSE;
}

/* Writing */

struct _ZfSealWriter
{
  char *path;
  char *temporary;
  int fd;
  Stream stream;
  guint8 plain[FRAME];
  gsize n;
};

static gboolean
write_all (ZfSealWriter *writer, gconstpointer bytes, gsize len, GError **error)
{
  const guint8 *at = bytes;

  while (len > 0)
    {
      gssize n = write (writer->fd, at, len);

      if (n < 0 && errno != EINTR)
        return set_io_error (error, errno);
      at += MAX (n, 0);
      len -= (gsize) MAX (n, 0);
    }
  return TRUE;
}

static gboolean
write_head (ZfSealWriter *writer, const guint8 (*readers)[ZF_SEAL_KEY_BYTES], guint n, GError **error)
{
  guint8 key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
  guint8 header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
  g_autoptr (GByteArray) head = g_byte_array_new ();
  guint8 count = (guint8) n;

  crypto_secretstream_xchacha20poly1305_keygen (key);
  g_byte_array_append (head, (const guint8 *) MAGIC, strlen (MAGIC));
  g_byte_array_append (head, &count, 1);
  for (guint i = 0; i < n; i++)
    {
      guint8 name[NAME_BYTES];
      guint8 sealed[SEALED_BYTES];

      name_of (readers[i], name);
      crypto_box_seal (sealed, key, sizeof key, readers[i]);
      g_byte_array_append (head, name, sizeof name);
      g_byte_array_append (head, sealed, sizeof sealed);
    }
  crypto_secretstream_xchacha20poly1305_init_push (&writer->stream, header, key);
  sodium_memzero (key, sizeof key);
  g_byte_array_append (head, header, sizeof header);
  return write_all (writer, head->data, head->len, error);
}

ZfSealWriter *
zf_seal_writer_new (const char *path, const guint8 (*readers)[ZF_SEAL_KEY_BYTES], guint n, GError **error)
{
  g_autoptr (ZfSealWriter) writer = NULL;

  g_return_val_if_fail (n >= 1 && n <= MAX_READERS, NULL);

  wake_sodium ();
  writer = g_new0 (ZfSealWriter, 1);
  writer->path = g_strdup (path);
  writer->temporary = g_strconcat (path, ".part", NULL);
  writer->fd = g_open (writer->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (writer->fd < 0)
    {
      set_io_error (error, errno);
      return NULL;
    }
  return write_head (writer, readers, n, error) ? g_steal_pointer (&writer) : NULL;
}

static gboolean
write_frame (ZfSealWriter *writer, gboolean last, GError **error)
{
  guint8 frame[4 + FRAME + STREAM_EXTRA];
  unsigned long long len = 0;
  guint32 size;

  crypto_secretstream_xchacha20poly1305_push (&writer->stream, frame + 4, &len, writer->plain, writer->n, NULL, 0,
                                              last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
  size = GUINT32_TO_BE ((guint32) len);
  memcpy (frame, &size, sizeof size);
  writer->n = 0;
  return write_all (writer, frame, 4 + (gsize) len, error);
}

gboolean
zf_seal_writer_put (ZfSealWriter *writer, gconstpointer bytes, gsize len, GError **error)
{
  const guint8 *at = bytes;

  while (len > 0)
    {
      gsize take = MIN (len, FRAME - writer->n);

      memcpy (writer->plain + writer->n, at, take);
      writer->n += take;
      at += take;
      len -= take;
      if (writer->n == FRAME && !write_frame (writer, FALSE, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
sync_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean done = fd >= 0 && fsync (fd) == 0;
  int code = errno;

  if (fd >= 0)
    close (fd);
  /* Sticks formatted elsewhere may not know how to sync a folder; the file itself is on them. */
  return done || code == EINVAL;
}

gboolean
zf_seal_writer_finish (ZfSealWriter *writer, GError **error)
{
  int fd = writer->fd;

  if (!write_frame (writer, TRUE, error))
    return FALSE;
  if (fsync (fd) != 0)
    return set_io_error (error, errno);
  writer->fd = -1;
  if (close (fd) != 0 || g_rename (writer->temporary, writer->path) != 0)
    return set_io_error (error, errno);
  g_clear_pointer (&writer->temporary, g_free);
  return sync_folder_of (writer->path) || set_io_error (error, errno);
}

void
zf_seal_writer_free (ZfSealWriter *writer)
{
  if (writer == NULL)
    return;
  if (writer->fd >= 0)
    close (writer->fd);
  if (writer->temporary != NULL)
    g_unlink (writer->temporary);
  g_free (writer->path);
  g_free (writer->temporary);
  sodium_memzero (writer, sizeof *writer);
  g_free (writer);
}

/* Reading */

struct _ZfSealReader
{
  int fd;
  Stream stream;
  guint8 plain[FRAME];
  gsize at;
  gsize n;
  gboolean last;       /* the last frame was opened */
};

/* FALSE: fewer bytes than asked for, or a failure (@error). */
static gboolean
read_all (ZfSealReader *reader, gpointer bytes, gsize len, GError **error)
{
  guint8 *at = bytes;

  while (len > 0)
    {
      gssize n = read (reader->fd, at, len);

      if (n == 0)
        return cut (error);
      if (n < 0 && errno != EINTR)
        return set_io_error (error, errno);
      at += MAX (n, 0);
      len -= (gsize) MAX (n, 0);
    }
  return TRUE;
}

static gboolean
open_key (const guint8 *entry, const ZfSealPair *pairs, guint n, guint8 *key)
{
  for (guint i = 0; i < n; i++)
    {
      guint8 name[NAME_BYTES];

      name_of (pairs[i].public, name);
      if (memcmp (name, entry, NAME_BYTES) == 0 &&
          crypto_box_seal_open (key, entry + NAME_BYTES, SEALED_BYTES, pairs[i].public, pairs[i].secret) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
read_head (ZfSealReader *reader, const ZfSealPair *pairs, guint n, GError **error)
{
  guint8 start[sizeof MAGIC];
  guint8 key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
  guint8 header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
  gboolean found = FALSE;

  if (!read_all (reader, start, sizeof start, error))
    return FALSE;
  if (memcmp (start, MAGIC, strlen (MAGIC)) != 0 || start[4] < 1 || start[4] > MAX_READERS)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("This is not a file of this program."));
      return FALSE;
    }
  for (guint i = 0; i < start[4]; i++)
    {
      guint8 entry[NAME_BYTES + SEALED_BYTES];

      if (!read_all (reader, entry, sizeof entry, error))
        return FALSE;
      found = found || open_key (entry, pairs, n, key);
    }
  if (!found)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("This file is sealed for somebody else."));
      return FALSE;
    }
  if (!read_all (reader, header, sizeof header, error))
    return FALSE;
  found = crypto_secretstream_xchacha20poly1305_init_pull (&reader->stream, header, key) == 0;
  sodium_memzero (key, sizeof key);
  return found || cut (error);
}

ZfSealReader *
zf_seal_reader_new (const char *path, const ZfSealPair *pairs, guint n, GError **error)
{
  g_autoptr (ZfSealReader) reader = g_new0 (ZfSealReader, 1);

  wake_sodium ();
  reader->fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (reader->fd < 0)
    {
      set_io_error (error, errno);
      return NULL;
    }
  return read_head (reader, pairs, n, error) ? g_steal_pointer (&reader) : NULL;
}

static gboolean
read_frame (ZfSealReader *reader, GError **error)
{
  guint8 frame[FRAME + STREAM_EXTRA];
  guint32 size;
  unsigned long long len = 0;
  guint8 tag = 0;

  if (!read_all (reader, &size, sizeof size, error))
    return FALSE;
  size = GUINT32_FROM_BE (size);
  if (size < STREAM_EXTRA || size > sizeof frame)
    return cut (error);
  if (!read_all (reader, frame, size, error))
    return FALSE;
  if (crypto_secretstream_xchacha20poly1305_pull (&reader->stream, reader->plain, &len, &tag, frame, size, NULL, 0) != 0)
    return cut (error);
  reader->at = 0;
  reader->n = (gsize) len;
  reader->last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  return TRUE;
}

gboolean
zf_seal_reader_get (ZfSealReader *reader, gpointer bytes, gsize len, gboolean *end, GError **error)
{
  guint8 *at = bytes;
  gsize got = 0;

  if (end != NULL)
    *end = FALSE;
  while (got < len)
    {
      gsize take = MIN (len - got, reader->n - reader->at);

      memcpy (at + got, reader->plain + reader->at, take);
      reader->at += take;
      got += take;
      if (got == len)
        break;
      if (reader->last && got == 0 && end != NULL)
        {
          *end = TRUE;
          return TRUE;
        }
      if (reader->last)
        return cut (error);
      if (!read_frame (reader, error))
        return FALSE;
    }
  return TRUE;
}

void
zf_seal_reader_free (ZfSealReader *reader)
{
  if (reader == NULL)
    return;
  if (reader->fd >= 0)
    close (reader->fd);
  sodium_memzero (reader, sizeof *reader);
  g_free (reader);
}
