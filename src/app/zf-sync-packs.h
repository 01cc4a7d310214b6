/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-section.h"
#include "zf-session.h"

G_BEGIN_DECLS

/** zf_sync_packs_fill: the map packs that the county offers and this tablet does not have, each with the button that brings it, and the one that
 * was brought last; hidden when there are none. */
void zf_sync_packs_fill (ZfSection *section, ZfSession *session);
/** zf_sync_refused_words: (transfer full) (nullable) (array zero-terminated=1): one sentence for each form or list of the county that cannot be used here. */
GStrv zf_sync_refused_words (ZfSession *session);

G_END_DECLS
