/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-expr.h"
#include "zf-form.h"

G_BEGIN_DECLS

/* What the compiled form keeps besides the public question; for the files of this folder. */
typedef struct
{
  JsonObject *row;
  const char *name;
  int parent;            /* enclosing group, -1 none */
  int repeat;            /* that it stands in, -1 none: relevance is a row's */
  guint page;
  ZfExpr *relevant;      /* (nullable) */
} ZfFormGroup;

typedef struct
{
  JsonObject *row;
  const char *name;
  const ZfKind *kind;    /* of its records, as far as its rows ask of them */
  gboolean own;          /* they belong to the form's record; else to a kind that is there anyway, and to the form's parent */
  int parent;            /* enclosing repeat, -1 none */
  int group;             /* that holds its rows: its relevance is the repeat's */
  guint page;
  guint first;           /* its first item, or the one that follows it */
  guint n_slots;         /* questions of one row */
  ZfExpr *count;         /* (nullable) repeat_count: it decides how many rows there are */
  GArray *dependents;    /* guint: items that read the rows as such */
} ZfFormRepeat;

typedef struct
{
  ZfQuestion question;
  int group;             /* enclosing group, -1 none */
  int repeat;            /* innermost repeat, -1 none */
  guint slot;            /* place among the questions of a row */
  gboolean wide;         /* its relevance or calculation reads other rows */
  ZfExpr *relevant;      /* (nullable), as the others */
  ZfExpr *required;
  ZfExpr *constraint;
  ZfExpr *check;         /* a soft one */
  ZfExpr *calculation;
  ZfExpr *choice_filter;
  ZfExpr *default_expr;
  gboolean always_required;
  char *default_text;    /* (nullable) a plain default */
  char *last_saved;      /* (nullable) question of the last record that prefills this one */
  GArray *dependents;    /* guint: items whose relevance or calculation reads this one */
  gboolean triggered;    /* its calculation waits until a person changes what `trigger` names, and reads nothing by itself */
  GArray *triggers;      /* guint: items that wait for this one */
} ZfFormItem;

guint zf_form_n_items (ZfForm *self);
ZfFormItem *zf_form_item (ZfForm *self, guint i);
/** zf_form_index: index of the item @name, -1 when there is none. */
int zf_form_index (ZfForm *self, const char *name);
ZfFormGroup *zf_form_group (ZfForm *self, int i);
guint zf_form_n_repeats (ZfForm *self);
ZfFormRepeat *zf_form_repeat (ZfForm *self, int i);
/** zf_form_repeat_index: of repeat @name, -1 when there is none. */
int zf_form_repeat_index (ZfForm *self, const char *name);
/** zf_form_n_slots: questions of a row of @repeat; -1: of those outside all repeats. */
guint zf_form_n_slots (ZfForm *self, int repeat);
/** zf_form_order: the i-th item to compute: after everything that it reads. */
guint zf_form_order (ZfForm *self, guint i);

/* Compiling, zf-form-structure.c, zf-form-screens.c and zf-form-compile.c */
typedef struct
{
  const ZfKind *kind;
  GPtrArray *items;      /* ZfFormItem* */
  GPtrArray *groups;     /* ZfFormGroup* */
  GPtrArray *repeats;    /* ZfFormRepeat* */
  GPtrArray *pages;      /* JsonObject* or NULL: first of each group, then of each screen */
  GHashTable *by_name;   /* question → index + 1 */
  GHashTable *repeats_by_name;
  GArray *order;         /* guint */
  guint n_slots;         /* questions outside repeats */
  const char *last_name; /* of the rows read so far */
} ZfFormParts;
gboolean zf_form_compile (ZfFormParts *parts, GError **error);
gboolean zf_form_read_structure (ZfFormParts *parts, GError **error);
/** zf_form_cut_screens: after the structure, whose pages are groups: a long one becomes several screens. */
void zf_form_cut_screens (ZfFormParts *parts);
/** zf_form_parts_holds: rows of repeat @inner are rows of @outer or stand in them; -1: the form itself. */
gboolean zf_form_parts_holds (ZfFormParts *parts, int outer, int inner);
/** zf_form_read_trigger: `trigger`: the questions whose answers set @item (XLSForm, "Trigger"). After the structure. */
gboolean zf_form_read_trigger (ZfFormParts *parts, guint item, GError **error);
gboolean zf_form_structure_error (ZfFormParts *parts, GError **error, const char *what, const char *name);
gboolean zf_form_says_yes (const char *text);
void zf_form_item_free (ZfFormItem *item);
void zf_form_group_free (ZfFormGroup *group);
void zf_form_repeat_free (ZfFormRepeat *repeat);

/** zf_answers_broken: as zf_answers_problem, without looking at `required`. */
char *zf_answers_broken (ZfAnswers *self, const char *name, const char *lang);

/* Finishing, zf-form-finish.c */
/** zf_form_check_answers: FALSE + error that names the first question with a problem. */
gboolean zf_form_check_answers (ZfAnswers *answers, GError **error);
/** zf_form_drop_idle_sources: where an answer comes from says nothing without the answer. */
void zf_form_drop_idle_sources (JsonObject *values);
/** zf_form_report_changed: @changed as names in @changed_since (nullable); FALSE + ZF_ERROR_CONFLICT when there are some and not @force. */
gboolean zf_form_report_changed (GPtrArray *changed, gboolean force, char ***changed_since, GError **error);

/* Values and texts, zf-answer-text.c */
/** zf_answer_text: (transfer full): a stored value as expressions and entries see it: 元, codes with spaces, ISO times; "" for none. */
char *zf_answer_text (const ZfField *field, JsonNode *value);
/** zf_answer_parse: (transfer full): what a person typed as a stored value (null for nothing), or NULL + a sentence for the person. */
JsonNode *zf_answer_parse (const ZfKind *kind, const ZfField *field, const char *text, GError **error);
/** zf_answer_from_expr: (transfer full) (nullable): the result of a calculation as a stored value of @field; NULL when it has none. */
JsonNode *zf_answer_from_expr (const ZfKind *kind, const ZfField *field, const ZfExprValue *value);

G_END_DECLS
