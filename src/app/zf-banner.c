/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-banner.h"

struct _ZfBanner
{
  AdwBin parent_instance;

  GtkRevealer *revealer;
  GtkLabel *sentence;
  char *causes[ZF_BANNER_N];
};

G_DEFINE_FINAL_TYPE (ZfBanner, zf_banner, ADW_TYPE_BIN)

static void
zf_banner_finalize (GObject *object)
{
  ZfBanner *self = ZF_BANNER (object);

  for (guint i = 0; i < ZF_BANNER_N; i++)
    g_free (self->causes[i]);
  G_OBJECT_CLASS (zf_banner_parent_class)->finalize (object);
}

static void
zf_banner_class_init (ZfBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = zf_banner_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, ZfBanner, sentence);
  gtk_widget_class_set_css_name (widget_class, "zfbanner");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
zf_banner_init (ZfBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
zf_banner_set (ZfBanner *self, ZfBannerCause cause, const char *sentence)
{
  const char *first = NULL;

  g_return_if_fail (ZF_IS_BANNER (self) && cause < ZF_BANNER_N);

  g_free (self->causes[cause]);
  self->causes[cause] = g_strdup (sentence);
  for (guint i = 0; i < ZF_BANNER_N && first == NULL; i++)
    first = self->causes[i];
  if (first != NULL)
    gtk_label_set_text (self->sentence, first);
  gtk_revealer_set_reveal_child (self->revealer, first != NULL);
}
