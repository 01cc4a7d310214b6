/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-form-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* ZfGroupHeading: the words of a group inside a screen, above the first of its questions. It is seen while one of them is asked. */
#define ZF_TYPE_GROUP_HEADING (zf_group_heading_get_type ())
G_DECLARE_FINAL_TYPE (ZfGroupHeading, zf_group_heading, ZF, GROUP_HEADING, AdwBin)

/** zf_group_heading_new: @row: the group's, which has a label. @address: of its first question here. @level: 0 right below the screen's own heading. */
GtkWidget *zf_group_heading_new (ZfFormModel *model, JsonObject *row, const char *address, guint level);
JsonObject *zf_group_heading_row (ZfGroupHeading *self);
/** zf_group_heading_add: the question at @address stands below it too. */
void zf_group_heading_add (ZfGroupHeading *self, const char *address);

G_END_DECLS
