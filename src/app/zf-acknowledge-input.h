/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfAcknowledgeInput: one thing to be noted: yes or nothing. */
#define ZF_TYPE_ACKNOWLEDGE_INPUT (zf_acknowledge_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfAcknowledgeInput, zf_acknowledge_input, ZF, ACKNOWLEDGE_INPUT, ZfInput)

G_END_DECLS
