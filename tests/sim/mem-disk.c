/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mem-disk.h"

#include <string.h>

#define SECTOR 512

/* Taken back, newest first, these lead from what stands in memory to what is surely on disk. */
typedef struct
{
  gsize offset;
  gsize len;           /* bytes of `old` */
  guint8 *old;
  gsize old_len;       /* of the file */
  gsize new_len;
  gsize wrote;         /* bytes written; 0 for a truncation */
  guint8 *written;     /* only while a machine boots */
} MemUndo;

struct _Machine
{
  char *name;
  GHashTable *files;   /* path → MemFile */
  MemFault fault;
  gboolean met;        /* the fault happened */
  gboolean dead;
  gboolean awake;      /* its own code runs, not the simulator's look at it */
  guint calls;
  Rng rng;
};

struct _MemDisk
{
  GHashTable *machines;
};

static MemDisk *current;
static Machine *awake;      /* the one whose code runs now */

guint64
rng_next (Rng *rng)
{
  guint64 z = (rng->state += G_GUINT64_CONSTANT (0x9E3779B97F4A7C15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

guint
rng_below (Rng *rng, guint n)
{
  return (guint) ((rng_next (rng) >> 32) * n >> 32);
}

gboolean
rng_chance (Rng *rng, guint per_mille)
{
  return rng_below (rng, 1000) < per_mille;
}

static void
undo_clear (gpointer data)
{
  MemUndo *undo = data;

  g_free (undo->old);
  g_free (undo->written);
}

static MemFile *
file_new (Machine *machine)
{
  MemFile *file = g_new0 (MemFile, 1);

  file->machine = machine;
  file->undo = g_array_new (FALSE, TRUE, sizeof (MemUndo));
  g_array_set_clear_func (file->undo, undo_clear);
  return file;
}

static void
file_free (MemFile *file)
{
  g_free (file->data);
  g_array_unref (file->undo);
  g_clear_pointer (&file->shm, g_ptr_array_unref);
  g_free (file);
}

/* The table's share in a file: one that is still open lives on without a name. */
static void
file_drop (gpointer data)
{
  MemFile *file = data;

  file->gone = TRUE;
  if (file->open == 0)
    file_free (file);
}

void
mem_file_unref (MemFile *file)
{
  file->open--;
  if (file->open == 0 && file->gone)
    file_free (file);
}

static void
machine_free (gpointer data)
{
  Machine *machine = data;

  g_hash_table_unref (machine->files);
  g_free (machine->name);
  g_free (machine);
}

MemDisk *
mem_disk_new (void)
{
  MemDisk *disk = g_new0 (MemDisk, 1);

  disk->machines = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, machine_free);
  return disk;
}

void
mem_disk_free (MemDisk *disk)
{
  if (current == disk)
    current = NULL;
  awake = NULL;
  g_hash_table_unref (disk->machines);
  g_free (disk);
}

void
mem_disk_use (MemDisk *disk)
{
  current = disk;
}

Machine *
mem_machine (MemDisk *disk, const char *name)
{
  Machine *machine = g_hash_table_lookup (disk->machines, name);

  if (machine != NULL)
    return machine;
  machine = g_new0 (Machine, 1);
  machine->name = g_strdup (name);
  machine->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, file_drop);
  g_hash_table_insert (disk->machines, machine->name, machine);
  return machine;
}

Machine *
mem_machine_of (const char *path)
{
  const char *end = path[0] == '/' ? strchr (path + 1, '/') : NULL;
  char name[32];

  if (end == NULL || current == NULL || end - path > 31)
    return NULL;
  memcpy (name, path + 1, (gsize) (end - path - 1));
  name[end - path - 1] = '\0';
  return g_hash_table_lookup (current->machines, name);
}

Rng *
mem_rng (Machine *machine)
{
  return &machine->rng;
}

/* Faults */

void
mem_machine_fault (Machine *machine, const MemFault *fault)
{
  machine->fault = fault != NULL ? *fault : (MemFault) { 0 };
  machine->met = FALSE;
}

gboolean
mem_machine_faulted (Machine *machine)
{
  return machine->met || machine->dead;
}

void
mem_machine_wake (Machine *machine, gboolean wake)
{
  machine->awake = wake;
  awake = wake ? machine : NULL;
}

void
mem_machine_kill (Machine *machine)
{
  machine->dead = TRUE;
}

gboolean
mem_machine_dead (Machine *machine)
{
  return machine->dead;
}

guint
mem_machine_calls (Machine *machine)
{
  return machine->calls;
}

int
mem_call (Machine *machine, MemCall call)
{
  MemFault *fault = &machine->fault;

  if (call == MEM_WRITE || call == MEM_SYNC)
    machine->calls++;
  if (machine->dead)
    return 1;
  if (!machine->awake || (fault->calls & call) == 0 || (machine->met && !fault->sticky))
    return 0;
  if (!machine->met && fault->after > 0)
    {
      fault->after--;
      return 0;
    }
  machine->met = TRUE;
  machine->dead = fault->kills;
  return fault->full && call == MEM_WRITE ? 2 : 1;
}

gboolean
mem_memory_fails (void)
{
  return awake != NULL && (awake->fault.calls & MEM_ALLOC) != 0 && !awake->dead && mem_call (awake, MEM_ALLOC) != 0;
}

/* Files */

MemFile *
mem_file_find (Machine *machine, const char *path)
{
  return g_hash_table_lookup (machine->files, path);
}

MemFile *
mem_file_make (Machine *machine, const char *path)
{
  MemFile *file = mem_file_find (machine, path);

  if (file == NULL)
    {
      file = file_new (machine);
      g_hash_table_insert (machine->files, g_strdup (path), file);
    }
  return file;
}

void
mem_file_remove (Machine *machine, const char *path)
{
  g_hash_table_remove (machine->files, path);
}

void
mem_file_move (Machine *machine, const char *from, const char *to)
{
  char *key;
  MemFile *file;

  if (g_hash_table_steal_extended (machine->files, from, (gpointer *) &key, (gpointer *) &file))
    {
      g_free (key);
      g_hash_table_replace (machine->files, g_strdup (to), file);
    }
}

static void
set_length (MemFile *file, gsize len)
{
  if (len > file->size)
    {
      file->size = MAX (MAX (len, file->size * 2), 64 * 1024);
      file->data = g_realloc (file->data, file->size);
    }
  if (len > file->len)
    memset (file->data + file->len, 0, len - file->len);
  file->len = len;
}

/* The same before a write that covers what is new. */
static void
reach (MemFile *file, gsize offset, gsize len)
{
  if (offset > file->len || offset + len <= file->len || offset + len > file->size)
    set_length (file, MAX (file->len, offset + len));
  else
    file->len = offset + len;
}

static void
remember (MemFile *file, gsize offset, gsize len, gsize new_len, gsize wrote)
{
  MemUndo undo = { .offset = offset, .old_len = file->len, .new_len = new_len, .wrote = wrote };

  undo.len = offset < file->len ? MIN (len, file->len - offset) : 0;
  undo.old = undo.len > 0 ? g_memdup2 (file->data + offset, undo.len) : NULL;
  g_array_append_val (file->undo, undo);
}

void
mem_file_write (MemFile *file, gsize offset, const void *bytes, gsize len)
{
  gsize new_len = MAX (file->len, offset + len);

  remember (file, offset, len, new_len, len);
  reach (file, offset, len);
  memcpy (file->data + offset, bytes, len);
}

void
mem_file_truncate (MemFile *file, gsize len)
{
  if (len == file->len)
    return;
  remember (file, len, file->len > len ? file->len - len : 0, len, 0);
  set_length (file, len);
}

void
mem_file_sync (MemFile *file)
{
  g_array_set_size (file->undo, 0);
}

/* Power */

static void
take_back (MemFile *file)
{
  for (guint i = file->undo->len; i > 0; i--)
    {
      MemUndo *undo = &g_array_index (file->undo, MemUndo, i - 1);

      if (undo->wrote > 0)
        undo->written = g_memdup2 (file->data + undo->offset, undo->wrote);
      set_length (file, undo->old_len);
      if (undo->len > 0)
        memcpy (file->data + undo->offset, undo->old, undo->len);
    }
}

/* One write reaches the disk whole, not at all, or some of its sectors do. */
static void
let_through (MemFile *file, const MemUndo *undo, guint whole, Rng *rng)
{
  guint fate = rng_below (rng, 100);

  if (fate >= whole && fate < whole + (100 - whole) / 2)
    return;
  if (undo->wrote == 0)
    {
      set_length (file, undo->new_len);
      return;
    }
  for (gsize at = 0; at < undo->wrote; at += SECTOR)
    if (fate < whole || rng_chance (rng, 500))
      {
        gsize n = MIN ((gsize) SECTOR, undo->wrote - at);

        set_length (file, MAX (file->len, undo->offset + at + n));
        memcpy (file->data + undo->offset + at, undo->written + at, n);
      }
}

static void
shuffle (GArray *undo, Rng *rng)
{
  for (guint i = undo->len; i > 1; i--)
    {
      guint k = rng_below (rng, i);
      MemUndo held = g_array_index (undo, MemUndo, i - 1);

      g_array_index (undo, MemUndo, i - 1) = g_array_index (undo, MemUndo, k);
      g_array_index (undo, MemUndo, k) = held;
    }
}

/* Four kinds of disk: one that lost nothing, one that lost everything unsynced, one that wrote a beginning, one that wrote in any order. */
static void
meet_power_cut (MemFile *file, Rng *rng)
{
  guint kind = rng_below (rng, 4);
  guint n = kind == 2 ? rng_below (rng, file->undo->len + 1) : file->undo->len;

  if (kind == 0)
    {
      mem_file_sync (file);
      return;
    }
  take_back (file);
  if (kind == 3)
    shuffle (file->undo, rng);
  for (guint i = 0; kind != 1 && i < n; i++)
    let_through (file, &g_array_index (file->undo, MemUndo, i), kind == 2 && i + 1 < n ? 100 : 40, rng);
  mem_file_sync (file);
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
mem_machine_names (Machine *machine, const char *prefix)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, machine->files);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (g_str_has_prefix (path, prefix))
      g_ptr_array_add (names, g_strdup (path));
  g_ptr_array_sort (names, by_text);
  return names;
}

void
mem_machine_forget (Machine *machine, const char *path)
{
  mem_file_remove (machine, path);
}

static void
boot_file (MemFile *file, gboolean power, Rng *rng)
{
  g_assert (file->open == 0);

  if (power && file->undo->len > 0)
    meet_power_cut (file, rng);
  g_clear_pointer (&file->shm, g_ptr_array_unref);
  memset (file->shm_shared, 0, sizeof file->shm_shared);
  memset (file->shm_taken, 0, sizeof file->shm_taken);
  file->shared = 0;
  file->reserved = file->pending = file->exclusive = NULL;
}

void
mem_machine_boot (Machine *machine, gboolean power, Rng *rng)
{
  g_autoptr (GPtrArray) names = mem_machine_names (machine, "");

  for (guint i = 0; i < names->len; i++)
    boot_file (mem_file_find (machine, names->pdata[i]), power, rng);
  machine->dead = FALSE;
  mem_machine_fault (machine, NULL);
  machine->rng.state = rng_next (rng);
}

/* Images */

struct _MemImage
{
  GPtrArray *names;
  GPtrArray *contents;   /* (element-type GBytes) */
  gsize skip;            /* length of "/MACHINE" */
};

MemImage *
mem_image_take (Machine *machine)
{
  MemImage *image = g_new0 (MemImage, 1);

  image->names = mem_machine_names (machine, "");
  image->contents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  image->skip = 1 + strlen (machine->name);
  for (guint i = 0; i < image->names->len; i++)
    {
      MemFile *file = mem_file_find (machine, image->names->pdata[i]);

      g_ptr_array_add (image->contents, g_bytes_new (file->data, file->len));
    }
  return image;
}

void
mem_image_lay (const MemImage *image, Machine *machine)
{
  g_hash_table_remove_all (machine->files);
  for (guint i = 0; i < image->names->len; i++)
    {
      g_autofree char *path = g_strconcat ("/", machine->name, (char *) image->names->pdata[i] + image->skip, NULL);
      MemFile *file = mem_file_make (machine, path);
      gsize len;
      const guint8 *data = g_bytes_get_data (image->contents->pdata[i], &len);

      set_length (file, len);
      if (len > 0)
        memcpy (file->data, data, len);
    }
}

void
mem_image_free (MemImage *image)
{
  g_ptr_array_unref (image->names);
  g_ptr_array_unref (image->contents);
  g_free (image);
}
