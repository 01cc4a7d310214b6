/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-kind.h"
#include "zf-save.h"
#include "zf-draft.h"
#include "zf-styled.h"

G_BEGIN_DECLS

/* ZfForm: the compiled meaning of one kind's survey: pages, questions, expressions (XPath 1.0 of libxml2 behind the rewrite of
 * zf-xpath-rewrite.c). Immutable; one per kind, shared by all answers. Main-thread or one thread at a time. */
#define ZF_TYPE_FORM (zf_form_get_type ())
G_DECLARE_FINAL_TYPE (ZfForm, zf_form, ZF, FORM, GObject)

typedef enum
{
  ZF_FORM_ERROR_EXPRESSION = 0,   /* an expression does not parse, names an unknown function or question */
  ZF_FORM_ERROR_TYPE = 1,         /* a question type that is not supported, named */
  ZF_FORM_ERROR_STRUCTURE = 2,    /* groups that do not close, a doubled name */
  ZF_FORM_ERROR_ANSWER = 3,       /* an answer breaks required, constraint or its type */
} ZfFormError;
#define ZF_FORM_ERROR (zf_form_error_quark ())
GQuark zf_form_error_quark (void);

typedef enum
{
  ZF_QUESTION_FIELD,   /* has a ZfField */
  ZF_QUESTION_NOTE,
  ZF_QUESTION_CALCULATE,
} ZfQuestionClass;

typedef struct
{
  const char *name;
  ZfQuestionClass klass;
  const ZfKind *kind;        /* that has the field: the form's, or its repeat's */
  const char *repeat;        /* (nullable): the innermost repeat that it stands in */
  const ZfField *field;      /* NULL for a note */
  JsonObject *row;           /* the survey row */
  guint page;                /* index of the screen: a top-level group, or a part of a long one */
  gboolean more;             /* under 更多问题 */
  gboolean hidden;
  gboolean read_only;
  const char *save_to_kind;  /* (nullable) */
  const char *save_to_field; /* (nullable) */
} ZfQuestion;

/** zf_form_type: (nullable): the @i-th word of the column `type` that a form may have, without its list and without the ends of groups; NULL after the last. */
const char *zf_form_type (guint i);

/** zf_form_guard: forms that @kinds is extended with later must compile, or they are refused. */
void zf_form_guard (ZfKinds *kinds);
/** Field of kinds whose records are read with the form that they were written with: its version. */
#define ZF_FORM_VERSION "form_version"

/** zf_form_new: compiles @kind; the error names the row and column that is wrong. */
ZfForm *zf_form_new (const ZfKind *kind, GError **error);
const ZfKind *zf_form_kind (ZfForm *self);
guint zf_form_n_pages (ZfForm *self);
/** zf_form_page_row: the begin_group row of page @i, the same for all parts of a long group; NULL where questions stand outside groups. */
JsonObject *zf_form_page_row (ZfForm *self, guint i);
guint zf_form_n_questions (ZfForm *self);
const ZfQuestion *zf_form_question_at (ZfForm *self, guint i);
const ZfQuestion *zf_form_question (ZfForm *self, const char *name);

/** zf_form_groups: (transfer container) (element-type JsonObject): the begin_group rows around question @name, outermost first: within its screen's group
 * or, for a question of a repeat, within a row of that. */
GPtrArray *zf_form_groups (ZfForm *self, const char *name);

/** zf_form_repeats: (transfer container) (element-type utf8): repeats right below @in (nullable: outside others) on screen @page, in order. */
GPtrArray *zf_form_repeats (ZfForm *self, const char *in, guint page);
/** zf_form_repeat_row: the row of repeat @name with its label. */
JsonObject *zf_form_repeat_row (ZfForm *self, const char *name);

/* An address names one answer: NAME, or REPEAT[ROW].NAME for a question of a repeat, ROW being the id of the row's record; repeats may stand in
 * rows of others: REPEAT[ROW].REPEAT[ROW].NAME. REPEAT[ROW] alone is a row. Wherever a question is named below, an address does.
 * zf_address_name: the name of the question at its end. */
const char *zf_address_name (const char *address);
/** zf_address_repeat: (transfer full): the repeat that the row at @address is of, as an address: "plots[A].crops[B]" → "plots[A].crops".
 * zf_address_above: (transfer full) (nullable): the row around that row, NULL for the form itself. */
char *zf_address_repeat (const char *address);
char *zf_address_above (const char *address);

/* ZfAnswers: answers to one form as a document that expressions see. Signal-free: ask after each set. */
#define ZF_TYPE_ANSWERS (zf_answers_get_type ())
G_DECLARE_FINAL_TYPE (ZfAnswers, zf_answers, ZF, ANSWERS, GObject)

/** zf_answers_new: @values (nullable): stored values (money in 分, sets as arrays). @today: "YYYY-MM-DD" for today(). Defaults are laid when
 * @values is NULL. */
ZfAnswers *zf_answers_new (ZfForm *form, JsonObject *values, const char *today);
/** zf_answers_new_at: with what now() gives while defaults are laid, UTC ms; 0: the first minute of @today. */
ZfAnswers *zf_answers_new_at (ZfForm *form, JsonObject *values, const char *today, gint64 now_ms);
/** zf_answers_calculate: computes what has a calculation and no answer, and what reads that, as filling in the form would have. */
void zf_answers_calculate (ZfAnswers *self);
ZfForm *zf_answers_form (ZfAnswers *self);
/** zf_answers_set_now: what now() gives, UTC ms of the store's clock; without it now() is the first minute of @today. */
void zf_answers_set_now (ZfAnswers *self, gint64 now_ms);
JsonNode *zf_answers_get (ZfAnswers *self, const char *name);
/** zf_answers_set: a person's answer as a stored value (checked and normalised as zf_kind_check_value); recomputes what depends on it. */
gboolean zf_answers_set (ZfAnswers *self, const char *name, JsonNode *value, GError **error);
/** zf_answers_set_text: what a person typed (元 for money, full-width folded); "" clears. */
gboolean zf_answers_set_text (ZfAnswers *self, const char *name, const char *text, GError **error);
/** zf_answers_along: (transfer full): fields (a question outside repeats, or an outermost repeat) whose answers the last one set along with itself and
 * which would not come out the same again: a draft keeps them too. */
char **zf_answers_along (ZfAnswers *self);
/** zf_answers_text: (transfer full): the answer as it stands in an entry: 元 for money. */
char *zf_answers_text (ZfAnswers *self, const char *name);
/** zf_answers_rows: (transfer full) (element-type utf8): addresses of the rows of @repeat (an address without a row at its end), in order. */
GPtrArray *zf_answers_rows (ZfAnswers *self, const char *repeat);
/** zf_answers_add_row: (transfer full): the address of a new row at the end of @repeat, with its defaults; @id: of the record that it becomes, unique.
 * Fails beyond 500 rows, and where repeat_count decides. */
char *zf_answers_add_row (ZfAnswers *self, const char *repeat, const char *id, GError **error);
/** zf_answers_row_values: (transfer full) (nullable): all that a row holds, with which zf_answers_put_back makes it again, at the end of its repeat. */
JsonObject *zf_answers_row_values (ZfAnswers *self, const char *row);
gboolean zf_answers_put_back (ZfAnswers *self, const char *repeat, JsonObject *values, GError **error);
/** zf_answers_remove_row: FALSE + error for a row of a known kind whose record stands: people end it where they end its kind. */
gboolean zf_answers_remove_row (ZfAnswers *self, const char *row, GError **error);
/** zf_answers_row_stands: the row is of a record that was there before. zf_answers_may_remove_row: as zf_answers_remove_row would. */
gboolean zf_answers_row_stands (ZfAnswers *self, const char *row);
gboolean zf_answers_may_remove_row (ZfAnswers *self, const char *row);
/** zf_answers_repeat_relevant: @repeat (as for zf_answers_rows) is asked in its row. */
gboolean zf_answers_repeat_relevant (ZfAnswers *self, const char *repeat);
/** zf_answers_kept: (transfer full): what a draft keeps when the answer at @address changed: a value under @field (transfer full), for a row of a repeat
 * all rows of its outermost repeat. */
JsonNode *zf_answers_kept (ZfAnswers *self, const char *address, char **field);
/** zf_answers_styled: (transfer full) (nullable): @text (nullable) with its style, and with answers for the ${name} in it, as expressions see them (a code,
 * not its label), seen from the answer or row at @address; NULL: from the form itself. Answers are shown as they were given, whatever stands in them.
 * zf_answers_fill: (transfer full) (nullable): the same without style: for names, titles, lists and sentences. */
ZfStyled *zf_answers_styled (ZfAnswers *self, const char *address, const char *text);
char *zf_answers_fill (ZfAnswers *self, const char *address, const char *text);
/** zf_answers_relevant: shown and stored; an irrelevant answer is kept while editing and dropped when finishing. */
gboolean zf_answers_relevant (ZfAnswers *self, const char *name);
gboolean zf_answers_page_relevant (ZfAnswers *self, guint page);
gboolean zf_answers_required (ZfAnswers *self, const char *name);
/** zf_answers_choice_visible: choice_filter. */
gboolean zf_answers_choice_visible (ZfAnswers *self, const char *name, const ZfChoice *choice);
/** zf_answers_problem: (transfer full) (nullable): the sentence to show at the field: required, type or constraint; NULL = fine. */
char *zf_answers_problem (ZfAnswers *self, const char *name, const char *lang);
/** zf_answers_problems: (element-type utf8): addresses of relevant questions with a problem, in form order. */
GPtrArray *zf_answers_problems (ZfAnswers *self);
/** zf_answers_doubt: (transfer full) (nullable): the question to ask about an answer that the row's soft `check` doubts (domain.md 4.6), until a
 * reason stands in NAME__why; NULL = none. zf_answers_doubts: (element-type utf8): addresses of those, in form order. */
char *zf_answers_doubt (ZfAnswers *self, const char *name, const char *lang);
GPtrArray *zf_answers_doubts (ZfAnswers *self);
/** zf_answers_report: (transfer full): what a screen would show, for `zoufangctl form eval`: {"values": as zf_answers_values, "asked": [names],
 * "choices": {name: [codes]} where a filter decides, "problems": {address: sentence}, "doubts": {address: question}}. */
JsonObject *zf_answers_report (ZfAnswers *self, const char *lang);
/** zf_answers_values: (transfer full): relevant answers as stored values; of a repeat an array of rows: {"id", "stands": true if so, answers…}.
 * zf_answers_all: (transfer full): likewise, with those that are not relevant now. */
JsonObject *zf_answers_values (ZfAnswers *self);
JsonObject *zf_answers_all (ZfAnswers *self);

/** zf_form_prefill: answers and seen of a new draft of @form under @parent: save_to questions get the household's (or last) value and
 * what was seen; the last record of the same kind prefills questions with "default": "${last-saved#name}"; other defaults are laid
 * with @today ("YYYY-MM-DD"). (transfer full) both. */
void zf_form_prefill (ZfForm *form, ZfReader *reader, const char *parent, const char *today, gint64 now_ms, JsonObject **answers,
                      JsonObject **seen);
/** zf_form_follow_key: after the answer @name to a draft below @parent: where it says which record answers go to (the year of an income), those that are
 * still what was shown give way to what stands in that record, what a person answered stays, and @seen follows. (transfer full) (nullable) (element-type
 * utf8): the questions that were laid anew; NULL: @name says nothing of the kind. */
GPtrArray *zf_form_follow_key (ZfAnswers *answers, ZfReader *reader, const char *parent, const char *name, JsonObject *seen);
/** zf_form_finish: checks everything and commits in ONE transaction: new record, save_to changes against what was seen (none when the newest record of the kind is
 * of a later day than this one: what was said since stays), draft dropped.
 * @draft: as loaded. @changed_since: (out) (nullable): names of save_to questions whose target changed since seen; when not empty and @force is
 * FALSE nothing is written and ZF_ERROR_CONFLICT is returned. Returns the record's id (transfer full). */
char *zf_form_finish (ZfForm *form, ZfStore *store, ZfDraft *draft, const char *today, gboolean force, char ***changed_since, GError **error);
/* A finished record that is opened again: changed, or corrected where its kind is append-only (design.md 4, Corrections). */
typedef struct
{
  ZfRecord *record;     /* as it was shown */
  ZfAnswers *answers;   /* with the rows of its repeats */
  JsonObject *shown;    /* zf_answers_values at first */
  JsonObject *seen;     /* as a draft has it: of the record's own answers, and of rows */
  char *why;            /* (nullable) the reason, as far as the draft has one */
  char *draft;          /* (nullable) id of the draft that keeps all this */
  GPtrArray *overtaken; /* (element-type utf8) after finishing: changed answers with save_to that went nowhere, a later record says the same question */
} ZfFormEdit;
/** zf_form_edit_open: (transfer full): the record @id as answers to @form. zf_form_edit_again: the record that @draft changes, as it was left, with what was
 * shown when it was begun, whatever came since. */
ZfFormEdit *zf_form_edit_open (ZfForm *form, ZfReader *reader, const char *id, const char *today, gint64 now_ms, GError **error);
ZfFormEdit *zf_form_edit_again (ZfForm *form, ZfReader *reader, const ZfDraft *draft, const char *today, gint64 now_ms, GError **error);
/** zf_form_edit_keep: makes the draft of what was answered so far, or takes up the one that another window made of this record; from then on answers go
 * there (zf_draft_set), the reason under ZF_EDIT_WHY. */
#define ZF_EDIT_WHY "/why"
gboolean zf_form_edit_keep (ZfFormEdit *self, ZfStore *store, const char *by, GError **error);
void zf_form_edit_free (ZfFormEdit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfFormEdit, zf_form_edit_free)
/** zf_form_edit_differs: an answer or row is not what was shown. zf_form_edit_corrects: the record stays and a new one takes its place, which wants a reason. */
gboolean zf_form_edit_differs (ZfFormEdit *self);
gboolean zf_form_edit_corrects (ZfFormEdit *self);
/** zf_form_edit_takes_reason: something differs, and why can be kept: with the correction, or beside the change. zf_form_edit_wants_reason: it must be said:
 * somebody else's word is corrected, or an answer that stood there and is hidden from others, or tells where it came from, is another one now. */
gboolean zf_form_edit_takes_reason (ZfFormEdit *self, ZfKinds *kinds);
gboolean zf_form_edit_wants_reason (ZfFormEdit *self, ZfKinds *kinds);
/** zf_form_edit_finish: (transfer full): writes in ONE transaction what differs from what was seen: fields, rows that came, changed or went, and save_to of
 * answers that were changed, of a correction without those that a record of a later day was asked as well (`overtaken`); @why (nullable) stands beside the change (`reason`); ZF_FORM_ERROR_ANSWER where zf_form_edit_wants_reason and there is none. A correction is the whole content once more, with @why, and what named the old record (photos) names the new one. Returns the id
 * of the record that stands then; nothing differs: nothing is written. The draft goes with it. @force, @changed_since as zf_form_finish; of rows the addresses,
 * and of a record that somebody else corrected meanwhile what that one says otherwise. */
char *zf_form_edit_finish (ZfFormEdit *self, ZfStore *store, const char *why, const char *by, gboolean force, char ***changed_since, GError **error);
/** zf_form_put: the same path for one `zoufangctl put` line: checks and saves @set on @id (nullable: new record under @parent). Only the given
 * fields are written; constraints of the resulting record must hold. Returns the id (transfer full). */
char *zf_form_put (ZfForm *form, ZfStore *store, const char *id, const char *parent, JsonObject *set, const char *by, GError **error);

G_END_DECLS
