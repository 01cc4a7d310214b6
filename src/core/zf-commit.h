/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-save.h"
#include "zf-store-private.h"

G_BEGIN_DECLS

/** zf_commit_run: what a ZfSave does, inside the worker's transaction: records, one change row each, blobs, draft, import rows. */
gboolean zf_commit_run (ZfWrite *write, ZfSave *save, GError **error);

/** zf_commit_beside: what a save brings besides records: photo files, import rows, the draft that ends. */
gboolean zf_commit_beside (ZfWrite *write, ZfSave *save, GError **error);

G_END_DECLS
