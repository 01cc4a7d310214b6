/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mem-disk.h"
#include "zf-db.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-plant.h"
#include "zf-server-core.h"
#include "zf-sync-engine.h"

/* Two to eight tablets and a county in one process, one virtual clock each, disks in memory; everything follows from one seed. */
#define SIM_TABLETS 8
#define SIM_VILLAGES 3
#define SIM_START_MS G_GINT64_CONSTANT (1790000000000)

extern const char *const sim_villages[SIM_VILLAGES];

/* What is checked: I1 … I23 of sync.md 2.11 and "nothing lost" of 3.4. */
typedef enum
{
  INV_NOTHING_LOST = 0,
  INV_1 = 1,
  INV_5 = 5,
  INV_18 = 18,
  INV_19 = 19,
  INV_20 = 20,
  INV_21 = 21,
  INV_23 = 23,
  INV_ENGINE = 24,     /* the engine itself said that something cannot be */
  INV_N,
} Invariant;
const char *sim_invariant_name (Invariant invariant);
const char *sim_invariant_text (Invariant invariant);

/* One thing that happens. Its numbers mean the same whatever stands before it, so that a list may be shortened. */
typedef struct
{
  guint8 type;
  guint8 tablet;
  guint32 a, b, c;
} Op;

/* What an author had before the eyes when a change was made. */
typedef struct
{
  gint64 rev;          /* of the record, as its tablet knew it */
  char *epoch;         /* of the server, that the rev belongs to */
  gboolean fuzzy;      /* the tablet was between two server epochs */
  guint own;           /* changes of this tablet before it */
  guint heir[SIM_TABLETS]; /* changes of others before their disks were copied to it */
  JsonObject *fields;
  char *del;
} Seen;

/* A change that a tablet's store holds, or held. */
typedef struct
{
  char *cid;
  guint tablet;        /* that made it */
  guint n;             /* its number among this tablet's */
  char *epoch;
  gint64 lsn;
  char *kind;
  char *id;
  char *op;
  char *tx;
  gint64 base;
  gint64 at;
  JsonObject *f;
  Seen *seen;
  gboolean reported;   /* the person was told that it is saved */
  gboolean acked;      /* the tablet was told that the county has it */
  gboolean destroyed;  /* its tablet was lost before it could send */
  gboolean forged;     /* not made by a tablet's own program */
} Saved;

/* A draft begun: what was seen then. */
typedef struct
{
  char *draft;
  char *record;
  char *field;
  char *value;
  Seen *seen;
} Draft;

/* A slow line: open for `left_ms` more. */
typedef struct
{
  guint kbit;          /* per second; 0: as fast as anybody likes */
  guint rtt_ms;
  gint64 left_ms;
  gboolean cut;        /* it went down in the middle of an exchange */
} Line;

/* A save whose outcome nobody was told. */
typedef struct
{
  GHashTable *seen;    /* record → Seen */
  guint n;             /* records that it would have changed */
} Attempt;

typedef struct
{
  guint n;
  char *name;
  char *dir;
  Machine *machine;
  ZfClock *clock;
  ZfRandom *random;
  ZfStore *store;      /* NULL: off */
  ZfStore *other;      /* while a second program has the store open: the first one's */
  ZfSyncEngine *engine;
  gboolean old_kinds;
  gboolean was_old;    /* ever */
  gboolean unknown_lost;
  gboolean gone;       /* never comes back */
  char *device;
  char *epoch;
  gint64 known;        /* highest lsn in `rows` of this epoch */
  guint n_saved;
  GHashTable *rows;    /* "epoch:lsn" → cid of every row that the log holds */
  GPtrArray *drafts;
  GPtrArray *attempts;
  GHashTable *homes;   /* home → items of the stage before the last slice */
  gint64 served;       /* last row of the county's log when it last spoke with it */
  gint64 version;      /* of the store's data when that was read */
  gint64 cursor;
  char *cursor_epoch;
  char *cursor_scope;  /* villages that the cursor stands for */
  char *done_epoch;    /* server epoch of the last sync that ran to its end */
  MemImage *image;     /* an old copy of its disk */
  GHashTable *image_rows;
  GHashTable *revs;    /* record → highest rev seen */
  gboolean whole_slices;
  gboolean clogged;    /* nothing comes through */
  gboolean flapping;   /* every other exchange is cut */
  Line line;
  Op meanwhile;        /* what happens in the `meanwhile_in`-th exchange from now on; 0: nothing */
  guint meanwhile_in;
  gboolean cloned;     /* its disk was copied to another tablet, or from one */
  guint heir[SIM_TABLETS]; /* changes of others that came with their disks */
} Tablet;

typedef struct
{
  ZfSyncRequest *request;
} Zombie;

typedef struct _World World;
struct _World
{
  guint64 seed;
  GArray *ops;          /* (element-type Op) */
  guint at;             /* index of the op that runs */
  gint64 shift_ms;      /* every tablet's clock is wrong by this */
  gboolean verbose;
  gboolean good_line;   /* no request is lost, late, doubled or damaged, no sync broken off */
  gboolean calm;        /* the end of a run: nothing goes wrong any more */

  MemDisk *disk;
  Tablet tablet[SIM_TABLETS];
  guint n;
  guint layout;

  Machine *machine;     /* the server's */
  ZfServerCore *core;   /* NULL: down */
  ZfClock *clock;
  ZfRandom *random;
  guint restores;
  guint moves;          /* records that changed village, teams that changed */
  guint hostile;
  guint clones;         /* tablets that go on beside their original */
  guint published;      /* versions of forms */
  gboolean has_backup;
  GHashTable *backed_up; /* cids in some backup */
  GHashTable *history;  /* "server epoch/record" → GArray of (rev, cid), also of epochs that ended */

  Machine *running;     /* whose code runs now */
  guint crash_in;       /* named points until it dies, 0: never */
  const char *crash_at;

  GHashTable *saved;    /* cid → Saved */
  GPtrArray *order;     /* the same in order */
  GHashTable *sent;     /* "device/batch" → hex SHA-256 */
  GHashTable *received; /* "device/epoch/lsn" → the bytes of the change as the server took it */
  GHashTable *homes;    /* record → its household */
  GHashTable *merged;   /* households that somebody merged: their members' homes are another tablet's matter */
  GPtrArray *households;
  GPtrArray *photos;    /* hashes */
  GHashTable *lost_blobs; /* photos whose file the county lost */
  GHashTable *safe_blobs; /* photos in the last backup of the county */
  GPtrArray *zombies;
  Rng net;
  guint exchanges;

  guint64 enabled;      /* bit per Invariant */
  guint64 broken;       /* bit per Invariant */
  GString *story;       /* of the first violation */
};

/* sim-world.c */
World *world_new (guint64 seed, guint layout, guint n, gint64 shift_ms);
void world_free (World *world);
void world_say (World *world, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** world_violation: notes that @invariant does not hold; the run stops soon. */
void world_violation (World *world, Invariant invariant, const char *format, ...) G_GNUC_PRINTF (3, 4);
ZfKinds *sim_kinds (gboolean old);
ZfDb *server_db (World *world);
gboolean server_up (World *world);
void server_down (World *world, gboolean power);
/** server_backup, server_restore: in the folder /server/backup. */
void server_backup (World *world);
void server_restore (World *world);
/** county_enter, county_leave: what runs between them runs on its machine; leave says whether it survived. */
void county_enter (World *world);
gboolean county_leave (World *world);
ZfSyncResponse *server_handle (World *world, const ZfSyncRequest *request);
char *server_epoch (World *world);
gboolean tablet_on (World *world, Tablet *tablet);
void tablet_off (World *world, Tablet *tablet, gboolean power);
ZfDb *tablet_db (Tablet *tablet);
/** tablet_enter, tablet_leave: what runs between them runs on its machine; leave says whether it survived. */
void tablet_enter (World *world, Tablet *tablet);
gboolean tablet_leave (World *world, Tablet *tablet);
gboolean tablet_covers (World *world, Tablet *tablet, const char *village);

/* sim-ledger.c: what the simulator itself knows */
Seen *seen_new (World *world, Tablet *tablet, const char *id);
Seen *seen_copy (const Seen *seen);
void seen_free (Seen *seen);
void saved_free (gpointer saved);
void attempt_free (gpointer attempt);
void draft_free (gpointer draft);
/** ledger_commit: runs @save on the tablet and books what it was told. @seen (transfer full): record → Seen. TRUE: reported as saved. */
gboolean ledger_commit (World *world, Tablet *tablet, ZfSave *save, GHashTable *seen);
/** ledger_scan: reads the tablet's log again and compares it with what was known. */
void ledger_scan (World *world, Tablet *tablet);
/** ledger_booted: the same after a start, which ends what may have become of saves that failed. */
void ledger_booted (World *world, Tablet *tablet);
void ledger_sent (World *world, Tablet *tablet, const ZfSyncRequest *request);
void ledger_answered (World *world, Tablet *tablet, const ZfSyncRequest *request, const ZfSyncResponse *response);
/** ledger_backed_up: a backup holds what the county has now. ledger_set_back: the county is what its backup was. */
void ledger_backed_up (World *world);
/** ledger_county_has: its log holds the change now. */
gboolean ledger_county_has (World *world, const char *cid);
void ledger_set_back (World *world);
/** ledger_history: keeps the server's log of the epoch that runs. */
void ledger_history (World *world);
gboolean ledger_had_seen (World *world, const Seen *seen, const char *id, const char *cid);
const char *ledger_home (World *world, const char *id);

/* sim-line.c */
/** line_exchange: over the tablet's slow line. line_meanwhile: what was planned happens now; FALSE: nobody waits for the answer any more. */
ZfSyncResponse *line_exchange (World *world, Tablet *tablet, const ZfSyncRequest *request);
gboolean line_meanwhile (World *world, Tablet *tablet);

/* sim-net.c */
ZfSyncResponse *net_exchange (World *world, Tablet *tablet, ZfSyncRequest *request);
/** net_served: nothing that the county takes later can have been handed to the tablet by now. */
void net_served (World *world, Tablet *tablet);
void net_zombie (World *world, guint which);

/* sim-ops.c */
GArray *ops_draw (guint64 seed, guint *layout, guint *n);
void ops_run (World *world, const Op *op);
const char *ops_name (const Op *op);
/** ops_type: FALSE when no operation is called that. */
gboolean ops_type (const char *name, guint8 *type);
/** ops_by_chance: it meets the n-th call of a machine or exchange of a line, whatever that is. */
gboolean ops_by_chance (const Op *op);
/** ops_heal: everything works again and everybody syncs until nothing moves. FALSE: it did not come to rest. */
gboolean ops_heal (World *world);
gboolean tablet_sync (World *world, Tablet *tablet, guint steps);

/* sim-check*.c */
void check_step (World *world, Tablet *tablet);
void check_stage (World *world, Tablet *tablet);
void check_boot (World *world, Tablet *tablet);
void check_page (World *world, Tablet *tablet, const ZfSyncRequest *request, const ZfSyncResponse *response);
void check_replay (World *world, const ZfSyncRequest *request);
void check_end (World *world);
void check_log (World *world);
/** sim_is_fixed: records of @kind never change. */
gboolean sim_is_fixed (const char *kind);
char *check_server_state (World *world);
/** check_freed: nothing that only this tablet had is gone. @before: (element-type utf8): its photos before. */
void check_freed (World *world, Tablet *tablet, GPtrArray *before);
/** check_summary: what a run led to, in words that do not depend on ids or times. */
char *check_summary (World *world);

/* sim-run.c */
/* A run goes on to its end whatever it breaks: all checks that see a bug are told, not the first alone. */
extern gboolean sim_goes_on;
typedef struct
{
  guint64 broken;
  char *story;
  char *summary;
} Outcome;
void outcome_clear (Outcome *outcome);
void sim_run_ops (guint64 seed, GArray *ops, guint layout, guint n, gboolean verbose, guint64 enabled, Outcome *outcome);
/* As a run that broke with @broken was run: a second time with wrong clocks where that is what it broke with. */
void sim_run_like (guint64 seed, GArray *ops, guint layout, guint n, guint64 broken, gboolean verbose, guint64 enabled, Outcome *outcome);
/** sim_run_list: a list of operations as the run of @seed: every eighth time with wrong clocks too. sim_run: what the seed draws. */
void sim_run_list (guint64 seed, GArray *ops, guint layout, guint n, gboolean verbose, guint64 enabled, Outcome *outcome);
void sim_run (guint64 seed, gboolean verbose, guint64 enabled, Outcome *outcome);
GArray *sim_shrink (guint64 seed, guint64 broken, guint64 enabled);
void sim_print_ops (GArray *ops);
/** sim_choose_plant: switches one planted bug on. sim_plants: the table of all of them. */
void sim_choose_plant (const char *name);
int sim_plants (guint64 limit, int jobs, const char *only);
int sim_plants_quick (void);

/* sim-record.c: runs written down operation by operation: they stay what they are when other operations are drawn. */
void record_write (guint64 seed);
/** record_run_file: every run in a file; how many fail, -1 when the file cannot be read. */
int record_run_file (const char *path, gboolean verbose);
