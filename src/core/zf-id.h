/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-clock.h"
#include "zf-random.h"

G_BEGIN_DECLS

/** zf_id_new: (transfer full): a UUIDv7 in lower-case text; its time part is never used for order. */
char *zf_id_new (ZfClock *clock, ZfRandom *random);
/** zf_id_from_key: (transfer full): UUIDv8 of SHA-256(kind ‖ 0x1f ‖ key): two tablets that make "the same" record
 * make one. Keys never contain personal values. */
char *zf_id_from_key (const char *kind, const char *key);
gboolean zf_id_is_valid (const char *id);

G_END_DECLS
