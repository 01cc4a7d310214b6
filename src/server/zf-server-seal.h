/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-seal.h"
#include "zf-server-core.h"

G_BEGIN_DECLS

/* Keys of sealed files: the county's own, and one for the tablets of each set of villages. */

/** zf_server_seal_pair: the county's own pair; made at the first call. */
gboolean zf_server_seal_pair (ZfServerCore *core, ZfSealPair *pair, GError **error);
/** zf_server_team_pair: the pair that all tablets of the villages of @device hold. */
gboolean zf_server_team_pair (ZfServerCore *core, const ZfDevice *device, ZfSealPair *pair, GError **error);

G_END_DECLS
