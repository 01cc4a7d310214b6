/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-check.h"

struct _ZfCheck
{
  ZfChoiceButton parent_instance;
};

G_DEFINE_FINAL_TYPE (ZfCheck, zf_check, ZF_TYPE_CHOICE_BUTTON)

static void
zf_check_class_init (ZfCheckClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_CHECKBOX);
}

static void
zf_check_init (ZfCheck *self)
{
}

GtkWidget *
zf_check_new (const char *value, const char *label)
{
  return g_object_new (ZF_TYPE_CHECK, "value", value, "label", label, NULL);
}
