/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/* ZfInk: strokes of a pen, without a widget: black on white, in the pixels that they were written in. */
typedef struct _ZfInk ZfInk;

ZfInk *zf_ink_new (void);
void zf_ink_free (ZfInk *ink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfInk, zf_ink_free)

/** zf_ink_begin: puts the pen down; zf_ink_go: moves it. @pressure: 0 to 1, 0.5 where nothing measures it. Strokes beyond what any name needs are left out. */
void zf_ink_begin (ZfInk *ink, double x, double y, double pressure);
void zf_ink_go (ZfInk *ink, double x, double y, double pressure);
/** zf_ink_undo: takes the last stroke back. */
void zf_ink_undo (ZfInk *ink);
void zf_ink_clear (ZfInk *ink);
guint zf_ink_n_strokes (const ZfInk *ink);
/** zf_ink_is_enough: more than a touch by mistake: what may count as a signature. */
gboolean zf_ink_is_enough (const ZfInk *ink);

void zf_ink_draw (const ZfInk *ink, cairo_t *cr);
/** zf_ink_png: (transfer full): the ink with a margin and nothing around it, large enough to be printed, as a PNG. ZF_ERROR_INVALID when there is not enough. */
GBytes *zf_ink_png (const ZfInk *ink, GError **error);

G_END_DECLS
