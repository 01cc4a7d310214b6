/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-kind.h"
#include "zf-publication.h"

G_BEGIN_DECLS

/* What the files of the kinds share: a kind is built by the registry and never changes afterwards. */

/** zf_choice_list_add: appends a row of a choices sheet to @lists (list name → GPtrArray of ZfChoice*); FALSE + error when it has no
 * list or code, or, unless @twice, the code stands there already. @where names file and row. */
gboolean zf_choice_list_add (GHashTable *lists, JsonObject *row, gboolean twice, const char *where, GError **error);
/** zf_choice_list_doubles: some code stands in @list twice. */
gboolean zf_choice_list_doubles (GPtrArray *list);
GHashTable *zf_choice_lists_new (void);

/** zf_row_plain: (transfer full): @row itself, or a copy whose labels are without marks of style where one has some. */
JsonObject *zf_row_plain (JsonObject *row);
/** zf_kind_new: (transfer full): checks and reads one kind file; @shared_lists outlives nothing and is referenced. */
ZfKind *zf_kind_new (const char *file_name, JsonObject *root, GHashTable *shared_lists, GError **error);
ZfKind *zf_kind_ref (ZfKind *kind);
void zf_kind_unref (ZfKind *kind);
/** zf_kind_repeats: (element-type ZfKind): kinds of the repeats of its survey, in order. zf_kind_is_own_repeat: @kind came with the form that it is a
 * repeat of, and is part of the registry with it; else the repeat asks some questions of a kind that is there anyway. */
GPtrArray *zf_kind_repeats (const ZfKind *kind);
gboolean zf_kind_is_own_repeat (const ZfKind *kind);
gint64 zf_kind_order (const ZfKind *kind);
/** zf_kind_again: (transfer full): the same file read with other shared lists. */
ZfKind *zf_kind_again (const ZfKind *kind, GHashTable *shared_lists, GError **error);

/** zf_field_type_parse: type of a survey row; 0 and no error for rows that hold no answer (note, groups); FALSE + error for an
 * unknown type. *list_name is set for selects (transfer full). */
gboolean zf_field_type_parse (JsonObject *row, ZfFieldType *type, char **list_name, const char *where, GError **error);

/* A survey with everything that its rows say in short written out. */
typedef struct
{
  JsonArray *rows;
  GArray *numbers;       /* guint: of each row, the row of the sheet that it came from, from 1 */
  JsonArray *choices;
  JsonArray *repeats;    /* roots of the kinds of its repeats */
} ZfSurvey;
/** zf_survey_expand: (transfer full): of the kind file @root. */
ZfSurvey *zf_survey_expand (const char *file_name, JsonObject *root, GHashTable *shared_lists, GError **error);
void zf_survey_free (ZfSurvey *survey);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfSurvey, zf_survey_free)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfKind, zf_kind_unref)

struct _ZfKind
{
  gatomicrefcount refs;
  ZfSurvey *expanded;
  GPtrArray *repeats;       /* ZfKind* */
  gboolean own_repeat;
  JsonObject *root;         /* the whole file; every string below lives in it or in `strings` */
  JsonObject *form;         /* row of the settings sheet */
  JsonObject *settings;     /* "kind" */
  JsonArray *survey;
  GHashTable *lists;        /* list name → GPtrArray of ZfChoice*: the kind's own sheet */
  GHashTable *shared_lists;
  GPtrArray *fields;        /* ZfField*, in survey order, implicit ones last */
  GHashTable *by_name;      /* name → ZfField* */
  GStringChunk *strings;
  const char *parent_kind;
  const char *parent_field;
  const char **key;         /* NULL-terminated, NULL without a key */
  const char **sort;        /* NULL-terminated, NULL without one */
  const char *lat_field;
  const char *lon_field;
  char *file_name;
};

/* Reading one (zf-kind-survey.c, zf-kind-settings.c), in this order. */
gboolean zf_kind_read_head (ZfKind *self, GError **error);
gboolean zf_kind_read_choices (ZfKind *self, GError **error);
gboolean zf_kind_read_survey (ZfKind *self, GError **error);
gboolean zf_kind_read_settings (ZfKind *self, GError **error);
gboolean zf_kind_read_repeats (ZfKind *self, GError **error);
/** zf_kind_bad: FALSE and an error that says @what of @name. zf_kind_find: (nullable) (transfer none): while it is being read. */
gboolean zf_kind_bad (ZfKind *self, GError **error, const char *what, const char *name);
ZfField *zf_kind_find (const ZfKind *self, const char *name);
ZfField *zf_kind_add_field (ZfKind *self, const char *name, ZfFieldType type, JsonObject *row);
gboolean zf_kind_is_name (const char *name);

struct _ZfKinds
{
  GObject parent_instance;

  GHashTable *shared_lists;
  GHashTable *by_name;
  GPtrArray *ordered;       /* ZfKind*, by order, then name */
  GPtrArray *checked;       /* ZfKind* of files looked at, not part of the registry */
  GHashTable *list_files;   /* file of code lists → version in use, of files that have one */
  ZfKindCheck check;        /* (nullable) of published forms */
  GPtrArray *refused;       /* ZfRefused* */
  GMutex lock;              /* over the two below */
  GPtrArray *older;         /* ZfKind*: versions that are not the one in use */
  GPtrArray *unread;        /* ZfPublication*: older versions that nobody has asked for yet */
};
/** zf_kinds_check_references: whether the kinds that @kind names are there. zf_kinds_sort: after the last kind was added. */
gboolean zf_kinds_check_references (ZfKinds *self, const ZfKind *kind, GError **error);
void zf_kinds_sort (ZfKinds *self);
/** zf_kinds_put: (transfer full @kind): in use from now on, with the kinds of its own repeats; what was in use becomes older. */
void zf_kinds_put (ZfKinds *self, ZfKind *kind);
/** zf_kinds_read_form: (transfer full): the kind that a published form is, checked against this registry. */
ZfKind *zf_kinds_read_form (ZfKinds *self, const ZfPublication *publication, GError **error);
/** zf_publication_follows: whether records of @old can be read and written by @fresh. */
gboolean zf_publication_follows (const ZfKind *old, const ZfKind *fresh, GError **error);
/** zf_kinds_add_list: a list of a file of code lists, into @lists. */
gboolean zf_kinds_add_list (GHashTable *lists, const char *file_name, JsonNode *node, GError **error);

G_END_DECLS
