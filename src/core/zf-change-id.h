/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Ids that follow from what they name, so that they need not travel with it: UUIDv8 over the installation's epoch and the content. Another content under the
 * same number, as in a cloned tablet, has another id. A change keeps its id for ever, also when it is sent again under another number or epoch. */

/** zf_change_id: (transfer full): of the change with the text @text: as it stands in a batch, without its "cid". */
char *zf_change_id (const char *epoch, const char *text);
/** zf_change_tx: (transfer full): of the rows that stand or fall together from number @lsn on. */
char *zf_change_tx (const char *epoch, gint64 lsn);

typedef struct
{
  gint64 lsn;
  const char *cid;      /* (nullable) */
  const char *tx;       /* (nullable) */
  const char *kind;
  const char *id;
  const char *op;
  gint64 base;
  gint64 sv;
  gint64 at;
  const char *by;
  const char *f;        /* as it stands in the log */
} ZfChangeText;
/** zf_change_text: appends the change as it stands in a batch. */
void zf_change_text (GString *out, const ZfChangeText *change);

G_END_DECLS
