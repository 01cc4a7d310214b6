/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-doubt-view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-reason-view.h"
#include "zf-record.h"
#include "zf-repeat-view.h"

struct _ZfDoubtView
{
  GtkBox parent_instance;
  GtkLabel *title;
  GtkLabel *sentence;
  GtkWidget *right;
  GtkWidget *change;
  ZfReasonView *reasons;

  ZfFormModel *model;
  char *address;
};

enum
{
  CHANGE,
  DONE,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfDoubtView, zf_doubt_view, GTK_TYPE_BOX)

static const char *
lang (ZfDoubtView *self)
{
  return zf_session_lang (zf_form_model_session (self->model));
}

static void
set_reason (ZfDoubtView *self, const char *reason)
{
  g_autofree char *why = g_strconcat (self->address, ZF_WHY_SUFFIX, NULL);
  g_autoptr (GError) error = NULL;

  if (!zf_form_model_set_text (self->model, why, reason, &error))
    g_warning ("A reason cannot be kept: %s", error->message);
}

static void
on_reason (ZfDoubtView *self, const char *reason)
{
  set_reason (self, reason);
}

static void
on_done (ZfDoubtView *self)
{
  g_signal_emit (self, signals[DONE], 0);
}

static void
on_right (ZfDoubtView *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->reasons), TRUE);
  gtk_widget_set_visible (self->right, FALSE);
  /* Alone in its row it would grow over all of it. */
  gtk_widget_set_halign (self->change, GTK_ALIGN_START);
  gtk_widget_child_focus (GTK_WIDGET (self->reasons), GTK_DIR_TAB_FORWARD);
}

/* What was to be said for this answer says nothing for another one. */
static void
on_change (ZfDoubtView *self)
{
  zf_reason_view_show (self->reasons, NULL);
  set_reason (self, "");
  g_signal_emit (self, signals[CHANGE], 0, self->address);
}

static void
zf_doubt_view_dispose (GObject *object)
{
  ZfDoubtView *self = ZF_DOUBT_VIEW (object);

  g_clear_object (&self->model);
  g_clear_pointer (&self->address, g_free);
  G_OBJECT_CLASS (zf_doubt_view_parent_class)->dispose (object);
}

static void
zf_doubt_view_class_init (ZfDoubtViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_doubt_view_dispose;
  signals[CHANGE] = g_signal_new ("change", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (ZF_TYPE_REASON_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-doubt-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfDoubtView, title);
  gtk_widget_class_bind_template_child (widget_class, ZfDoubtView, sentence);
  gtk_widget_class_bind_template_child (widget_class, ZfDoubtView, right);
  gtk_widget_class_bind_template_child (widget_class, ZfDoubtView, change);
  gtk_widget_class_bind_template_child (widget_class, ZfDoubtView, reasons);
  gtk_widget_class_bind_template_callback (widget_class, on_right);
  gtk_widget_class_bind_template_callback (widget_class, on_change);
  gtk_widget_class_bind_template_callback (widget_class, on_reason);
  gtk_widget_class_bind_template_callback (widget_class, on_done);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
zf_doubt_view_init (ZfDoubtView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* (transfer full): which answer it is, and what it says. */
static char *
title_of (ZfDoubtView *self, const ZfQuestion *question, const char *label)
{
  JsonNode *value = zf_answers_get (zf_form_model_answers (self->model), self->address);
  g_autofree char *shown = zf_form_model_words (self->model, question, value);
  g_autofree char *row = question->repeat != NULL ? g_strndup (self->address, (gsize) (strrchr (self->address, '.') - self->address)) : NULL;
  g_autofree char *repeat = row != NULL ? zf_address_repeat (row) : NULL;
  JsonObject *words = repeat != NULL ? zf_form_repeat_row (zf_form_model_form (self->model), zf_address_name (repeat)) : NULL;
  g_autofree char *of = words != NULL ? zf_answers_fill (zf_form_model_answers (self->model), row, zf_row_text (words, "label", lang (self))) : NULL;

  if (of == NULL)
    return g_strdup_printf (C_ ("an answer", "%s: %s"), label, shown);
  return g_strdup_printf (_("%s %u · %s: %s"), of, zf_repeat_view_row_number (self->model, row), label, shown);
}

/* Two doubts on one screen have the same buttons: a name says which is which. */
static void
name_button (GtkWidget *button, const char *words, const char *label)
{
  g_autofree char *name = g_strdup_printf ("%s: %s", label, words);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

GtkWidget *
zf_doubt_view_new (ZfFormModel *model, const char *address)
{
  ZfDoubtView *self = g_object_new (ZF_TYPE_DOUBT_VIEW, NULL);
  const ZfQuestion *question = zf_form_question (zf_form_model_form (model), address);
  g_autofree char *label = NULL;
  g_autofree char *title = NULL;
  g_autofree char *doubt = NULL;

  self->model = g_object_ref (model);
  self->address = g_strdup (address);
  label = zf_answers_fill (zf_form_model_answers (model), address, zf_row_text (question->row, "label", lang (self)));
  if (label == NULL)
    label = g_strdup (question->name);
  title = title_of (self, question, label);
  doubt = zf_answers_doubt (zf_form_model_answers (model), address, lang (self));
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->sentence, doubt != NULL ? doubt : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  name_button (self->right, _("Right, with a reason"), label);
  name_button (self->change, _("Change"), label);
  zf_reason_view_fill (self->reasons, zf_form_model_session (model), question->kind, "doubt_reason", label);
  return GTK_WIDGET (self);
}

void
zf_doubt_view_flush (ZfDoubtView *self)
{
  g_return_if_fail (ZF_IS_DOUBT_VIEW (self));
  zf_reason_view_flush (self->reasons);
}
