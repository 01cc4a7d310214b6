/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-page-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-json.h"
#include "zf-keypad-hand.h"
#include "zf-question-view.h"
#include "zf-seen-box.h"
#include "zf-slices.h"
#include "zf-styled-label.h"

guint zf_form_page_signals[ZF_FORM_PAGE_N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfFormPage, zf_form_page, ZF_TYPE_PAGE)

const char *
zf_form_page_lang (ZfFormPage *self)
{
  return zf_session_lang (zf_form_model_session (self->model));
}

guint
zf_form_page_n_screens (ZfFormPage *self)
{
  return zf_form_n_pages (zf_form_model_form (self->model));
}

/* Which of the screens of one long group @page is, and how many there are that ask something. */
static guint
part_of_group (ZfFormPage *self, guint page, guint *of)
{
  ZfForm *form = zf_form_model_form (self->model);
  const JsonObject *row = zf_form_page_row (form, page);
  guint number = 0;

  *of = 0;
  for (guint i = page; i > 0 && zf_form_page_row (form, i - 1) == row; i--)
    number += zf_form_page_screen_relevant (self, i - 1) ? 1 : 0;
  for (guint i = page; i < zf_form_page_n_screens (self) && zf_form_page_row (form, i) == row; i++)
    *of += zf_form_page_screen_relevant (self, i) ? 1 : 0;
  *of += number;
  return number + 1;
}

ZfStyled *
zf_form_page_screen_words (ZfFormPage *self, guint page)
{
  JsonObject *row = zf_form_page_row (zf_form_model_form (self->model), page);
  const char *label = row != NULL ? zf_row_text (row, "label", zf_form_page_lang (self)) : NULL;
  guint of = 0, part = part_of_group (self, page, &of);
  ZfStyled *words = NULL;
  char **both[2] = { NULL };

  if (label == NULL)
    label = zf_kind_title (zf_form_model_kind (self->model), zf_form_page_lang (self));
  words = zf_answers_styled (zf_form_model_answers (self->model), NULL, label);
  both[0] = &words->plain;
  both[1] = &words->markup;
  for (guint i = 0; of > 1 && i < G_N_ELEMENTS (both); i++)
    {
      g_autofree char *title = *both[i];

      /* Translators: the second of three screens of one long group of questions */
      *both[i] = title != NULL ? g_strdup_printf (_("%s (%u of %u)"), title, part, of) : NULL;
    }
  return words;
}

char *
zf_form_page_screen_title (ZfFormPage *self, guint page)
{
  g_autoptr (ZfStyled) words = zf_form_page_screen_words (self, page);

  return g_steal_pointer (&words->plain);
}

gboolean
zf_form_page_screen_relevant (ZfFormPage *self, guint page)
{
  return zf_answers_page_relevant (zf_form_model_answers (self->model), page);
}

/* The nearest relevant screen in direction @step; -1 when there is none. */
static int
neighbour (ZfFormPage *self, int step)
{
  for (int page = (int) self->at + step; page >= 0 && page < (int) zf_form_page_n_screens (self); page += step)
    if (zf_form_page_screen_relevant (self, (guint) page))
      return page;
  return -1;
}

gboolean
zf_form_page_is_last (ZfFormPage *self)
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

  if (zf_form_page_is_last (self))
    zf_action_bar_set_primary (self->bar, finish_label (self));
  else
    zf_action_bar_set_primary (self->bar, !carried ? _("Next") : zf_form_model_page_changed (self->model, self->at) ? _("The rest asked, no change") : _("All asked, no change"));
  zf_action_bar_set_back (self->bar, neighbour (self, -1) >= 0 ? _("Previous") : NULL);
}

static void
show_state (ZfFormPage *self)
{
  g_autofree char *state = zf_form_model_state (self->model);

  adw_window_title_set_subtitle (self->title, state);
  zf_banner_set (self->banner, ZF_BANNER_SAVE_FAILED, zf_form_model_failure (self->model));
}

static void
on_saved (ZfFormPage *self)
{
  show_state (self);
  zf_form_page_show_discard (self);
}

static void
on_answered (ZfFormPage *self, const char *name)
{
  zf_form_page_follow (self, name);
  show_primary (self);
  zf_form_page_show_correct (self);
}

static gboolean
screen_appears (ZfFormPage *self, guint page, const char *word)
{
  JsonObject *row = zf_form_page_row (zf_form_model_form (self->model), page);
  const char *appearance = row != NULL ? zf_json_get_string (row, "appearance", "") : "";

  return strstr (appearance, word) != NULL;
}

static gboolean
has_photos (ZfFormPage *self, guint page)
{
  return screen_appears (self, page, "photos") && zf_form_model_parent (self->model) != NULL;
}

/* What is corrected, or written down from paper, is so without the family. */
static gboolean
is_for_family (ZfFormPage *self, guint page)
{
  return screen_appears (self, page, "family") && zf_form_model_is_draft (self->model) && !zf_form_model_entered_later (self->model);
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

void
zf_form_page_show (ZfFormPage *self)
{
  g_autoptr (ZfStyled) words = zf_form_page_heading (self);

  if (self->row == NULL && is_for_family (self, self->at))
    {
      g_signal_emit (self, zf_form_page_signals[ZF_FORM_PAGE_FAMILY], 0, self->at);
      return;
    }
  zf_styled_label_show (self->heading, words);
  zf_form_page_fill (self);
  show_photos (self);
  zf_form_page_show_problems (self, self->row == NULL && zf_form_page_is_last (self));
  zf_form_page_show_doubts (self);
  zf_form_page_show_correct (self);
  zf_form_page_show_history (self);
  show_primary (self);
  zf_form_page_show_jump (self);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}

void
zf_form_page_step_on (ZfFormPage *self)
{
  int next = -1;

  g_return_if_fail (ZF_IS_FORM_PAGE (self) && self->model != NULL);
  next = neighbour (self, 1);
  if (next >= 0)
    zf_form_page_go (self, (guint) next);
  else
    zf_form_page_finish (self);
}

static void
on_primary (ZfFormPage *self)
{
  if (self->model == NULL || !zf_form_page_check (self))
    return;
  zf_form_page_confirm (self);
  if (self->row != NULL)
    {
      zf_form_page_leave_row (self);
      return;
    }
  zf_form_page_step_on (self);
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
  g_signal_emit (self, zf_form_page_signals[ZF_FORM_PAGE_DISCARDED], 0);
}

static void
on_reason (ZfFormPage *self, const char *reason)
{
  if (self->model == NULL)
    return;
  zf_form_model_set_why (self->model, reason);
  zf_reason_view_show (self->reasons, reason);
}

static void
on_primary_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZfFormPage *self = ZF_FORM_PAGE (widget);
  guint at = self->at;
  g_autofree char *row = g_strdup (self->row);

  zf_action_bar_activate (self->bar);
  if (self->at != at || g_strcmp0 (self->row, row) != 0)
    zf_form_page_focus (self);
}

static void
zf_form_page_lay_out (ZfPage *page, gboolean wide)
{
  ZfFormPage *self = ZF_FORM_PAGE (page);

  if (self->model != NULL)
    zf_form_page_show_jump (self);
  gtk_widget_set_visible (self->side, wide && self->model != NULL && zf_form_page_n_screens (self) > 1);
}

static void
zf_form_page_dispose (GObject *object)
{
  ZfFormPage *self = ZF_FORM_PAGE (object);

  zf_slices_stop (&self->filling);
  zf_slices_stop (&self->updating);
  g_clear_object (&self->model);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->row, g_free);
  g_clear_pointer (&self->left, g_free);
  g_clear_pointer (&self->views, g_ptr_array_unref);
  g_clear_pointer (&self->headings, g_ptr_array_unref);
  g_clear_pointer (&self->more_headings, g_ptr_array_unref);
  G_OBJECT_CLASS (zf_form_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (ZF_TYPE_ACTION_BAR);
  g_type_ensure (ZF_TYPE_SEEN_BOX);
  g_type_ensure (ZF_TYPE_BANNER);
  g_type_ensure (ZF_TYPE_KEYPAD);
  g_type_ensure (ZF_TYPE_PHOTO_STRIP);
  g_type_ensure (ZF_TYPE_REASON_VIEW);
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
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, correct);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, asks_why);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, reasons);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, questions);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, more);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, more_questions);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, photos);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, history);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, keypad);
  gtk_widget_class_bind_template_child (widget_class, ZfFormPage, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_primary);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_discard);
  gtk_widget_class_bind_template_callback (widget_class, on_reason);
}

static void
zf_form_page_class_init (ZfFormPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_form_page_dispose;
  ZF_PAGE_CLASS (klass)->lay_out = zf_form_page_lay_out;
  zf_form_page_signals[ZF_FORM_PAGE_FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  zf_form_page_signals[ZF_FORM_PAGE_DISCARDED] = g_signal_new ("discarded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  zf_form_page_signals[ZF_FORM_PAGE_FAMILY] = g_signal_new ("family", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                                            G_TYPE_UINT);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "form.primary", NULL, on_primary_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "form.primary", NULL);
}

static void
zf_form_page_init (ZfFormPage *self)
{
  self->views = g_ptr_array_new ();
  self->headings = g_ptr_array_new ();
  self->more_headings = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  zf_keypad_follow (self->keypad, GTK_WIDGET (self), self->scroller);
}

/* Who comes back to a draft finds it where it was left, but not in the family's hands. */
static void
find_place (ZfFormPage *self)
{
  guint page = 0;

  g_clear_pointer (&self->row, g_free);
  self->at = 0;
  if (zf_form_model_place (self->model, &page, &self->row) && zf_form_page_screen_relevant (self, page))
    self->at = page;
  else
    g_clear_pointer (&self->row, g_free);
  if (is_for_family (self, self->at) && neighbour (self, -1) >= 0)
    self->at = (guint) neighbour (self, -1);
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
  kind = zf_kind_title (zf_form_model_kind (model), zf_form_page_lang (self));
  title = subject != NULL && *subject != '\0' ? g_strdup_printf ("%s · %s", subject, kind) : g_strdup (kind);
  adw_window_title_set_title (self->title, title);
  zf_reason_view_fill (self->reasons, zf_form_model_session (model), zf_form_model_kind (model), "correct_reason", NULL);
  zf_reason_view_show (self->reasons, zf_form_model_why (model));
  find_place (self);
  zf_form_page_show (self);
  show_state (self);
}

void
zf_form_page_focus (ZfFormPage *self)
{
  g_return_if_fail (ZF_IS_FORM_PAGE (self));
  /* A pad is no place for keys. */
  for (guint i = 0; i < self->views->len; i++)
    if (gtk_widget_get_visible (self->views->pdata[i]) && !zf_question_appears (zf_question_view_question (self->views->pdata[i]), "signature") &&
        gtk_widget_child_focus (self->views->pdata[i], GTK_DIR_TAB_FORWARD))
      return;
}

ZfFormModel *
zf_form_page_model (ZfFormPage *self)
{
  g_return_val_if_fail (ZF_IS_FORM_PAGE (self), NULL);
  return self->model;
}

static void
tell_lost (ZfFormPage *self, ZfFormModel *model)
{
  if (zf_form_model_failure (model) != NULL)
    zf_page_toast (GTK_WIDGET (self), _("What was answered last is not saved. Open the form again and look it through."));
}

/* What was still on its way when the form was left. */
static void
on_saved_late (ZfFormModel *model, ZfFormPage *self)
{
  if (zf_form_model_is_saving (model))
    return;
  g_signal_handlers_disconnect_by_data (model, self);
  zf_form_model_leave (model);
  tell_lost (self, model);
}

void
zf_form_page_close (ZfFormPage *self)
{
  g_return_if_fail (ZF_IS_FORM_PAGE (self));
  if (self->model == NULL)
    return;
  zf_form_page_flush (self);
  g_signal_handlers_disconnect_by_data (self->model, self);
  zf_form_model_leave (self->model);
  tell_lost (self, self->model);
  if (zf_form_model_is_saving (self->model))
    g_signal_connect_object (self->model, "saved", G_CALLBACK (on_saved_late), self, 0);
  zf_form_page_unfill (self);
  zf_clear_box (GTK_WIDGET (self->doubts));
  g_clear_object (&self->model);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->row, g_free);
  g_clear_pointer (&self->left, g_free);
}

gboolean
zf_form_page_keep (ZfFormPage *self)
{
  g_return_val_if_fail (ZF_IS_FORM_PAGE (self), FALSE);
  if (self->model == NULL)
    return TRUE;
  zf_form_page_flush (self);
  return zf_form_model_keep (self->model);
}

gboolean
zf_form_page_step_back (ZfFormPage *self)
{
  int before = 0;

  g_return_val_if_fail (ZF_IS_FORM_PAGE (self), FALSE);
  if (self->row != NULL)
    {
      zf_form_page_leave_row (self);
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
  for (guint page = 0; self->model != NULL && page < zf_form_page_n_screens (self); page++)
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
  if (self->model == NULL || page >= zf_form_page_n_screens (self))
    return;
  zf_form_page_flush (self);
  self->at = page;
  zf_form_page_show_row (self, NULL);
}
