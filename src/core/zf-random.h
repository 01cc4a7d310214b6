/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Every random bit of the product comes from a ZfRandom: the system's, or a seeded stream that gives the
 * same bytes for the same seed on every machine (libsodium's deterministic generator). Thread-safe. */
#define ZF_TYPE_RANDOM (zf_random_get_type ())
G_DECLARE_FINAL_TYPE (ZfRandom, zf_random, ZF, RANDOM, GObject)

ZfRandom *zf_random_new_system (void);
ZfRandom *zf_random_new_seeded (guint64 seed);
void zf_random_bytes (ZfRandom *self, gpointer buffer, gsize len);
guint64 zf_random_u64 (ZfRandom *self);
/** zf_random_below: uniform integer in [0, n); n must be > 0. */
guint32 zf_random_below (ZfRandom *self, guint32 n);
/** zf_random_chance: TRUE with probability @per_mille / 1000. */
gboolean zf_random_chance (ZfRandom *self, guint per_mille);

G_END_DECLS
