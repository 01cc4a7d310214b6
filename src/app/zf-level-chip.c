/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-level-chip.h"

#include <glib/gi18n.h>

static const struct
{
  const char *code;
  const char *css;
  const char *shape;
  const char *color;
  const char *name;
} LEVELS[] = {
  [ZF_LEVEL_RED] = { "red", "level-red", "▲", "#A51D2D", NC_ ("level", "Red") },
  [ZF_LEVEL_ORANGE] = { "orange", "level-orange", "◆", "#FF7800", NC_ ("level", "Orange") },
  [ZF_LEVEL_YELLOW] = { "yellow", "level-yellow", "■", "#F5C211", NC_ ("level", "Yellow") },
  [ZF_LEVEL_GREEN] = { "green", "level-green", "●", "#1B6E53", NC_ ("level", "Green") },
  [ZF_LEVEL_NONE] = { "", "level-none", "○", "#5E5C64", NC_ ("level", "Not graded") },
};

struct _ZfLevelChip
{
  AdwBin parent_instance;

  GtkLabel *label;
  ZfLevel level;
};

G_DEFINE_FINAL_TYPE (ZfLevelChip, zf_level_chip, ADW_TYPE_BIN)

static void
show_level (ZfLevelChip *self, ZfLevel level)
{
  const char *name = g_dpgettext2 (NULL, "level", LEVELS[level].name);
  g_autofree char *text = g_strdup_printf ("%s %s", LEVELS[level].shape, name);
  g_autofree char *spoken = g_strdup_printf (_("Level: %s"), name);

  gtk_widget_remove_css_class (GTK_WIDGET (self), LEVELS[self->level].css);
  gtk_widget_add_css_class (GTK_WIDGET (self), LEVELS[level].css);
  gtk_label_set_text (self->label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  self->level = level;
}

static void
zf_level_chip_class_init (ZfLevelChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-level-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfLevelChip, label);
  gtk_widget_class_set_css_name (widget_class, "zfchip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
zf_level_chip_init (ZfLevelChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  show_level (self, ZF_LEVEL_NONE);
}

GtkWidget *
zf_level_chip_new (const char *level)
{
  ZfLevelChip *self = g_object_new (ZF_TYPE_LEVEL_CHIP, NULL);

  zf_level_chip_set_level (self, level);
  return GTK_WIDGET (self);
}

void
zf_level_chip_set_level (ZfLevelChip *self, const char *level)
{
  g_return_if_fail (ZF_IS_LEVEL_CHIP (self));
  show_level (self, zf_level_parse (level));
}

ZfLevel
zf_level_parse (const char *code)
{
  for (ZfLevel level = ZF_LEVEL_RED; level < ZF_LEVEL_NONE; level++)
    if (g_strcmp0 (code, LEVELS[level].code) == 0)
      return level;
  return ZF_LEVEL_NONE;
}

void
zf_level_color (ZfLevel level, GdkRGBA *color)
{
  gdk_rgba_parse (color, LEVELS[level].color);
}
