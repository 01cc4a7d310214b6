/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfChoiceInput: choices as toggles: one of a list, several of a list, or one of the records that a reference may name. */
#define ZF_TYPE_CHOICE_INPUT (zf_choice_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfChoiceInput, zf_choice_input, ZF, CHOICE_INPUT, ZfInput)

G_END_DECLS
