/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-choice-input.h"

G_BEGIN_DECLS

/* ZfSourceInput: where an answer comes from, as small chips. */
#define ZF_TYPE_SOURCE_INPUT (zf_source_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfSourceInput, zf_source_input, ZF, SOURCE_INPUT, ZfChoiceInput)

G_END_DECLS
