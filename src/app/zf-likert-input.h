/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-choice-input.h"

G_BEGIN_DECLS

/* ZfLikertInput: choices as one line of equal columns, words below the mark (XLSForm: likert, list, list-nolabel). */
#define ZF_TYPE_LIKERT_INPUT (zf_likert_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfLikertInput, zf_likert_input, ZF, LIKERT_INPUT, ZfChoiceInput)

G_END_DECLS
