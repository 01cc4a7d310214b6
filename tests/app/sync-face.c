/* SPDX-License-Identifier: GPL-3.0-or-later */

/* From how things stand to the one next step: rows of facts and what the page must then offer and show. */
#include "zf-error.h"
#include "zf-sync-face.h"

typedef struct
{
  const char *name;
  gboolean alone;        /* no county yet */
  gboolean running;
  gboolean waits;        /* a visit is only here */
  guint conflicts;
  GQuark (*domain) (void);
  int code;
  ZfSyncDo todo;
  const char *icon;
} Row;

static const Row rows[] = {
  { .name = "not joined", .alone = TRUE, .todo = ZF_SYNC_DO_JOIN, .icon = "zf-tablet-symbolic" },
  { .name = "arrived", .todo = ZF_SYNC_DO_NOW, .icon = "zf-done-symbolic" },
  { .name = "waiting", .waits = TRUE, .todo = ZF_SYNC_DO_NOW, .icon = "zf-tablet-symbolic" },
  { .name = "running", .waits = TRUE, .running = TRUE, .todo = ZF_SYNC_DO_STOP, .icon = "zf-sync-symbolic" },
  { .name = "conflict", .conflicts = 1, .todo = ZF_SYNC_DO_RESOLVE, .icon = "zf-done-symbolic" },
  { .name = "conflict while running", .running = TRUE, .conflicts = 1, .todo = ZF_SYNC_DO_RESOLVE, .icon = "zf-sync-symbolic" },
  { .name = "no line", .waits = TRUE, .domain = zf_sync_error_quark, .code = ZF_SYNC_ERROR_OFFLINE, .todo = ZF_SYNC_DO_EXPORT, .icon = "zf-offline-symbolic" },
  { .name = "no line, nothing waits", .domain = zf_sync_error_quark, .code = ZF_SYNC_ERROR_OFFLINE, .todo = ZF_SYNC_DO_NOW, .icon = "zf-done-symbolic" },
  { .name = "cut", .waits = TRUE, .domain = zf_sync_error_quark, .code = ZF_SYNC_ERROR_CUT, .todo = ZF_SYNC_DO_NOW, .icon = "zf-offline-symbolic" },
  { .name = "portal", .waits = TRUE, .domain = zf_sync_error_quark, .code = ZF_SYNC_ERROR_NOT_COUNTY, .todo = ZF_SYNC_DO_NOW, .icon = "zf-offline-symbolic" },
  { .name = "stopped", .waits = TRUE, .domain = zf_sync_error_quark, .code = ZF_SYNC_ERROR_CANCELLED, .todo = ZF_SYNC_DO_NOW, .icon = "zf-tablet-symbolic" },
  { .name = "full", .waits = TRUE, .domain = zf_error_quark, .code = ZF_ERROR_FULL, .todo = ZF_SYNC_DO_FREE, .icon = "zf-full-symbolic" },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GError) error = row->domain != NULL ? g_error_new_literal (row->domain (), row->code, "x") : NULL;
  ZfSyncStatus status = { .running = row->running, .error = error };
  ZfSyncFacts facts = { .status = &status, .enrolled = !row->alone, .conflicts = row->conflicts, .free_bytes = -1 };
  g_autoptr (ZfSyncFace) face = NULL;

  facts.stands[ZF_STAND_HERE].visits = facts.stands[ZF_STAND_HERE].changes = row->waits;
  face = zf_sync_face_new (&facts);
  g_assert_cmpint (face->todo, ==, row->todo);
  g_assert_cmpstr (face->icon, ==, row->icon);
  g_assert_true (face->sentence != NULL && *face->sentence != '\0');
  g_assert_true (face->rows >= 0 && face->rows <= 1 && face->photos >= 0 && face->photos <= 1);
  g_assert_cmpstr (zf_sync_do_label (face->todo), !=, "");
}

static void
test_room (void)
{
  g_autofree char *small = zf_sync_room_words (G_GINT64_CONSTANT (1000000000), 26);
  g_autofree char *unknown = zf_sync_nearly_full_words (-1, 0);
  g_autofree char *plenty = zf_sync_nearly_full_words (ZF_SYNC_ROOM_BYTES, 0);
  g_autofree char *nearly = zf_sync_nearly_full_words (ZF_SYNC_ROOM_BYTES - 1, 0);
  g_autofree char *lacks = zf_sync_full_words (ZF_SYNC_ROOM_BYTES - 120 * 1000 * 1000);
  g_autofree char *full = zf_sync_full_words (ZF_SYNC_ROOM_BYTES);
  g_autofree char *battery = zf_sync_battery_words (14.9);

  g_assert_null (unknown);
  g_assert_null (plenty);
  g_assert_nonnull (nearly);
  g_assert_nonnull (strstr (small, "10,000"));
  g_assert_nonnull (strstr (lacks, "120 MB"));
  g_assert_null (strstr (full, "MB"));
  g_assert_nonnull (strstr (battery, "14%"));
  g_assert_null (zf_sync_battery_words (15));
}

/* A voice is no photo, and goes up all the same. */
static void
test_sounds (void)
{
  ZfSyncStatus status = { .running = TRUE, .progress = { .phase = ZF_SYNC_PHOTOS, .photos = 4, .to_photos = 9 } };
  ZfSyncFacts facts = { .status = &status, .enrolled = TRUE, .free_bytes = -1 };
  ZfStand stand = { .visits = 1, .households = 2, .photos = 5 };
  g_autofree char *without = zf_sync_stand_words (&stand, 0, ", ");
  g_autofree char *with = zf_sync_stand_words (&stand, 2, ", ");
  g_autofree char *none_seen = zf_sync_stand_words (&stand, 7, ", ");
  g_autoptr (ZfSyncFace) face = NULL;

  facts.stands[ZF_STAND_HERE].photos = 5;
  facts.sounds[ZF_STAND_HERE] = 2;
  face = zf_sync_face_new (&facts);
  g_assert_null (strstr (without, "audio"));
  g_assert_nonnull (strstr (without, "5\302\240photos"));
  g_assert_nonnull (strstr (with, "3\302\240photos"));
  g_assert_nonnull (strstr (with, "2\302\240audio notes"));
  g_assert_nonnull (strstr (none_seen, "0\302\240photo"));
  g_assert_nonnull (strstr (face->sentence, "3\302\240photos"));
  g_assert_nonnull (strstr (face->sentence, "2\302\240audio notes"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sync-face/%s", rows[i].name);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/sync-face/sounds", test_sounds);
  g_test_add_func ("/sync-face/room", test_room);
  return g_test_run ();
}
