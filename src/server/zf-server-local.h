/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-server-core.h"

G_BEGIN_DECLS

/** zf_sync_transport_new_local: requests are answered by @core in the same thread; @core outlives it. */
ZfSyncTransport *zf_sync_transport_new_local (ZfServerCore *core);

G_END_DECLS
