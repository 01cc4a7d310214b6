/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "forms-keyed"

#include "zf-error.h"
#include "zf-form.h"
#include "zf-json.h"

#include <glib/gstdio.h>

/* Answers that go to the record of a keyed kind: the yearly record of the household, found by the answer that says which year. */

#define TODAY "2026-11-23"
#define NOON G_GINT64_CONSTANT (1795406400000)

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfStore *store;
  ZfForm *sheet;
  ZfForm *yearly;
  ZfForm *home;
  char *id;           /* the household */
  ZfDraft *draft;
  ZfAnswers *answers;
} Fixture;

static char *
put (Fixture *f, ZfForm *form, const char *id, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) set = zf_json_parse_object (json, -1, NULL);
  char *made = zf_form_put (form, f->store, id, form == f->home ? NULL : f->id, set, "li", &error);
  g_assert_no_error (error);
  return made;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfClock) clock = zf_clock_new_manual (NOON);
  g_autoptr (ZfRandom) random = zf_random_new_seeded (3);
  ZfStoreOptions options = { clock, random };
  g_autofree char *forms = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "forms", "data", NULL);
  f->dir = g_dir_make_tmp ("zf-forms-keyed-XXXXXX", NULL);
  f->kinds = zf_kinds_load (forms, &error);
  g_assert_no_error (error);
  f->store = zf_store_create (f->dir, f->kinds, &options, &error);
  g_assert_no_error (error);
  f->sheet = zf_form_new (zf_kinds_get (f->kinds, "sheet"), &error);
  g_assert_no_error (error);
  f->yearly = zf_form_new (zf_kinds_get (f->kinds, "yearly"), NULL);
  f->home = zf_form_new (zf_kinds_get (f->kinds, "home"), NULL);
  f->id = put (f, f->home, NULL, "{\"name\":\"甲\",\"phone\":\"13800000001\"}");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", f->dir);
  g_assert_true (zf_store_check (f->store, problems, NULL));
  g_assert_cmpuint (problems->len, ==, 0);
  zf_store_close (f->store);
  g_clear_object (&f->answers);
  g_clear_pointer (&f->draft, zf_draft_free);
  g_object_unref (f->store);
  g_object_unref (f->sheet);
  g_object_unref (f->yearly);
  g_object_unref (f->home);
  g_object_unref (f->kinds);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (f->dir);
  g_free (f->id);
}

static void
begin (Fixture *f)
{
  g_autoptr (JsonObject) answers = NULL;
  g_autoptr (JsonObject) seen = NULL;
  g_autoptr (GError) error = NULL;
  zf_form_prefill (f->sheet, zf_store_reader (f->store), f->id, TODAY, NOON, &answers, &seen);
  f->draft = zf_draft_start (f->store, "sheet", f->id, "1", "wang", answers, seen, &error);
  g_assert_no_error (error);
  f->answers = zf_answers_new (f->sheet, f->draft->answers, TODAY);
}

static void
answer (Fixture *f, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  zf_answers_set_text (f->answers, name, text, &error);
  g_assert_no_error (error);
}

static char *
finish (Fixture *f, gboolean force, char ***changed, GError **error)
{
  json_object_unref (f->draft->answers);
  f->draft->answers = zf_answers_values (f->answers);
  return zf_form_finish (f->sheet, f->store, f->draft, TODAY, force, changed, error);
}

static void
finish_well (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = finish (f, FALSE, NULL, &error);
  g_assert_no_error (error);
}

/* (transfer full) (nullable) */
static ZfRecord *
yearly (Fixture *f, gint64 year)
{
  g_autoptr (JsonObject) key = json_object_new ();
  json_object_set_string_member (key, "home", f->id);
  json_object_set_int_member (key, "year", year);
  g_autofree char *id = zf_kind_make_id (zf_kinds_get (f->kinds, "yearly"), key);
  return zf_reader_get (zf_store_reader (f->store), id, NULL);
}

static void
assert_wage (Fixture *f, gint64 year, gint64 fen)
{
  g_autoptr (ZfRecord) record = yearly (f, year);
  g_assert_nonnull (record);
  g_assert_cmpint (zf_record_get_int (record, "wage", -1), ==, fen);
}

static void
assert_answer (Fixture *f, const char *name, const char *text)
{
  g_autofree char *now = zf_answers_text (f->answers, name);
  g_assert_cmpstr (now, ==, text);
}

/* Not there yet: made in the same save, with its key, its sum, and where the amount comes from. */
static void
test_made (Fixture *f, gconstpointer data)
{
  begin (f);
  answer (f, "wage", "3200");
  answer (f, "wage__src", "receipt");
  answer (f, "farm", "800.5");
  finish_well (f);
  g_autoptr (ZfRecord) record = yearly (f, 2026);
  g_assert_nonnull (record);
  g_assert_cmpstr (record->parent, ==, f->id);
  g_assert_cmpint (zf_record_get_int (record, "year", 0), ==, 2026);
  g_assert_cmpint (zf_record_get_int (record, "wage", 0), ==, 320000);
  g_assert_cmpint (zf_record_get_int (record, "total", 0), ==, 400050);
  g_assert_cmpstr (zf_record_get_string (record, "wage__src", NULL), ==, "receipt");
}

/* What stands there is shown, and an answer that still equals it writes nothing. */
static void
test_unchanged (Fixture *f, gconstpointer data)
{
  g_autofree char *id = put (f, f->yearly, NULL, "{\"year\":2026,\"wage\":320000,\"wage__src\":\"receipt\",\"note\":\"n\"}");
  begin (f);
  assert_answer (f, "wage", "3200");
  assert_answer (f, "wage__src", "receipt");
  finish_well (f);
  g_autoptr (GPtrArray) history = zf_reader_history (zf_store_reader (f->store), id, NULL);
  g_assert_cmpuint (history->len, ==, 1);
}

/* What is written says what its author had seen, not what stands there now. */
static void
test_against_seen (Fixture *f, gconstpointer data)
{
  g_autofree char *id = put (f, f->yearly, NULL, "{\"year\":2026,\"wage\":320000}");
  g_auto (GStrv) changed = NULL;
  g_autoptr (GError) error = NULL;
  begin (f);
  answer (f, "wage", "4000");
  g_autofree char *again = put (f, f->yearly, id, "{\"wage\":350000}");
  g_assert_null (finish (f, FALSE, &changed, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  g_assert_true (g_strv_contains ((const char *const *) changed, "wage"));
  assert_wage (f, 2026, 350000);
  g_clear_error (&error);
  g_autofree char *done = finish (f, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) history = zf_reader_history (zf_store_reader (f->store), id, NULL);
  JsonObject *last = history->pdata[history->len - 1];
  g_autofree char *pair = zf_json_canonical (json_object_get_member (zf_json_get_object (last, "f"), "wage"));
  g_assert_cmpstr (pair, ==, "[320000,400000]");
}

/* Somebody made the record while the form was open: both values stay to be decided. */
static void
test_made_meanwhile (Fixture *f, gconstpointer data)
{
  g_auto (GStrv) changed = NULL;
  g_autoptr (GError) error = NULL;
  begin (f);
  answer (f, "wage", "4000");
  g_autofree char *id = put (f, f->yearly, NULL, "{\"year\":2026,\"wage\":350000}");
  g_assert_null (finish (f, FALSE, &changed, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  assert_wage (f, 2026, 350000);
}

/* Another year: what was only shown gives way to what stands there, what was typed stays, and the first year's record is left alone. */
static void
test_other_year (Fixture *f, gconstpointer data)
{
  g_autofree char *now = put (f, f->yearly, NULL, "{\"year\":2026,\"wage\":320000,\"farm\":10000}");
  g_autofree char *before = put (f, f->yearly, NULL, "{\"year\":2025,\"wage\":110000}");
  g_autoptr (GError) error = NULL;
  begin (f);
  answer (f, "farm", "90");
  answer (f, "year", "2025");
  g_autoptr (GPtrArray) laid = zf_form_follow_key (f->answers, zf_store_reader (f->store), f->id, "year", f->draft->seen);
  g_autoptr (GPtrArray) none = zf_form_follow_key (f->answers, zf_store_reader (f->store), f->id, "phone", f->draft->seen);
  g_assert_nonnull (laid);
  g_assert_null (none);
  assert_answer (f, "wage", "1100");
  assert_answer (f, "farm", "90");
  g_assert_true (zf_draft_lay (f->store, f->draft->id, f->draft->answers, f->draft->seen, &error));
  g_assert_no_error (error);
  finish_well (f);
  assert_wage (f, 2026, 320000);
  assert_wage (f, 2025, 110000);
  g_autoptr (ZfRecord) record = yearly (f, 2025);
  g_assert_cmpint (zf_record_get_int (record, "farm", 0), ==, 9000);
  g_assert_cmpint (zf_record_get_int (record, "total", 0), ==, 119000);
}

/* A year without a record: what was only shown of another year is gone. */
static void
test_empty_year (Fixture *f, gconstpointer data)
{
  g_autofree char *now = put (f, f->yearly, NULL, "{\"year\":2026,\"wage\":320000}");
  begin (f);
  answer (f, "year", "2024");
  g_autoptr (GPtrArray) laid = zf_form_follow_key (f->answers, zf_store_reader (f->store), f->id, "year", f->draft->seen);
  assert_answer (f, "wage", "");
  finish_well (f);
  g_assert_cmpuint (laid->len, >, 0);
  assert_wage (f, 2026, 320000);
}

/* The command line takes the same way. */
static void
test_put (Fixture *f, gconstpointer data)
{
  g_autofree char *first = put (f, f->sheet, NULL, "{\"year\":2026,\"wage\":100000}");
  assert_wage (f, 2026, 100000);
  g_autofree char *second = put (f, f->sheet, NULL, "{\"year\":2026,\"wage\":200000}");
  assert_wage (f, 2026, 200000);
}

/* A correction of the year brings the amounts to the record that is meant. */
static void
test_corrected_year (Fixture *f, gconstpointer data)
{
  g_autofree char *first = put (f, f->sheet, NULL, "{\"year\":2026,\"wage\":100000}");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfFormEdit) edit = zf_form_edit_open (f->sheet, zf_store_reader (f->store), first, TODAY, NOON, &error);
  g_assert_no_error (error);
  g_assert_true (zf_answers_set_text (edit->answers, "year", "2025", &error));
  g_autofree char *id = zf_form_edit_finish (edit, f->store, "写错了", "wang", FALSE, NULL, &error);
  g_assert_no_error (error);
  assert_wage (f, 2025, 100000);
}

/* A record that was ended is made again. */
static void
test_ended (Fixture *f, gconstpointer data)
{
  g_autofree char *id = put (f, f->yearly, NULL, "{\"year\":2026,\"wage\":320000}");
  g_autoptr (ZfSave) save = zf_save_new ("li", FALSE);
  g_autoptr (GError) error = NULL;
  zf_save_delete (save, "yearly", id, "mistake");
  g_assert_true (zf_store_commit (f->store, save, &error));
  begin (f);
  assert_answer (f, "wage", "");
  answer (f, "wage", "50");
  finish_well (f);
  g_autoptr (ZfRecord) record = yearly (f, 2026);
  g_assert_null (record->del);
  assert_wage (f, 2026, 5000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/forms/keyed/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("made", test_made);
  ADD ("unchanged", test_unchanged);
  ADD ("against-seen", test_against_seen);
  ADD ("made-meanwhile", test_made_meanwhile);
  ADD ("other-year", test_other_year);
  ADD ("empty-year", test_empty_year);
  ADD ("put", test_put);
  ADD ("corrected-year", test_corrected_year);
  ADD ("ended", test_ended);
  return g_test_run ();
}
