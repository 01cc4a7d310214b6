/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-action-bar.h"
#include "zf-banner.h"
#include "zf-form-page.h"
#include "zf-keypad.h"
#include "zf-photo-strip.h"
#include "zf-reason-view.h"
#include "zf-row.h"
#include "zf-section.h"

G_BEGIN_DECLS

/* What the files of the form page share: the frame and its screens (zf-form-page.c), the questions of one (-questions), rows of repeats (-rows), the
 * way to other screens (-jump), the end (-finish), what happened to a finished record (-history). */
struct _ZfFormPage
{
  ZfPage parent_instance;

  AdwWindowTitle *title;
  GtkMenuButton *jump;
  GtkBox *jump_list;
  GtkWidget *discard;
  GtkWidget *side;
  GtkBox *side_list;
  ZfBanner *banner;
  GtkScrolledWindow *scroller;
  GtkLabel *heading;
  ZfSection *problems;
  GtkBox *doubts;
  GtkWidget *correct;
  GtkLabel *asks_why;
  ZfReasonView *reasons;
  GtkBox *questions;
  GtkExpander *more;
  GtkBox *more_questions;
  ZfPhotoStrip *photos;
  AdwBin *history;
  ZfKeypad *keypad;
  ZfActionBar *bar;

  ZfFormModel *model;
  char *subject;
  GPtrArray *views;   /* ZfQuestionView of this screen, owned by the widget tree */
  GPtrArray *headings;        /* ZfGroupHeading of the groups that the last question stands in, as views */
  GPtrArray *more_headings;   /* likewise under 更多问题 */
  guint next;         /* the form's question that is looked at next for this screen */
  guint n_more;       /* questions under 更多问题 */
  guint filling;      /* source that adds the rest */
  guint stale;        /* view that is looked at next for what an answer changed */
  guint following;    /* (tick) frame that shows what is near the answer */
  guint updating;     /* source that looks at the rest, from then on */
  guint at;           /* page of the form */
  char *row;          /* (nullable) of a repeat, whose questions are asked instead of the page's */
  char *left;         /* (nullable) the row that was open before */
  GtkWidget *remove;  /* takes that row out */
};

enum
{
  ZF_FORM_PAGE_FINISHED,
  ZF_FORM_PAGE_DISCARDED,
  ZF_FORM_PAGE_FAMILY,
  ZF_FORM_PAGE_N_SIGNALS,
};
extern guint zf_form_page_signals[ZF_FORM_PAGE_N_SIGNALS];

/* The frame: all of them only while a form is open. */
const char *zf_form_page_lang (ZfFormPage *self);
guint zf_form_page_n_screens (ZfFormPage *self);
/** zf_form_page_screen_title: (transfer full): the label of its group, and which part of a long one it is. zf_form_page_screen_words: (transfer full): the
 * same with its style. */
ZfStyled *zf_form_page_screen_words (ZfFormPage *self, guint page);
char *zf_form_page_screen_title (ZfFormPage *self, guint page);
gboolean zf_form_page_screen_relevant (ZfFormPage *self, guint page);
/** zf_form_page_is_last: no relevant screen comes after this one. */
gboolean zf_form_page_is_last (ZfFormPage *self);
/** zf_form_page_show: draws the screen, or the row that is open, anew. */
void zf_form_page_show (ZfFormPage *self);

/* Questions */
/** zf_form_page_address_here: (transfer full): of question or repeat @name, in the row that is open. */
char *zf_form_page_address_here (ZfFormPage *self, const char *name);
/** zf_form_page_fill: shows the questions, the first at once and the rest while nothing else is to be done. zf_form_page_unfill: takes them away. */
void zf_form_page_fill (ZfFormPage *self);
void zf_form_page_unfill (ZfFormPage *self);
/** zf_form_page_follow: @address was answered: what stands near it changes at once, the rest of a long screen while nothing else is to be done. */
void zf_form_page_follow (ZfFormPage *self, const char *address);
/** zf_form_page_flush: hands over what is still being typed: answers and reasons. zf_form_page_flush_reasons: reasons alone. */
void zf_form_page_flush (ZfFormPage *self);
void zf_form_page_flush_reasons (ZfFormPage *self);
/** zf_form_page_check: FALSE: something on this screen is wrong, says so and has the focus. */
gboolean zf_form_page_check (ZfFormPage *self);
/** zf_form_page_confirm: all answers of this screen were asked. */
void zf_form_page_confirm (ZfFormPage *self);

/* Rows of repeats */
/** zf_form_page_heading: (transfer full): the words above the questions with their style. */
ZfStyled *zf_form_page_heading (ZfFormPage *self);
void zf_form_page_add_repeats (ZfFormPage *self, const char *repeat);
void zf_form_page_add_remove (ZfFormPage *self);
/** zf_form_page_show_row: @row (nullable): NULL: the screen itself. */
void zf_form_page_show_row (ZfFormPage *self, const char *row);
void zf_form_page_leave_row (ZfFormPage *self);

/* The way to other screens */
void zf_form_page_show_jump (ZfFormPage *self);
/** zf_form_page_show_discard: a draft can be thrown away; one of a finished record comes with the first answer. */
void zf_form_page_show_discard (ZfFormPage *self);

/* The end */
void zf_form_page_show_problems (ZfFormPage *self, gboolean show);
void zf_form_page_show_doubts (ZfFormPage *self);
/** zf_form_page_show_correct: asks why a finished record is corrected or changed, once something of it was. */
void zf_form_page_show_correct (ZfFormPage *self);
/** zf_form_page_finish: makes the record, or shows why not. */
void zf_form_page_finish (ZfFormPage *self);

/* The keys for numbers */
/* What happened to a finished record */
void zf_form_page_show_history (ZfFormPage *self);

G_END_DECLS
