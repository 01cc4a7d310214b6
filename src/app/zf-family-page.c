/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-family-page.h"

#include <glib/gi18n.h>

#include "zf-keypad-hand.h"
#include "zf-question-view.h"
#include "zf-told.h"

/* Two lines or so of what was said, above a pad that takes the rest; what stands around both; and a bar to scroll by. */
#define LEAST_TOLD 96
#define AROUND 64
#define BAR 24

struct _ZfFamilyPage
{
  ZfPage parent_instance;

  GtkScrolledWindow *scroller;
  GtkBox *columns;
  GtkWidget *heading;
  GtkScrolledWindow *told;
  GtkBox *lines;
  GtkBox *questions;
  ZfKeypad *keypad;
  GtkWidget *plain;
  GtkWidget *sure;    /* instead, when somebody wants to go back */
  GtkWidget *primary;

  ZfFormModel *model;
  GPtrArray *views;   /* ZfQuestionView, owned by the widget tree */
  guint tick_id;      /* the height of what was said is about to follow */
};

enum
{
  DONE,
  LEFT,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfFamilyPage, zf_family_page, ZF_TYPE_PAGE)

/* While somebody is to sign, the pad's own button is the way on. */
static gboolean
waits_for_signature (ZfFamilyPage *self)
{
  ZfAnswers *answers = zf_form_model_answers (self->model);

  for (guint i = 0; i < self->views->len; i++)
    {
      ZfQuestionView *view = g_ptr_array_index (self->views, i);
      const char *address = zf_question_view_address (view);

      if (zf_question_appears (zf_question_view_question (view), "signature") && zf_answers_relevant (answers, address)
          && zf_answers_required (answers, address) && zf_answers_get (answers, address) == NULL)
        return TRUE;
    }
  return FALSE;
}

/* The pad, or what else is asked, is seen whole as soon as the page is: what was said scrolls by itself in the room above it, or beside it. */

static int
height_of (GtkWidget *widget, int width)
{
  int natural = 0;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
  return natural;
}

/* The question with the pad, while it is asked: what else can be said about signing stands below it. Else all that is asked. */
static GtkWidget *
asked_first (ZfFamilyPage *self)
{
  for (guint i = 0; i < self->views->len; i++)
    {
      ZfQuestionView *view = g_ptr_array_index (self->views, i);

      if (zf_question_appears (zf_question_view_question (view), "signature")
          && zf_answers_relevant (zf_form_model_answers (self->model), zf_question_view_address (view)))
        return GTK_WIDGET (view);
    }
  return GTK_WIDGET (self->questions);
}

/* What is left for what was said, of a page that nobody scrolled. */
static int
room_for_told (ZfFamilyPage *self, int width)
{
  int room = (int) gtk_adjustment_get_page_size (gtk_scrolled_window_get_vadjustment (self->scroller));
  gboolean beside = gtk_orientable_get_orientation (GTK_ORIENTABLE (self->columns)) == GTK_ORIENTATION_HORIZONTAL;

  room -= AROUND + height_of (self->heading, width);
  if (!beside)
    room -= height_of (asked_first (self), gtk_widget_get_width (GTK_WIDGET (self->questions)));
  return MAX (room, LEAST_TOLD);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ZfFamilyPage *self = ZF_FAMILY_PAGE (widget);
  int width = gtk_widget_get_width (GTK_WIDGET (self->told));
  int height = 0;

  if (width <= BAR && self->model != NULL)
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  if (self->model == NULL)
    return G_SOURCE_REMOVE;
  height = MIN (height_of (GTK_WIDGET (self->lines), width - BAR), room_for_told (self, width));
  gtk_scrolled_window_set_min_content_height (self->told, -1);
  gtk_scrolled_window_set_max_content_height (self->told, height);
  gtk_scrolled_window_set_min_content_height (self->told, height);
  return G_SOURCE_REMOVE;
}

/* Not now: sizes are being given out. */
static void
follow_height (ZfFamilyPage *self)
{
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static void
on_answered (ZfFamilyPage *self)
{
  follow_height (self);
  gtk_widget_set_visible (self->primary, !waits_for_signature (self));
}

/* Filling */

static void
show_told (ZfFamilyPage *self)
{
  g_autoptr (GPtrArray) lines = zf_told_lines (self->model);

  zf_clear_box (GTK_WIDGET (self->lines));
  for (guint i = 0; i < lines->len; i++)
    {
      const ZfTold *told = g_ptr_array_index (lines, i);
      g_autofree char *words = g_markup_printf_escaped ("<b>%s</b>\u2003%s", told->heading != NULL ? told->heading : "", told->text);
      GtkWidget *line = zf_line (NULL, "zf-told");

      gtk_label_set_markup (GTK_LABEL (line), words);
      gtk_box_append (self->lines, line);
    }
}

static gboolean
is_asked (ZfFamilyPage *self, const ZfQuestion *question, guint page)
{
  return question->page == page && question->repeat == NULL && !question->hidden && !question->more && question->klass != ZF_QUESTION_CALCULATE
         && !zf_question_view_is_part (zf_form_model_form (self->model), question);
}

static void
add_questions (ZfFamilyPage *self, guint page, gboolean signature)
{
  ZfForm *form = zf_form_model_form (self->model);

  for (guint i = 0; i < zf_form_n_questions (form); i++)
    {
      const ZfQuestion *question = zf_form_question_at (form, i);
      gboolean asked = is_asked (self, question, page) && zf_question_appears (question, "signature") == signature;
      GtkWidget *view = asked ? zf_question_view_new (self->model, question->name) : NULL;

      if (view == NULL)
        continue;
      g_ptr_array_add (self->views, view);
      gtk_box_append (self->questions, view);
    }
}

/* The pad first, and what else there is to say about signing below. */
static void
show_questions (ZfFamilyPage *self, guint page)
{
  add_questions (self, page, TRUE);
  add_questions (self, page, FALSE);
}

/* Going on */

static gboolean
check (ZfFamilyPage *self)
{
  ZfQuestionView *first = NULL;

  for (guint i = 0; i < self->views->len; i++)
    if (!zf_question_view_check (g_ptr_array_index (self->views, i)) && first == NULL)
      first = g_ptr_array_index (self->views, i);
  if (first != NULL)
    zf_question_view_focus (first);
  return first == NULL;
}

static void
on_primary (ZfFamilyPage *self)
{
  if (self->model == NULL || !check (self))
    return;
  for (guint i = 0; i < self->views->len; i++)
    zf_form_model_confirm (self->model, zf_question_view_address (g_ptr_array_index (self->views, i)));
  g_signal_emit (self, signals[DONE], 0);
}

static void
on_primary_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  on_primary (ZF_FAMILY_PAGE (widget));
}

/* Back to the visit takes two taps in two places, so that no hand finds it by itself. */
static void
ask (ZfFamilyPage *self, gboolean sure)
{
  gtk_widget_set_visible (self->plain, !sure);
  gtk_widget_set_visible (self->sure, sure);
}

static void
on_leave (ZfFamilyPage *self)
{
  ask (self, TRUE);
}

static void
on_stay (ZfFamilyPage *self)
{
  ask (self, FALSE);
}

static void
on_left (ZfFamilyPage *self)
{
  if (self->model != NULL)
    g_signal_emit (self, signals[LEFT], 0);
}

/* Object */

static void
zf_family_page_lay_out (ZfPage *page, gboolean wide)
{
  ZfFamilyPage *self = ZF_FAMILY_PAGE (page);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns), wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_box_set_homogeneous (self->columns, wide);
  follow_height (self);
}

static void
zf_family_page_dispose (GObject *object)
{
  ZfFamilyPage *self = ZF_FAMILY_PAGE (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  g_clear_pointer (&self->views, g_ptr_array_unref);
  G_OBJECT_CLASS (zf_family_page_parent_class)->dispose (object);
}

static void
zf_family_page_class_init (ZfFamilyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_family_page_dispose;
  ZF_PAGE_CLASS (klass)->lay_out = zf_family_page_lay_out;
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LEFT] = g_signal_new ("left", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (ZF_TYPE_KEYPAD);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-family-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfFamilyPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, ZfFamilyPage, columns);
  gtk_widget_class_bind_template_child (widget_class, ZfFamilyPage, heading);
  gtk_widget_class_bind_template_child (widget_class, ZfFamilyPage, told);
  gtk_widget_class_bind_template_child (widget_class, ZfFamilyPage, lines);
  gtk_widget_class_bind_template_child (widget_class, ZfFamilyPage, questions);
  gtk_widget_class_bind_template_child (widget_class, ZfFamilyPage, keypad);
  gtk_widget_class_bind_template_child (widget_class, ZfFamilyPage, plain);
  gtk_widget_class_bind_template_child (widget_class, ZfFamilyPage, sure);
  gtk_widget_class_bind_template_child (widget_class, ZfFamilyPage, primary);
  gtk_widget_class_bind_template_callback (widget_class, on_primary);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
  gtk_widget_class_bind_template_callback (widget_class, on_stay);
  gtk_widget_class_bind_template_callback (widget_class, on_left);
  gtk_widget_class_install_action (widget_class, "form.primary", NULL, on_primary_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "form.primary", NULL);
}

static void
zf_family_page_init (ZfFamilyPage *self)
{
  self->views = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "notify::page-size", G_CALLBACK (follow_height), self, G_CONNECT_SWAPPED);
  zf_keypad_follow (self->keypad, GTK_WIDGET (self), self->scroller);
}

void
zf_family_page_open (ZfFamilyPage *self, ZfFormModel *model, guint page)
{
  g_return_if_fail (ZF_IS_FAMILY_PAGE (self) && ZF_IS_FORM_MODEL (model));

  zf_family_page_close (self);
  self->model = g_object_ref (model);
  g_signal_connect_object (model, "answered", G_CALLBACK (on_answered), self, G_CONNECT_SWAPPED);
  show_told (self);
  show_questions (self, page);
  on_answered (self);
  on_stay (self);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}

void
zf_family_page_close (ZfFamilyPage *self)
{
  g_return_if_fail (ZF_IS_FAMILY_PAGE (self));
  if (self->model == NULL)
    return;
  for (guint i = 0; i < self->views->len; i++)
    zf_question_view_flush (g_ptr_array_index (self->views, i));
  g_signal_handlers_disconnect_by_data (self->model, self);
  g_ptr_array_set_size (self->views, 0);
  zf_clear_box (GTK_WIDGET (self->lines));
  zf_clear_box (GTK_WIDGET (self->questions));
  g_clear_object (&self->model);
}
