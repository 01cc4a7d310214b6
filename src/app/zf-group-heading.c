/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-group-heading.h"

#include "zf-styled-label.h"

struct _ZfGroupHeading
{
  AdwBin parent_instance;

  GtkWidget *label;
  ZfFormModel *model;
  JsonObject *row;
  GPtrArray *addresses;   /* of its questions on this screen */
};

G_DEFINE_FINAL_TYPE (ZfGroupHeading, zf_group_heading, ADW_TYPE_BIN)

/* The screen's own heading is the first. */
#define FIRST_LEVEL 2

static gboolean
is_asked (ZfGroupHeading *self)
{
  for (guint i = 0; i < self->addresses->len; i++)
    if (zf_answers_relevant (zf_form_model_answers (self->model), self->addresses->pdata[i]))
      return TRUE;
  return FALSE;
}

static void
show (ZfGroupHeading *self)
{
  const char *words = zf_row_text (self->row, "label", zf_session_lang (zf_form_model_session (self->model)));
  g_autoptr (ZfStyled) text = self->addresses->len > 0 ? zf_answers_styled (zf_form_model_answers (self->model), self->addresses->pdata[0], words) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), is_asked (self));
  if (text != NULL)
    zf_styled_label_show (GTK_LABEL (self->label), text);
}

static void
zf_group_heading_dispose (GObject *object)
{
  ZfGroupHeading *self = ZF_GROUP_HEADING (object);

  g_clear_object (&self->model);
  g_clear_pointer (&self->row, json_object_unref);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  G_OBJECT_CLASS (zf_group_heading_parent_class)->dispose (object);
}

static void
zf_group_heading_class_init (ZfGroupHeadingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_group_heading_dispose;
}

static void
zf_group_heading_init (ZfGroupHeading *self)
{
  self->label = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_HEADING, "xalign", 0.0, "wrap", TRUE, NULL);
  self->addresses = g_ptr_array_new_with_free_func (g_free);
  adw_bin_set_child (ADW_BIN (self), self->label);
}

GtkWidget *
zf_group_heading_new (ZfFormModel *model, JsonObject *row, const char *address, guint level)
{
  ZfGroupHeading *self = g_object_new (ZF_TYPE_GROUP_HEADING, NULL);

  self->model = g_object_ref (model);
  self->row = json_object_ref (row);
  gtk_widget_add_css_class (self->label, level == 0 ? "title-3" : "title-4");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->label), GTK_ACCESSIBLE_PROPERTY_LEVEL, FIRST_LEVEL + level, -1);
  g_signal_connect_object (model, "answered", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  zf_group_heading_add (self, address);
  return GTK_WIDGET (self);
}

JsonObject *
zf_group_heading_row (ZfGroupHeading *self)
{
  g_return_val_if_fail (ZF_IS_GROUP_HEADING (self), NULL);
  return self->row;
}

void
zf_group_heading_add (ZfGroupHeading *self, const char *address)
{
  g_return_if_fail (ZF_IS_GROUP_HEADING (self) && address != NULL);
  g_ptr_array_add (self->addresses, g_strdup (address));
  show (self);
}
