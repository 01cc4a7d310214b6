/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-session.h"

G_BEGIN_DECLS

/* The saves behind ZfLifePage, without a widget: each is one transaction, ready to commit (transfer full). */

/** zf_life_split: the persons (element-type utf8 ids; the first is the new head) form a household @new_id of the same village. */
ZfSave *zf_life_split (ZfSession *session, const char *household, GPtrArray *persons, char **new_id);
ZfSave *zf_life_merge (ZfSession *session, const char *household, const char *into);
ZfSave *zf_life_move (ZfSession *session, const char *household, const char *village);
ZfSave *zf_life_end (ZfSession *session, const char *household, const char *reason);
/** zf_life_person_leaves: @change: code of the list member_change. */
ZfSave *zf_life_person_leaves (ZfSession *session, const char *person, const char *change);
ZfSave *zf_life_person_moves (ZfSession *session, const char *person, const char *household);

G_END_DECLS
