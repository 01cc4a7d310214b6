/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"

G_BEGIN_DECLS

/* A temporary folder with the sheets of make-sheets.py, and stores inside it. */
void tables_fixture_begin (void);
void tables_fixture_end (void);
/** (transfer full): path of a made sheet, of a file of the test's own. */
char *tables_sheet_path (const char *name);
char *tables_temp_path (const char *name);
/** tables_store_new: (transfer full): a fresh store with the county's villages. */
ZfStore *tables_store_new (void);
/** tables_store_print: (transfer full): hash of everything that users wrote: records, log, conflicts, import rows. */
char *tables_store_hash (ZfStore *store);
gint64 tables_store_count (ZfStore *store, const char *table);
/** tables_id: (transfer full): an ID number of the unassigned region 999999 with its check character. */
char *tables_id (const char *birth8, guint order);

G_END_DECLS
