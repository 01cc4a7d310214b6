/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-device.h"

G_BEGIN_DECLS

/* Ways to a position, for the table of zf-device.c. The asker is a ZfPosition; what is given (a GObject) looks as long as it lives. */

/** zf_position_open_test: @value: positions "lat lon accuracy" between ";", said one after the other. When the last is empty, nothing comes after it; else the search
 * ends there. */
void zf_position_open_test (ZfDevice device, const char *value, GTask *task);
/** zf_position_open_portal: the desktop portal, from inside a sandbox (or with GTK_USE_PORTAL=1, as GTK has it). */
void zf_position_open_portal (ZfDevice device, const char *value, GTask *task);
/** zf_position_open_geoclue: GeoClue on the system bus. */
void zf_position_open_geoclue (ZfDevice device, const char *value, GTask *task);

G_END_DECLS
