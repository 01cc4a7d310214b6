/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "zf-query.h"
#include "zf-session.h"

G_BEGIN_DECLS

/* ZfHouseholdItem: one household as a list shows it. Immutable. */
#define ZF_TYPE_HOUSEHOLD_ITEM (zf_household_item_get_type ())
G_DECLARE_FINAL_TYPE (ZfHouseholdItem, zf_household_item, ZF, HOUSEHOLD_ITEM, GObject)

/** zf_household_item_query: the columns that zf_household_item_new reads, in its order. */
ZfQuery *zf_household_item_query (void);
ZfHouseholdItem *zf_household_item_new (ZfSession *session, ZfRows *rows, guint row);
/** zf_household_item_load: (transfer full) (nullable): one household by id. */
ZfHouseholdItem *zf_household_item_load (ZfSession *session, const char *id);
const char *zf_household_item_id (ZfHouseholdItem *self);
const char *zf_household_item_name (ZfHouseholdItem *self);
const char *zf_household_item_level (ZfHouseholdItem *self);
/** zf_household_item_facts: "3组 · 4 人 · 脱贫不稳定户". zf_household_item_last: "上次 8月12日", or "还没走访". */
const char *zf_household_item_facts (ZfHouseholdItem *self);
const char *zf_household_item_last (ZfHouseholdItem *self);

G_END_DECLS
