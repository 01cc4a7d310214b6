/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-barcode-input.h"

#include <glib/gi18n.h>

struct _ZfBarcodeInput
{
  ZfTextInput parent_instance;
};

G_DEFINE_FINAL_TYPE (ZfBarcodeInput, zf_barcode_input, ZF_TYPE_TEXT_INPUT)

static void
on_scan (ZfBarcodeInput *self)
{
  zf_input_tell (ZF_INPUT (self), _("No camera reads codes here. Type the code."));
}

static void
zf_barcode_input_dress (ZfTextInput *text, GtkEntry *entry, GtkBox *box)
{
  gtk_box_append (box, zf_input_button (ZF_INPUT (text), _("Scan"), G_CALLBACK (on_scan)));
}

static void
zf_barcode_input_class_init (ZfBarcodeInputClass *klass)
{
  ZF_TEXT_INPUT_CLASS (klass)->dress = zf_barcode_input_dress;
}

static void
zf_barcode_input_init (ZfBarcodeInput *self)
{
}
