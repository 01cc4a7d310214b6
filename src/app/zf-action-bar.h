/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* ZfActionBar: the one primary button of a page, where a thumb is: full width at the bottom when narrow, bottom right when wide,
 * with the way back at the other side. Properties: primary, back (labels; "" hides), wide, sensitive-primary. Signals: "primary", "back". */
#define ZF_TYPE_ACTION_BAR (zf_action_bar_get_type ())
G_DECLARE_FINAL_TYPE (ZfActionBar, zf_action_bar, ZF, ACTION_BAR, GtkBox)

void zf_action_bar_set_primary (ZfActionBar *self, const char *label);
void zf_action_bar_set_back (ZfActionBar *self, const char *label);
/** zf_action_bar_set_busy: while TRUE the buttons wait. */
void zf_action_bar_set_busy (ZfActionBar *self, gboolean busy);
/** zf_action_bar_activate: what a tap on the primary button does. */
void zf_action_bar_activate (ZfActionBar *self);

G_END_DECLS
