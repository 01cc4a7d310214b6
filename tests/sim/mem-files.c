/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Photos, uploads, snapshots: the verbs of ZfFiles over mem-disk. A machine that dies in one leaves what the verb's contract allows. */
#include "mem-disk.h"

#include "zf-error.h"

static gboolean
fail (int met, GError **error)
{
  g_set_error_literal (error, ZF_ERROR, met == 2 ? ZF_ERROR_FULL : ZF_ERROR_IO, met == 2 ? "disk full" : "disk failed");
  return FALSE;
}

/* Whether the verb did its work before the machine died in it. */
static gboolean
died_after (Machine *machine)
{
  return mem_machine_dead (machine) && rng_chance (mem_rng (machine), 500);
}

static void
put (Machine *machine, const char *path, GBytes *bytes)
{
  MemFile *file = mem_file_make (machine, path);
  gsize len;
  const void *data = g_bytes_get_data (bytes, &len);

  mem_file_truncate (file, 0);
  if (len > 0)
    mem_file_write (file, 0, data, len);
  mem_file_sync (file);
}

static GBytes *
sim_read (ZfFiles *self, const char *path, GError **error)
{
  Machine *machine = mem_machine_of (path);
  MemFile *file = machine != NULL ? mem_file_find (machine, path) : NULL;

  if (machine != NULL && mem_call (machine, MEM_READ) != 0)
    {
      fail (1, error);
      return NULL;
    }
  if (file != NULL)
    return g_bytes_new (file->data, file->len);
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "no such file");
  return NULL;
}

static GBytes *
sim_read_part (ZfFiles *self, const char *path, gint64 offset, gsize max, GError **error)
{
  g_autoptr (GBytes) whole = sim_read (self, path, error);
  gsize len = whole != NULL ? g_bytes_get_size (whole) : 0;
  gsize from = MIN ((gsize) offset, len);

  return whole != NULL ? g_bytes_new_from_bytes (whole, from, MIN (max, len - from)) : NULL;
}

static gboolean
sim_write (ZfFiles *self, const char *path, GBytes *bytes, GError **error)
{
  Machine *machine = mem_machine_of (path);
  gboolean was_dead = mem_machine_dead (machine);
  int met = mem_call (machine, MEM_WRITE);

  if (met == 0)
    met = mem_call (machine, MEM_SYNC) != 0 ? 1 : 0;
  if (met == 0 || (!was_dead && died_after (machine)))
    put (machine, path, bytes);
  return met == 0 || fail (met, error);
}

static gboolean
sim_append (ZfFiles *self, const char *path, gint64 offset, GBytes *bytes, GError **error)
{
  Machine *machine = mem_machine_of (path);
  gboolean was_dead = mem_machine_dead (machine);
  int met = mem_call (machine, MEM_WRITE);
  gsize len;
  const void *data = g_bytes_get_data (bytes, &len);
  MemFile *file;

  if (was_dead)
    return fail (1, error);
  if (met == 0)
    met = mem_call (machine, MEM_SYNC) != 0 ? 1 : 0;
  file = mem_file_make (machine, path);
  mem_file_truncate (file, (gsize) offset);
  /* Any part of it may stand there. */
  if (met != 0)
    len = rng_below (mem_rng (machine), (guint) len + 1);
  if (len > 0)
    mem_file_write (file, (gsize) offset, data, len);
  mem_file_sync (file);
  return met == 0 || fail (met, error);
}

static gboolean
sim_rename (ZfFiles *self, const char *from, const char *to, GError **error)
{
  Machine *machine = mem_machine_of (from);
  gboolean was_dead = mem_machine_dead (machine);
  int met = mem_call (machine, MEM_SYNC);

  if (met == 0 && mem_file_find (machine, from) == NULL)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "no such file");
      return FALSE;
    }
  if (met == 0 || (!was_dead && died_after (machine)))
    mem_file_move (machine, from, to);
  return met == 0 || fail (met, error);
}

static gboolean
sim_remove (ZfFiles *self, const char *path, GError **error)
{
  Machine *machine = mem_machine_of (path);
  gboolean was_dead = mem_machine_dead (machine);
  int met = mem_call (machine, MEM_SYNC);

  if (met == 0 || (!was_dead && died_after (machine)))
    mem_file_remove (machine, path);
  return met == 0 || fail (met, error);
}

static gint64
sim_size (ZfFiles *self, const char *path)
{
  Machine *machine = mem_machine_of (path);
  MemFile *file = machine != NULL ? mem_file_find (machine, path) : NULL;

  return file != NULL ? (gint64) file->len : -1;
}

static const ZfFilesVerbs verbs = {
  .read = sim_read,
  .read_part = sim_read_part,
  .write = sim_write,
  .append = sim_append,
  .rename = sim_rename,
  .remove = sim_remove,
  .size = sim_size,
};

ZfFiles *
mem_files (void)
{
  static ZfFiles files = { &verbs };

  return &files;
}
