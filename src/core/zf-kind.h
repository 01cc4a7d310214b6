/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A kind is data: data/forms/KIND.json (its README.md is the format). This file reads names, types and settings for
 * store, merge and server; src/forms adds the meaning of expressions from the same rows. All objects are immutable
 * after loading and may be read from any thread. */

/* Fixed numbers: stored in derived-table fingerprints; append only. */
typedef enum
{
  ZF_FIELD_TEXT = 1,
  ZF_FIELD_INTEGER = 2,
  ZF_FIELD_DECIMAL = 3,  /* canonical decimal string */
  ZF_FIELD_MONEY = 4,    /* decimal with appearance money: integer 分 */
  ZF_FIELD_DATE = 5,     /* "YYYY-MM-DD" */
  ZF_FIELD_SELECT_ONE = 6,
  ZF_FIELD_SET = 7,      /* select_multiple: JSON array of strings, sorted */
  ZF_FIELD_REF = 8,      /* id of another record */
  ZF_FIELD_TIME_MS = 9,  /* dateTime: UTC ms */
  ZF_FIELD_TIME = 10,    /* "HH:MM" or "HH:MM:SS" of the local day */
  ZF_FIELD_RANK = 11,    /* all codes of its list in the order of preference, separated by spaces */
  ZF_FIELD_POINT = 12,   /* "lat lon", then altitude and accuracy in metres where known: decimals WGS-84 */
  ZF_FIELD_MEDIA = 13,   /* id of the photo record that holds the picture, sound or file */
} ZfFieldType;

typedef struct _ZfField ZfField;
typedef struct _ZfKind ZfKind;
typedef struct _ZfChoice ZfChoice;

struct _ZfChoice
{
  const char *name;   /* the stored code */
  JsonObject *row;    /* the whole choices row: label::中文, extra columns */
  JsonObject *plain;  /* the same with labels without marks of style (zf-styled.h) */
};

struct _ZfField
{
  const char *name;
  ZfFieldType type;
  const char *list_name;    /* (nullable) select_*, rank: code list */
  const char *group;        /* merge group; the field's own name when it merges alone */
  gboolean grouped;         /* TRUE: other fields share @group */
  gboolean column;          /* kept in the flat table */
  gboolean sensitive;       /* PIPL 28: masked on screen and in logs */
  const char *ref_kind;     /* (nullable) ZF_FIELD_REF: kind of the target */
  JsonObject *row;          /* the survey row, word for word */
  JsonObject *plain;        /* the same with labels without marks of style (zf-styled.h) */
};

/** zf_kind_name…: (transfer none) getters; strings live as long as the kind. */
const char *zf_kind_name (const ZfKind *kind);
/** zf_kind_title: label of the kind in @lang ("zh" or "en"), e.g. 走访. */
const char *zf_kind_title (const ZfKind *kind, const char *lang);
const char *zf_kind_version (const ZfKind *kind);
/** zf_kind_parent_kind / _field: NULL for a root kind; the field holds the parent's id and is itself a ZF_FIELD_REF. */
const char *zf_kind_parent_kind (const ZfKind *kind);
const char *zf_kind_parent_field (const ZfKind *kind);
/** zf_kind_parent_optional: setting "optional" of "parent": a record may stand without one. */
gboolean zf_kind_parent_optional (const ZfKind *kind);
gboolean zf_kind_append_only (const ZfKind *kind);
/** zf_kind_server_only: written at the county only (village, …): tablets never change it. */
gboolean zf_kind_server_only (const ZfKind *kind);
/** zf_kind_key: (nullable) (array zero-terminated=1): fields whose values make the id. */
const char *const *zf_kind_key (const ZfKind *kind);
/** zf_kind_sort: (nullable) (array zero-terminated=1): columns that lists of the kind are sorted by. */
const char *const *zf_kind_sort (const ZfKind *kind);
/** zf_kind_date_field: (nullable): the date that orders timelines and "latest". */
const char *zf_kind_date_field (const ZfKind *kind);
/** zf_kind_label_field: (nullable): the field that names a record in lists. */
const char *zf_kind_label_field (const ZfKind *kind);
/** zf_kind_is_ledger: shown under 台账 and offered by 添加台账. */
gboolean zf_kind_is_ledger (const ZfKind *kind);
/** zf_kind_file: the whole kind file. zf_kind_settings: the "kind" object of the file. zf_kind_survey: its rows in order, what they
 * say in short written out. */
JsonObject *zf_kind_file (const ZfKind *kind);
/** zf_kind_repeat: (nullable): the kind of the records of repeat @name of the survey: a row of type ZF_TYPE_REPEAT stands for it. */
const ZfKind *zf_kind_repeat (const ZfKind *kind, const char *name);
#define ZF_TYPE_REPEAT "repeat"
/* A survey row with "source": "yes" brings the question where the answer comes from: NAME__src, of the shared list answer_source, in the same merge
 * group. */
#define ZF_SOURCE_SUFFIX "__src"
#define ZF_SOURCE_LIST "answer_source"
/* A survey row with a soft "check" brings the place for the reason why an answer that it doubts is right all the same: NAME__why, in the same group. */
#define ZF_WHY_SUFFIX "__why"
/* The setting of XLSForms, and the field that holds what it gave: the name of a record. */
#define ZF_INSTANCE_NAME "instance_name"
/* A survey whose answers are filled in from before has a text field that names those nobody asked about (addresses with spaces between): what is carried
 * over is not what was said. */
#define ZF_CARRIED "carried"
#define ZF_CARRIED_NONE "-"   /* all were asked about */
JsonObject *zf_kind_settings (const ZfKind *kind);
JsonArray *zf_kind_survey (const ZfKind *kind);
guint zf_kind_n_fields (const ZfKind *kind);
const ZfField *zf_kind_field_at (const ZfKind *kind, guint i);
const ZfField *zf_kind_field (const ZfKind *kind, const char *name);
/** zf_kind_search: (nullable): settings "search": object field → how: "name" (characters, pinyin, initials),
 * "text" (characters and words), "tail" (digits from the end), "digits" (digits from the start). */
JsonObject *zf_kind_search (const ZfKind *kind);
/** zf_kind_place: fields that hold lat, lon (decimal degrees WGS-84); FALSE when the kind has no position. */
gboolean zf_kind_place (const ZfKind *kind, const char **lat_field, const char **lon_field);
/** zf_kind_choices: (element-type ZfChoice*): the code list of @list_name for this kind (its own sheet, else the
 * shared lists); (transfer none), NULL when unknown. zf_kind_choice_label: (transfer none), without marks of style; the code itself when unknown. */
GPtrArray *zf_kind_choices (const ZfKind *kind, const char *list_name);
const char *zf_kind_choice_label (const ZfKind *kind, const char *list_name, const char *code, const char *lang);
/** zf_row_text: "label::中文" for lang "zh", "label::English" for "en", else "label", else the first language that the row has; NULL when it has none.
 * @column is "label", "hint", "unit" or "constraint_message". */
const char *zf_row_text (JsonObject *row, const char *column, const char *lang);
/** zf_field_range: "parameters" of a range question: start, end and step, 1, 10 and 1 where they are not given (XLSForm documentation). */
void zf_field_range (JsonObject *row, double *start, double *end, double *step);
/** zf_kind_check_value: type check and normal form of one value: a new node (transfer full), NULL + ZF_ERROR_INVALID that
 * names kind and field, never the value. Null is always allowed and means "no answer". */
JsonNode *zf_kind_check_value (const ZfKind *kind, const ZfField *field, JsonNode *value, GError **error);
/** zf_kind_make_id: (transfer full) (nullable): id from the key fields in @fields, NULL when the kind has no key or a
 * part is missing. */
char *zf_kind_make_id (const ZfKind *kind, JsonObject *fields);

/* The registry */
#define ZF_TYPE_KINDS (zf_kinds_get_type ())
G_DECLARE_FINAL_TYPE (ZfKinds, zf_kinds, ZF, KINDS, GObject)

/** zf_kinds_load: reads DATA/forms/ *.json and DATA/codelists/ *.json. A file that fails its check is an error that names it. */
ZfKinds *zf_kinds_load (const char *data_dir, GError **error);
/** zf_data_dir: where data/ is: $ZOUFANG_DATA, else the source tree when run uninstalled, else PKGDATADIR. */
const char *zf_data_dir (void);
/** zf_kinds_check_file: reads one more kind file beside the registry without adding it, as `form check` does: it may use the registry's
 * shared code lists and kinds. (transfer none), lives as long as the registry. */
const ZfKind *zf_kinds_check_file (ZfKinds *self, const char *path, GError **error);
/** zf_kinds_check_root: the same of a file that was read already. */
const ZfKind *zf_kinds_check_root (ZfKinds *self, const char *file_name, JsonObject *root, GError **error);
const ZfKind *zf_kinds_get (ZfKinds *self, const char *name);
/** zf_kinds_version: the kind as it was in @version (nullable), else as zf_kinds_get: what was begun with a form goes on with it. */
const ZfKind *zf_kinds_version (ZfKinds *self, const char *name, const char *version);
/* What the county published and this program cannot use: the older one stays. */
typedef struct
{
  char *kind;      /* "form" or "codelist" */
  char *name;
  char *version;
  char *reason;
} ZfRefused;
/** zf_kinds_refused: (transfer none) (element-type ZfRefused). */
GPtrArray *zf_kinds_refused (ZfKinds *self);
/** zf_kinds_set_check: what published forms must pass besides the core's own check (zf_form_guard). Before the registry is shared with other threads. */
typedef gboolean (*ZfKindCheck) (const ZfKind *kind, GError **error);
void zf_kinds_set_check (ZfKinds *self, ZfKindCheck check);
/** zf_kinds_shared_list: (transfer none) (nullable) (element-type ZfChoice*): the shared code list of that name. */
GPtrArray *zf_kinds_shared_list (ZfKinds *self, const char *list_name);
/** zf_kinds_list: (transfer container) (element-type ZfKind*): in file order (settings "order", then name). */
GPtrArray *zf_kinds_list (ZfKinds *self);
/** zf_kinds_children: (transfer container): kinds whose parent is @name. */
GPtrArray *zf_kinds_children (ZfKinds *self, const char *name);

G_END_DECLS
