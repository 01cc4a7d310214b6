/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-digest.h"
#include "zf-store-private.h"

G_BEGIN_DECLS

/* What a record adds to the digest of a village (sync.md 2.5): of the county's state, so unsent changes never move it. */
typedef struct
{
  gboolean has;      /* the county holds the record, alive */
  ZfDigest digest;
  char *village;     /* (nullable) where it counts; NULL: nowhere while its parent is unknown */
} ZfCount;

void zf_count_clear (ZfCount *count);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZfCount, zf_count_clear)

/** zf_count_load: what the row of @id adds now. */
gboolean zf_count_load (ZfDb *db, const char *id, ZfCount *count, GError **error);
/** zf_count_of: what it adds once @record is written. @was: so far; @base: canonical text of the county's state. */
gboolean zf_count_of (ZfWrite *write, const ZfRecord *record, const char *base, const ZfCount *was, ZfCount *is, GError **error);
/** zf_count_village: where the county has @record, a merged one with its survivor; NULL: nowhere while its parent is unknown. */
gboolean zf_count_village (ZfWrite *write, const ZfRecord *record, char **village, GError **error);
/** zf_count_digest: the digest of the base of @record. */
ZfDigest zf_count_digest (const ZfRecord *record);
/** zf_count_move: brings the sums of the villages to it. */
gboolean zf_count_move (ZfWrite *write, const ZfCount *was, const ZfCount *is, GError **error);
/** zf_count_gather: from here on the sums of @write are kept in memory until zf_count_flush. */
void zf_count_gather (ZfWrite *write);
gboolean zf_count_flush (ZfWrite *write, GError **error);
/** zf_count_prepare: gives a store of before digests its digests, its villages their cursors; at open, inside a transaction. */
gboolean zf_count_prepare (ZfWrite *write, GError **error);
/** zf_learn_prepare: moves fields out of `extra` that the forms have learnt since the store was open last; likewise. */
gboolean zf_learn_prepare (ZfWrite *write, GError **error);
/** zf_learn_later: @record as it was just stored has what the forms of this program do not know. Another program that has newer ones may have opened
 * the store meanwhile: who opens it next with those looks through the records again. */
gboolean zf_learn_later (ZfWrite *write, const ZfRecord *record, GError **error);
/** zf_count_bytes: (transfer full): as stored; NULL when the record does not count. */
GBytes *zf_count_bytes (const ZfCount *count);

G_END_DECLS
