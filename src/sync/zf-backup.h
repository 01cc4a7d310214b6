/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"

G_BEGIN_DECLS

/* Unsent work (changes, drafts, photo files) in a sealed file on a card or stick, for the day when the tablet is lost. The county can open
 * it, and every tablet of the same villages. */
typedef struct
{
  guint changes;
  guint drafts;
  guint photos;
  guint sounds;    /* audio notes, which are no photos */
  guint kept;      /* restoring: drafts left out, because this tablet has one of its own for the same record */
} ZfBackupCount;

/** zf_backup_write: replaces the file at @path by the present state, all or nothing. */
gboolean zf_backup_write (ZfStore *store, const char *path, ZfBackupCount *count, GError **error);
/** zf_backup_restore: takes over what the backup of another tablet holds; doing it twice, or the other tablet turning up again, doubles
 * nothing. ZF_ERROR_INVALID: sealed for another team; ZF_ERROR_CORRUPT: cut or changed, what stood before the cut was taken over. */
gboolean zf_backup_restore (ZfStore *store, const char *path, ZfBackupCount *count, GError **error);

G_END_DECLS
