/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The messages of README.md as bytes: building and reading them, for both halves of sync. No store, no clock, no socket. */
#define ZF_WIRE_TYPE_REQUEST "application/vnd.zoufang+ndjson"
#define ZF_WIRE_TYPE_RESPONSE "application/vnd.zoufang+json"
#define ZF_WIRE_TYPE_PROBLEM "application/problem+json"
#define ZF_WIRE_TYPE_JSON "application/json"
#define ZF_WIRE_TYPE_JPEG "image/jpeg"
#define ZF_WIRE_MAX_BODY (1024 * 1024)
#define ZF_WIRE_MAX_BLOB (8 * 1024 * 1024)
#define ZF_WIRE_TYPE_PACK "application/vnd.zoufang+pack"
#define ZF_WIRE_PACK_PART (256 * 1024)
#define ZF_WIRE_MAX_CHANGES 500
#define ZF_WIRE_MAX_TX 200
#define ZF_WIRE_PAGE_ITEMS 500
/* Name of the digest over all villages. */
#define ZF_WIRE_ALL "all"
#define ZF_WIRE_PAGE_BYTES (256 * 1024)

/** ZfSlice: part of a text that somebody else keeps. */
typedef struct
{
  const char *text;
  gsize len;
} ZfSlice;

/** zf_wire_take_member: takes member @member out of the object @text without parsing it: *value is its text exactly as received (text NULL
 * when there is none), *rest the object with null in its place, parsed. */
gboolean zf_wire_take_member (const char *text, gsize len, const char *member, ZfSlice *value, JsonObject **rest, GError **error);
/** zf_wire_split: as zf_wire_take_member for an array: each of *elements (element-type ZfSlice) is the text of one element, for
 * zf_json_parse_object with its own limits, so that the size of a page is not bounded by what one parse may hold. */
gboolean zf_wire_split (const char *text, gsize len, const char *member, JsonObject **envelope, GArray **elements, GError **error);
/** zf_wire_elements: (element-type ZfSlice): the elements of the array that @text is. zf_wire_members: names (without quotes, as written) and values of
 * the object that @text is, in turn. FALSE when it is none. Neither looks into values. */
gboolean zf_wire_elements (const char *text, gsize len, GArray *elements);
gboolean zf_wire_members (const char *text, gsize len, GArray *members);
/** zf_wire_lines: (transfer full) (element-type ZfSlice): the lines of a request, at most 3, empty ones dropped. */
GArray *zf_wire_lines (GBytes *body, GError **error);
/** zf_wire_request: (transfer full): hello, the frozen push (nullable) and the pull line (nullable) as one body. */
GBytes *zf_wire_request (JsonObject *hello, GBytes *push, JsonObject *pull);
/** zf_wire_pull: (transfer full): the pull line. */
JsonObject *zf_wire_pull (gint64 after, guint limit, gsize bytes);
/** zf_wire_put_string: appends @text as a JSON string; zf_wire_put_member: `"name":"text"` with a comma where one is due. */
void zf_wire_put_string (GString *out, const char *text);
void zf_wire_put_member (GString *out, const char *name, const char *text);
void zf_wire_put_int (GString *out, const char *name, gint64 value);
/** zf_wire_put_index: for each member of @object (JSON text): `"member":0`: all its fields come from author number 0. */
void zf_wire_put_index (GString *out, const char *object);
/** zf_wire_sha256: (transfer full): lower-case hex. zf_wire_is_sha256: 64 lower-case hex digits. */
char *zf_wire_sha256 (const char *text, gssize len);
gboolean zf_wire_is_sha256 (const char *text);
/** zf_wire_type_is: whether a Content-Type header (nullable) names @type, parameters aside. */
gboolean zf_wire_type_is (const char *header, const char *type);

G_END_DECLS
