/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-keypad.h"

G_BEGIN_DECLS

/** zf_keypad_follow: from now on @keypad comes for who touches a number on @page, which it stands on, and goes for who types or goes on; @scroller: what the
 * questions of the page stand in. */
void zf_keypad_follow (ZfKeypad *keypad, GtkWidget *page, GtkScrolledWindow *scroller);

G_END_DECLS
