/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-row.h"

#include "zf-page.h"
#include "zf-upright.h"

struct _ZfRow
{
  GtkBox parent_instance;

  GtkWidget *prefix;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkLabel *note;
  GtkWidget *arrow;
  GtkGesture *click;
  char *action;
  char *target;
};

enum
{
  ACTIVATED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfRow, zf_row, GTK_TYPE_BOX)

static void
activate (ZfRow *self)
{
  g_autoptr (ZfRow) hold = g_object_ref (self);

  g_signal_emit (self, signals[ACTIVATED], 0);
  if (self->action != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), self->action, "s", self->target);
}

static void
on_activate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  activate (ZF_ROW (widget));
}

static void
on_released (GtkGestureClick *click, int n_press, double x, double y, ZfRow *self)
{
  if (gtk_widget_contains (GTK_WIDGET (self), x, y))
    activate (self);
}

/* The name of the row is everything it shows: who listens hears what others see. */
static void
update_name (ZfRow *self)
{
  g_autoptr (GString) name = g_string_new (gtk_label_get_text (self->title));
  const char *subtitle = gtk_label_get_text (self->subtitle);
  const char *note = gtk_label_get_text (self->note);

  if (*subtitle != '\0')
    g_string_append_printf (name, "\n%s", subtitle);
  if (*note != '\0')
    g_string_append_printf (name, "\n%s", note);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name->str, -1);
}

static void
set_label (ZfRow *self, GtkLabel *label, const char *text)
{
  zf_keep_dots (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
  update_name (self);
}

/* A box looks for the focus among its children only: Tab would pass by every row. */
static gboolean
zf_row_focus (GtkWidget *widget, GtkDirectionType direction)
{
  return gtk_widget_get_focusable (widget) && !gtk_widget_is_focus (widget) && gtk_widget_grab_focus (widget);
}

static gboolean
zf_row_grab_focus (GtkWidget *widget)
{
  if (!gtk_widget_get_focusable (widget) || gtk_widget_get_root (widget) == NULL)
    return FALSE;
  gtk_root_set_focus (gtk_widget_get_root (widget), widget);
  return TRUE;
}

static void
zf_row_finalize (GObject *object)
{
  ZfRow *self = ZF_ROW (object);

  g_free (self->action);
  g_free (self->target);
  G_OBJECT_CLASS (zf_row_parent_class)->finalize (object);
}

static void
zf_row_class_init (ZfRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = zf_row_finalize;
  widget_class->focus = zf_row_focus;
  widget_class->grab_focus = zf_row_grab_focus;
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  g_type_ensure (ZF_TYPE_UPRIGHT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfRow, prefix);
  gtk_widget_class_bind_template_child (widget_class, ZfRow, title);
  gtk_widget_class_bind_template_child (widget_class, ZfRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, ZfRow, note);
  gtk_widget_class_bind_template_child (widget_class, ZfRow, arrow);
  gtk_widget_class_bind_template_child (widget_class, ZfRow, click);
  gtk_widget_class_bind_template_callback (widget_class, on_released);
  gtk_widget_class_install_action (widget_class, "zf.activate", NULL, on_activate_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, 0, "zf.activate", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, 0, "zf.activate", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_space, 0, "zf.activate", NULL);
  gtk_widget_class_set_css_name (widget_class, "zfrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
}

static void
zf_row_init (ZfRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
zf_row_new (const char *title, const char *subtitle)
{
  ZfRow *self = g_object_new (ZF_TYPE_ROW, NULL);

  zf_row_set_title (self, title);
  zf_row_set_subtitle (self, subtitle);
  return GTK_WIDGET (self);
}

void
zf_row_set_title (ZfRow *self, const char *title)
{
  g_return_if_fail (ZF_IS_ROW (self));
  set_label (self, self->title, title);
}

void
zf_row_set_subtitle (ZfRow *self, const char *subtitle)
{
  g_return_if_fail (ZF_IS_ROW (self));
  set_label (self, self->subtitle, subtitle);
}

void
zf_row_set_note (ZfRow *self, const char *note)
{
  g_return_if_fail (ZF_IS_ROW (self));
  set_label (self, self->note, note);
}

void
zf_row_set_prefix (ZfRow *self, GtkWidget *prefix)
{
  GtkWidget *old = NULL;

  g_return_if_fail (ZF_IS_ROW (self));
  old = gtk_widget_get_first_child (self->prefix);
  if (old != NULL)
    gtk_box_remove (GTK_BOX (self->prefix), old);
  if (prefix != NULL)
    gtk_box_append (GTK_BOX (self->prefix), prefix);
  gtk_widget_set_visible (self->prefix, prefix != NULL);
}

GtkWidget *
zf_row_get_prefix (ZfRow *self)
{
  g_return_val_if_fail (ZF_IS_ROW (self), NULL);
  return gtk_widget_get_first_child (self->prefix);
}

void
zf_row_set_target (ZfRow *self, const char *name, const char *target)
{
  g_return_if_fail (ZF_IS_ROW (self));
  g_free (self->action);
  g_free (self->target);
  self->action = g_strdup (name);
  self->target = g_strdup (target != NULL ? target : "");
}

void
zf_row_set_tappable (ZfRow *self, gboolean tappable)
{
  g_return_if_fail (ZF_IS_ROW (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "zf.activate", tappable);
  gtk_widget_set_focusable (GTK_WIDGET (self), tappable);
  gtk_widget_set_visible (self->arrow, tappable);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (self->click),
                                              tappable ? GTK_PHASE_BUBBLE : GTK_PHASE_NONE);
}
