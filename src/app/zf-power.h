/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* ZfPower: the battery as UPower tells it, where there is one. Without it the machine counts as plugged in. */
typedef struct _ZfPower ZfPower;

/** zf_power_new: asks in the background; until it knows the machine counts as plugged in. */
ZfPower *zf_power_new (void);
void zf_power_free (ZfPower *self);
/** zf_power_percent: what is left while it runs on the battery, 100 else. */
double zf_power_percent (ZfPower *self);
gboolean zf_power_on_battery (ZfPower *self);

G_END_DECLS
