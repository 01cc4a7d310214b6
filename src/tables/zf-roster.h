/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"

G_BEGIN_DECLS

typedef struct
{
  const char *map_path;   /* (nullable) --map: JSON {"header as printed": "household.field" | "person.field" | "village" | …} */
  const char *sheet;      /* (nullable) */
  const char *source;     /* (nullable) name of the source, base of later three-way imports; default "roster" */
  const char *by;
  gboolean dry_run;
  gboolean merged_at_once; /* the store is the county's own and is merged right after: a disputed cell goes into the log as seen from the last
                            * import, so that the county opens the conflict for every tablet; else the conflict stays in this store */
  void (*progress) (guint rows_done, gpointer data);
  gpointer progress_data;
} ZfRosterOptions;

/** zf_roster_import: reads a household roster (one row a person, the household repeated) and writes what differs from the last import of
 * the same source. Households are written whole or not at all. @report: one object: {"file","detected","header_row","rows","households":{new,
 * changed,same,refused,undecided},"persons":{…},"conflicts":n,"problems":[{"row":n,"column":"证件号码","reason":"…"}],"rows_report":path?}
 * @row: (scope call) (nullable): called for every data row with its verdict: "new", "changed", "same", "refused", "undecided" and a reason.
 * FALSE: nothing was written (the file as a whole is unusable). */
typedef void (*ZfRosterRow) (guint row, const char *verdict, const char *column, const char *reason, gpointer data);
gboolean zf_roster_import (ZfStore *store, const char *path, const ZfRosterOptions *options, ZfRosterRow row, gpointer row_data,
                           JsonObject **report, GError **error);

G_END_DECLS
