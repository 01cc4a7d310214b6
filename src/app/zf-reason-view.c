/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-reason-view.h"

#include "zf-choice-button.h"

struct _ZfReasonView
{
  GtkBox parent_instance;
  GtkFlowBox *chips;
  GtkEditable *entry;

  gboolean showing;    /* what is set is no tap */
};

enum
{
  REASON,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfReasonView, zf_reason_view, GTK_TYPE_BOX)

static void
tell (ZfReasonView *self, const char *reason)
{
  if (*reason != '\0')
    g_signal_emit (self, signals[REASON], 0, reason);
}

static void
on_keep (ZfReasonView *self)
{
  g_autofree char *reason = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));

  tell (self, reason);
}

static void
on_chip (ZfChoiceButton *chip, ZfReasonView *self)
{
  if (!self->showing && gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (chip)))
    tell (self, zf_choice_button_value (chip));
}

static void
zf_reason_view_class_init (ZfReasonViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[REASON] = g_signal_new ("reason", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-reason-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfReasonView, chips);
  gtk_widget_class_bind_template_child (widget_class, ZfReasonView, entry);
  gtk_widget_class_bind_template_callback (widget_class, on_keep);
}

static void
zf_reason_view_init (ZfReasonView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static GtkWidget *
first_chip (ZfReasonView *self)
{
  return gtk_widget_get_first_child (GTK_WIDGET (self->chips));
}

void
zf_reason_view_fill (ZfReasonView *self, ZfSession *session, const ZfKind *kind, const char *list)
{
  GPtrArray *choices = NULL;

  g_return_if_fail (ZF_IS_REASON_VIEW (self) && kind != NULL && list != NULL);

  choices = zf_kind_choices (kind, list);
  while (first_chip (self) != NULL)
    gtk_flow_box_remove (self->chips, first_chip (self));
  for (guint i = 0; choices != NULL && i < choices->len; i++)
    {
      const ZfChoice *choice = choices->pdata[i];
      const char *label = zf_row_text (choice->row, "label", zf_session_lang (session));
      GtkWidget *chip = zf_choice_button_new (label != NULL ? label : choice->name, label != NULL ? label : choice->name);

      g_signal_connect (chip, "toggled", G_CALLBACK (on_chip), self);
      gtk_flow_box_append (self->chips, chip);
      gtk_widget_set_focusable (gtk_widget_get_parent (chip), FALSE);
    }
}

void
zf_reason_view_show (ZfReasonView *self, const char *why)
{
  gboolean chosen = FALSE;

  g_return_if_fail (ZF_IS_REASON_VIEW (self));

  self->showing = TRUE;
  for (GtkWidget *child = first_chip (self); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      ZfChoiceButton *chip = ZF_CHOICE_BUTTON (gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (child)));
      gboolean is = g_strcmp0 (zf_choice_button_value (chip), why) == 0;

      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (chip), is);
      chosen |= is;
    }
  if (!chosen)
    gtk_editable_set_text (self->entry, why != NULL ? why : "");
  self->showing = FALSE;
}
