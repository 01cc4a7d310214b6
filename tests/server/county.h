/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "../core/store-fixture.h"
#include "zf-server-backup.h"
#include "zf-server-core-private.h"

/* A county and tablets that are no more than what they send: every change, base and number is the test's own word. Kinds of
 * tests/fixtures/kinds; persons are one of a kind by id_number, householders (born 1950-01-01) make their households so too. */
#define COUNTY_TABLETS 4

typedef struct
{
  char *device;
  char *token;
  char epoch[16];
  gint64 lsn;            /* last one sent */
  gint64 after;          /* last one pulled */
} Tablet;

typedef struct
{
  char *dir;             /* holds data/ and kinds/ */
  char *data;
  ZfKinds *kinds;
  ZfClock *clock;
  ZfRandom *random;
  ZfServerCore *core;
  Tablet tablet[COUNTY_TABLETS];
} County;

/* @villages: one list for each of the four tablets, separated by spaces; "all". */
County *county_new (guint64 seed, const char *const *villages);
void county_free (County *county);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (County, county_free)
/* The same folder in a new process; @data (nullable): another one. */
void county_reopen (County *county, const char *data);
void county_new_epoch (County *county, guint t, const char *epoch);

char *county_id (County *county);
/* One change of its own batch; @f in JSON with ' for ". The whole answer; NULL @f: {}. */
ZfSyncResponse *county_post (County *county, guint t, gint64 lsn, const char *members, const char *changes);
/* The result {"lsn","d",…} of one change at the next lsn; the request must be taken. */
JsonObject *county_send (County *county, guint t, const char *op, const char *kind, const char *id, gint64 base, const char *format, ...)
  G_GNUC_PRINTF (7, 8);
/* @d: expected disposition; the rest as county_send. */
#define county_expect(county, t, d, ...)                                              \
  G_STMT_START {                                                                      \
    g_autoptr (JsonObject) result_ = county_send (county, t, __VA_ARGS__);            \
    g_assert_cmpstr (zf_json_get_string (result_, "d", NULL), ==, d);                 \
  } G_STMT_END
#define county_expect_why(county, t, why_, ...)                                       \
  G_STMT_START {                                                                      \
    g_autoptr (JsonObject) result_ = county_send (county, t, __VA_ARGS__);            \
    g_assert_cmpstr (zf_json_get_string (result_, "d", NULL), ==, "quarantined");     \
    g_assert_cmpstr (zf_json_get_string (result_, "why", NULL), ==, why_);            \
  } G_STMT_END
/* Pulls to the end; the items of all pages. */
JsonArray *county_pull (County *county, guint t);
/* Everybody has seen everything. */
void county_settle (County *county);
/* A household in VILLAGE_1 made by tablet 0 and seen by all. */
char *county_household (County *county);

ZfEntity *county_load (County *county, const char *id);
/* Canonical value of a field, "null" when it has none. */
char *county_value (County *county, const char *id, const char *field);
void county_assert_value (County *county, const char *id, const char *field, const char *json);
gint64 county_rev (County *county, const char *id);
/* (element-type ZfConflict): open ones of a record. */
GPtrArray *county_open (County *county, const char *id);
ZfConflict *county_only_conflict (County *county, const char *id);
/* Sends a resolution and gives its result. */
JsonObject *county_resolve (County *county, guint t, const ZfConflict *conflict, gint64 base, const char *value);
gint64 county_count (County *county, const char *sql);
/* verify finds nothing wrong. */
void county_check (County *county);
