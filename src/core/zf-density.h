/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "zf-db.h"

G_BEGIN_DECLS

/** zf_density: (transfer full): how full the store is, in hundredths (JSON numbers are integers): {"household_fields":3366,…}. An average over
 * nothing is left out. Reads every record, which only `stats` may afford. */
JsonObject *zf_density (ZfDb *db);

G_END_DECLS
