/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfDateInput: a day, typed as 2026-11-03 or picked from a calendar, with one button for today. */
#define ZF_TYPE_DATE_INPUT (zf_date_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfDateInput, zf_date_input, ZF, DATE_INPUT, ZfInput)

G_END_DECLS
