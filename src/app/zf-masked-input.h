/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-text-input.h"

G_BEGIN_DECLS

/* ZfMaskedInput: text that nobody reads over the shoulder (XLSForm: masked; and what its kind calls sensitive): dots, and the last four of a long number,
 * until 显示 is pressed, then in full for half a minute. Who types the first time sees what is typed. */
#define ZF_SHOWN_SECONDS 30
#define ZF_TYPE_MASKED_INPUT (zf_masked_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfMaskedInput, zf_masked_input, ZF, MASKED_INPUT, ZfTextInput)

G_END_DECLS
