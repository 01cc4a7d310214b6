/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-kind.h"

G_BEGIN_DECLS

/* The merge rule of sync.md 2.4 as pure functions: no store, no clock, no thread. */
typedef enum
{
  ZF_MERGE_NOOP = 0,      /* the server holds the value already */
  ZF_MERGE_ACCEPT = 1,
  ZF_MERGE_CONFLICT = 2,  /* a new conflict */
  ZF_MERGE_APPEND = 3,    /* this device already has an open conflict on the group: append to its `mine` */
} ZfMergeVerdict;

/** zf_merge_group: rules 0–4 for one group. @base: the clamped base rev; @old/@new_: the pair; @server: current value (NULL
 * = none) last changed at @server_rev; @open: this device has an open conflict on the group. */
ZfMergeVerdict zf_merge_group (gint64 base, JsonNode *old, JsonNode *new_, JsonNode *server, gint64 server_rev, gboolean open);

/** zf_merge_set: element-wise: (server ∖ del) ∪ add as sorted array (transfer full). */
JsonNode *zf_merge_set (JsonNode *server, JsonArray *add, JsonArray *del);

/** zf_changes_apply: lays the `f` of one change over @fields in place: {field:[old,new]} or {field:{"add":[],"del":[]}}. */
void zf_change_apply (JsonObject *fields, JsonObject *f);

/** zf_group_value: (transfer full): the value of a group in @fields: the field's value when it merges alone, else an object of its
 * fields that have one; JSON null when empty. zf_group_fields: names of the fields of @group. */
JsonNode *zf_group_value (const ZfKind *kind, const char *group, JsonObject *fields);
GPtrArray *zf_group_fields (const ZfKind *kind, const char *group);
/** zf_group_store: writes a group value back into @fields. */
void zf_group_store (const ZfKind *kind, const char *group, JsonNode *value, JsonObject *fields);

G_END_DECLS
