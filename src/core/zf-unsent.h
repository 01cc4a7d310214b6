/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-draft.h"
#include "zf-store.h"

G_BEGIN_DECLS

/* Work that the county has not acknowledged, as plain rows: what a backup holds and another tablet takes over when this one is lost. */

/** zf_unsent_changes: (element-type JsonObject): log rows that are not acknowledged, after @lsn of the current epoch, at most @limit, oldest
 * first: {lsn,cid,(tx),k,id,op,b,(se),sv,at,by,f}. A row's `se` is the server epoch that its base belongs to. */
GPtrArray *zf_unsent_changes (ZfReader *reader, gint64 lsn, guint limit, GError **error);
/** zf_unsent_adopt: appends rows of another tablet to this log under numbers of its own, with their change ids, authors and times, so that the
 * county knows them when the other tablet turns up after all. Rows whose change id is known already are left out. One transaction.
 * @n (inout): rows taken. ZF_ERROR_INVALID: a row is not what it should be; nothing was taken. */
gboolean zf_unsent_adopt (ZfStore *store, JsonArray *changes, guint *n, GError **error);
/** zf_unsent_adopt_draft: takes over a draft, with the place in it and the photos made for it. *taken FALSE: this tablet has an open draft of its own for the same record, which stays. */
gboolean zf_unsent_adopt_draft (ZfStore *store, const ZfDraft *draft, gboolean *taken, GError **error);

G_END_DECLS
