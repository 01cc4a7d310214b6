/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-flat.h"

G_BEGIN_DECLS

/** zf_derived_fill_kind: all derived rows of one kind, from record; the tables of @side hold none of it yet. */
gboolean zf_derived_fill_kind (ZfDb *db, ZfKinds *kinds, const ZfFlat *flat, ZfSide side, GError **error);

G_END_DECLS
