/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"

G_BEGIN_DECLS

/* Kind of the record that says why another one was changed: `of` names that one, `fields` its fields with spaces between, `why` is the reason. It stands below
 * the same household and is written in the save of the change; by author and moment it is found again, also where only the county's answer tells of them. */
#define ZF_REASON_KIND "reason"
/** zf_reason_place: (nullable): the record that a reason for a change of @record stands below; NULL: none can be given. */
const char *zf_reason_place (ZfKinds *kinds, const ZfRecord *record);

/* What happened to one record, as far as this tablet knows it: its own change log (old and new), and where others wrote, the last author of each field
 * (sync.md 2.5a b); of what corrects another record what it made different, back to the first; and the rows of its own repeats. */
typedef struct
{
  char *id;             /* of the record, row or corrected record that changed */
  const ZfKind *kind;
  char *op;             /* "add", "set", "del", "undel", "merge", or "correct" */
  gint64 at_ms;         /* as the author's tablet claimed; 0 unknown */
  char *by;
  char *why;            /* (nullable) the reason */
  JsonObject *fields;   /* field → [old, new]; [new] where the old value is not known here; sets {"add": […], "del": […]}. Empty for "add" */
} ZfEvent;
void zf_event_free (ZfEvent *event);

/** zf_history_read: (transfer full) (element-type ZfEvent): newest first. */
GPtrArray *zf_history_read (ZfReader *reader, const char *id, GError **error);

G_END_DECLS
