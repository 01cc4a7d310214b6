/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfTextInput: text of one or several lines, numbers, money in 元. What was typed is kept on Enter, when the focus leaves, and after
 * one second of rest; text that an input method still composes is not in the buffer and is never kept. */
#define ZF_TYPE_TEXT_INPUT (zf_text_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfTextInput, zf_text_input, ZF, TEXT_INPUT, ZfInput)

G_END_DECLS
