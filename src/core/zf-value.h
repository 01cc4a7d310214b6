/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Field values as plain data. json-glib copies of objects and arrays share their content; these do not, so that a copy may go to another
 * thread. NULL is read as JSON null. */

/** zf_value_copy: (transfer full): a deep copy. zf_fields_copy: (transfer full): likewise. */
JsonNode *zf_value_copy (JsonNode *value);
JsonObject *zf_fields_copy (JsonObject *fields);
/** zf_fields_share: (transfer full): a new object with the same values, for states within one thread. */
JsonObject *zf_fields_share (JsonObject *fields);
gboolean zf_value_is_null (JsonNode *value);
/** zf_fields_put: sets @name to @value (transfer none), or removes it when the value is null. */
void zf_fields_put (JsonObject *fields, const char *name, JsonNode *value);
/** zf_set_difference: (transfer full): elements of set @a that are not in set @b, in order. */
JsonArray *zf_set_difference (JsonNode *a, JsonNode *b);

G_END_DECLS
