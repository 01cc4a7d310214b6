/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Files beside the database (photos, uploads, snapshots, parcels) behind a few verbs, so that a simulation can lose or tear what was not yet
 * on disk. Every verb is blocking, safe in any thread, and gives a ZfError: FULL, IO or NOT_FOUND. */
typedef struct _ZfFiles ZfFiles;
typedef struct
{
  /* The whole file; ZF_ERROR_NOT_FOUND when there is none. */
  GBytes *(*read) (ZfFiles *self, const char *path, GError **error);
  /* At most @max bytes from @offset on; fewer only where the file ends. */
  GBytes *(*read_part) (ZfFiles *self, const char *path, gint64 offset, gsize max, GError **error);
  /* All or nothing, on disk with its name before it returns (write beside, fsync, rename, fsync of the folder). Makes missing folders. */
  gboolean (*write) (ZfFiles *self, const char *path, GBytes *bytes, GError **error);
  /* Puts @bytes at @offset of a file that grows (made when new), on disk before it returns; a longer tail is cut off. */
  gboolean (*append) (ZfFiles *self, const char *path, gint64 offset, GBytes *bytes, GError **error);
  /* On disk before it returns; the target is replaced. */
  gboolean (*rename) (ZfFiles *self, const char *from, const char *to, GError **error);
  /* Nothing there is no failure. */
  gboolean (*remove) (ZfFiles *self, const char *path, GError **error);
  /* Bytes, -1 when there is none. */
  gint64 (*size) (ZfFiles *self, const char *path);
} ZfFilesVerbs;
struct _ZfFiles
{
  const ZfFilesVerbs *verbs;
};

/** zf_files_system: (transfer none): the machine's own file system. */
ZfFiles *zf_files_system (void);

GBytes *zf_files_read (ZfFiles *files, const char *path, GError **error);
GBytes *zf_files_read_part (ZfFiles *files, const char *path, gint64 offset, gsize max, GError **error);
gboolean zf_files_write (ZfFiles *files, const char *path, GBytes *bytes, GError **error);
gboolean zf_files_append (ZfFiles *files, const char *path, gint64 offset, GBytes *bytes, GError **error);
gboolean zf_files_rename (ZfFiles *files, const char *from, const char *to, GError **error);
gboolean zf_files_remove (ZfFiles *files, const char *path, GError **error);
gint64 zf_files_size (ZfFiles *files, const char *path);

G_END_DECLS
