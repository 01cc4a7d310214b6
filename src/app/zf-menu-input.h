/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-choice-input.h"

G_BEGIN_DECLS

/* ZfMenuInput: choices in a list that unfolds below, for long lists and little room (XLSForm: minimal; a range: picker). */
#define ZF_TYPE_MENU_INPUT (zf_menu_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfMenuInput, zf_menu_input, ZF, MENU_INPUT, ZfChoiceInput)

G_END_DECLS
