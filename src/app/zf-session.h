/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-card.h"
#include "zf-form.h"
#include "zf-pack-service.h"
#include "zf-query.h"
#include "zf-store.h"
#include "zf-sync-service.h"

G_BEGIN_DECLS

/* ZfSession: what every page of one window shares: the open store, the compiled forms, the language, the person who writes.
 * Signal "changed": some record, draft or photo changed; gathered, so that a sync of thousands of rows asks pages to look
 * again a few times a second and not for every row. Signal "trouble" (sentence): something that the person did came to nothing after its page was left. */
#define ZF_TYPE_SESSION (zf_session_get_type ())
G_DECLARE_FINAL_TYPE (ZfSession, zf_session, ZF, SESSION, GObject)

ZfSession *zf_session_new (ZfStore *store);
ZfStore *zf_session_store (ZfSession *self);
/** zf_session_sync: what syncs this store by itself. */
ZfSyncService *zf_session_sync (ZfSession *self);
/** zf_session_card: what keeps unsent work on a card. */
ZfCard *zf_session_card (ZfSession *self);
/** zf_session_packs: what brings map packs when a person asks. */
ZfPackService *zf_session_packs (ZfSession *self);
ZfReader *zf_session_reader (ZfSession *self);
ZfKinds *zf_session_kinds (ZfSession *self);
/** zf_session_kind: a shorthand; NULL when this data folder has no such kind. */
const ZfKind *zf_session_kind (ZfSession *self, const char *name);
/** zf_session_lang: "zh" or "en": the language of form labels, that of the screen. */
const char *zf_session_lang (ZfSession *self);
/** zf_session_by: the person who writes, as the tablet was enrolled; "" before. */
const char *zf_session_by (ZfSession *self);
/** zf_session_today: (transfer full): "YYYY-MM-DD". */
char *zf_session_today (ZfSession *self);
gint64 zf_session_now_ms (ZfSession *self);
gboolean zf_session_is_demo (ZfSession *self);
/** zf_session_hold_forms, _release_forms: while somebody holds them (a form that is being filled in), what the county published waits; when the last one lets
 * go it counts. */
void zf_session_hold_forms (ZfSession *self);
void zf_session_release_forms (ZfSession *self);
/** zf_session_form: (transfer none): the compiled form of @kind, made once. */
ZfForm *zf_session_form (ZfSession *self, const char *kind, GError **error);
/** zf_session_form_version: (transfer none): the form as it was in @version: what was begun with it goes on with it; the present one when it is gone. */
ZfForm *zf_session_form_version (ZfSession *self, const char *kind, const char *version, GError **error);
/** zf_session_village_name: (transfer none): the name of a village, "" when unknown. Cached until something changes. */
const char *zf_session_village_name (ZfSession *self, const char *village);
/** zf_session_home_of: (transfer full) (nullable): the household that @record belongs to, itself when it is one. */
char *zf_session_home_of (ZfSession *self, const ZfRecord *record);
/** zf_session_touch: tells the pages to look again, for changes that the store does not announce (drafts). */
void zf_session_touch (ZfSession *self);
/** zf_session_trouble: says @sentence, with the next step, wherever the person is now. */
void zf_session_trouble (ZfSession *self, const char *sentence);

G_END_DECLS
