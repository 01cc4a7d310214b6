/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-session.h"
#include "zf-unfold.h"

G_BEGIN_DECLS

/** zf_sync_visits_fill: the last visits, each with whether the county has it and how many of its photos. */
void zf_sync_visits_fill (ZfUnfold *list, ZfSession *session);
/** zf_sync_kept_fill: what the county received and could not put in place (quarantine). Returns how many there are. */
guint zf_sync_kept_fill (ZfUnfold *list, ZfSession *session);

G_END_DECLS
