/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-kind.h"

G_BEGIN_DECLS

/* One record as a reader saw it: a snapshot, free of the store. */
typedef struct
{
  char *id;
  const ZfKind *kind;     /* NULL for a kind this version does not know */
  char *kind_name;
  char *parent;           /* (nullable) */
  char *village;          /* (nullable) village id, "*" county-wide */
  gint64 rev;             /* 0: the county has not seen it */
  JsonObject *fields;     /* cur: fields with a value; never NULL */
  JsonObject *base;       /* (nullable) last state pulled from the county, NULL while it equals cur */
  JsonObject *meta;       /* (nullable) who, when: {"c":[authors],"ci":{field: index}}; no ci: all fields are the first one's */
  JsonObject *extra;      /* (nullable) fields of the county's state that this version does not know */
  char *del;              /* (nullable) reason when deleted: "deleted", "merged:<id>", "moved", "erased", … */
  char *base_del;         /* (nullable) the same at the county, before this tablet's unsent changes */
} ZfRecord;

void zf_record_free (ZfRecord *record);
/** zf_record_get_string / _int: value of a field, or the fallback. */
const char *zf_record_get_string (const ZfRecord *record, const char *field, const char *fallback);
gint64 zf_record_get_int (const ZfRecord *record, const char *field, gint64 fallback);
/** zf_record_display: (transfer full): the value of @field as people read it in @lang (choice labels, 元, joined sets);
 * "" when there is none. */
char *zf_record_display (const ZfRecord *record, const char *field, const char *lang);
/** zf_record_title_field: (nullable): the field that names it in lists: ZF_INSTANCE_NAME where its form gave it a name, else the label of its kind. */
const char *zf_record_title_field (const ZfRecord *record);
char *zf_value_display (const ZfKind *kind, const ZfField *field, JsonNode *value, const char *lang);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfRecord, zf_record_free)

G_END_DECLS
