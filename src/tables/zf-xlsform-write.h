/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-kind.h"

G_BEGIN_DECLS

/** zf_xlsform_write: writes the kind file @file as an XLSForm workbook to @path (replaced when it is whole): sheets survey, choices, settings, kind,
 * and those that were kept, and its pictures into the folder FORM-media beside FORM.xlsx. Shared lists of @kinds that the survey uses come along in the choices sheet, marked. zf_xlsform_read gives the same
 * kind file back. What a spreadsheet cannot hold (a value that is no text, a text beyond 32,767 characters) is an error that names its place. */
gboolean zf_xlsform_write (JsonObject *file, ZfKinds *kinds, const char *path, GError **error);

G_END_DECLS
