/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-barcode-input.h"

#include <glib/gi18n.h>

#include "zf-camera-page.h"

struct _ZfBarcodeInput
{
  ZfTextInput parent_instance;
};

G_DEFINE_FINAL_TYPE (ZfBarcodeInput, zf_barcode_input, ZF_TYPE_TEXT_INPUT)

static void
on_shot (const ZfShot *shot, gpointer data)
{
  g_autoptr (ZfTextInput) self = data;

  if (shot != NULL && shot->code != NULL && zf_input_model (ZF_INPUT (self)) != NULL)
    zf_text_input_put (self, shot->code);
}

static void
on_scan (ZfBarcodeInput *self)
{
  zf_camera_page_open (GTK_WIDGET (self), ZF_CAMERA_CODE, zf_input_label (ZF_INPUT (self)), on_shot, g_object_ref (self));
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
