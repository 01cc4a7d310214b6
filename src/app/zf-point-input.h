/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfPointInput: a position: from where the tablet is, put on the map (zf-place-page.h), or typed. Only the first has an accuracy. */
#define ZF_TYPE_POINT_INPUT (zf_point_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfPointInput, zf_point_input, ZF, POINT_INPUT, ZfInput)

G_END_DECLS
