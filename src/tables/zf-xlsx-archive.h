/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** zf_xlsx_archive_check: the package is whole, not encrypted, and unpacks to a size and ratio that are safe. */
gboolean zf_xlsx_archive_check (const char *path, guint64 file_size, GError **error);
/** zf_xlsx_archive_has: whether the package holds a part. */
gboolean zf_xlsx_archive_has (const char *path, const char *name);

G_END_DECLS
