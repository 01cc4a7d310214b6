/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-choice-input.h"

G_BEGIN_DECLS

/* ZfColumnsInput: choices in columns of the same width (XLSForm: columns-2 …, columns, horizontal, compact). */
#define ZF_TYPE_COLUMNS_INPUT (zf_columns_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfColumnsInput, zf_columns_input, ZF, COLUMNS_INPUT, ZfChoiceInput)

G_END_DECLS
