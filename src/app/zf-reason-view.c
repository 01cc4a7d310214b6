/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-reason-view.h"

#include <glib/gi18n.h>

#include "zf-choice-button.h"
#include "zf-page.h"

#define REST_MS 1000

struct _ZfReasonView
{
  GtkBox parent_instance;
  GtkFlowBox *chips;
  GtkEditable *entry;
  GtkWidget *note;

  gboolean showing;    /* what is set is no tap, and not typed */
  gboolean dirty;      /* typed and not told */
  guint rest_id;
};

enum
{
  REASON,
  DONE,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfReasonView, zf_reason_view, GTK_TYPE_BOX)

/* (transfer full) */
static char *
typed (ZfReasonView *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
}

static void
rest (ZfReasonView *self)
{
  g_clear_handle_id (&self->rest_id, g_source_remove);
  self->dirty = FALSE;
}

static void
tell (ZfReasonView *self, const char *reason)
{
  rest (self);
  g_signal_emit (self, signals[REASON], 0, reason);
}

static void
keep (ZfReasonView *self)
{
  g_autofree char *reason = self->dirty ? typed (self) : NULL;

  if (reason != NULL)
    tell (self, reason);
}

static gboolean
on_rest (gpointer data)
{
  ZfReasonView *self = data;

  self->rest_id = 0;
  keep (self);
  return G_SOURCE_REMOVE;
}

static void
on_typed (ZfReasonView *self)
{
  if (self->showing)
    return;
  rest (self);
  self->dirty = TRUE;
  self->rest_id = g_timeout_add (REST_MS, on_rest, self);
}

static void
on_note (ZfReasonView *self)
{
  keep (self);
  g_signal_emit (self, signals[DONE], 0);
}

static void
on_chip (ZfChoiceButton *chip, ZfReasonView *self)
{
  if (self->showing)
    return;
  tell (self, gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (chip)) ? zf_choice_button_value (chip) : "");
  g_signal_emit (self, signals[DONE], 0);
}

static void
zf_reason_view_unmap (GtkWidget *widget)
{
  keep (ZF_REASON_VIEW (widget));
  GTK_WIDGET_CLASS (zf_reason_view_parent_class)->unmap (widget);
}

static void
zf_reason_view_dispose (GObject *object)
{
  rest (ZF_REASON_VIEW (object));
  G_OBJECT_CLASS (zf_reason_view_parent_class)->dispose (object);
}

static void
zf_reason_view_class_init (ZfReasonViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_reason_view_dispose;
  widget_class->unmap = zf_reason_view_unmap;
  signals[REASON] = g_signal_new ("reason", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-reason-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfReasonView, chips);
  gtk_widget_class_bind_template_child (widget_class, ZfReasonView, entry);
  gtk_widget_class_bind_template_child (widget_class, ZfReasonView, note);
  gtk_widget_class_bind_template_callback (widget_class, on_note);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, keep);
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

/* Two on one screen have the same parts: a name says which is which. */
static void
name_part (GtkWidget *part, const char *of, const char *words)
{
  g_autofree char *name = of != NULL ? g_strdup_printf ("%s: %s", of, words) : g_strdup (words);

  gtk_accessible_update_property (GTK_ACCESSIBLE (part), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
zf_reason_view_fill (ZfReasonView *self, ZfSession *session, const ZfKind *kind, const char *list, const char *of)
{
  GPtrArray *choices = NULL;

  g_return_if_fail (ZF_IS_REASON_VIEW (self) && kind != NULL && list != NULL);

  name_part (GTK_WIDGET (self->entry), of, _("Reason"));
  name_part (self->note, of, _("Note it"));
  choices = zf_kind_choices (kind, list);
  while (first_chip (self) != NULL)
    gtk_flow_box_remove (self->chips, first_chip (self));
  for (guint i = 0; choices != NULL && i < choices->len; i++)
    {
      const ZfChoice *choice = choices->pdata[i];
      const char *label = zf_row_text (choice->plain, "label", zf_session_lang (session));
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
  g_autofree char *now = NULL;

  g_return_if_fail (ZF_IS_REASON_VIEW (self));

  rest (self);
  self->showing = TRUE;
  for (GtkWidget *child = first_chip (self); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      ZfChoiceButton *chip = ZF_CHOICE_BUTTON (gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (child)));
      gboolean is = g_strcmp0 (zf_choice_button_value (chip), why) == 0;

      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (chip), is);
      chosen |= is;
    }
  /* Who still types it keeps the place in it. */
  now = typed (self);
  if (g_strcmp0 (now, why != NULL ? why : "") != 0)
    gtk_editable_set_text (self->entry, why != NULL && !chosen ? why : "");
  self->showing = FALSE;
}

void
zf_reason_view_flush (ZfReasonView *self)
{
  g_return_if_fail (ZF_IS_REASON_VIEW (self));
  zf_settle_typing (GTK_WIDGET (self));
  keep (self);
}
