/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "../core/store-fixture.h"
#include "zf-server-core.h"
#include "zf-sync-engine.h"
#include "zf-wire.h"

/* A county server and up to four tablets in one process, with the kinds of tests/fixtures/kinds, one manual clock and one seeded random
 * source. Requests may be lost, their answers too, or be sent three times. */
#define WORLD_TABLETS 4

typedef enum { FAULT_NONE, FAULT_LOSE_REQUEST, FAULT_LOSE_ANSWER, FAULT_REPLAY } Fault;

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfClock *clock;
  ZfRandom *random;
  ZfServerCore *core;
  ZfStore *tablet[WORLD_TABLETS];
  guint n;
  ZfSyncLimits limits;
  Fault next;            /* what happens to the next /v1/sync request; then FAULT_NONE */
  gboolean replay;       /* every request three times: the server must not move */
} World;

/* @villages: for each tablet a list separated by spaces, "all" for every village. */
World *world_new (guint64 seed, guint n, const char *const *villages);
void world_free (World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* One sync of tablet @t; FALSE when it broke off. */
gboolean world_try (World *world, guint t, ZfSyncProgress *progress, GError **error);
void world_sync (World *world, guint t);
/* Syncs all tablets until nothing moves. */
void world_settle (World *world);
/* SHA-256 over every row of the server's tables. */
char *world_server_state (World *world);
gint64 world_count (World *world, const char *sql);
/* Every store passes its own check. */
void world_check (World *world);

/* One-record saves on tablet @t, JSON with ' for ". */
char *world_add (World *world, guint t, const char *kind, const char *format, ...) G_GNUC_PRINTF (4, 5);
void world_set (World *world, guint t, const char *kind, const char *id, const char *format, ...) G_GNUC_PRINTF (5, 6);
void world_delete (World *world, guint t, const char *kind, const char *id);
ZfRecord *world_get (World *world, guint t, const char *id);
/* Fields of the record as canonical text, "-" when it is not there, prefixed by "del:" when deleted. */
char *world_text (World *world, guint t, const char *id);
guint world_conflicts (World *world, guint t);
