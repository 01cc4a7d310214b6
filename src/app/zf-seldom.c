/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-seldom.h"

#include "zf-page.h"

struct _ZfSeldom
{
  AdwBin parent_instance;

  char *resource;
  GtkBuilder *builder;   /* (nullable): before it was made */
};

enum
{
  PROP_0,
  PROP_TEMPLATE,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (ZfSeldom, zf_seldom, ADW_TYPE_BIN)

static void
make (ZfSeldom *self)
{
  if (self->builder != NULL)
    return;
  self->builder = gtk_builder_new_from_resource (self->resource);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (gtk_builder_get_object (self->builder, "content")));
  zf_mend_parts (GTK_WIDGET (self));
}

static void
zf_seldom_map (GtkWidget *widget)
{
  make (ZF_SELDOM (widget));
  GTK_WIDGET_CLASS (zf_seldom_parent_class)->map (widget);
}

static void
zf_seldom_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TEMPLATE)
    ZF_SELDOM (object)->resource = g_value_dup_string (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
zf_seldom_finalize (GObject *object)
{
  g_clear_object (&ZF_SELDOM (object)->builder);
  g_free (ZF_SELDOM (object)->resource);
  G_OBJECT_CLASS (zf_seldom_parent_class)->finalize (object);
}

static void
zf_seldom_class_init (ZfSeldomClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = zf_seldom_set_property;
  object_class->finalize = zf_seldom_finalize;
  GTK_WIDGET_CLASS (klass)->map = zf_seldom_map;
  props[PROP_TEMPLATE] = g_param_spec_string ("template", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
zf_seldom_init (ZfSeldom *self)
{
}

GObject *
zf_seldom_object (ZfSeldom *self, const char *id)
{
  g_return_val_if_fail (ZF_IS_SELDOM (self), NULL);

  make (self);
  return gtk_builder_get_object (self->builder, id);
}
