/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-session.h"

G_BEGIN_DECLS

/* Time, place and household below a photo, in the picture itself: only where the county's parameters ask for it (domain.md 11: no forced watermark). They do so by
 * the file of parameters named "photo" with the row {"name": "caption_strip", "value": "yes"}; without it there is none. */

/** zf_caption_strip_words: (transfer full) (nullable): village and household on the strip of a photo of @household; NULL: no strip is asked for. */
char *zf_caption_strip_words (ZfSession *session, const char *household);
/** zf_caption_strip_dated: (transfer full): @words after the time at which the picture was taken (UTC ms). 0: nobody knows it, and the strip claims none. In any
 * thread. */
char *zf_caption_strip_dated (const char *words, gint64 taken_ms);
/** zf_caption_strip_draw: (transfer full): rows of RGB, @width pixels wide: white on black, as many lines as @words need. In any thread. */
GBytes *zf_caption_strip_draw (const char *words, int width);

G_END_DECLS
