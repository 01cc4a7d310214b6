/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-question-view.h"

#include <glib/gi18n.h>

#include "zf-label-picture.h"
#include "zf-page.h"
#include "zf-styled-label.h"

struct _ZfQuestionView
{
  GtkBox parent_instance;

  GtkLabel *label;
  AdwBin *picture;
  GtkLabel *hint;
  AdwBin *place;
  GtkLabel *told;
  AdwBin *below;
  GtkLabel *state;
  GtkBox *trouble;
  GtkLabel *sentence;

  ZfFormModel *model;
  const ZfQuestion *question;
  char *address;
  ZfInput *input;      /* NULL for a note */
  ZfInput *source;     /* where the answer comes from, NULL when that is not asked */
  char *rejected;      /* what was typed is no answer */
  gboolean patient;
  gboolean touched;    /* answered or checked: an empty required answer is told only then */
};

G_DEFINE_FINAL_TYPE (ZfQuestionView, zf_question_view, GTK_TYPE_BOX)

/* (transfer none) (nullable) */
static const char *
text (ZfQuestionView *self, const char *column)
{
  return zf_row_text (self->question->row, column, zf_session_lang (zf_form_model_session (self->model)));
}

/* (transfer full) (nullable): with the answers that they name. */
static ZfStyled *
styled (ZfQuestionView *self, const char *words)
{
  return zf_answers_styled (zf_form_model_answers (self->model), self->address, words);
}

static void
show_trouble (ZfQuestionView *self, const char *sentence)
{
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), sentence != NULL);
  if (sentence == NULL)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self), "zf-wrong");
      return;
    }
  gtk_label_set_text (self->sentence, sentence);
  gtk_widget_add_css_class (GTK_WIDGET (self), "zf-wrong");
}

/* Who comes back sees at once what is wrong; what is only empty is told when it was passed over. */
static gboolean
is_told (ZfQuestionView *self)
{
  return self->touched || (self->input != NULL && zf_answers_get (zf_form_model_answers (self->model), self->address) != NULL);
}

static gboolean
check (ZfQuestionView *self)
{
  g_autofree char *problem = NULL;

  if (self->rejected == NULL && self->input != NULL)
    problem = zf_answers_problem (zf_form_model_answers (self->model), self->address,
                                  zf_session_lang (zf_form_model_session (self->model)));
  show_trouble (self, self->rejected != NULL ? self->rejected : is_told (self) ? problem : NULL);
  return self->rejected == NULL && problem == NULL;
}

static void
show_state (ZfQuestionView *self)
{
  g_autofree char *before = zf_form_model_before (self->model, self->address);
  gboolean carried = zf_form_model_carried (self->model, self->address);

  gtk_widget_remove_css_class (GTK_WIDGET (self), "zf-changed");
  if (before != NULL && *before != '\0')
    {
      g_autofree char *words = g_markup_printf_escaped (zf_form_model_is_draft (self->model) ? _("Changed, last time %s") : _("Changed, before: <s>%s</s>"),
                                                        before);

      gtk_label_set_markup (self->state, words);
      gtk_widget_add_css_class (GTK_WIDGET (self), "zf-changed");
    }
  else if (carried)
    gtk_label_set_text (self->state, _("Carried over"));
  gtk_widget_set_visible (GTK_WIDGET (self->state), carried || (before != NULL && *before != '\0'));
}

static void
on_rejected (ZfQuestionView *self, const char *sentence)
{
  g_clear_pointer (&self->rejected, g_free);
  if (*sentence != '\0')
    self->rejected = g_strdup (sentence);
  self->touched = TRUE;
  check (self);
}

static void
on_told (ZfQuestionView *self, const char *sentence)
{
  gtk_label_set_text (self->told, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->told), *sentence != '\0');
}

static void
on_answered (ZfQuestionView *self, const char *address)
{
  gboolean own = g_str_equal (address, self->address);

  self->touched = self->touched || own;
  if (own || !self->patient)
    zf_question_view_update (self);
}

static void
zf_question_view_dispose (GObject *object)
{
  ZfQuestionView *self = ZF_QUESTION_VIEW (object);

  g_clear_object (&self->model);
  g_clear_pointer (&self->rejected, g_free);
  g_clear_pointer (&self->address, g_free);
  G_OBJECT_CLASS (zf_question_view_parent_class)->dispose (object);
}

static void
zf_question_view_class_init (ZfQuestionViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_question_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-question-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfQuestionView, label);
  gtk_widget_class_bind_template_child (widget_class, ZfQuestionView, picture);
  gtk_widget_class_bind_template_child (widget_class, ZfQuestionView, hint);
  gtk_widget_class_bind_template_child (widget_class, ZfQuestionView, place);
  gtk_widget_class_bind_template_child (widget_class, ZfQuestionView, told);
  gtk_widget_class_bind_template_child (widget_class, ZfQuestionView, below);
  gtk_widget_class_bind_template_child (widget_class, ZfQuestionView, state);
  gtk_widget_class_bind_template_child (widget_class, ZfQuestionView, trouble);
  gtk_widget_class_bind_template_child (widget_class, ZfQuestionView, sentence);
  gtk_widget_class_set_css_name (widget_class, "zfquestion");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
zf_question_view_init (ZfQuestionView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* XLSForm: the question with appearance "label" is the heading of a table: it takes no answer. */
static gboolean
takes_answer (const ZfQuestion *question)
{
  return question->klass == ZF_QUESTION_FIELD && !zf_question_appears (question, "label");
}

static void
add_source (ZfQuestionView *self)
{
  g_autofree char *name = g_strconcat (self->question->name, ZF_SOURCE_SUFFIX, NULL);
  g_autofree char *address = g_strconcat (self->address, ZF_SOURCE_SUFFIX, NULL);
  const ZfQuestion *source = zf_form_question (zf_form_model_form (self->model), name);

  if (source == NULL || !zf_question_view_is_part (zf_form_model_form (self->model), source))
    return;
  self->source = zf_input_new (self->model, address);
  adw_bin_set_child (self->below, GTK_WIDGET (self->source));
}

static void
add_input (ZfQuestionView *self)
{
  if (!takes_answer (self->question))
    {
      if (self->question->klass == ZF_QUESTION_NOTE)
        gtk_widget_remove_css_class (GTK_WIDGET (self->label), "heading");
      return;
    }
  self->input = zf_input_new (self->model, self->address);
  g_signal_connect_object (self->input, "rejected", G_CALLBACK (on_rejected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->input, "told", G_CALLBACK (on_told), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (self->place, GTK_WIDGET (self->input));
  add_source (self);
}

/* What helps to ask stands below what helps to answer. */
static ZfStyled *
hint_words (ZfQuestionView *self)
{
  const char *hint = text (self, "hint"), *guidance = text (self, "guidance_hint");
  g_autofree char *both = hint != NULL && guidance != NULL ? g_strdup_printf ("%s\n%s", hint, guidance) : NULL;

  return styled (self, both != NULL ? both : hint != NULL ? hint : guidance);
}

/* A name is none of the form's words. */
static ZfStyled *
label_words (ZfQuestionView *self)
{
  ZfStyled *name = NULL;

  if (text (self, "label") != NULL)
    return styled (self, text (self, "label"));
  name = g_new0 (ZfStyled, 1);
  name->plain = g_strdup (self->question->name);
  return name;
}

static void
add_picture (ZfQuestionView *self)
{
  GtkWidget *picture = zf_label_picture_new (zf_form_model_form (self->model), self->question->row, zf_session_lang (zf_form_model_session (self->model)),
                                             ZF_QUESTION_PICTURE_HEIGHT);

  adw_bin_set_child (self->picture, picture);
  gtk_widget_set_visible (GTK_WIDGET (self->picture), picture != NULL);
}

static void
show_words (ZfQuestionView *self)
{
  g_autoptr (ZfStyled) label = label_words (self);
  g_autoptr (ZfStyled) hint = hint_words (self);

  if (zf_styled_label_show (self->label, label))
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label->plain, -1);
      if (adw_bin_get_child (self->picture) != NULL)
        zf_label_picture_name (ZF_LABEL_PICTURE (adw_bin_get_child (self->picture)), label->plain);
    }
  zf_styled_label_show (self->hint, hint);
  gtk_widget_set_visible (GTK_WIDGET (self->hint), hint != NULL);
}

GtkWidget *
zf_question_view_new (ZfFormModel *model, const char *address)
{
  ZfQuestionView *self = g_object_new (ZF_TYPE_QUESTION_VIEW, NULL);

  self->model = g_object_ref (model);
  self->question = zf_form_question (zf_form_model_form (model), address);
  self->address = g_strdup (address);
  add_picture (self);
  add_input (self);
  g_signal_connect_object (model, "answered", G_CALLBACK (on_answered), self, G_CONNECT_SWAPPED);
  zf_question_view_update (self);
  return GTK_WIDGET (self);
}

gboolean
zf_question_view_is_part (ZfForm *form, const ZfQuestion *question)
{
  g_autofree char *name = NULL;
  const ZfQuestion *other = NULL;

  g_return_val_if_fail (ZF_IS_FORM (form) && question != NULL, FALSE);
  if (!g_str_has_suffix (question->name, ZF_SOURCE_SUFFIX) || !zf_question_appears (question, "source"))
    return FALSE;
  name = g_strndup (question->name, strlen (question->name) - strlen (ZF_SOURCE_SUFFIX));
  other = zf_form_question (form, name);
  return other != NULL && takes_answer (other);
}

const char *
zf_question_view_address (ZfQuestionView *self)
{
  g_return_val_if_fail (ZF_IS_QUESTION_VIEW (self), NULL);
  return self->address;
}

const ZfQuestion *
zf_question_view_question (ZfQuestionView *self)
{
  g_return_val_if_fail (ZF_IS_QUESTION_VIEW (self), NULL);
  return self->question;
}

void
zf_question_view_set_patient (ZfQuestionView *self)
{
  g_return_if_fail (ZF_IS_QUESTION_VIEW (self));
  self->patient = TRUE;
}

void
zf_question_view_update (ZfQuestionView *self)
{
  gboolean relevant = FALSE;

  g_return_if_fail (ZF_IS_QUESTION_VIEW (self));

  relevant = zf_answers_relevant (zf_form_model_answers (self->model), self->address);
  gtk_widget_set_visible (GTK_WIDGET (self), relevant);
  if (!relevant)
    return;
  show_words (self);
  if (self->input != NULL)
    zf_input_show (self->input);
  if (self->source != NULL)
    zf_input_show (self->source);
  show_state (self);
  check (self);
}

gboolean
zf_question_view_check (ZfQuestionView *self)
{
  g_return_val_if_fail (ZF_IS_QUESTION_VIEW (self), TRUE);
  if (!zf_answers_relevant (zf_form_model_answers (self->model), self->address))
    return TRUE;
  zf_question_view_flush (self);
  self->touched = TRUE;
  return check (self);
}

void
zf_question_view_flush (ZfQuestionView *self)
{
  g_return_if_fail (ZF_IS_QUESTION_VIEW (self));
  if (self->input != NULL)
    zf_input_flush (self->input);
}

/* The viewport would go no farther than to what has the focus, and take its time for it. */
void
zf_question_view_focus (ZfQuestionView *self)
{
  GtkViewport *viewport = NULL;

  g_return_if_fail (ZF_IS_QUESTION_VIEW (self));
  viewport = GTK_VIEWPORT (gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_VIEWPORT));
  gtk_viewport_set_scroll_to_focus (viewport, FALSE);
  gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
  gtk_viewport_set_scroll_to_focus (viewport, TRUE);
  zf_bring_into_view (GTK_WIDGET (self));
}
