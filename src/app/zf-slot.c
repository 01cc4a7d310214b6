/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-slot.h"

struct _ZfSlot
{
  AdwBin parent_instance;

  char *page_type;
  ZfPage *page;
  ZfSession *session;
  gboolean wide;
};

enum
{
  PROP_0,
  PROP_PAGE_TYPE,
  PROP_WIDE,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

enum
{
  BUILT,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfSlot, zf_slot, ADW_TYPE_BIN)

static void
zf_slot_map (GtkWidget *widget)
{
  if (ZF_SLOT (widget)->session != NULL)
    zf_slot_page (ZF_SLOT (widget));
  GTK_WIDGET_CLASS (zf_slot_parent_class)->map (widget);
}

static void
zf_slot_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZfSlot *self = ZF_SLOT (object);

  switch (id)
    {
    case PROP_PAGE_TYPE:
      self->page_type = g_value_dup_string (value);
      break;
    case PROP_WIDE:
      self->wide = g_value_get_boolean (value);
      if (self->page != NULL)
        g_object_set (self->page, "wide", self->wide, NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
zf_slot_dispose (GObject *object)
{
  ZfSlot *self = ZF_SLOT (object);

  self->page = NULL;
  g_clear_object (&self->session);
  g_clear_pointer (&self->page_type, g_free);
  G_OBJECT_CLASS (zf_slot_parent_class)->dispose (object);
}

static void
zf_slot_class_init (ZfSlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = zf_slot_set_property;
  object_class->dispose = zf_slot_dispose;
  GTK_WIDGET_CLASS (klass)->map = zf_slot_map;
  props[PROP_PAGE_TYPE] = g_param_spec_string ("page-type", NULL, NULL, NULL,
                                               G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_WIDE] = g_param_spec_boolean ("wide", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[BUILT] = g_signal_new ("built", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                 ZF_TYPE_PAGE);
}

static void
zf_slot_init (ZfSlot *self)
{
}

ZfPage *
zf_slot_page (ZfSlot *self)
{
  g_return_val_if_fail (ZF_IS_SLOT (self), NULL);
  if (self->page != NULL)
    return self->page;
  self->page = g_object_new (g_type_from_name (self->page_type), "wide", self->wide, NULL);
  zf_page_set_session (self->page, self->session);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->page));
  zf_mend_parts (GTK_WIDGET (self->page));
  g_signal_emit (self, signals[BUILT], 0, self->page);
  return self->page;
}

ZfPage *
zf_slot_peek (ZfSlot *self)
{
  g_return_val_if_fail (ZF_IS_SLOT (self), NULL);
  return self->page;
}

void
zf_slot_set_session (ZfSlot *self, ZfSession *session)
{
  g_return_if_fail (ZF_IS_SLOT (self));
  g_set_object (&self->session, session);
  if (self->page != NULL)
    zf_page_set_session (self->page, session);
  else if (session != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    zf_slot_page (self);
}
