/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-section.h"

#include "zf-upright.h"

struct _ZfSection
{
  GtkBox parent_instance;

  GtkLabel *title;
  GtkButton *button;
  GtkBox *rows;
};

enum
{
  PROP_0,
  PROP_TITLE,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

static GtkBuildableIface *parent_buildable;
static void buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZfSection, zf_section, GTK_TYPE_BOX,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

/* In a .ui file <child> means a row, once the section's own parts stand. */
static void
add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  ZfSection *self = ZF_SECTION (buildable);

  if (self->rows != NULL && GTK_IS_WIDGET (child))
    gtk_box_append (self->rows, GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = add_child;
}

static void
zf_section_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TITLE)
    zf_section_set_title (ZF_SECTION (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
zf_section_class_init (ZfSectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = zf_section_set_property;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (ZF_TYPE_UPRIGHT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-section.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfSection, title);
  gtk_widget_class_bind_template_child (widget_class, ZfSection, button);
  gtk_widget_class_bind_template_child (widget_class, ZfSection, rows);
  gtk_widget_class_set_css_name (widget_class, "zfsection");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
zf_section_init (ZfSection *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
zf_section_new (const char *title)
{
  return g_object_new (ZF_TYPE_SECTION, "title", title, NULL);
}

void
zf_section_set_title (ZfSection *self, const char *title)
{
  g_return_if_fail (ZF_IS_SECTION (self));
  gtk_label_set_text (self->title, title != NULL ? title : "");
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->title)), title != NULL && *title != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title != NULL ? title : "", -1);
}

void
zf_section_set_button (ZfSection *self, const char *label, const char *action, GVariant *target)
{
  g_autoptr (GVariant) sunk = target != NULL ? g_variant_ref_sink (target) : NULL;

  g_return_if_fail (ZF_IS_SECTION (self));
  gtk_widget_set_visible (GTK_WIDGET (self->button), label != NULL);
  if (label == NULL)
    return;
  gtk_button_set_label (self->button, label);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self->button), sunk);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), action);
}

void
zf_section_append (ZfSection *self, GtkWidget *child)
{
  g_return_if_fail (ZF_IS_SECTION (self));
  gtk_box_append (self->rows, child);
}

void
zf_section_clear (ZfSection *self)
{
  GtkWidget *child = NULL;

  g_return_if_fail (ZF_IS_SECTION (self));
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_box_remove (self->rows, child);
}

void
zf_section_say (ZfSection *self, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "zf-line");
  zf_section_append (self, label);
}
