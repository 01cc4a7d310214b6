/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-db.h"
#include "zf-kind.h"

G_BEGIN_DECLS

#define ZF_KIND_VILLAGE "village"
#define ZF_KIND_HOUSEHOLD "household"

/* Where derived rows are written: the store, or temporary tables beside it that a check compares with. */
typedef enum
{
  ZF_LIVE = 0,
  ZF_SCRATCH = 1,
} ZfSide;

/* The same statement for both sides; statements are cached by their text, so it is a literal. */
#define ZF_BOTH_SIDES(before, after) { before " main." after, before " temp." after }

/** zf_home_depth: steps from a record of @kind up to its home kind, the topmost below the village. 0: it is one itself.
 * @home_kind (nullable) takes that kind's name. */
guint zf_home_depth (ZfKinds *kinds, const ZfKind *kind, const char **home_kind);
/** zf_home_find: (transfer full): id of the topmost ancestor below the village of a record with @parent; the topmost that is
 * known when one between has not arrived. @is_household (nullable): whether that is a household. */
char *zf_home_find (ZfDb *db, ZfKinds *kinds, const ZfKind *kind, const char *id, const char *parent, gboolean *is_household);
/** zf_home_number: the number of a home, given to it when it has none; 0 on error. */
gint64 zf_home_number (ZfDb *db, ZfSide side, const char *home, GError **error);

G_END_DECLS
