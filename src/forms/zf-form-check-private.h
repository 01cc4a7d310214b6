/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-expr.h"
#include "zf-form-check.h"

G_BEGIN_DECLS

/* What the files of `form check` share: each walks its part of a kind file, tells what is wrong and goes on. */
typedef struct
{
  guint row;
  const char *name;
  JsonObject *object;
  ZfXpathType type;
  int group;             /* index of the enclosing group, -1 none */
  gboolean seen, done;   /* on the way of the search for circles; searched */
} ZfCheckQuestion;

typedef struct
{
  guint row;
  JsonObject *object;
  gboolean repeat;
  int parent;
} ZfCheckGroup;

typedef struct
{
  ZfKinds *kinds;
  JsonObject *root;
  JsonArray *survey;
  JsonArray *choices;
  GPtrArray *faults;
  GPtrArray *questions;  /* ZfCheckQuestion* */
  GPtrArray *groups;     /* ZfCheckGroup* */
  GHashTable *names;     /* name → ZfCheckQuestion*, NULL for names that stand for no question */
  GHashTable *doubled;   /* lists in which a choice stands twice */
  GHashTable *pictures;  /* name → what is wrong with it, "" nothing */
  GHashTable *columns;   /* of the survey that were told of */
  int group;             /* open now, -1 none */
} ZfFormCheck;

/* zf-form-check.c */
/** zf_form_check_fault: (transfer none): one more. zf_form_check_note: one that is harmless: what stands there is left aside. */
ZfFormFault *zf_form_check_fault (ZfFormCheck *check, const char *sheet, guint row, const char *column, const char *format, ...) G_GNUC_PRINTF (5, 6);
void zf_form_check_note (ZfFormCheck *check, const char *sheet, guint row, const char *column, const char *message);
/** zf_form_check_row: row @i of @rows; NULL + a fault: it is none. zf_form_check_cell: "" for none. */
JsonObject *zf_form_check_row (ZfFormCheck *check, JsonArray *rows, const char *sheet, guint i);
const char *zf_form_check_cell (JsonObject *row, const char *column);

/* zf-form-check-survey.c: names, types, groups; which rows of repeats a question stands in */
void zf_form_check_survey (ZfFormCheck *check);
/** zf_form_check_implied_names: names that settings or short forms of rows bring. */
void zf_form_check_implied_names (ZfFormCheck *check);
/** zf_form_check_plain_type: (transfer full): "select_one LIST or_other" without its last word. */
char *zf_form_check_plain_type (const char *type);
/** zf_form_check_is_unasked: other collectors ask the telephone for it by itself. */
gboolean zf_form_check_is_unasked (const char *type);
gboolean zf_form_check_in_repeat (ZfFormCheck *check, const ZfCheckQuestion *question);
gboolean zf_form_check_share_rows (ZfFormCheck *check, const ZfCheckQuestion *a, const ZfCheckQuestion *b);

/* zf-form-check-choices.c */
void zf_form_check_choices (ZfFormCheck *check);
gboolean zf_form_check_has_list (ZfFormCheck *check, const char *list);
gboolean zf_form_check_has_choice (ZfFormCheck *check, const char *list, const char *code);

/* zf-form-check-pictures.c */
/** zf_form_check_media: files beside the words of a row; @shown: pictures of such a row are. zf_form_check_pictures: those that no row names. */
void zf_form_check_media (ZfFormCheck *check, const char *sheet, guint row, JsonObject *object, gboolean shown);
void zf_form_check_pictures (ZfFormCheck *check);

/* zf-form-check-columns.c */
/** zf_form_check_columns: which columns of a survey row mean something here. */
void zf_form_check_columns (ZfFormCheck *check, guint row, JsonObject *object);

/* zf-form-check-values.c: cells that hold no expression */
void zf_form_check_values (ZfFormCheck *check, const ZfCheckQuestion *question);
void zf_form_check_group_values (ZfFormCheck *check, const ZfCheckGroup *group);
void zf_form_check_trigger (ZfFormCheck *check, const ZfCheckQuestion *question);
gboolean zf_form_check_says_yes_or_no (const char *text);
gboolean zf_form_check_is_computed (const char *text);

/* zf-form-check-expressions.c */
void zf_form_check_expressions (ZfFormCheck *check, const ZfCheckQuestion *question);
void zf_form_check_group_expressions (ZfFormCheck *check, const ZfCheckGroup *group);
/** zf_form_check_scope: what expressions of the form can name; @self: the type of ".". */
ZfXpathScope zf_form_check_scope (ZfFormCheck *check, ZfXpathType self);
/** zf_form_check_compile: (transfer full) (nullable): the expression in @column; NULL when there is none or it is wrong, which @tell makes a fault. */
ZfExpr *zf_form_check_compile (ZfFormCheck *check, JsonObject *object, const char *column, ZfXpathType self, guint row, gboolean tell);

/* zf-form-check-settings.c */
void zf_form_check_settings (ZfFormCheck *check);
/** zf_form_check_settings_row: (nullable): the one row of the settings. */
JsonObject *zf_form_check_settings_row (ZfFormCheck *check);

/* zf-form-check-circles.c */
/** zf_form_check_circles: goes on from @question to what it depends on, and tells when that leads back; @way: empty at first. */
void zf_form_check_circles (ZfFormCheck *check, ZfCheckQuestion *question, GPtrArray *way);

G_END_DECLS
