/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfRangeInput: a number between two ends: a slider, the number in large digits, and steps. Nothing is answered before a touch. */
#define ZF_TYPE_RANGE_INPUT (zf_range_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfRangeInput, zf_range_input, ZF, RANGE_INPUT, ZfInput)

G_END_DECLS
