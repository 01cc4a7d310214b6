/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-styled.h"

G_BEGIN_DECLS

/* What the reading of styled words (zf-styled-read.c) gives to their writing (zf-styled-write.c). */

#define ZF_STYLE_LEVELS 6

typedef enum
{
  ZF_STYLE_BOLD,
  ZF_STYLE_ITALIC,
  ZF_STYLE_UNDERLINE,
  ZF_STYLE_STRIKE,
  ZF_STYLE_SUBSCRIPT,
  ZF_STYLE_SUPERSCRIPT,
  ZF_STYLE_HEADING,                                /* six levels */
  ZF_STYLE_BIG = ZF_STYLE_HEADING + ZF_STYLE_LEVELS,
  ZF_N_STYLES,
  ZF_STYLE_SPAN = ZF_N_STYLES,
  ZF_STYLE_PARAGRAPH,
  ZF_STYLE_LINK,
  ZF_STYLE_BREAK,
  ZF_STYLE_DROP,
  ZF_STYLE_NOTHING,
} ZfStyleJob;

typedef struct
{
  gsize at, len;
  ZfStyleJob job;
  gboolean used;      /* it has its partner, and is not shown */
  gboolean ends;
  int before;         /* the one of its sort that was open when it came */
  int value;          /* of a span or paragraph: among the looks; of a link: among the addresses */
} ZfStyleMark;

/* What a style attribute says. */
typedef struct
{
  gboolean coloured;
  guint32 rgb;
  char *font;
  ZfStyledAlign align;
} ZfStyleLook;

typedef struct
{
  const char *text;
  GArray *marks;          /* ZfStyleMark, in the order of the text */
  GArray *looks;          /* ZfStyleLook */
  GPtrArray *addresses;   /* (element-type utf8) */
} ZfStyleParts;

/** zf_styled_read: finds the marks in the text of @parts, and what they say. */
void zf_styled_read (const ZfStyleParts *parts);
/** zf_styled_write: the words of @parts as they are read out and as Pango markup; @links: links can be followed. */
void zf_styled_write (const ZfStyleParts *parts, gboolean links, ZfStyled *styled);

G_END_DECLS
