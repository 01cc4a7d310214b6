/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-sheet.h"

G_DEFINE_QUARK (zf-table-error-quark, zf_table_error)
