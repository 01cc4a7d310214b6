/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-input.h"

G_BEGIN_DECLS

/* ZfSoundInput: an audio note: recorded, heard again, thrown away. It is kept as a file of the household (zf_sound_add); the field holds its record. */
#define ZF_TYPE_SOUND_INPUT (zf_sound_input_get_type ())
G_DECLARE_FINAL_TYPE (ZfSoundInput, zf_sound_input, ZF, SOUND_INPUT, ZfInput)

G_END_DECLS
