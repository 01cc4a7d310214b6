/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "zf-form.h"

G_BEGIN_DECLS

/* ZfLabelPicture: the picture beside the words of a question or choice, in its own proportions: as large as it is, grown with the size of the text but at
 * most twice, and never higher than its bound or wider than its place. It is decoded when it is first laid out, once a form. Role img, named by the words. */
#define ZF_TYPE_LABEL_PICTURE (zf_label_picture_get_type ())
G_DECLARE_FINAL_TYPE (ZfLabelPicture, zf_label_picture, ZF, LABEL_PICTURE, GtkWidget)

#define ZF_QUESTION_PICTURE_HEIGHT 200
#define ZF_CHOICE_PICTURE_HEIGHT 120

/** zf_label_picture_new: (nullable): of @row in @lang, at most @highest px high; NULL when the form holds none for it. */
GtkWidget *zf_label_picture_new (ZfForm *form, JsonObject *row, const char *lang, int highest);
/** zf_label_picture_name: @words are read out in its stead. */
void zf_label_picture_name (ZfLabelPicture *self, const char *words);

G_END_DECLS
