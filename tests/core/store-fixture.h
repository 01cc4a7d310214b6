/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "../fixtures/fixture-remove.h"
#include "zf-draft.h"
#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-store.h"

/* A store in a temporary folder with the kinds of tests/fixtures/kinds, a manual clock, a seeded random source and two villages. */
#define VILLAGE_1 "11111111-1111-7111-8111-111111111111"
#define VILLAGE_2 "22222222-2222-7222-8222-222222222222"
#define NOW_MS 1790000000000

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfClock *clock;
  ZfRandom *random;
  ZfStore *store;
  ZfReader *reader;
} Fixture;

/* @data (nullable): another folder of tests/fixtures with kinds. */
void fixture_set_up (Fixture *f, gconstpointer data);
void fixture_tear_down (Fixture *f, gconstpointer data);
/* Closes and opens the store, as after a restart. */
void fixture_reopen (Fixture *f);
void fixture_check (Fixture *f);
ZfKinds *fixture_kinds (void);

/* JSON with ' for ". */
JsonObject *json_of (const char *format, ...) G_GNUC_PRINTF (1, 2);
JsonArray *json_array_of (const char *format, ...) G_GNUC_PRINTF (1, 2);
char *text_of (JsonObject *object);
#define assert_json(object, expected) \
  G_STMT_START \
  { \
    g_autofree char *is_ = text_of (object); \
    g_autoptr (JsonObject) want_object_ = json_of ("%s", expected); \
    g_autofree char *want_ = text_of (want_object_); \
    g_assert_cmpstr (is_, ==, want_); \
  } \
  G_STMT_END

/* One-record saves; NULL id makes one. They return the id (transfer full). */
char *save_new (Fixture *f, const char *kind, const char *format, ...) G_GNUC_PRINTF (3, 4);
void save_set (Fixture *f, const char *kind, const char *id, const char *format, ...) G_GNUC_PRINTF (4, 5);
void commit (Fixture *f, ZfSave *save);
void commit_fails (Fixture *f, ZfSave *save, ZfError code);
ZfRecord *get (Fixture *f, const char *id);
/* The last row of the record's log, or the i-th from the start. */
JsonObject *log_row (Fixture *f, const char *id, int i);
guint log_length (Fixture *f, const char *id);
