/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-files.h"

/* The disks of several machines in memory. What was written and not synced may be lost, kept, put in another order or torn when the power
 * goes; a machine may run full, fail to read or write, or be dead: then every call fails until it is booted again. Files are named
 * "/MACHINE/…". One thread. */

/* A small generator for the simulator's own choices: the product's random source stays the product's. */
typedef struct
{
  guint64 state;
} Rng;
guint64 rng_next (Rng *rng);
guint rng_below (Rng *rng, guint n);
gboolean rng_chance (Rng *rng, guint per_mille);

typedef struct _MemDisk MemDisk;
typedef struct _Machine Machine;

typedef enum { MEM_READ = 1, MEM_WRITE = 2, MEM_SYNC = 4, MEM_ALLOC = 8 } MemCall;

/* What goes wrong: the @after-th call of the kinds in @calls from now on. */
typedef struct
{
  guint calls;       /* MemCall bits; 0: nothing */
  guint after;
  gboolean full;     /* no space, else a failing disk */
  gboolean sticky;   /* every later call of these kinds too */
  gboolean kills;    /* the machine dies there instead */
} MemFault;

MemDisk *mem_disk_new (void);
void mem_disk_free (MemDisk *disk);
/** mem_disk_current: the disk that files of the SQLite layer "sim" and of mem_files stand on. */
void mem_disk_use (MemDisk *disk);
Machine *mem_machine (MemDisk *disk, const char *name);
/** mem_machine_fault: replaces what was planned. */
void mem_machine_fault (Machine *machine, const MemFault *fault);
/** mem_machine_wake: faults are met only while the machine's own code runs. */
void mem_machine_wake (Machine *machine, gboolean awake);
gboolean mem_machine_faulted (Machine *machine);
void mem_machine_kill (Machine *machine);
gboolean mem_machine_dead (Machine *machine);
/** mem_machine_boot: all connections are closed by now. @power: what was not synced meets its fate, drawn from @rng; else only the process
 * had died and the system keeps what it was given. */
void mem_machine_boot (Machine *machine, gboolean power, Rng *rng);
/** mem_machine_calls: write and sync calls so far. */
guint mem_machine_calls (Machine *machine);

/** mem_image: every file of a machine as it stands; mem_image_lay: makes the machine's files exactly these. */
typedef struct _MemImage MemImage;
MemImage *mem_image_take (Machine *machine);
void mem_image_lay (const MemImage *image, Machine *machine);
void mem_image_free (MemImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MemImage, mem_image_free)
/** mem_machine_names: (element-type utf8): paths that begin with @prefix, sorted. */
GPtrArray *mem_machine_names (Machine *machine, const char *prefix);
void mem_machine_forget (Machine *machine, const char *path);

/** mem_memory_register: SQLite's memory, which runs out where a fault of MEM_ALLOC says so. */
void mem_memory_register (void);
/** mem_memory_fails: whether this allocation of the machine that is awake fails. */
gboolean mem_memory_fails (void);
/** mem_vfs_register: SQLite's file layer "sim". */
void mem_vfs_register (void);
/** mem_files: (transfer none): the same files for everything that is not a database. */
ZfFiles *mem_files (void);

/* For mem-vfs.c and mem-files.c */

typedef struct _MemFile MemFile;
struct _MemFile
{
  guint8 *data;
  gsize len, size;
  GArray *undo;          /* (element-type MemUndo): what was not synced, oldest first */
  GPtrArray *shm;        /* regions that connections of one machine share */
  guint8 shm_shared[8];
  gboolean shm_taken[8];
  guint shared;          /* connections with a shared lock or more */
  gpointer reserved;
  gpointer pending;
  gpointer exclusive;
  guint open;            /* connections */
  gboolean gone;         /* deleted, still open */
  Machine *machine;
};

Machine *mem_machine_of (const char *path);
/** mem_call: 0, or 1 failing disk, 2 disk full: what this call meets. */
int mem_call (Machine *machine, MemCall call);
MemFile *mem_file_find (Machine *machine, const char *path);
MemFile *mem_file_make (Machine *machine, const char *path);
void mem_file_remove (Machine *machine, const char *path);
void mem_file_move (Machine *machine, const char *from, const char *to);
void mem_file_write (MemFile *file, gsize offset, const void *bytes, gsize len);
void mem_file_truncate (MemFile *file, gsize len);
void mem_file_sync (MemFile *file);
void mem_file_unref (MemFile *file);
Rng *mem_rng (Machine *machine);
