/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tests of the tests: one-line mistakes in the real engine code that only the simulator (tests/sim) can switch on, to show that it
 * would find them; and named points where it lets a machine die. Every other build has none of it.
 *
 *   if (lsn <= durable && !ZF_PLANT (TRIM_AT_ACK)) …          zf_crash_point ("batch-frozen");
 *
 * A bug is listed here, used in exactly one place, and listed in tests/sim/README.md. */
#define ZF_PLANTS(X) \
  X (NONE) \
  X (BASE_ON_ACK) \
  X (SLICE_SPLITS_HOME) \
  X (STAGE_NOT_DURABLE) \
  X (EPOCH_KEPT) \
  X (TRIM_AT_ACK) \
  X (FORK_IGNORED) \
  X (EXTRA_DROPPED) \
  X (FEED_BY_ENTITY_SEQ) \
  X (FEED_SKIPS_CONFLICTS) \
  X (GONE_NOT_SENT) \
  X (SNAPSHOT_SEQ_HIGH) \
  X (DIGEST_WITHOUT_REV) \
  X (OWN_TOO_MUCH) \
  X (SCOPE_LEAK) \
  X (BLOB_DELETED_BEFORE_DURABLE) \
  X (LAST_WRITE_WINS) \
  X (NO_CLAMP) \
  X (NO_DEDUPE_CID) \
  X (DELETE_WINS) \
  X (EDIT_OF_DELETED_SILENT) \
  X (FORGET_QUARANTINE) \
  X (NO_OLD_VALUE_RULE) \
  X (APPEND_ONLY_EDITED) \
  X (CONFLICT_DROPS_MINE) \
  X (RESOLVE_KEEPS_OPEN) \
  X (CLOCK_ORDERS) \
  X (DURABLE_AT_ACK) \
  X (PAGE_NEXT_OFF_BY_ONE) \
  X (SKIP_FSYNC) \
  X (SAVE_NOT_ATOMIC) \
  X (BASE_AT_FINISH) \
  X (SEEN_VALUE_FORGOTTEN) \
  X (AT_OF_SENDING) \
  X (BATCH_REWRITTEN) \
  X (REPLAY_AUDITED) \
  X (FIXED_REFUSED) \
  X (CLOCK_APPLIES_NOOP) \
  X (SUM_NOT_MOVED) \
  X (SAVE_NOT_SYNCED) \
  X (BATCH_NAMED_BY_FIRST) \
  X (TOLD_OTHERWISE) \
  X (CONFLICT_DROPS_THEIRS) \
  X (OPEN_NOT_ASKED) \
  X (CURSOR_REWOUND) \
  X (SENT_ONCE_MORE)

#ifdef ZF_SIMULATOR
typedef enum
{
#define ZF_PLANT_ENUM(name) ZF_PLANT_##name,
  ZF_PLANTS (ZF_PLANT_ENUM)
#undef ZF_PLANT_ENUM
  ZF_N_PLANTS
} ZfPlant;
extern ZfPlant zf_plant;
extern void (*zf_crash_hook) (const char *point);
#define ZF_PLANT(name) G_UNLIKELY (zf_plant == ZF_PLANT_##name)
#define zf_crash_point(name) \
  G_STMT_START { if (zf_crash_hook != NULL) zf_crash_hook (name); } G_STMT_END
#else
#define ZF_PLANT(name) FALSE
#define zf_crash_point(name) G_STMT_START { } G_STMT_END
#endif

G_END_DECLS
