/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-xlsform-read.h"

G_BEGIN_DECLS

/* Pictures beside words of a form: in the kind file they stand in base64 (zf-form-media.h), beside a workbook FORM.xlsx in the folder FORM-media, as ODK
 * has them. */

/** zf_xlsform_media_read: puts the pictures that rows of @form name into its file. One that is not there is told in the notes; one that is no picture, too
 * large or more than a form may hold is an error with its place. @path: of the workbook. */
gboolean zf_xlsform_media_read (ZfXlsform *form, const char *path, GError **error);
/** zf_xlsform_media_check: whether the pictures of the kind file @file can be written. zf_xlsform_media_write: writes those that
 * rows name beside the workbook @path. zf_xlsform_media_left_out: (transfer full) (element-type utf8): the others, which no workbook would bring back. */
gboolean zf_xlsform_media_check (JsonObject *file, GError **error);
gboolean zf_xlsform_media_write (JsonObject *file, const char *path, GError **error);
GPtrArray *zf_xlsform_media_left_out (JsonObject *file);

G_END_DECLS
