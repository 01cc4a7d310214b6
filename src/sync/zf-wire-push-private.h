/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-wire-push.h"

G_BEGIN_DECLS

/* The columns that every change has, in the order in which they stand; behind them the blocks. */
enum
{
  ZF_PUSH_BLOCK,   /* number of its block */
  ZF_PUSH_AT,      /* difference to the change before; of the first: to 0 */
  ZF_PUSH_BY,
  ZF_PUSH_SV,
  ZF_PUSH_BASE,
  ZF_PUSH_TX,      /* null: none; 0: made from the number of this change; 1: as the change before; else as it is */
  ZF_PUSH_CID,     /* 0: made from the change; else as it is */
  ZF_PUSH_COLUMNS,
};

/* The members of a change before `f`, in the order in which they are written. */
enum
{
  ZF_HEAD_AT,
  ZF_HEAD_BASE,
  ZF_HEAD_BY,
  ZF_HEAD_CID,
  ZF_HEAD_ID,
  ZF_HEAD_KIND,
  ZF_HEAD_LSN,
  ZF_HEAD_OP,
  ZF_HEAD_SV,
  ZF_HEAD_TX,
  ZF_HEADS,
};
extern const char *const zf_push_heads[ZF_HEADS];

/** zf_push_put_change: appends a change as it stands in a line. @heads: JSON texts, a NULL text is left out; @f: the text of its last member. */
void zf_push_put_change (GString *out, const ZfSlice *heads, const char *f, gsize len);
/** zf_push_cid: (transfer full): the id that a change has by its own content. @text: room for the change, overwritten. */
char *zf_push_cid (const char *epoch, const ZfSlice *heads, const char *f, gsize len, GString *text);
gint64 zf_push_int (const ZfSlice *slice);
gboolean zf_push_is (const ZfSlice *slice, const char *text);

G_END_DECLS
