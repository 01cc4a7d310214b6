/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/** zf_household_place: asks on the map where the household @id is, from a page @from of the window; saves it as a point on the map, without an accuracy, says so and
 * can take it back. Only so is a household moved: no slip of a finger does it. */
void zf_household_place (GtkWidget *from, ZfSession *session, const char *id);

G_END_DECLS
