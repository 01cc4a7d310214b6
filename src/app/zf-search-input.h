/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-choice-input.h"

G_BEGIN_DECLS

/* ZfSearchInput: choices below an entry that looks for them by character or initial (XLSForm: autocomplete, search). */
#define ZF_TYPE_SEARCH_INPUT (zf_search_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfSearchInput, zf_search_input, ZF, SEARCH_INPUT, ZfChoiceInput)

G_END_DECLS
