/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfTimeInput: a time of the day, or a day and a time, typed or stepped, with one button for now. */
#define ZF_TYPE_TIME_INPUT (zf_time_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfTimeInput, zf_time_input, ZF, TIME_INPUT, ZfInput)

G_END_DECLS
