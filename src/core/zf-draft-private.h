/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-draft.h"
#include "zf-store-private.h"

G_BEGIN_DECLS

/** zf_draft_stand: @draft stands again as it was; FALSE + ZF_ERROR_CONFLICT: another one stands in its place. */
gboolean zf_draft_stand (ZfWrite *write, const ZfDraft *draft, GError **error);

G_END_DECLS
