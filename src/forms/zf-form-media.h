/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-form.h"

G_BEGIN_DECLS

/* Pictures beside the words of questions and choices (column media::image). They stand in the kind file itself, under the member `media`: name → the PNG
 * or JPEG in base64; so they are published, synced and kept by drafts with it. Rows name them; names are compared exactly. */
#define ZF_FORM_MEDIA "media"
#define ZF_FORM_IMAGE "media::image"
/* One picture has at most so many bytes; all of a form fit into ZF_PUBLICATION_MAX with it. */
#define ZF_FORM_PICTURE_MAX 60000

/** zf_form_picture_is_column: @column names pictures, in whatever language. */
gboolean zf_form_picture_is_column (const char *column);
/** zf_form_picture_check_name: a plain file name: no folder, nothing hidden, not long. zf_form_picture_check: a PNG or JPEG, whatever it is called, that can
 * be shown. Both errors are sentences without the name. */
gboolean zf_form_picture_check_name (const char *name, GError **error);
gboolean zf_form_picture_check (GBytes *bytes, GError **error);
/** zf_form_picture_read: (transfer full) (nullable): the picture @name of the kind file @file as it stands there; NULL without error: it has none. What
 * comes from a file that nobody checked may be no picture. */
GBytes *zf_form_picture_read (JsonObject *file, const char *name, GError **error);
/** zf_form_picture_name: (nullable): the picture that @row, of @form or of its choices, shows in @lang, chosen as zf_row_text does; NULL when the form holds
 * none of that name. zf_form_picture: (transfer full) (nullable): its bytes. */
const char *zf_form_picture_name (ZfForm *form, JsonObject *row, const char *lang);
GBytes *zf_form_picture (ZfForm *form, const char *name);

G_END_DECLS
