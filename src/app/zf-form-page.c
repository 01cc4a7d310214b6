/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-action-bar.h"
#include "zf-banner.h"
#include "zf-dialogs.h"
#include "zf-doubt-view.h"
#include "zf-error.h"
#include "zf-json.h"
#include "zf-photo-strip.h"
#include "zf-question-view.h"
#include "zf-repeat-view.h"
#include "zf-row.h"
#include "zf-section.h"

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
  GtkBox *questions;
  GtkExpander *more;
  GtkBox *more_questions;
  ZfPhotoStrip *photos;
  ZfActionBar *bar;

  ZfFormModel *model;
  char *subject;
  GPtrArray *views;   /* ZfQuestionView of this screen, owned by the widget tree */
  guint at;           /* page of the form */
  char *row;          /* (nullable) of a repeat, whose questions are asked instead of the page's */
  GtkWidget *remove;  /* takes that row out */
};

enum
{
  FINISHED,
  DISCARDED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfFormPage, zf_form_page, ZF_TYPE_PAGE)

static const char *
lang (ZfFormPage *self)
{
  return zf_session_lang (zf_form_model_session (self->model));
}

static guint
n_pages (ZfFormPage *self)
{
  return zf_form_n_pages (zf_form_model_form (self->model));
}

static const char *
page_title (ZfFormPage *self, guint page)
{
  JsonObject *row = zf_form_page_row (zf_form_model_form (self->model), page);
  const char *label = row != NULL ? zf_row_text (row, "label", lang (self)) : NULL;

  return label != NULL ? label : zf_kind_title (zf_form_model_kind (self->model), lang (self));
}

static gboolean
page_relevant (ZfFormPage *self, guint page)
{
  return zf_answers_page_relevant (zf_form_model_answers (self->model), page);
}

/* The nearest relevant screen in direction @step; -1 when there is none. */
static int
neighbour (ZfFormPage *self, int step)
{
  for (int page = (int) self->at + step; page >= 0 && page < (int) n_pages (self); page += step)
    if (page_relevant (self, (guint) page))
      return page;
  return -1;
}

static gboolean
is_last (ZfFormPage *self)
{
  return neighbour (self, 1) < 0;
}

static const char *
finish_label (ZfFormPage *self)
{
  if (g_str_equal (zf_kind_name (zf_form_model_kind (self->model)), "visit"))
    return _("Finish visit");
  return C_ ("form", "Done");
}

static void
show_primary (ZfFormPage *self)
{
  gboolean carried = zf_form_model_page_carried (self->model, self->at) > 0;

  if (self->row != NULL)
    {
      zf_action_bar_set_primary (self->bar, _("This one is done"));
      zf_action_bar_set_back (self->bar, _("Previous"));
      return;
    }

  if (is_last (self))
    zf_action_bar_set_primary (self->bar, finish_label (self));
  else
    zf_action_bar_set_primary (self->bar, carried ? _("All asked, no change") : _("Next"));
  zf_action_bar_set_back (self->bar, neighbour (self, -1) >= 0 ? _("Previous") : NULL);
}

static void
show_state (ZfFormPage *self)
{
  g_autofree char *state = zf_form_model_state (self->model);

  adw_window_title_set_subtitle (self->title, state);
  zf_banner_set (self->banner, ZF_BANNER_SAVE_FAILED,
                 zf_form_model_failed (self->model) ? _("The last answer was not saved. Answer it once more.") : NULL);
}

static void
on_saved (ZfFormPage *self)
{
  show_state (self);
}

static void show_doubts (ZfFormPage *self);

static void
on_jump (ZfRow *row, ZfFormPage *self)
{
  guint page = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "zf-page"));

  gtk_menu_button_popdown (self->jump);
  zf_form_page_go (self, page);
}

static void
fill_jump_list (ZfFormPage *self, GtkBox *list)
{
  guint number = 0;

  zf_clear_box (GTK_WIDGET (list));
  for (guint page = 0; page < n_pages (self); page++)
    {
      GtkWidget *row = NULL;
      g_autofree char *name = NULL;

      if (!page_relevant (self, page))
        continue;
      name = g_strdup_printf ("%u  %s", ++number, page_title (self, page));
      row = zf_row_new (name, NULL);
      if (page == self->at)
        gtk_widget_add_css_class (row, "zf-here");
      g_object_set_data (G_OBJECT (row), "zf-page", GUINT_TO_POINTER (page));
      g_signal_connect (row, "activated", G_CALLBACK (on_jump), self);
      gtk_box_append (list, row);
    }
}

static void
show_jump (ZfFormPage *self)
{
  g_autofree char *place = NULL;
  g_autofree char *name = NULL;
  guint number = 0, n = 0;

  for (guint page = 0; page < n_pages (self); page++)
    if (page_relevant (self, page))
      {
        n++;
        if (page <= self->at)
          number++;
      }
  place = g_strdup_printf ("%u/%u", number, n);
  gtk_menu_button_set_label (self->jump, place);
  name = g_strdup_printf (_("Screen %u of %u"), number, n);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->jump), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (self->discard, zf_form_model_is_draft (self->model));
  gtk_widget_set_visible (GTK_WIDGET (self->jump), n > 1 || zf_form_model_is_draft (self->model));
  gtk_widget_set_visible (self->side, n > 1 && zf_page_wide (ZF_PAGE (self)));
  fill_jump_list (self, self->jump_list);
  fill_jump_list (self, self->side_list);
}

/* A reason that was given ends a doubt. */
static void
on_answered (ZfFormPage *self, const char *name)
{
  show_primary (self);
  if (g_str_has_suffix (name, ZF_WHY_SUFFIX))
    show_doubts (self);
}

static void
on_change_answer (ZfFormPage *self, const char *address)
{
  const ZfQuestion *question = zf_form_question (zf_form_model_form (self->model), address);
  g_autofree char *row = question != NULL && question->repeat != NULL ? g_strndup (address, (gsize) (strrchr (address, '.') - address)) : NULL;

  if (question == NULL)
    return;
  zf_form_page_go (self, question->page);
  if (row != NULL)
    zf_form_page_open_row (self, row);
}

static guint
n_doubts (ZfFormPage *self)
{
  g_autoptr (GPtrArray) names = zf_answers_doubts (zf_form_model_answers (self->model));

  return names->len;
}

/* Unlikely answers, on the last screen: each right with a reason, or changed. */
static void
show_doubts (ZfFormPage *self)
{
  gboolean show = self->row == NULL && is_last (self);
  g_autoptr (GPtrArray) names = show ? zf_answers_doubts (zf_form_model_answers (self->model)) : NULL;

  zf_clear_box (GTK_WIDGET (self->doubts));
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      GtkWidget *view = zf_doubt_view_new (self->model, names->pdata[i]);

      g_signal_connect_object (view, "change", G_CALLBACK (on_change_answer), self, G_CONNECT_SWAPPED);
      gtk_box_append (self->doubts, view);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->doubts), names != NULL && names->len > 0);
}

/* What still has to be answered, on the last screen, each one a way to its question. */
static void
show_problems (ZfFormPage *self, gboolean show)
{
  ZfAnswers *answers = zf_form_model_answers (self->model);
  g_autoptr (GPtrArray) names = show ? zf_answers_problems (answers) : NULL;
  guint shown = 0;

  zf_section_clear (self->problems);
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const ZfQuestion *question = zf_form_question (zf_form_model_form (self->model), g_ptr_array_index (names, i));
      g_autofree char *problem = zf_answers_problem (answers, g_ptr_array_index (names, i), lang (self));
      const char *label = zf_row_text (question->row, "label", lang (self));
      GtkWidget *row = NULL;

      if (question->page == self->at)
        continue;
      row = zf_row_new (label != NULL ? label : question->name, problem);
      g_object_set_data (G_OBJECT (row), "zf-page", GUINT_TO_POINTER (question->page));
      g_signal_connect (row, "activated", G_CALLBACK (on_jump), self);
      zf_section_append (self->problems, row);
      shown++;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->problems), shown > 0);
}

static void
add_question (ZfFormPage *self, const char *address, GtkBox *box)
{
  GtkWidget *view = zf_question_view_new (self->model, address);

  g_ptr_array_add (self->views, view);
  gtk_box_append (box, view);
}

/* On this screen, or in the row that is open. */
static gboolean
is_shown (ZfFormPage *self, const ZfQuestion *question, const char *repeat)
{
  return question->page == self->at && !question->hidden && question->klass != ZF_QUESTION_CALCULATE && g_strcmp0 (question->repeat, repeat) == 0;
}

static char *
address_here (ZfFormPage *self, const char *name)
{
  return self->row != NULL ? g_strconcat (self->row, ".", name, NULL) : g_strdup (name);
}

static void
on_open_row (ZfFormPage *self, const char *row)
{
  zf_form_page_open_row (self, row);
}

/* Records of repeats are edited on their own once the form is finished. */
static void
add_repeats (ZfFormPage *self, const char *repeat)
{
  g_autoptr (GPtrArray) names = zf_form_repeats (zf_form_model_form (self->model), repeat, self->at);

  for (guint i = 0; i < names->len && zf_form_model_is_draft (self->model); i++)
    {
      g_autofree char *address = address_here (self, names->pdata[i]);
      GtkWidget *view = NULL;

      if (!zf_answers_repeat_relevant (zf_form_model_answers (self->model), address))
        continue;
      view = zf_repeat_view_new (self->model, address);
      g_signal_connect_object (view, "open", G_CALLBACK (on_open_row), self, G_CONNECT_SWAPPED);
      gtk_box_append (self->questions, view);
    }
}

static void on_remove_row (ZfFormPage *self);

static void
add_remove (ZfFormPage *self)
{
  if (self->row == NULL || zf_answers_row_stands (zf_form_model_answers (self->model), self->row))
    return;
  self->remove = gtk_button_new_with_label (_("Take this one out"));
  gtk_widget_add_css_class (self->remove, "flat");
  g_signal_connect_swapped (self->remove, "clicked", G_CALLBACK (on_remove_row), self);
  gtk_box_append (self->questions, self->remove);
}

static void
fill_questions (ZfFormPage *self)
{
  ZfForm *form = zf_form_model_form (self->model);
  g_autofree char *of = self->row != NULL ? zf_address_repeat (self->row) : NULL;
  const char *repeat = of != NULL ? zf_address_name (of) : NULL;
  guint more = 0;

  g_ptr_array_set_size (self->views, 0);
  zf_clear_box (GTK_WIDGET (self->questions));
  zf_clear_box (GTK_WIDGET (self->more_questions));
  for (guint i = 0; i < zf_form_n_questions (form); i++)
    {
      const ZfQuestion *question = zf_form_question_at (form, i);
      g_autofree char *address = address_here (self, question->name);

      if (!is_shown (self, question, repeat) || zf_question_view_is_part (form, question))
        continue;
      add_question (self, address, question->more ? self->more_questions : self->questions);
      more += question->more ? 1 : 0;
    }
  add_repeats (self, repeat);
  add_remove (self);
  gtk_widget_set_visible (GTK_WIDGET (self->more), more > 0);
  /* A screen that asks nothing else opens what it has. */
  gtk_expander_set_expanded (self->more, more > 0 && more == self->views->len);
}

static gboolean
has_photos (ZfFormPage *self, guint page)
{
  JsonObject *row = zf_form_page_row (zf_form_model_form (self->model), page);
  const char *appearance = row != NULL ? zf_json_get_string (row, "appearance", "") : "";

  return strstr (appearance, "photos") != NULL && zf_form_model_parent (self->model) != NULL;
}

static void
show_photos (ZfFormPage *self)
{
  gboolean shown = self->row == NULL && has_photos (self, self->at);

  gtk_widget_set_visible (GTK_WIDGET (self->photos), shown);
  if (shown)
    zf_photo_strip_show (self->photos, zf_form_model_session (self->model), zf_form_model_parent (self->model),
                         zf_form_model_id (self->model));
}

static char *
heading (ZfFormPage *self)
{
  g_autofree char *repeat = self->row != NULL ? zf_address_repeat (self->row) : NULL;
  JsonObject *row = repeat != NULL ? zf_form_repeat_row (zf_form_model_form (self->model), zf_address_name (repeat)) : NULL;
  const char *label = row != NULL ? zf_row_text (row, "label", lang (self)) : NULL;

  if (repeat == NULL)
    return g_strdup (page_title (self, self->at));
  return g_strdup_printf ("%s\u00a0%u", label != NULL ? label : zf_address_name (repeat), zf_repeat_view_row_number (self->model, self->row));
}

static void
show_page (ZfFormPage *self)
{
  g_autofree char *words = heading (self);

  gtk_label_set_text (self->heading, words);
  fill_questions (self);
  show_photos (self);
  show_problems (self, self->row == NULL && is_last (self));
  show_doubts (self);
  show_primary (self);
  show_jump (self);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}

static void
flush (ZfFormPage *self)
{
  for (guint i = 0; i < self->views->len; i++)
    zf_question_view_flush (g_ptr_array_index (self->views, i));
}

static gboolean
check_page (ZfFormPage *self)
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
confirm_page (ZfFormPage *self)
{
  for (guint i = 0; i < self->views->len; i++)
    zf_form_model_confirm (self->model, zf_question_view_address (g_ptr_array_index (self->views, i)));
}

/* Rows */

static void
show_row (ZfFormPage *self, const char *row)
{
  char *address = g_strdup (row);

  g_free (self->row);
  self->row = address;
  show_page (self);
}

static void
leave_row (ZfFormPage *self)
{
  g_autofree char *above = zf_address_above (self->row);

  flush (self);
  show_row (self, above);
}

/* What brings a row back that was taken out. */
typedef struct
{
  ZfFormPage *page;
  ZfFormModel *model;
  char *repeat;
  JsonObject *values;
} Removed;

static void
removed_free (gpointer data, GClosure *closure)
{
  Removed *removed = data;

  g_object_unref (removed->page);
  g_object_unref (removed->model);
  json_object_unref (removed->values);
  g_free (removed->repeat);
  g_free (removed);
}

static void
on_put_back (AdwToast *toast, Removed *removed)
{
  g_autoptr (GError) error = NULL;

  if (!zf_form_model_put_back (removed->model, removed->repeat, removed->values, &error))
    g_warning ("A row cannot be put back: %s", error->message);
  else if (removed->page->model == removed->model)
    show_page (removed->page);
}

static void
offer_back (ZfFormPage *self, const char *repeat, JsonObject *values)
{
  Removed *removed = g_new0 (Removed, 1);
  AdwToast *toast = adw_toast_new (_("It is taken out"));
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);

  *removed = (Removed) { g_object_ref (self), g_object_ref (self->model), g_strdup (repeat), json_object_ref (values) };
  adw_toast_set_button_label (toast, _("Undo"));
  adw_toast_set_timeout (toast, 10);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_put_back), removed, removed_free, 0);
  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
  else
    g_object_unref (toast);
}

static void
on_remove_row (ZfFormPage *self)
{
  g_autofree char *row = g_strdup (self->row);
  g_autofree char *repeat = zf_address_repeat (row);
  g_autofree char *above = zf_address_above (row);
  g_autoptr (JsonObject) values = NULL;
  g_autoptr (GError) error = NULL;

  flush (self);
  values = zf_answers_row_values (zf_form_model_answers (self->model), row);
  if (values == NULL || !zf_form_model_remove_row (self->model, row, &error))
    {
      zf_page_toast (GTK_WIDGET (self), error != NULL ? error->message : _("This one is gone already."));
      return;
    }
  show_row (self, above);
  offer_back (self, repeat, values);
}

void
zf_form_page_open_row (ZfFormPage *self, const char *row)
{
  g_return_if_fail (ZF_IS_FORM_PAGE (self) && row != NULL);
  if (self->model == NULL)
    return;
  flush (self);
  show_row (self, row);
}

/* Finishing */

static void finish (ZfFormPage *self, gboolean force);

static void
on_force_answer (gboolean yes, gpointer data)
{
  g_autoptr (ZfFormPage) self = data;

  if (yes && self->model != NULL)
    finish (self, TRUE);
}

static void
ask_force (ZfFormPage *self, GStrv changed)
{
  ZfForm *form = zf_form_model_form (self->model);
  g_autoptr (GString) labels = g_string_new (NULL);

  for (guint i = 0; changed != NULL && changed[i] != NULL; i++)
    {
      const ZfQuestion *question = zf_form_question (form, changed[i]);
      const char *label = question != NULL ? zf_row_text (question->row, "label", lang (self)) : NULL;

      g_string_append_printf (labels, "%s%s", i > 0 ? " · " : "", label != NULL ? label : changed[i]);
    }
  zf_dialogs_ask (GTK_WIDGET (self), _("Something was written elsewhere since this form was opened."), labels->str,
                  _("Finish with these answers"), on_force_answer, g_object_ref (self));
}

static const char *
failure_sentence (const GError *error)
{
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_FULL))
    return _("The storage is full. Nothing was saved; the draft stays.");
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_BUSY))
    return _("The store is busy. Try once more.");
  return _("This could not be saved. The answers stay as they are.");
}

static void
finish (ZfFormPage *self, gboolean force)
{
  g_auto (GStrv) changed = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = zf_form_model_finish (self->model, force, &changed, &error);

  if (id != NULL)
    {
      g_signal_emit (self, signals[FINISHED], 0, id);
      return;
    }
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_CONFLICT) && !force)
    {
      ask_force (self, changed);
      return;
    }
  g_warning ("A form could not be finished: %s", error->message);
  zf_dialogs_tell (GTK_WIDGET (self), failure_sentence (error), error->message);
}

static void
try_finish (ZfFormPage *self)
{
  g_autoptr (GPtrArray) names = NULL;

  names = zf_answers_problems (zf_form_model_answers (self->model));
  show_problems (self, TRUE);
  show_doubts (self);
  if (names->len == 0 && n_doubts (self) == 0)
    finish (self, FALSE);
  else
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}

static void
on_primary (ZfFormPage *self)
{
  int next = 0;

  if (self->model == NULL || !check_page (self))
    return;
  confirm_page (self);
  if (self->row != NULL)
    {
      leave_row (self);
      return;
    }
  next = neighbour (self, 1);
  if (next >= 0)
    zf_form_page_go (self, (guint) next);
  else
    try_finish (self);
}

static void
on_back (ZfFormPage *self)
{
  zf_form_page_step_back (self);
}

static void
on_discard (ZfFormPage *self)
{
  gtk_menu_button_popdown (self->jump);
  g_signal_emit (self, signals[DISCARDED], 0);
}

static void
on_primary_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zf_action_bar_activate (ZF_FORM_PAGE (widget)->bar);
}

static void
zf_form_page_lay_out (ZfPage *page, gboolean wide)
{
  ZfFormPage *self = ZF_FORM_PAGE (page);

  if (self->model != NULL)
    show_jump (self);
  gtk_widget_set_visible (self->side, wide && self->model != NULL && n_pages (self) > 1);
}

static void
zf_form_page_dispose (GObject *object)
{
  ZfFormPage *self = ZF_FORM_PAGE (object);

  g_clear_object (&self->model);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->row, g_free);
  g_clear_pointer (&self->views, g_ptr_array_unref);
  G_OBJECT_CLASS (zf_form_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (ZF_TYPE_ACTION_BAR);
  g_type_ensure (ZF_TYPE_BANNER);
  g_type_ensure (ZF_TYPE_PHOTO_STRIP);
  g_type_ensure (ZF_TYPE_SECTION);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-form-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, title);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, jump);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, jump_list);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, discard);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, side);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, side_list);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, banner);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, heading);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, problems);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, doubts);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, questions);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, more);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, more_questions);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, photos);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_primary);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_discard);
}

static void
zf_form_page_class_init (ZfFormPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_form_page_dispose;
  ZF_PAGE_CLASS (klass)->lay_out = zf_form_page_lay_out;
  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[DISCARDED] = g_signal_new ("discarded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "form.primary", NULL, on_primary_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "form.primary", NULL);
}

static void
zf_form_page_init (ZfFormPage *self)
{
  self->views = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The first screen with something that is wrong or missing, for a draft that somebody comes back to; else the first. */
static guint
first_page (ZfFormPage *self)
{
  g_autoptr (GPtrArray) names = NULL;
  const ZfQuestion *question = NULL;

  if (!zf_form_model_was_open (self->model))
    return 0;
  names = zf_answers_problems (zf_form_model_answers (self->model));
  if (names->len == 0)
    return 0;
  question = zf_form_question (zf_form_model_form (self->model), g_ptr_array_index (names, 0));
  return question != NULL ? question->page : 0;
}

void
zf_form_page_open (ZfFormPage *self, ZfFormModel *model, const char *subject)
{
  g_autofree char *title = NULL;
  const char *kind = NULL;

  g_return_if_fail (ZF_IS_FORM_PAGE (self) && ZF_IS_FORM_MODEL (model));

  zf_form_page_close (self);
  self->model = g_object_ref (model);
  self->subject = g_strdup (subject);
  g_signal_connect_object (model, "saved", G_CALLBACK (on_saved), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "answered", G_CALLBACK (on_answered), self, G_CONNECT_SWAPPED);
  kind = zf_kind_title (zf_form_model_kind (model), lang (self));
  title = subject != NULL && *subject != '\0' ? g_strdup_printf ("%s · %s", subject, kind) : g_strdup (kind);
  adw_window_title_set_title (self->title, title);
  self->at = first_page (self);
  show_page (self);
  show_state (self);
}

ZfFormModel *
zf_form_page_model (ZfFormPage *self)
{
  g_return_val_if_fail (ZF_IS_FORM_PAGE (self), NULL);
  return self->model;
}

void
zf_form_page_close (ZfFormPage *self)
{
  g_return_if_fail (ZF_IS_FORM_PAGE (self));
  if (self->model == NULL)
    return;
  flush (self);
  g_signal_handlers_disconnect_by_data (self->model, self);
  g_ptr_array_set_size (self->views, 0);
  zf_clear_box (GTK_WIDGET (self->doubts));
  zf_clear_box (GTK_WIDGET (self->questions));
  zf_clear_box (GTK_WIDGET (self->more_questions));
  g_clear_object (&self->model);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->row, g_free);
}

gboolean
zf_form_page_step_back (ZfFormPage *self)
{
  int before = 0;

  g_return_val_if_fail (ZF_IS_FORM_PAGE (self), FALSE);
  if (self->row != NULL)
    {
      leave_row (self);
      return TRUE;
    }
  before = self->model != NULL ? neighbour (self, -1) : -1;
  if (before < 0)
    return FALSE;
  zf_form_page_go (self, (guint) before);
  return TRUE;
}

gboolean
zf_form_page_add_photo (ZfFormPage *self, const char *path)
{
  g_return_val_if_fail (ZF_IS_FORM_PAGE (self), FALSE);
  for (guint page = 0; self->model != NULL && page < n_pages (self); page++)
    if (has_photos (self, page))
      {
        if (!has_photos (self, self->at))
          zf_form_page_go (self, page);
        zf_photo_strip_add_file (self->photos, path);
        return TRUE;
      }
  return FALSE;
}

void
zf_form_page_go (ZfFormPage *self, guint page)
{
  g_return_if_fail (ZF_IS_FORM_PAGE (self));
  if (self->model == NULL || page >= n_pages (self))
    return;
  flush (self);
  self->at = page;
  show_row (self, NULL);
}
