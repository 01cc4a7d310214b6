/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-sync.h"

G_DEFINE_QUARK (zf-sync-error-quark, zf_sync_error)
