/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-text-input.h"

G_BEGIN_DECLS

/* ZfBarcodeInput: a code, typed or read by the camera. */
#define ZF_TYPE_BARCODE_INPUT (zf_barcode_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfBarcodeInput, zf_barcode_input, ZF, BARCODE_INPUT, ZfTextInput)

G_END_DECLS
