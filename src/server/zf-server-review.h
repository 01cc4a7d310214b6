/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-server-core.h"
#include "zf-store.h"

G_BEGIN_DECLS

/** zf_server_review: holds what was merged since the last call to the rules of its form (sync.md 2.4: cross-field validation runs after merge and never
 * rejects): a record whose answers break one together is listed by the store's verb `reviews` until they agree. Reads @county, which has just been fed. */
gboolean zf_server_review (ZfServerCore *core, ZfStore *county, GError **error);

G_END_DECLS
