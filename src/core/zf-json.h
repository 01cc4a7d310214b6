/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "zf-decimal.h"

G_BEGIN_DECLS

/* The only door through which foreign JSON enters (json-glib 1.6.6 overflows its stack on 80 kB of "[").
 * Numbers are integers within 2^53; decimals are canonical strings. */
#define ZF_JSON_MAX_DEPTH 16
#define ZF_JSON_MAX_NODES 50000

/** zf_json_parse: (transfer full): parses UTF-8 text after a scan that refuses depth > ZF_JSON_MAX_DEPTH, more than
 * ZF_JSON_MAX_NODES values, duplicate keys, non-integers and integers beyond 2^53 (ZF_ERROR_LIMIT / ZF_ERROR_INVALID).
 * @len: bytes, or -1 */
JsonNode *zf_json_parse (const char *text, gssize len, GError **error);
/** zf_json_parse_object: (transfer full): as zf_json_parse, and the root must be an object. */
JsonObject *zf_json_parse_object (const char *text, gssize len, GError **error);
/** zf_json_parse_kept: (transfer full): the same without a node limit, for what this store wrote itself (drafts): what could be written can be read. */
JsonObject *zf_json_parse_kept (const char *text, GError **error);
/** zf_json_parse_file: (transfer full): like zf_json_parse without a node limit, for files of our own (kind files). */
JsonNode *zf_json_parse_file (const char *path, GError **error);
/** zf_json_canonical: (transfer full): sorted keys, no white space, one spelling a value: equal texts ⇔ equal values. */
char *zf_json_canonical (JsonNode *node);
char *zf_json_canonical_object (JsonObject *object);
/** zf_json_equal: equality of canonical values; NULL, JSON null and absent are the same. */
gboolean zf_json_equal (JsonNode *a, JsonNode *b);
/** Shorthands for values: (transfer full). */
JsonNode *zf_json_string (const char *value);
JsonNode *zf_json_int (gint64 value);
JsonNode *zf_json_null (void);
/** zf_json_get_string / _int: member of @object, or the fallback when absent, null or of another type. */
const char *zf_json_get_string (JsonObject *object, const char *member, const char *fallback);
gint64 zf_json_get_int (JsonObject *object, const char *member, gint64 fallback);
JsonObject *zf_json_get_object (JsonObject *object, const char *member);
JsonArray *zf_json_get_array (JsonObject *object, const char *member);
gboolean zf_json_get_bool (JsonObject *object, const char *member, gboolean fallback);

G_END_DECLS
