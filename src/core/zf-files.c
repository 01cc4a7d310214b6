/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "zf-error.h"

static gboolean
set_io_error (GError **error, int code)
{
  if (code == ENOSPC || code == EDQUOT)
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_FULL, _("The disk is full; the file was not stored."));
  else if (code == ENOENT)
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, _("There is no such file."));
  else
    g_set_error (error, ZF_ERROR, ZF_ERROR_IO, _("The file could not be stored: %s."), g_strerror (code));
  return FALSE;
}

static gboolean
sync_folder (const char *folder, GError **error)
{
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean done = fd >= 0 && fsync (fd) == 0;
  int code = errno;

  if (fd >= 0)
    close (fd);
  return done || set_io_error (error, code);
}

/* A new folder is only there after a power cut when the folder above it was synced too. */
static gboolean
make_folder (const char *folder, GError **error)
{
  g_autofree char *above = g_path_get_dirname (folder);

  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (!make_folder (above, error))
    return FALSE;
  if (g_mkdir (folder, 0700) != 0 && errno != EEXIST)
    return set_io_error (error, errno);
  return sync_folder (above, error);
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize left;
  const guint8 *at = g_bytes_get_data (bytes, &left);

  while (left > 0)
    {
      gssize n = write (fd, at, left);

      if (n < 0 && errno != EINTR)
        return FALSE;
      at += MAX (n, 0);
      left -= (gsize) MAX (n, 0);
    }
  return TRUE;
}

static gboolean
sync_file (int fd)
{
  int done;

  do
    done = fsync (fd);
  while (done != 0 && errno == EINTR);
  return done == 0;
}

/* Closes @fd in any case. */
static gboolean
finish_file (int fd, gboolean done, GError **error)
{
  int code;

  done = done && sync_file (fd);
  code = errno;
  if (close (fd) != 0 && done)
    {
      done = FALSE;
      code = errno;
    }
  return done || set_io_error (error, code);
}

static GBytes *
system_read (ZfFiles *self, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  char *text = NULL;
  gsize len = 0;

  if (g_file_get_contents (path, &text, &len, &local))
    return g_bytes_new_take (text, len);
  set_io_error (error, g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? ENOENT : EIO);
  return NULL;
}

static gboolean
system_rename (ZfFiles *self, const char *from, const char *to, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (to);

  if (!make_folder (folder, error))
    return FALSE;
  if (g_rename (from, to) != 0)
    return set_io_error (error, errno);
  return sync_folder (folder, error);
}

static gboolean
system_write (ZfFiles *self, const char *path, GBytes *bytes, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *temporary = g_build_filename (folder, ".part-XXXXXX", NULL);
  int fd;

  if (!make_folder (folder, error))
    return FALSE;
  fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    return set_io_error (error, errno);
  if (finish_file (fd, write_all (fd, bytes), error) && system_rename (self, temporary, path, error))
    return TRUE;
  g_unlink (temporary);
  return FALSE;
}

/* Nothing is put behind a hole: what should stand before @offset was lost then. */
static gboolean
seek_end (int fd, gint64 offset)
{
  off_t end = lseek (fd, 0, SEEK_END);

  if (end < 0 || end >= offset)
    return end >= 0 && ftruncate (fd, offset) == 0 && lseek (fd, offset, SEEK_SET) == offset;
  errno = EINVAL;
  return FALSE;
}

static gboolean
system_append (ZfFiles *self, const char *path, gint64 offset, GBytes *bytes, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  gboolean fresh = !g_file_test (path, G_FILE_TEST_EXISTS);
  int fd;

  if (!make_folder (folder, error))
    return FALSE;
  fd = g_open (path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return set_io_error (error, errno);
  if (!finish_file (fd, seek_end (fd, offset) && write_all (fd, bytes), error))
    return FALSE;
  return !fresh || sync_folder (folder, error);
}

static gssize
read_all (int fd, guchar *data, gsize max, gint64 offset)
{
  gsize len = 0;
  gssize got = 1;

  while (len < max && got > 0)
    {
      got = pread (fd, data + len, max - len, (off_t) (offset + (gint64) len));
      if (got < 0 && errno != EINTR)
        return -1;
      if (got < 0)
        got = 1;
      else
        len += (gsize) got;
    }
  return (gssize) len;
}

static GBytes *
system_read_part (ZfFiles *self, const char *path, gint64 offset, gsize max, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  g_autofree guchar *data = NULL;
  gssize len;

  if (fd < 0)
    {
      set_io_error (error, errno);
      return NULL;
    }
  data = g_malloc (max);
  len = read_all (fd, data, max, offset);
  if (len < 0)
    set_io_error (error, errno);
  close (fd);
  return len >= 0 ? g_bytes_new (data, (gsize) len) : NULL;
}

static gboolean
system_remove (ZfFiles *self, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_unlink (path) != 0)
    return errno == ENOENT || set_io_error (error, errno);
  return sync_folder (folder, error);
}

static gint64
system_size (ZfFiles *self, const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 ? (gint64) info.st_size : -1;
}

static const ZfFilesVerbs system_verbs = {
  .read = system_read,
  .read_part = system_read_part,
  .write = system_write,
  .append = system_append,
  .rename = system_rename,
  .remove = system_remove,
  .size = system_size,
};

ZfFiles *
zf_files_system (void)
{
  static ZfFiles files = { &system_verbs };

  return &files;
}

GBytes *
zf_files_read (ZfFiles *files, const char *path, GError **error)
{
  return files->verbs->read (files, path, error);
}

GBytes *
zf_files_read_part (ZfFiles *files, const char *path, gint64 offset, gsize max, GError **error)
{
  return files->verbs->read_part (files, path, offset, max, error);
}

gboolean
zf_files_write (ZfFiles *files, const char *path, GBytes *bytes, GError **error)
{
  return files->verbs->write (files, path, bytes, error);
}

gboolean
zf_files_append (ZfFiles *files, const char *path, gint64 offset, GBytes *bytes, GError **error)
{
  return files->verbs->append (files, path, offset, bytes, error);
}

gboolean
zf_files_rename (ZfFiles *files, const char *from, const char *to, GError **error)
{
  return files->verbs->rename (files, from, to, error);
}

gboolean
zf_files_remove (ZfFiles *files, const char *path, GError **error)
{
  return files->verbs->remove (files, path, error);
}

gint64
zf_files_size (ZfFiles *files, const char *path)
{
  return files->verbs->size (files, path);
}
