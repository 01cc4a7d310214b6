/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was signed or said in a draft goes with it and comes back with it, also where the form is no visit and in rows of its repeats; what a form made and does not
 * ask for any more goes when it is finished. */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <sqlite3.h>

#include "app-fixture.h"

#include "zf-draft.h"
#include "zf-json.h"
#include "zf-photos.h"

#define ASKS(type, name, more) "{\"type\":\"" type "\",\"name\":\"" name "\"," more "\"label::中文\":\"" name "\",\"label::English\":\"" name "\"},"
#define PLEDGE                                                                                                                                        \
  "{\"settings\":[{\"form_title\":\"承诺\",\"form_title::English\":\"Pledge\",\"form_id\":\"pledge\",\"version\":\"1\",\"default_language\":\"中文\"}]," \
  "\"kind\":{\"name\":\"pledge\",\"order\":502,\"parent\":{\"kind\":\"household\",\"field\":\"household\"},\"append_only\":false,\"key\":null,"          \
  "\"label\":\"word\",\"ledger\":true,\"server_only\":false,\"columns\":[\"word\"]},\"survey\":["                                                      \
  ASKS ("text", "word", "")                                                                                                                           \
  ASKS ("image", "hand", "\"appearance\":\"signature\",")                                                                                             \
  ASKS ("audio", "voice", "")                                                                                                                         \
  ASKS ("image", "proof", "\"relevant\":\"${word} = 'yes'\",")                                                                                        \
  ASKS ("begin_repeat", "acts", "")                                                                                                                   \
  ASKS ("text", "act", "")                                                                                                                            \
  ASKS ("image", "act_hand", "\"appearance\":\"signature\",")                                                                                         \
  ASKS ("image", "act_proof", "\"relevant\":\"${act} = 'yes'\",")                                                                                     \
  ASKS ("audio", "act_voice", "\"relevant\":\"${act} = 'yes'\",")                                                                                     \
  "{\"type\":\"end_repeat\",\"name\":\"acts\"}]}"

static gboolean
stands (AppFixture *f, const char *photo)
{
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (f->session), photo, NULL);

  g_assert_nonnull (record);
  return record->del == NULL;
}

static ZfFormModel *
start (AppFixture *f)
{
  g_autoptr (GError) error = NULL;
  ZfFormModel *model = zf_form_model_start (f->session, "pledge", f->household, &error);

  g_assert_no_error (error);
  g_assert_null (zf_photos_record (model));
  return model;
}

static char *
add_act (ZfFormModel *model)
{
  g_autoptr (GError) error = NULL;
  char *row = zf_form_model_add_row (model, "acts", &error);

  g_assert_no_error (error);
  return row;
}

static char *
address_in (const char *row, const char *name)
{
  return row != NULL ? g_strconcat (row, ".", name, NULL) : g_strdup (name);
}

static void
say (ZfFormModel *model, const char *row, const char *name, const char *text)
{
  g_autofree char *address = address_in (row, name);
  g_autoptr (GError) error = NULL;

  zf_form_model_set_text (model, address, text, &error);
  g_assert_no_error (error);
}

/* (transfer full): the photo, signature or voice that is the answer now, as the pages take one over. */
static char *
make (AppFixture *f, ZfFormModel *model, const char *row, const char *name)
{
  gboolean voice = g_str_has_suffix (name, "voice");
  char *photo = voice ? app_fixture_sound (f) : app_fixture_picture (f, g_str_has_suffix (name, "hand") ? ZF_PHOTO_SIGNATURE : NULL, 300, 200);

  say (model, row, name, photo);
  zf_form_model_add_made (model, photo);
  return photo;
}

/* The answers that go with the draft, outside of repeats and in them. */
static const struct { const char *name; gboolean in_row; gboolean goes; } MADE[] = {
  { "hand", FALSE, TRUE },    { "voice", FALSE, TRUE },     { "proof", FALSE, FALSE },
  { "act_hand", TRUE, TRUE }, { "act_voice", TRUE, TRUE },  { "act_proof", TRUE, FALSE },
};

static void
test_comes_back (AppFixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);
  g_autofree char *row = add_act (model);
  g_autoptr (GPtrArray) photos = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  say (model, NULL, "word", "yes");
  say (model, row, "act", "yes");
  for (guint i = 0; i < G_N_ELEMENTS (MADE); i++)
    g_ptr_array_add (photos, make (f, model, MADE[i].in_row ? row : NULL, MADE[i].name));
  g_assert_true (zf_form_model_discard (model, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < photos->len; i++)
    g_assert_cmpint (stands (f, photos->pdata[i]), ==, !MADE[i].goes);
  g_assert_true (zf_form_model_bring_back (model, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < photos->len; i++)
    g_assert_true (stands (f, photos->pdata[i]));
}

/* What a finished form shows stays when a change of it is thrown away. */
static void
test_finished_keeps (AppFixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);
  g_autofree char *row = add_act (model);
  g_autofree char *hand = make (f, model, NULL, "hand");
  g_autofree char *act_hand = make (f, model, row, "act_hand");
  g_autoptr (GError) error = NULL;
  g_autofree char *id = zf_form_model_finish (model, FALSE, NULL, &error);
  g_autoptr (ZfFormModel) again = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *other = NULL;

  g_assert_no_error (error);
  again = zf_form_model_edit (f->session, id, &error);
  g_assert_no_error (error);
  rows = zf_answers_rows (zf_form_model_answers (again), "acts");
  g_assert_cmpuint (rows->len, ==, 1);
  other = make (f, again, rows->pdata[0], "act_voice");
  g_assert_true (zf_form_model_discard (again, &error));
  g_assert_no_error (error);
  g_assert_true (stands (f, hand) && stands (f, act_hand));
  g_assert_false (stands (f, other));
}

/* Finished with answers that are not asked any more: they are dropped, and what they showed goes; what is asked stays. */
static void
test_hidden_goes (AppFixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);
  g_autofree char *gone = add_act (model);
  g_autofree char *kept = add_act (model);
  g_autofree char *proof = NULL, *act_proof = NULL, *act_voice = NULL, *kept_proof = NULL, *hand = make (f, model, NULL, "hand");
  g_autoptr (ZfRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  say (model, NULL, "word", "yes");
  say (model, gone, "act", "yes");
  say (model, kept, "act", "yes");
  proof = make (f, model, NULL, "proof");
  act_proof = make (f, model, gone, "act_proof");
  act_voice = make (f, model, gone, "act_voice");
  kept_proof = make (f, model, kept, "act_proof");
  say (model, NULL, "word", "no");
  say (model, gone, "act", "no");
  /* Nothing is lost while it may be asked again. */
  g_assert_true (stands (f, proof) && stands (f, act_proof) && stands (f, act_voice));
  id = zf_form_model_finish (model, FALSE, NULL, &error);
  g_assert_no_error (error);
  record = zf_reader_get (zf_session_reader (f->session), id, NULL);
  g_assert_false (json_object_has_member (record->fields, "proof"));
  g_assert_false (stands (f, proof) || stands (f, act_proof) || stands (f, act_voice));
  g_assert_true (stands (f, hand) && stands (f, kept_proof));
}

/* The same where a finished form is changed: what the change made goes, what stood there before is the earlier word's. */
static void
test_hidden_by_change (AppFixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);
  g_autofree char *before = NULL, *fresh = NULL, *id = NULL, *same = NULL;
  g_autoptr (ZfFormModel) again = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *row = add_act (model);
  g_autoptr (GError) error = NULL;

  say (model, row, "act", "yes");
  before = make (f, model, row, "act_proof");
  id = zf_form_model_finish (model, FALSE, NULL, &error);
  g_assert_no_error (error);
  again = zf_form_model_edit (f->session, id, &error);
  g_assert_no_error (error);
  rows = zf_answers_rows (zf_form_model_answers (again), "acts");
  say (again, NULL, "word", "yes");
  fresh = make (f, again, NULL, "proof");
  say (again, NULL, "word", "no");
  say (again, rows->pdata[0], "act", "no");
  same = zf_form_model_finish (again, FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (same, ==, id);
  g_assert_false (stands (f, fresh));
  g_assert_true (stands (f, before));
}

/* A hand in the store. */
static void
run_sql (AppFixture *f, const char *sql)
{
  g_autofree char *path = g_build_filename (zf_store_dir (f->store), "store.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 5000);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

#define STOP_PHOTOS "CREATE TRIGGER stop BEFORE UPDATE ON record WHEN old.kind = 'photo' BEGIN SELECT RAISE (FAIL, 'full'); END"

/* Ended by force between the record and what it does not ask any more: that goes when the store is opened next. */
static void
test_killed_behind_finish (AppFixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);
  g_autofree char *row = add_act (model);
  g_autofree char *proof = NULL, *hand = make (f, model, NULL, "hand"), *id = NULL;
  g_autoptr (ZfSession) next = NULL;
  g_autoptr (GError) error = NULL;
  GLogLevelFlags fatal = 0;

  say (model, NULL, "word", "yes");
  proof = make (f, model, NULL, "proof");
  say (model, NULL, "word", "no");
  run_sql (f, STOP_PHOTOS);
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);   /* it warns that the photo is still there */
  id = zf_form_model_finish (model, FALSE, NULL, &error);
  g_log_set_always_fatal (fatal);
  g_assert_no_error (error);
  run_sql (f, "DROP TRIGGER stop");
  g_assert_true (stands (f, proof));
  next = zf_session_new (f->store);
  g_assert_false (stands (f, proof));
  g_assert_true (stands (f, hand));
}

/* A form that was not finished after all, and then thrown away, leaves its photos to the household as ever. */
static void
test_not_finished (AppFixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);
  g_autofree char *proof = NULL;
  g_autoptr (ZfSession) next = NULL;
  g_autoptr (GError) error = NULL;

  say (model, NULL, "word", "yes");
  proof = make (f, model, NULL, "proof");
  say (model, NULL, "word", "no");
  run_sql (f, "CREATE TRIGGER stop BEFORE INSERT ON record WHEN new.kind = 'pledge' BEGIN SELECT RAISE (FAIL, 'full'); END");
  g_assert_null (zf_form_model_finish (model, FALSE, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  run_sql (f, "DROP TRIGGER stop");
  say (model, NULL, "word", "yes");
  g_assert_true (zf_form_model_discard (model, &error));
  g_assert_no_error (error);
  next = zf_session_new (f->store);
  g_assert_true (stands (f, proof));
}

/* Both or nothing: a draft whose signature cannot be taken away is still there, and says so. */
static void
test_discard_whole (AppFixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);
  g_autofree char *hand = make (f, model, NULL, "hand"), *draft = g_strdup (zf_form_model_draft (model));
  g_autoptr (ZfDraft) kept = NULL;
  g_autoptr (GError) error = NULL;

  run_sql (f, STOP_PHOTOS);
  g_assert_false (zf_form_model_discard (model, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  run_sql (f, "DROP TRIGGER stop");
  kept = zf_draft_get (zf_session_reader (f->session), draft, &error);
  g_assert_no_error (error);
  g_assert_true (stands (f, hand));
  g_assert_true (zf_form_model_discard (model, &error));
  g_assert_no_error (error);
  g_assert_false (stands (f, hand));
}

/* A signature that is on no disk (a draft from a backup) keeps nobody from throwing the draft away. */
static void
test_discard_without_file (AppFixture *f, gconstpointer unused)
{
  g_autoptr (ZfFormModel) model = start (f);
  g_autofree char *hand = make (f, model, NULL, "hand");
  g_autofree char *forget = g_strdup_printf ("DELETE FROM record WHERE id = '%s'", hand);
  g_autoptr (GError) error = NULL;

  run_sql (f, forget);
  g_assert_true (zf_form_model_discard (model, &error));
  g_assert_no_error (error);
  g_assert_null (zf_form_model_draft (model) != NULL ? zf_draft_get (zf_session_reader (f->session), zf_form_model_draft (model), NULL) : NULL);
}

typedef struct
{
  AppFixture *fixture;
  char *photo;
} Adding;

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  Adding *adding = data;
  g_autoptr (GError) error = NULL;

  adding->photo = zf_photos_add_finish (result, &error);
  g_assert_no_error (error);
}

/* No window holds the program. */
static void
on_activate (GApplication *application, Adding *adding)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 1600, 1200);
  g_autoptr (GBytes) png = NULL;
  char *bytes = NULL;
  gsize size = 0;

  gdk_pixbuf_fill (pixbuf, 0xffffffff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &size, "png", NULL, NULL));
  png = g_bytes_new_take (bytes, size);
  zf_photos_add_bytes_async (adding->fixture->session, adding->fixture->household, NULL, png, NULL, on_added, adding);
}

static void
test_window_closed (AppFixture *f, gconstpointer unused)
{
  g_autoptr (GApplication) application = g_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  Adding adding = { f, NULL };

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), &adding);
  g_assert_cmpint (g_application_run (application, 0, NULL), ==, 0);
  g_assert_nonnull (adding.photo);
  g_assert_true (stands (f, adding.photo));
  g_free (adding.photo);
}

typedef struct
{
  ZfFormModel *model;
  gboolean kept;
} Signing;

/* As the pad does when its screen is gone. */
static void
on_signed (GObject *source, GAsyncResult *result, gpointer data)
{
  Signing *signing = data;
  g_autoptr (GError) error = NULL;

  signing->kept = zf_photos_add_answer (result, signing->model, "hand", FALSE, &error);
  g_assert_no_error (error);
  zf_form_model_arrived (signing->model);
  g_object_unref (signing->model);
}

static void
sign_and_leave (AppFixture *f, ZfFormModel *model, Signing *signing)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 300, 200);
  g_autoptr (GBytes) png = NULL;
  char *bytes = NULL;
  gsize size = 0;

  gdk_pixbuf_fill (pixbuf, 0xffffffff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &size, "png", NULL, NULL));
  png = g_bytes_new_take (bytes, size);
  *signing = (Signing) { g_object_ref (model), FALSE };
  zf_form_model_await (model);
  zf_photos_add_bytes_async (f->session, f->household, NULL, png, ZF_PHOTO_SIGNATURE, on_signed, signing);
  zf_form_model_leave (model);
}

static void
assert_arrives (ZfFormModel *again, Signing *signing)
{
  while (!signing->kept)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (zf_answers_get (zf_form_model_answers (again), "hand"));
}

/* Signed, left, and opened again before the signature is on the disk: it arrives in the form that is seen. */
static void
test_back_at_once (AppFixture *f, gconstpointer unused)
{
  ZfFormModel *model = start (f);
  g_autofree char *draft = g_strdup (zf_form_model_draft (model));
  g_autoptr (ZfFormModel) again = NULL, third = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  Signing signing;

  sign_and_leave (f, model, &signing);
  g_object_unref (model);
  again = start (f);
  g_assert_cmpstr (zf_form_model_draft (again), ==, draft);
  g_assert_true (zf_form_model_was_open (again));
  assert_arrives (again, &signing);
  id = zf_form_model_finish (again, FALSE, NULL, &error);
  g_assert_no_error (error);
  /* The same where a finished form is changed. */
  model = zf_form_model_edit (f->session, id, &error);
  g_assert_no_error (error);
  say (model, NULL, "word", "yes");
  say (model, NULL, "hand", "");
  sign_and_leave (f, model, &signing);
  g_object_unref (model);
  third = zf_form_model_edit (f->session, id, &error);
  g_assert_no_error (error);
  assert_arrives (third, &signing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/app/photos-draft/" name, AppFixture, PLEDGE, app_fixture_set_up, test, app_fixture_tear_down)
  ADD ("comes-back", test_comes_back);
  ADD ("finished-keeps", test_finished_keeps);
  ADD ("hidden-goes", test_hidden_goes);
  ADD ("hidden-by-change", test_hidden_by_change);
  ADD ("killed-behind-finish", test_killed_behind_finish);
  ADD ("not-finished", test_not_finished);
  ADD ("discard-whole", test_discard_whole);
  ADD ("discard-without-file", test_discard_without_file);
  ADD ("back-at-once", test_back_at_once);
  ADD ("window-closed", test_window_closed);
  return g_test_run ();
}
