/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-choice-input.h"

G_BEGIN_DECLS

/* ZfRatingInput: a number as stars (XLSForm: range, rating). */
#define ZF_TYPE_RATING_INPUT (zf_rating_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfRatingInput, zf_rating_input, ZF, RATING_INPUT, ZfChoiceInput)

G_END_DECLS
