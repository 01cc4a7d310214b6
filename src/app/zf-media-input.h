/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfMediaInput: a picture: taken or chosen, kept as a photo of the household; the field holds its record. Other files have no place in the store yet; sounds: zf-sound-input. */
#define ZF_TYPE_MEDIA_INPUT (zf_media_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfMediaInput, zf_media_input, ZF, MEDIA_INPUT, ZfInput)

G_END_DECLS
