/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* ZfSection: a heading, one small button beside it, and rows below on one card. */
#define ZF_TYPE_SECTION (zf_section_get_type ())
G_DECLARE_FINAL_TYPE (ZfSection, zf_section, ZF, SECTION, GtkBox)

GtkWidget *zf_section_new (const char *title);
void zf_section_set_title (ZfSection *self, const char *title);
/** zf_section_set_button: a button that activates the action @action with @target (a floating GVariant, sunk); NULL label hides. */
void zf_section_set_button (ZfSection *self, const char *label, const char *action, GVariant *target);
void zf_section_append (ZfSection *self, GtkWidget *child);
/** zf_section_clear: removes the rows. */
void zf_section_clear (ZfSection *self);
/** zf_section_say: one dim line in place of rows, such as "Not recorded". */
void zf_section_say (ZfSection *self, const char *text);

G_END_DECLS
