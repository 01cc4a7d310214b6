/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "zf-ink.h"

G_BEGIN_DECLS

/* ZfSignaturePad: white paper that a finger, a stylus (with its pressure) or a mouse writes on. Signal "changed": there is more or less ink. */
#define ZF_TYPE_SIGNATURE_PAD (zf_signature_pad_get_type ())
G_DECLARE_FINAL_TYPE (ZfSignaturePad, zf_signature_pad, ZF, SIGNATURE_PAD, GtkWidget)

GtkWidget *zf_signature_pad_new (void);
/** zf_signature_pad_ink: (transfer none): what is written. */
const ZfInk *zf_signature_pad_ink (ZfSignaturePad *self);
void zf_signature_pad_undo (ZfSignaturePad *self);
void zf_signature_pad_clear (ZfSignaturePad *self);

G_END_DECLS
