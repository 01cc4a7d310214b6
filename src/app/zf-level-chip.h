/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* ZfLevelChip: a level as colour, shape and character, always all three. */
#define ZF_TYPE_LEVEL_CHIP (zf_level_chip_get_type ())
G_DECLARE_FINAL_TYPE (ZfLevelChip, zf_level_chip, ZF, LEVEL_CHIP, AdwBin)

/* Order is that of urgency; the map draws by it as well. */
typedef enum { ZF_LEVEL_RED, ZF_LEVEL_ORANGE, ZF_LEVEL_YELLOW, ZF_LEVEL_GREEN, ZF_LEVEL_NONE } ZfLevel;

GtkWidget *zf_level_chip_new (const char *level);
/** zf_level_chip_set_level: the stored code, or NULL. */
void zf_level_chip_set_level (ZfLevelChip *self, const char *level);
ZfLevel zf_level_parse (const char *code);
/** zf_level_color: background of the level on a light ground, for drawing. */
void zf_level_color (ZfLevel level, GdkRGBA *color);

G_END_DECLS
