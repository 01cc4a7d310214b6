/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfSignatureInput: a pad to sign on. It becomes an answer when the person says so and never empty: a photo of the household with a purpose of its own; the field
 * holds its record. Appearance `quick`: the screen then goes on by itself. */
#define ZF_TYPE_SIGNATURE_INPUT (zf_signature_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfSignatureInput, zf_signature_input, ZF, SIGNATURE_INPUT, ZfInput)

G_END_DECLS
