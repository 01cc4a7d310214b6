/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "zf-household-item.h"

G_BEGIN_DECLS

/* ZfHouseholdModel: a GListModel of ZfHouseholdItem read from the store page by page as rows are asked for, with a search text, a
 * village and a class as filter. Order: group, then the head's name. Property: total (households without filter). */
#define ZF_TYPE_HOUSEHOLD_MODEL (zf_household_model_get_type ())
G_DECLARE_FINAL_TYPE (ZfHouseholdModel, zf_household_model, ZF, HOUSEHOLD_MODEL, GObject)

ZfHouseholdModel *zf_household_model_new (ZfSession *session);
/** zf_household_model_set_search, _village, _class: NULL or "" takes the condition away. The class is a monitored class, or a
 * household class, or "monitored" for any monitored class. */
void zf_household_model_set_search (ZfHouseholdModel *self, const char *text);
void zf_household_model_set_village (ZfHouseholdModel *self, const char *village);
void zf_household_model_set_class (ZfHouseholdModel *self, const char *class_);
gboolean zf_household_model_filtered (ZfHouseholdModel *self);
guint zf_household_model_total (ZfHouseholdModel *self);
/** zf_household_model_refresh: after the store changed: looks again, and keeps the place in the list when as many rows stand.
 * zf_household_model_reload: reads all again from the first row. */
void zf_household_model_refresh (ZfHouseholdModel *self);
void zf_household_model_reload (ZfHouseholdModel *self);

G_END_DECLS
