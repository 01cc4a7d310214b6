/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfLifePage: life happens offline: a new household, splitting, merging, moving and ending one, and a person who leaves or moves. */
typedef enum
{
  ZF_LIFE_NEW,      /* pick the village, then the form */
  ZF_LIFE_SPLIT,    /* pick the persons who form a new household */
  ZF_LIFE_MERGE,    /* pick the household that takes this one up */
  ZF_LIFE_MOVE,     /* pick the village */
  ZF_LIFE_END,      /* pick the reason */
  ZF_LIFE_PERSON,   /* pick the person, then what happened */
} ZfLife;

#define ZF_TYPE_LIFE_PAGE (zf_life_page_get_type ())
G_DECLARE_FINAL_TYPE (ZfLifePage, zf_life_page, ZF, LIFE_PAGE, ZfPage)

/** zf_life_parse: "split", "merge", "move", "end", "person", "new". */
ZfLife zf_life_parse (const char *what);
/** zf_life_page_open: @household: the household concerned ("" for a new one). */
void zf_life_page_open (ZfLifePage *self, ZfLife life, const char *household);

G_END_DECLS
