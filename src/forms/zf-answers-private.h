/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-clock.h"
#include "zf-form-private.h"
#include "zf-random.h"

G_BEGIN_DECLS

/* One answer while the form is open. */
typedef struct
{
  JsonNode *value;     /* (nullable) stored value; kept while irrelevant */
  xmlNode *node;       /* what expressions see: empty while irrelevant */
  char *typed;         /* (nullable) what stands in the entry although it cannot be stored */
  char *typed_problem; /* (nullable) why */
  gboolean relevant;
  gboolean dirty;      /* waits to be computed */
} ZfState;
void zf_state_clear (ZfState *state);

/* The form itself, or one row of a repeat. */
typedef struct _ZfAnswerRow ZfAnswerRow;
struct _ZfAnswerRow
{
  ZfAnswerRow *parent;       /* NULL: the form itself */
  int repeat;          /* -1: the form itself */
  char *id;            /* (nullable) of the row's record */
  gboolean stands;     /* that record was there before */
  xmlNode *node;
  ZfState *states;     /* by slot */
  GPtrArray **lists;   /* by repeat: its rows here, NULL for repeats that do not stand right below */
  GPtrArray **spare;   /* by repeat (nullable) (element-type JsonObject): rows that a count took away, the next to come back last */
};

struct _ZfAnswers
{
  GObject parent_instance;
  ZfForm *form;
  xmlDoc *doc;
  ZfExprContext *context;
  ZfClock *clock;      /* for ids of rows that come by themselves */
  ZfRandom *random;
  ZfAnswerRow *root;
  JsonObject *others;  /* stored fields without a survey row: parent, supersedes */
  GHashTable *along;   /* field: what was set along with the last answer, and people may overwrite */
};

#define ZF_MAX_ROWS 500

/* Rows, zf-answers-rows.c */
/** zf_answer_row_new: (transfer none): at the end of its repeat's rows; its answers are not computed yet. */
ZfAnswerRow *zf_answer_row_new (ZfAnswers *self, ZfAnswerRow *parent, int repeat, const char *id);
void zf_answer_row_free (ZfAnswerRow *row);
ZfState *zf_answer_row_state (ZfAnswerRow *row, const ZfFormItem *item);
/** zf_answer_row_above: the row of @repeat that @row is or stands in; NULL when there is none. */
ZfAnswerRow *zf_answer_row_above (ZfAnswerRow *row, int repeat);
/** zf_form_repeat_holds: rows of @inner are rows of @outer or stand in them; -1: the form itself. */
gboolean zf_form_repeat_holds (ZfForm *form, int outer, int inner);
/** zf_answer_row_address: (transfer full): "" for the form itself; zf_answer_row_name: of question @name in it. */
char *zf_answer_row_address (ZfForm *form, ZfAnswerRow *row);
char *zf_answer_row_name (ZfForm *form, ZfAnswerRow *row, const char *name);
/** zf_answers_each_row: calls @func for every row of @repeat at or below @row. */
typedef void (*ZfAnswerRowFunc) (ZfAnswerRow *row, gpointer data);
void zf_answers_each_row (ZfAnswers *self, ZfAnswerRow *row, int repeat, ZfAnswerRowFunc func, gpointer data);
/** zf_answers_locate: the row that holds the answer at @address; FALSE when there is no such row or question. */
gboolean zf_answers_locate (ZfAnswers *self, const char *address, ZfAnswerRow **row, int *item);
/** zf_answers_row_of: the row that @address names, or that what it names stands in; NULL: there is none. zf_answers_first_row: of @repeat. */
ZfAnswerRow *zf_answers_row_of (ZfAnswers *self, const char *address);
ZfAnswerRow *zf_answers_first_row (ZfAnswers *self, int repeat);
/** zf_answer_row_take: lays stored values of @values into @row and makes the rows of its repeats. What no longer fits is left out. */
void zf_answer_row_take (ZfAnswers *self, ZfAnswerRow *row, JsonObject *values);
/** zf_answer_row_values: (transfer full): answers as stored values, with the rows of its repeats; @all: also those that are not relevant now. */
JsonObject *zf_answer_row_values (ZfAnswers *self, ZfAnswerRow *row, gboolean all);

/** zf_answer_row_spare: takes the last row of @repeat in @in out, and keeps what it said: a count that is typed anew is a smaller one for a moment.
 * zf_answer_row_recall: brings the one that was taken out last back; FALSE: there is none. */
void zf_answer_row_spare (ZfAnswers *self, ZfAnswerRow *in, int repeat);
gboolean zf_answer_row_recall (ZfAnswers *self, ZfAnswerRow *in, int repeat);

/* Computing, zf-answers-compute.c */
/** zf_answers_compute_row: everything in @row and its rows for the first time; @fresh: with defaults, else only what people cannot overwrite. */
void zf_answers_compute_row (ZfAnswers *self, ZfAnswerRow *row, gboolean fresh);
/** zf_answers_group_relevant: of @group and all that hold it, seen from @row. */
gboolean zf_answers_group_relevant (ZfAnswers *self, ZfAnswerRow *row, int group);
/** zf_answers_changed: computes what reads the answer to @item of @row, and what reads that; @by_person: also what waits for such an answer (`trigger`). */
void zf_answers_changed (ZfAnswers *self, ZfAnswerRow *row, guint item, gboolean by_person);
/** zf_answers_lay: as zf_answers_set, but nobody answered: what waits for that (`trigger`) is not set. */
gboolean zf_answers_lay (ZfAnswers *self, const char *name, JsonNode *value, GError **error);
/** zf_answers_fit: makes as many rows as repeat_count says. */
void zf_answers_fit (ZfAnswers *self);
/** zf_answers_rows_changed: the same after a row of @repeat came or went in @parent. */
void zf_answers_rows_changed (ZfAnswers *self, ZfAnswerRow *parent, int repeat);

/* What is under way after an answer. */
typedef struct
{
  ZfAnswers *self;
  GPtrArray **rows;    /* by question (nullable): the rows in which it waits to be computed */
  guint item;          /* for the function that goes over rows */
} ZfTodo;
/** zf_todo_show: lays what expressions see of @item of @row; TRUE: that changed, and everything that reads it waits.
 * zf_todo_compute: computes what waits, and what reads that; no rows come or go. */
gboolean zf_todo_show (ZfTodo *todo, ZfAnswerRow *row, guint item);
void zf_todo_compute (ZfTodo *todo);
/** zf_answers_calculate_row: lays what the calculation of @item gives (none: nothing); TRUE: another answer, which a draft must keep. */
gboolean zf_answers_calculate_row (ZfAnswers *self, ZfAnswerRow *row, ZfFormItem *item);
/** zf_answers_each_counterpart: the row of @item's repeat that @row is or stands in; else all of them below @row, or below what both stand in. */
void zf_answers_each_counterpart (ZfAnswers *self, ZfAnswerRow *row, const ZfFormItem *item, ZfAnswerRowFunc func, gpointer data);

/* What a person's answer sets, zf-answers-trigger.c */
/** zf_answers_trigger: sets what waits for @item of @row, each answer once, and what waits for that; no rows come or go. */
void zf_answers_trigger (ZfTodo *todo, ZfAnswerRow *row, guint item);

G_END_DECLS
