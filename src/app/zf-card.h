/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-backup.h"

G_BEGIN_DECLS

/* ZfCard: keeps a sealed backup of unsent work in a folder on a card or stick, by itself, once one is named: a while after something was
 * written, and again when the card comes back. Signal "changed": the status is another one. */
#define ZF_TYPE_CARD (zf_card_get_type ())
G_DECLARE_FINAL_TYPE (ZfCard, zf_card, ZF, CARD, GObject)

typedef struct
{
  const char *folder;    /* (nullable) none is named yet */
  gboolean there;        /* the card is in, as far as the last look told */
  gint64 kept_ms;        /* when the backup was last written, tablet time; 0 never */
  const GError *error;   /* (nullable) why the last one was not */
} ZfCardStatus;

ZfCard *zf_card_new (ZfStore *store);
/** zf_card_start: from now on it writes by itself. */
void zf_card_start (ZfCard *self);
/** zf_card_name: backups go to @folder from now on. ZF_ERROR_INVALID: it is on the tablet's own disk, which is lost with the tablet. */
gboolean zf_card_name (ZfCard *self, const char *folder, GError **error);
const ZfCardStatus *zf_card_status (ZfCard *self);
/** zf_card_words: (transfer full): the status as one sentence for people. */
char *zf_card_words (ZfCard *self, gint64 now_ms);

G_END_DECLS
