/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-copy.h"
#include "zf-digest.h"
#include "zf-record.h"

G_BEGIN_DECLS

/* A record as it will stand, worked out beforehand. */
typedef struct
{
  ZfRecord *record;    /* without parent and village */
  char *cur;           /* canonical JSON of its fields */
  char *meta;
  gboolean searched;   /* its words are known: not of what every store has from its start */
  char *words;         /* (nullable) for the search, as zf_words_index gives them */
  char *name;          /* (nullable) */
  ZfDigest digest;
} ZfReady;

typedef struct
{
  JsonObject *item;
  const char *id;
  const char *home;    /* (nullable) id of the topmost record of the part that it hangs below */
  gboolean stray;      /* it hangs below something that is not in this part */
  guint rank;          /* how far below its home */
  guint order;
  ZfReady *ready;      /* (nullable) when it is a living record of a kind whose fields are all known */
} ZfCopyItem;

struct _ZfCopy
{
  ZfKinds *kinds;      /* that it was made with: a store that takes other ones meanwhile works out its own */
  JsonArray *items;
  GArray *sorted;      /* (element-type ZfCopyItem): what has no home first, then home by home, parents before their children */
  guint at;            /* the first that the store has not taken yet */
};

G_END_DECLS
