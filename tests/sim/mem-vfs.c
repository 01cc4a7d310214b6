/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SQLite's file layer "sim" over mem-disk: main files, logs, shared memory and locks of WAL mode, all in one thread. */
#include "mem-disk.h"

#include <sqlite3.h>
#include <string.h>

#define SHM_LOCKS 8

typedef struct
{
  sqlite3_file parent;
  MemFile *file;
  char *path;
  gboolean delete_on_close;
  int lock;
  guint8 shm_shared;     /* bit per lock */
  guint8 shm_taken;
} SimFile;

static int
meaning (int met, int code)
{
  return met == 2 ? SQLITE_FULL : met == 1 ? code : SQLITE_OK;
}

static void
drop_locks (SimFile *self)
{
  MemFile *file = self->file;

  if (self->lock >= SQLITE_LOCK_SHARED)
    file->shared--;
  if (file->reserved == self)
    file->reserved = NULL;
  if (file->pending == self)
    file->pending = NULL;
  if (file->exclusive == self)
    file->exclusive = NULL;
  self->lock = SQLITE_LOCK_NONE;
  for (guint i = 0; i < SHM_LOCKS; i++)
    {
      if (self->shm_shared & (1u << i))
        file->shm_shared[i]--;
      if (self->shm_taken & (1u << i))
        file->shm_taken[i] = FALSE;
    }
  self->shm_shared = self->shm_taken = 0;
}

static int
sim_close (sqlite3_file *base)
{
  SimFile *self = (SimFile *) base;

  drop_locks (self);
  if (self->delete_on_close)
    mem_file_remove (self->file->machine, self->path);
  mem_file_unref (self->file);
  g_free (self->path);
  return SQLITE_OK;
}

static int
sim_read (sqlite3_file *base, void *buffer, int n, sqlite3_int64 offset)
{
  MemFile *file = ((SimFile *) base)->file;
  gsize have = (gsize) offset < file->len ? MIN ((gsize) n, file->len - (gsize) offset) : 0;

  if (mem_call (file->machine, MEM_READ) != 0)
    return SQLITE_IOERR_READ;
  if (have > 0)
    memcpy (buffer, file->data + offset, have);
  if (have == (gsize) n)
    return SQLITE_OK;
  memset ((char *) buffer + have, 0, (gsize) n - have);
  return SQLITE_IOERR_SHORT_READ;
}

static int
sim_write (sqlite3_file *base, const void *bytes, int n, sqlite3_int64 offset)
{
  MemFile *file = ((SimFile *) base)->file;
  int met = mem_call (file->machine, MEM_WRITE);

  /* The write that a machine dies in may have reached the system. */
  if (met == 0 || (met == 1 && mem_machine_dead (file->machine) && rng_chance (mem_rng (file->machine), 300)))
    mem_file_write (file, (gsize) offset, bytes, (gsize) n);
  return meaning (met, SQLITE_IOERR_WRITE);
}

static int
sim_truncate (sqlite3_file *base, sqlite3_int64 len)
{
  MemFile *file = ((SimFile *) base)->file;
  int met = mem_call (file->machine, MEM_WRITE);

  if (met == 0)
    mem_file_truncate (file, (gsize) len);
  return meaning (met, SQLITE_IOERR_TRUNCATE);
}

static int
sim_sync (sqlite3_file *base, int flags)
{
  MemFile *file = ((SimFile *) base)->file;
  int met = mem_call (file->machine, MEM_SYNC);

  if (met == 0)
    mem_file_sync (file);
  return meaning (met, SQLITE_IOERR_FSYNC);
}

static int
sim_size (sqlite3_file *base, sqlite3_int64 *size)
{
  MemFile *file = ((SimFile *) base)->file;

  *size = (sqlite3_int64) file->len;
  return mem_machine_dead (file->machine) ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int
sim_lock (sqlite3_file *base, int level)
{
  SimFile *self = (SimFile *) base;
  MemFile *file = self->file;

  if (mem_machine_dead (file->machine))
    return SQLITE_IOERR_LOCK;
  if (self->lock >= level)
    return SQLITE_OK;
  if ((file->exclusive != NULL && file->exclusive != self) || (file->pending != NULL && file->pending != self))
    return SQLITE_BUSY;
  if (level == SQLITE_LOCK_RESERVED && file->reserved != NULL && file->reserved != self)
    return SQLITE_BUSY;
  if (self->lock == SQLITE_LOCK_NONE)
    file->shared++;
  self->lock = MAX (self->lock, SQLITE_LOCK_SHARED);
  if (level == SQLITE_LOCK_RESERVED)
    file->reserved = self;
  if (level == SQLITE_LOCK_EXCLUSIVE)
    {
      file->pending = self;
      if (file->shared > 1)
        {
          self->lock = SQLITE_LOCK_PENDING;
          return SQLITE_BUSY;
        }
      file->exclusive = self;
    }
  self->lock = level;
  return SQLITE_OK;
}

static int
sim_unlock (sqlite3_file *base, int level)
{
  SimFile *self = (SimFile *) base;
  MemFile *file = self->file;

  if (self->lock <= level)
    return SQLITE_OK;
  if (file->reserved == self)
    file->reserved = NULL;
  if (file->pending == self)
    file->pending = NULL;
  if (file->exclusive == self)
    file->exclusive = NULL;
  if (level == SQLITE_LOCK_NONE)
    file->shared--;
  self->lock = level;
  return SQLITE_OK;
}

static int
sim_check_reserved (sqlite3_file *base, int *reserved)
{
  MemFile *file = ((SimFile *) base)->file;

  *reserved = file->reserved != NULL || file->pending != NULL || file->exclusive != NULL;
  return SQLITE_OK;
}

static int
sim_control (sqlite3_file *base, int op, void *arg)
{
  return SQLITE_NOTFOUND;
}

static int
sim_sector (sqlite3_file *base)
{
  return 512;
}

static int
sim_traits (sqlite3_file *base)
{
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int
sim_shm_map (sqlite3_file *base, int region, int size, int extend, void volatile **out)
{
  MemFile *file = ((SimFile *) base)->file;

  *out = NULL;
  if (mem_machine_dead (file->machine))
    return SQLITE_IOERR_SHMMAP;
  if (file->shm == NULL)
    file->shm = g_ptr_array_new_with_free_func (g_free);
  if ((guint) region >= file->shm->len && !extend)
    return SQLITE_OK;
  while (file->shm->len <= (guint) region)
    g_ptr_array_add (file->shm, g_malloc0 ((gsize) size));
  *out = file->shm->pdata[region];
  return SQLITE_OK;
}

static gboolean
shm_is_free (SimFile *self, guint i, gboolean exclusive)
{
  MemFile *file = self->file;
  gboolean taken = file->shm_taken[i] && !(self->shm_taken & (1u << i));
  guint shared = file->shm_shared[i] - ((self->shm_shared >> i) & 1u);

  return !taken && (!exclusive || shared == 0);
}

static int
sim_shm_lock (sqlite3_file *base, int first, int n, int flags)
{
  SimFile *self = (SimFile *) base;
  MemFile *file = self->file;
  gboolean exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;

  if (mem_machine_dead (file->machine) && (flags & SQLITE_SHM_LOCK))
    return SQLITE_IOERR_SHMLOCK;
  for (guint i = (guint) first; (flags & SQLITE_SHM_LOCK) && i < (guint) (first + n); i++)
    if (!shm_is_free (self, i, exclusive))
      return SQLITE_BUSY;
  for (guint i = (guint) first; i < (guint) (first + n); i++)
    {
      guint8 *held = exclusive ? &self->shm_taken : &self->shm_shared;
      guint8 bit = (guint8) (1u << i);
      gboolean now = (flags & SQLITE_SHM_LOCK) != 0;

      if (((*held & bit) != 0) == now)
        continue;
      *held ^= bit;
      if (exclusive)
        file->shm_taken[i] = now;
      else
        file->shm_shared[i] = (guint8) (file->shm_shared[i] + (now ? 1 : -1));
    }
  return SQLITE_OK;
}

static void
sim_shm_barrier (sqlite3_file *base)
{
}

static int
sim_shm_unmap (sqlite3_file *base, int delete)
{
  if (delete)
    g_clear_pointer (&((SimFile *) base)->file->shm, g_ptr_array_unref);
  return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = sim_close,
  .xRead = sim_read,
  .xWrite = sim_write,
  .xTruncate = sim_truncate,
  .xSync = sim_sync,
  .xFileSize = sim_size,
  .xLock = sim_lock,
  .xUnlock = sim_unlock,
  .xCheckReservedLock = sim_check_reserved,
  .xFileControl = sim_control,
  .xSectorSize = sim_sector,
  .xDeviceCharacteristics = sim_traits,
  .xShmMap = sim_shm_map,
  .xShmLock = sim_shm_lock,
  .xShmBarrier = sim_shm_barrier,
  .xShmUnmap = sim_shm_unmap,
};

/* Files */

static int
sim_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out)
{
  SimFile *self = (SimFile *) base;
  Machine *machine = name != NULL ? mem_machine_of (name) : NULL;
  MemFile *file;

  memset (self, 0, sizeof *self);
  if (machine == NULL || mem_machine_dead (machine))
    return SQLITE_CANTOPEN;
  file = mem_file_find (machine, name);
  if (file == NULL && !(flags & SQLITE_OPEN_CREATE))
    return SQLITE_CANTOPEN;
  if (file == NULL && mem_call (machine, MEM_WRITE) != 0)
    return SQLITE_CANTOPEN;
  self->file = mem_file_make (machine, name);
  self->file->open++;
  self->path = g_strdup (name);
  self->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  base->pMethods = &methods;
  if (out != NULL)
    *out = flags;
  return SQLITE_OK;
}

static int
sim_delete (sqlite3_vfs *vfs, const char *name, int sync)
{
  Machine *machine = mem_machine_of (name);

  if (machine == NULL || mem_file_find (machine, name) == NULL)
    return SQLITE_IOERR_DELETE_NOENT;
  if (mem_call (machine, MEM_WRITE) != 0)
    return SQLITE_IOERR_DELETE;
  mem_file_remove (machine, name);
  return SQLITE_OK;
}

static int
sim_access (sqlite3_vfs *vfs, const char *name, int flags, int *found)
{
  Machine *machine = mem_machine_of (name);
  MemFile *file = machine != NULL ? mem_file_find (machine, name) : NULL;

  *found = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file->len > 0);
  return machine != NULL && mem_machine_dead (machine) ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int
sim_full_name (sqlite3_vfs *vfs, const char *name, int n, char *out)
{
  g_strlcpy (out, name, (gsize) n);
  return SQLITE_OK;
}

static int
sim_randomness (sqlite3_vfs *vfs, int n, char *out)
{
  memset (out, 0x5a, (gsize) n);
  return n;
}

/* Nobody else runs: whoever is in the way stays there. */
static int
sim_sleep (sqlite3_vfs *vfs, int microseconds)
{
  return microseconds;
}

static int
sim_time (sqlite3_vfs *vfs, double *now)
{
  *now = 2461304.5;
  return SQLITE_OK;
}

static int
sim_last_error (sqlite3_vfs *vfs, int n, char *out)
{
  return 0;
}

/* Small pages and an early checkpoint: more of both in a short run. */
static int
on_connection (sqlite3 *db, const char **message, const void *routines)
{
  sqlite3_wal_autocheckpoint (db, 200);
  return SQLITE_OK;
}

void
mem_vfs_register (void)
{
  static sqlite3_vfs vfs = {
    .iVersion = 1,
    .szOsFile = sizeof (SimFile),
    .mxPathname = 512,
    .zName = "sim",
    .xOpen = sim_open,
    .xDelete = sim_delete,
    .xAccess = sim_access,
    .xFullPathname = sim_full_name,
    .xRandomness = sim_randomness,
    .xSleep = sim_sleep,
    .xCurrentTime = sim_time,
    .xGetLastError = sim_last_error,
  };

  sqlite3_vfs_register (&vfs, 0);
  sqlite3_auto_extension ((void (*) (void)) on_connection);
}
