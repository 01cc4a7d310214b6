/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-session.h"

G_BEGIN_DECLS

/* A conflict as people read it: what stood before, what the county has, what this tablet has, each with who and when. No widget. */
typedef struct
{
  char *label;        /* (nullable) name of the field, when several stand on a card */
  char *text;
  gboolean sensitive; /* to be hidden until somebody asks to see it (PIPL 28) */
  gboolean differs;   /* from what stood before, or from the other side when nothing did */
} ZfConflictLine;

typedef struct
{
  char *title;        /* whose it is */
  char *who;          /* (nullable) who and when */
  GPtrArray *lines;   /* ZfConflictLine */
  char *words;        /* the choice in one short line, hidden where it must be */
  JsonNode *value;    /* (nullable) what deciding for it stores; NULL: only to compare with */
} ZfConflictSide;

typedef struct
{
  char *id;
  char *record;
  char *home;         /* (nullable) household that it belongs to */
  char *title;        /* 张国华 · 张强 · 务工月数 */
  char *question;
  GPtrArray *sides;   /* ZfConflictSide, the older first */
  GPtrArray *fields;  /* names of the fields that may be typed anew; empty: none may */
  char *group;
  guint same;         /* fields that are equal on all sides and not shown */
} ZfConflict;
void zf_conflict_free (ZfConflict *conflict);
/** zf_conflict_is_sensitive: something in it is hidden until somebody asks to see it. */
gboolean zf_conflict_is_sensitive (const ZfConflict *conflict);
/** zf_conflict_line_words: (transfer full): the line as it is read, @shown: also what is hidden else. */
char *zf_conflict_line_words (const ZfConflictLine *line, gboolean shown);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfConflict, zf_conflict_free)

/** zf_conflict_read: (nullable): @item as zf_ledger_conflicts gives it; NULL when its record is not here. */
ZfConflict *zf_conflict_read (ZfSession *session, JsonObject *item);
/** zf_conflicts_open: (transfer full) (element-type ZfConflict): what waits for a person; @home (nullable): only of this household. */
GPtrArray *zf_conflicts_open (ZfSession *session, const char *home);
/** zf_conflicts_n_open: how many of them there are. */
guint zf_conflicts_n_open (ZfSession *session);

G_END_DECLS
