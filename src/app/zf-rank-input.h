/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfRankInput: all choices in the order that the person gives them. Nothing is answered before a touch or 就这样排. */
#define ZF_TYPE_RANK_INPUT (zf_rank_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfRankInput, zf_rank_input, ZF, RANK_INPUT, ZfInput)

G_END_DECLS
