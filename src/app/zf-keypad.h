/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-text-input.h"

G_BEGIN_DECLS

/* ZfKeypad: the app's own keys for numbers (ui.md 1.5): digits, 万, the answer of last time, the next question. It types into one entry, which keeps the
 * focus, and takes no key away from a keyboard. */
#define ZF_TYPE_KEYPAD (zf_keypad_get_type ())
G_DECLARE_FINAL_TYPE (ZfKeypad, zf_keypad, ZF, KEYPAD, AdwBin)

/** zf_keypad_type_into: from now on keys go to @input (nullable: nowhere), which takes a number (zf_text_input_number). */
void zf_keypad_type_into (ZfKeypad *self, ZfTextInput *input);
/** zf_keypad_wan: (transfer full) (nullable): the plain number @text times ten thousand: "1.5" → "15000"; NULL when it is none, or too long to be an amount. */
char *zf_keypad_wan (const char *text);

G_END_DECLS
