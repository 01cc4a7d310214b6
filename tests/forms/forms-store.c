/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "forms-store"

#include "../fixtures/fixture-remove.h"
#include "zf-error.h"
#include "zf-form.h"
#include "zf-history.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-query.h"

#include <gio/gio.h>
#include <string.h>

/* From a draft to records in a real store: what was prefilled, what finishing writes, and against what. */

#define TODAY "2026-11-23"
#define NOON G_GINT64_CONSTANT (1795406400000) /* 2026-11-23 12:00 in Shanghai */

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfStore *store;
  ZfForm *call;
  ZfForm *home;
  char *id;       /* the household */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfClock) clock = zf_clock_new_manual (NOON);
  g_autoptr (ZfRandom) random = zf_random_new_seeded (1);
  ZfStoreOptions options = { clock, random };
  g_autofree char *forms = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "forms", "data", NULL);
  fixture->dir = g_dir_make_tmp ("zf-forms-store-XXXXXX", NULL);
  fixture->kinds = zf_kinds_load (forms, &error);
  g_assert_no_error (error);
  fixture->store = zf_store_create (fixture->dir, fixture->kinds, &options, &error);
  g_assert_no_error (error);
  fixture->call = zf_form_new (zf_kinds_get (fixture->kinds, "call"), &error);
  fixture->home = zf_form_new (zf_kinds_get (fixture->kinds, "home"), &error);
  g_assert_no_error (error);
  g_autoptr (JsonObject) set = zf_json_parse_object ("{\"name\":\"甲\",\"housing\":\"yes\",\"phone\":\"13800000001\"}", -1, NULL);
  fixture->id = zf_form_put (fixture->home, fixture->store, NULL, NULL, set, "li", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_assert_true (zf_store_check (fixture->store, problems, NULL));
  for (guint i = 0; i < problems->len; i++)
    g_error ("the store is not sound: %s", (char *) g_ptr_array_index (problems, i));
  zf_store_close (fixture->store);
  g_object_unref (fixture->store);
  g_object_unref (fixture->call);
  g_object_unref (fixture->home);
  g_object_unref (fixture->kinds);
  fixture_remove (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->id);
}

static ZfDraft *
start (Fixture *fixture)
{
  g_autoptr (JsonObject) answers = NULL;
  g_autoptr (JsonObject) seen = NULL;
  g_autoptr (GError) error = NULL;
  zf_form_prefill (fixture->call, zf_store_reader (fixture->store), fixture->id, TODAY, 0, &answers, &seen);
  ZfDraft *draft = zf_draft_start (fixture->store, "call", fixture->id, "1", "wang", answers, seen, &error);
  g_assert_no_error (error);
  return draft;
}

/* (transfer full): the draft after @name was answered. */
static ZfDraft *
answer (Fixture *fixture, ZfDraft *draft, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = value != NULL ? zf_json_string (value) : zf_json_null ();
  zf_draft_set (fixture->store, draft->id, name, node, &error);
  g_assert_no_error (error);
  ZfDraft *again = zf_draft_get (zf_store_reader (fixture->store), draft->id, &error);
  g_assert_no_error (error);
  zf_draft_free (draft);
  return again;
}

static void
set_home (Fixture *fixture, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) set = zf_json_parse_object (json, -1, NULL);
  g_autofree char *id = zf_form_put (fixture->home, fixture->store, fixture->id, NULL, set, "li", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, fixture->id);
}

static ZfRecord *
get (Fixture *fixture, const char *id)
{
  g_autoptr (GError) error = NULL;
  ZfRecord *record = zf_reader_get (zf_store_reader (fixture->store), id, &error);
  g_assert_no_error (error);
  return record;
}

static void
assert_home (Fixture *fixture, const char *field, const char *value)
{
  g_autoptr (ZfRecord) record = get (fixture, fixture->id);
  g_assert_cmpstr (zf_record_get_string (record, field, NULL), ==, value);
}

static guint
changes_of (Fixture *fixture, const char *id)
{
  g_autoptr (GPtrArray) history = zf_reader_history (zf_store_reader (fixture->store), id, NULL);
  return history->len;
}

/* (transfer full): [old, new] of @field in the last change of the household. */
static char *
last_pair (Fixture *fixture, const char *field)
{
  g_autoptr (GPtrArray) history = zf_reader_history (zf_store_reader (fixture->store), fixture->id, NULL);
  JsonObject *last = g_ptr_array_index (history, history->len - 1);
  JsonNode *pair = json_object_get_member (zf_json_get_object (last, "f"), field);
  return zf_json_canonical (pair);
}

static void
test_prefill (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = start (fixture);
  g_assert_cmpstr (zf_json_get_string (draft->answers, "housing", NULL), ==, "yes");
  g_assert_cmpstr (zf_json_get_string (draft->answers, "phone", NULL), ==, "13800000001");
  g_assert_cmpstr (zf_json_get_string (draft->answers, "date", NULL), ==, TODAY);
  JsonObject *seen = zf_json_get_object (draft->seen, "phone");
  g_assert_cmpstr (zf_json_get_string (seen, "id", NULL), ==, fixture->id);
  g_assert_cmpstr (zf_json_get_string (seen, "field", NULL), ==, "phone");
  g_assert_cmpstr (zf_json_get_string (seen, "value", NULL), ==, "13800000001");
  g_assert_cmpint (zf_json_get_int (seen, "rev", -1), ==, 0);
}

static void
test_finish_nothing_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = answer (fixture, start (fixture), "visitor", "wang");
  guint before = changes_of (fixture, fixture->id);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  g_autofree char *id = zf_form_finish (fixture->call, fixture->store, draft, TODAY, FALSE, &changed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (changed), ==, 0);
  g_assert_cmpuint (changes_of (fixture, fixture->id), ==, before);
  g_autoptr (ZfRecord) call = get (fixture, id);
  g_assert_cmpstr (call->parent, ==, fixture->id);
  g_assert_cmpstr (zf_record_get_string (call, "housing", NULL), ==, "yes");
  g_assert_null (zf_draft_get (zf_store_reader (fixture->store), draft->id, NULL));
}

static void
test_finish_save_to (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = answer (fixture, start (fixture), "visitor", "wang");
  draft = answer (fixture, g_steal_pointer (&draft), "phone", "13900000009");
  g_autoptr (GError) error = NULL;
  g_autofree char *id = zf_form_finish (fixture->call, fixture->store, draft, TODAY, FALSE, NULL, &error);
  g_assert_no_error (error);
  assert_home (fixture, "phone", "13900000009");
  g_autofree char *pair = last_pair (fixture, "phone");
  g_assert_cmpstr (pair, ==, "[\"13800000001\",\"13900000009\"]");
  g_autofree char *untouched = last_pair (fixture, "housing");
  g_assert_cmpstr (untouched, ==, "null");
}

/* The trap: while the form was open the household changed. What finishing writes is measured against what its author saw, never against
 * what stands there at the end, or the other person's value would be lost without a word. */
static void
test_base_is_what_was_seen (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = answer (fixture, start (fixture), "visitor", "wang");
  draft = answer (fixture, g_steal_pointer (&draft), "phone", "13900000009");
  set_home (fixture, "{\"phone\":\"13700000007\"}");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  g_assert_null (zf_form_finish (fixture->call, fixture->store, draft, TODAY, FALSE, &changed, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  g_assert_cmpuint (g_strv_length (changed), ==, 1);
  g_assert_cmpstr (changed[0], ==, "phone");
  g_assert_null (strstr (error->message, "139"));
  assert_home (fixture, "phone", "13700000007");
  g_clear_error (&error);
  g_autofree char *id = zf_form_finish (fixture->call, fixture->store, draft, TODAY, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *pair = last_pair (fixture, "phone");
  g_assert_cmpstr (pair, ==, "[\"13800000001\",\"13900000009\"]");
}

/* Not touched in the form: the other person's change stands. */
static void
test_untouched_never_writes_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = answer (fixture, start (fixture), "visitor", "wang");
  set_home (fixture, "{\"phone\":\"13700000007\"}");
  guint before = changes_of (fixture, fixture->id);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = zf_form_finish (fixture->call, fixture->store, draft, TODAY, TRUE, NULL, &error);
  g_assert_no_error (error);
  assert_home (fixture, "phone", "13700000007");
  g_assert_cmpuint (changes_of (fixture, fixture->id), ==, before);
}

static void
test_same_change_elsewhere (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = answer (fixture, start (fixture), "visitor", "wang");
  draft = answer (fixture, g_steal_pointer (&draft), "housing", "no");
  draft = answer (fixture, g_steal_pointer (&draft), "damage", "屋顶漏水");
  set_home (fixture, "{\"housing\":\"no\"}");
  g_autoptr (GError) error = NULL;
  g_autofree char *id = zf_form_finish (fixture->call, fixture->store, draft, TODAY, FALSE, NULL, &error);
  g_assert_no_error (error);
  assert_home (fixture, "housing", "no");
}

/* Written down later about an earlier day: the record is made, and what was said since stays. */
static void
test_finish_overtaken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) newer = zf_json_parse_object ("{\"date\":\"2026-11-20\",\"visitor\":\"li\",\"phone\":\"13900000009\"}", -1, NULL);
  g_autofree char *first = zf_form_put (fixture->call, fixture->store, NULL, fixture->id, newer, "li", &error);
  ZfDraft *draft = start (fixture);
  draft = answer (fixture, draft, "visitor", "wang");
  draft = answer (fixture, draft, "date", "2026-11-10");
  draft = answer (fixture, draft, "phone", "13700000007");
  g_autofree char *id = zf_form_finish (fixture->call, fixture->store, draft, TODAY, FALSE, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (ZfRecord) record = get (fixture, id);
  g_assert_cmpstr (zf_record_get_string (record, "phone", NULL), ==, "13700000007");
  assert_home (fixture, "phone", "13900000009");
  zf_draft_free (draft);
}

static void
test_finish_refuses (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = answer (fixture, start (fixture), "housing", "no");
  g_autoptr (GError) error = NULL;
  g_assert_null (zf_form_finish (fixture->call, fixture->store, draft, TODAY, FALSE, NULL, &error));
  g_assert_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER);
  g_assert_cmpstr (error->message, ==, "Visitor (visitor): This needs an answer.");
  g_clear_error (&error);
  draft = answer (fixture, g_steal_pointer (&draft), "visitor", "wang");
  g_assert_null (zf_form_finish (fixture->call, fixture->store, draft, TODAY, FALSE, NULL, &error));
  g_assert_cmpstr (error->message, ==, "Damage (damage): This needs an answer.");
  assert_home (fixture, "housing", "yes");
  g_autoptr (ZfDraft) still = zf_draft_get (zf_store_reader (fixture->store), draft->id, NULL);
  g_assert_nonnull (still);
}

static void
test_irrelevant_is_dropped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = answer (fixture, start (fixture), "visitor", "wang");
  draft = answer (fixture, g_steal_pointer (&draft), "housing", "no");
  draft = answer (fixture, g_steal_pointer (&draft), "damage", "屋顶漏水");
  draft = answer (fixture, g_steal_pointer (&draft), "housing", "yes");
  g_autofree char *id = zf_form_finish (fixture->call, fixture->store, draft, TODAY, FALSE, NULL, NULL);
  g_autoptr (ZfRecord) call = get (fixture, id);
  g_assert_false (json_object_has_member (call->fields, "damage"));
}

/* ---- Taken back before it was sent ---- */

/* (transfer full): id of a call that changed the telephone of the household and brought a gift; *draft: what it came of. */
static char *
finish_call (Fixture *fixture, ZfDraft **draft)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) gifts = json_from_string ("[{\"id\":\"01890000-0000-7000-8000-000000000001\",\"gift\":\"rice\"}]", NULL);
  *draft = answer (fixture, answer (fixture, start (fixture), "visitor", "wang"), "phone", "13900000009");
  g_assert_true (zf_draft_set (fixture->store, (*draft)->id, "gifts", gifts, &error));
  g_autofree char *id = g_strdup ((*draft)->id);
  zf_draft_free (*draft);
  *draft = zf_draft_get (zf_store_reader (fixture->store), id, &error);
  g_assert_no_error (error);
  char *call = zf_form_finish (fixture->call, fixture->store, *draft, TODAY, FALSE, NULL, &error);
  g_assert_no_error (error);
  return call;
}

static void
assert_not_taken_back (Fixture *fixture, const char *id, const ZfDraft *draft, const char *sentence)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (zf_ledger_take_back (fixture->store, id, draft, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  g_assert_cmpstr (error->message, ==, sentence);
  g_autoptr (ZfRecord) call = get (fixture, id);
  g_assert_cmpstr (zf_record_get_string (call, "visitor", NULL), ==, "wang");
  assert_home (fixture, "phone", "13900000009");
}

static void
test_take_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  guint before = changes_of (fixture, fixture->id);
  g_autofree char *id = finish_call (fixture, &draft);
  /* What was saved elsewhere since stays, and moves up in the log. */
  g_autoptr (JsonObject) other = zf_json_parse_object ("{\"name\":\"乙\"}", -1, NULL);
  g_autofree char *second = zf_form_put (fixture->home, fixture->store, NULL, NULL, other, "li", &error);
  g_assert_no_error (error);
  g_assert_true (zf_ledger_take_back (fixture->store, id, draft, &error));
  g_assert_no_error (error);
  g_assert_null (zf_reader_get (zf_store_reader (fixture->store), id, NULL));
  g_assert_cmpuint (changes_of (fixture, fixture->id), ==, before);
  assert_home (fixture, "phone", "13800000001");
  g_autoptr (ZfRecord) there = get (fixture, second);
  g_assert_cmpstr (zf_record_get_string (there, "name", NULL), ==, "乙");
  g_autoptr (ZfDraft) again = zf_draft_get (zf_store_reader (fixture->store), draft->id, &error);
  g_assert_no_error (error);
  g_autofree char *was = zf_draft_text (draft), *is = zf_draft_text (again);
  g_assert_cmpstr (is, ==, was);
  g_autofree char *once_more = zf_form_finish (fixture->call, fixture->store, again, TODAY, FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (once_more, ==, id);
  assert_home (fixture, "phone", "13900000009");
  g_autoptr (ZfBatch) batch = NULL;
  g_assert_true (zf_ledger_batch (fixture->store, 100, &batch, &error));
  g_assert_cmpint (batch->first, ==, 1);
  g_assert_cmpint (batch->last, ==, 5);
}

/* One row alone belongs to no others. */
static void
test_take_back_alone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = answer (fixture, start (fixture), "visitor", "wang");
  g_autoptr (GError) error = NULL;
  g_autofree char *id = zf_form_finish (fixture->call, fixture->store, draft, TODAY, FALSE, NULL, &error);
  g_assert_true (zf_ledger_take_back (fixture->store, id, draft, &error));
  g_assert_null (zf_reader_get (zf_store_reader (fixture->store), id, NULL));
  g_autoptr (ZfBatch) batch = NULL;
  g_assert_true (zf_ledger_batch (fixture->store, 100, &batch, &error));
  g_assert_cmpint (batch->last, ==, 1);
}

static void
test_take_back_sent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = NULL;
  g_autoptr (ZfBatch) batch = NULL;
  g_autofree char *id = finish_call (fixture, &draft);
  g_assert_true (zf_ledger_batch (fixture->store, 100, &batch, NULL));
  assert_not_taken_back (fixture, id, draft, "This is on its way to the county already and can only be corrected");
}

static void
test_take_back_built_upon (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = NULL;
  g_autofree char *id = finish_call (fixture, &draft);
  set_home (fixture, "{\"housing\":\"no\"}");
  assert_not_taken_back (fixture, id, draft, "Something was changed since that builds on this; it can only be corrected");
}

static void
test_take_back_begun_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = NULL;
  g_autofree char *id = finish_call (fixture, &draft);
  g_autoptr (ZfDraft) other = start (fixture);
  g_assert_cmpstr (other->id, !=, draft->id);
  assert_not_taken_back (fixture, id, draft, "Another form of this kind was begun there since");
}

static void
test_finish_twice (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = answer (fixture, start (fixture), "visitor", "wang");
  g_autoptr (GError) error = NULL;
  g_autofree char *id = zf_form_finish (fixture->call, fixture->store, draft, TODAY, FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (zf_form_finish (fixture->call, fixture->store, draft, TODAY, FALSE, NULL, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND);
}

static void
test_last_saved (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) first = answer (fixture, start (fixture), "visitor", "李强、王敏");
  g_autofree char *id = zf_form_finish (fixture->call, fixture->store, first, TODAY, FALSE, NULL, NULL);
  g_autoptr (ZfDraft) second = start (fixture);
  g_assert_cmpstr (zf_json_get_string (second->answers, "visitor", NULL), ==, "李强、王敏");
  g_assert_cmpstr (zf_json_get_string (zf_json_get_object (second->seen, "visitor"), "id", NULL), ==, id);
}

static void
test_put_checks (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *json; const char *message; } lines[] = {
    { "{\"phone\":\"138\"}", "phone: A mobile number has 11 digits." },
    { "{\"shoe\":\"1\"}", "there is no such field" },
    { "{\"name\":null}", "this needs an answer" },
    { "{\"housing\":\"maybe\"}", "housing" },
  };
  guint before = changes_of (fixture, fixture->id);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonObject) set = zf_json_parse_object (lines[i].json, -1, NULL);
      g_assert_null (zf_form_put (fixture->home, fixture->store, fixture->id, NULL, set, "li", &error));
      g_assert_nonnull (error);
      if (strstr (error->message, lines[i].message) == NULL)
        g_error ("%s\nis not\n%s", error->message, lines[i].message);
      g_assert_null (strstr (error->message, "138"));
    }
  g_assert_cmpuint (changes_of (fixture, fixture->id), ==, before);
}

/* A calculation is written with the answers that it reads. */
static void
test_put_calculates (Fixture *fixture, gconstpointer data)
{
  set_home (fixture, "{\"income\":1000000,\"persons\":3}");
  g_autoptr (ZfRecord) home = get (fixture, fixture->id);
  g_assert_cmpint (zf_record_get_int (home, "per_head", 0), ==, 333333);
  set_home (fixture, "{\"persons\":4}");
  g_autoptr (ZfRecord) again = get (fixture, fixture->id);
  g_assert_cmpint (zf_record_get_int (again, "per_head", 0), ==, 250000);
  g_assert_cmpint (zf_record_get_int (again, "income", 0), ==, 1000000);
}

static void
test_put_new_passes_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) set = zf_json_parse_object ("{\"date\":\"2026-11-20\",\"visitor\":\"li\",\"phone\":\"13900000009\"}", -1, NULL);
  g_autofree char *id = zf_form_put (fixture->call, fixture->store, NULL, fixture->id, set, "li", &error);
  g_assert_no_error (error);
  assert_home (fixture, "phone", "13900000009");
  assert_home (fixture, "housing", "yes");
  g_autoptr (JsonObject) wrong = zf_json_parse_object ("{\"damage\":\"x\",\"housing\":\"yes\"}", -1, NULL);
  g_assert_null (zf_form_put (fixture->call, fixture->store, NULL, fixture->id, wrong, "li", &error));
  g_assert_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER);
}

/* A correction hands on only the answers that it changed. */
static void
test_correction (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) set = zf_json_parse_object ("{\"date\":\"2026-11-20\",\"visitor\":\"li\",\"phone\":\"13900000009\"}", -1, NULL);
  g_autofree char *first = zf_form_put (fixture->call, fixture->store, NULL, fixture->id, set, "li", &error);
  set_home (fixture, "{\"phone\":\"13700000007\"}");
  json_object_set_string_member (set, "visitor", "wang");
  json_object_set_string_member (set, "supersedes", first);
  json_object_set_string_member (set, "why", "写错了");
  g_autofree char *second = zf_form_put (fixture->call, fixture->store, NULL, fixture->id, set, "li", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, !=, second);
  assert_home (fixture, "phone", "13700000007");
}

static char *
put_call (Fixture *fixture, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) set = zf_json_parse_object (json, -1, NULL);
  char *id = zf_form_put (fixture->call, fixture->store, NULL, fixture->id, set, "li", &error);
  g_assert_no_error (error);
  return id;
}

static ZfFormEdit *
open_edit (Fixture *fixture, ZfForm *form, const char *id)
{
  g_autoptr (GError) error = NULL;
  ZfFormEdit *edit = zf_form_edit_open (form, zf_store_reader (fixture->store), id, TODAY, 0, &error);
  g_assert_no_error (error);
  return edit;
}

/* Opened, looked at, closed: nothing is written, also where a reason would be wanted. */
static void
test_edit_nothing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = put_call (fixture, "{\"date\":\"2026-11-20\",\"visitor\":\"li\"}");
  g_autoptr (ZfFormEdit) edit = open_edit (fixture, fixture->call, first);
  g_autoptr (GError) error = NULL;
  g_assert_true (zf_form_edit_corrects (edit));
  g_assert_false (zf_form_edit_differs (edit));
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, "写错了", "wang", FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, first);
  g_assert_cmpuint (changes_of (fixture, first), ==, 1);
}

/* The whole content once more, with the reason; the household gets what was changed. */
static void
test_edit_corrects (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = put_call (fixture, "{\"date\":\"2026-11-20\",\"visitor\":\"li\",\"phone\":\"13900000009\",\"housing\":\"yes\"}");
  g_autoptr (ZfFormEdit) edit = open_edit (fixture, fixture->call, first);
  g_autoptr (GError) error = NULL;
  zf_clock_advance (zf_store_clock (fixture->store), 60000);
  set_home (fixture, "{\"housing\":\"no\"}");
  g_assert_true (zf_answers_set_text (edit->answers, "phone", "13900000008", &error));
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, "看过票据", "wang", FALSE, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (ZfRecord) second = get (fixture, id);
  g_assert_cmpstr (id, !=, first);
  g_assert_cmpstr (zf_record_get_string (second, "supersedes", NULL), ==, first);
  g_assert_cmpstr (zf_record_get_string (second, "why", NULL), ==, "看过票据");
  g_assert_cmpstr (zf_record_get_string (second, "visitor", NULL), ==, "li");
  g_assert_cmpstr (second->parent, ==, fixture->id);
  assert_home (fixture, "phone", "13900000008");
  assert_home (fixture, "housing", "no");
  g_autoptr (GPtrArray) events = zf_history_read (zf_store_reader (fixture->store), id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 2);
  ZfEvent *last = events->pdata[0];
  g_assert_cmpstr (last->op, ==, "correct");
  g_assert_cmpstr (last->why, ==, "看过票据");
  g_assert_cmpstr (last->by, ==, "wang");
  g_autofree char *pair = zf_json_canonical (json_object_get_member (last->fields, "phone"));
  g_assert_cmpstr (pair, ==, "[\"13900000009\",\"13900000008\"]");
  g_assert_cmpuint (json_object_get_size (last->fields), ==, 1);
  g_assert_cmpstr (((ZfEvent *) events->pdata[1])->op, ==, "add");
}

/* What somebody wrote to the household since the visit is overwritten only when the person says so. */
static void
test_edit_asks_first (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = put_call (fixture, "{\"date\":\"2026-11-20\",\"visitor\":\"li\",\"phone\":\"13900000009\"}");
  set_home (fixture, "{\"phone\":\"13700000007\"}");
  g_autoptr (ZfFormEdit) edit = open_edit (fixture, fixture->call, first);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  g_auto (GStrv) forced = NULL;
  g_assert_true (zf_answers_set_text (edit->answers, "phone", "13900000008", &error));
  g_assert_null (zf_form_edit_finish (edit, fixture->store, "写错了", "wang", FALSE, &changed, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  g_assert_cmpstr (changed[0], ==, "phone");
  assert_home (fixture, "phone", "13700000007");
  g_clear_error (&error);
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, "写错了", "wang", TRUE, &forced, &error);
  g_assert_no_error (error);
  assert_home (fixture, "phone", "13900000008");
}

/* A record that may be changed: old is what was seen, and what was not touched stays. */
static void
test_edit_changes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfFormEdit) edit = open_edit (fixture, fixture->home, fixture->id);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  g_assert_false (zf_form_edit_corrects (edit));
  set_home (fixture, "{\"housing\":\"no\"}");
  g_assert_true (zf_answers_set_text (edit->answers, "phone", "13900000008", &error));
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, "写错了", "wang", FALSE, &changed, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, fixture->id);
  g_autofree char *pair = last_pair (fixture, "phone");
  g_assert_cmpstr (pair, ==, "[\"13800000001\",\"13900000008\"]");
  assert_home (fixture, "housing", "no");
}

/* The same field was written elsewhere meanwhile: the person is told, and what was seen is the old value. */
static void
test_edit_changed_since (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfFormEdit) edit = open_edit (fixture, fixture->home, fixture->id);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  set_home (fixture, "{\"phone\":\"13700000007\"}");
  g_assert_true (zf_answers_set_text (edit->answers, "phone", "13900000008", &error));
  g_assert_null (zf_form_edit_finish (edit, fixture->store, "写错了", "wang", FALSE, &changed, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  g_assert_cmpstr (changed[0], ==, "phone");
  g_clear_error (&error);
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, "写错了", "wang", TRUE, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *pair = last_pair (fixture, "phone");
  g_assert_cmpstr (pair, ==, "[\"13800000001\",\"13900000008\"]");
}

/* What was left as a draft, opened again as the app does after a kill; the draft that stands is (transfer full) in @draft. */
static ZfFormEdit *
open_again (Fixture *fixture, ZfForm *form, const char *id, ZfDraft **draft)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (zf_draft_of (zf_store_reader (fixture->store), zf_kind_name (zf_form_kind (form)), id, draft, &error));
  g_assert_no_error (error);
  g_assert_nonnull (*draft);
  ZfFormEdit *edit = zf_form_edit_again (form, zf_store_reader (fixture->store), *draft, TODAY, 0, &error);
  g_assert_no_error (error);
  return edit;
}

/* Changes @name in an edit of record @id and leaves it as a draft, with a reason. */
static void
leave_edit (Fixture *fixture, ZfForm *form, const char *id, const char *name, const char *text)
{
  g_autoptr (ZfFormEdit) edit = open_edit (fixture, form, id);
  g_autoptr (JsonNode) why = zf_json_string ("写错了");
  g_autoptr (GError) error = NULL;
  g_assert_true (zf_answers_set_text (edit->answers, name, text, &error));
  g_assert_true (zf_form_edit_keep (edit, fixture->store, "wang", &error));
  g_assert_no_error (error);
  g_assert_true (zf_draft_set (fixture->store, edit->draft, ZF_EDIT_WHY, why, &error));
}

static guint
n_drafts (Fixture *fixture)
{
  g_autoptr (GPtrArray) drafts = zf_draft_list (zf_store_reader (fixture->store), NULL, NULL);
  return drafts->len;
}

/* All answers and the reason are there again; what stands in the store is measured against what was shown at first, not against what came since. */
static void
test_edit_draft (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  leave_edit (fixture, fixture->home, fixture->id, "phone", "13900000008");
  set_home (fixture, "{\"housing\":\"no\"}");
  g_autoptr (ZfFormEdit) edit = open_again (fixture, fixture->home, fixture->id, &draft);
  g_assert_cmpstr (zf_draft_edits (draft), ==, fixture->id);
  g_assert_cmpstr (edit->why, ==, "写错了");
  g_assert_true (zf_form_edit_differs (edit));
  g_autofree char *phone = zf_answers_text (edit->answers, "phone"), *housing = zf_answers_text (edit->answers, "housing");
  g_assert_cmpstr (phone, ==, "13900000008");
  g_assert_cmpstr (housing, ==, "yes");
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, edit->why, "wang", FALSE, &changed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (changed), ==, 0);
  g_autofree char *pair = last_pair (fixture, "phone");
  g_assert_cmpstr (pair, ==, "[\"13800000001\",\"13900000008\"]");
  assert_home (fixture, "housing", "no");
  g_assert_cmpuint (n_drafts (fixture), ==, 0);
}

/* The same field came from elsewhere while the draft lay there. */
static void
test_edit_draft_changed_since (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  leave_edit (fixture, fixture->home, fixture->id, "phone", "13900000008");
  set_home (fixture, "{\"phone\":\"13700000007\"}");
  g_autoptr (ZfFormEdit) edit = open_again (fixture, fixture->home, fixture->id, &draft);
  g_assert_null (zf_form_edit_finish (edit, fixture->store, edit->why, "wang", FALSE, &changed, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  g_assert_cmpstr (changed[0], ==, "phone");
  g_assert_cmpuint (n_drafts (fixture), ==, 1);
  g_clear_error (&error);
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, edit->why, "wang", TRUE, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *pair = last_pair (fixture, "phone");
  g_assert_cmpstr (pair, ==, "[\"13800000001\",\"13900000008\"]");
  g_assert_cmpuint (n_drafts (fixture), ==, 0);
}

/* One draft a record, whoever opens it; an edit that came back to what stands there leaves none, and no change. */
static void
test_edit_draft_ends (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  guint before = changes_of (fixture, fixture->id);
  g_assert_true (zf_draft_of (zf_store_reader (fixture->store), "home", fixture->id, &draft, &error));
  g_assert_null (draft);
  leave_edit (fixture, fixture->home, fixture->id, "phone", "13900000008");
  leave_edit (fixture, fixture->home, fixture->id, "phone", "13900000009");
  g_assert_cmpuint (n_drafts (fixture), ==, 1);
  g_autoptr (ZfFormEdit) edit = open_again (fixture, fixture->home, fixture->id, &draft);
  g_autofree char *phone = zf_answers_text (edit->answers, "phone");
  g_assert_cmpstr (phone, ==, "13900000009");
  g_assert_true (zf_answers_set_text (edit->answers, "phone", "13800000001", &error));
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, NULL, "wang", FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_drafts (fixture), ==, 0);
  g_assert_cmpuint (changes_of (fixture, fixture->id), ==, before);
}

static void
assert_overtaken (ZfFormEdit *edit, const char *name)
{
  g_assert_cmpuint (edit->overtaken->len, ==, name != NULL ? 1 : 0);
  if (name != NULL)
    g_assert_cmpstr (edit->overtaken->pdata[0], ==, name);
}

/* What was asked again on a later day stands, also where it was the same then; what was only carried over nobody asked. A correction that is the newest goes on as ever. */
static void
test_correction_overtaken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = put_call (fixture, "{\"date\":\"2026-11-10\",\"visitor\":\"li\",\"phone\":\"13900000001\",\"housing\":\"yes\"}");
  g_autofree char *second = put_call (fixture, "{\"date\":\"2026-11-20\",\"visitor\":\"li\",\"phone\":\"13900000001\",\"housing\":\"yes\",\"carried\":\"housing\"}");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfFormEdit) edit = open_edit (fixture, fixture->call, first);
  g_assert_true (zf_answers_set_text (edit->answers, "phone", "13900000002", NULL));
  g_assert_true (zf_answers_set_text (edit->answers, "housing", "no", NULL));
  g_assert_true (zf_answers_set_text (edit->answers, "damage", "漏雨", NULL));
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, "写错了", "wang", FALSE, NULL, &error);
  g_assert_no_error (error);
  assert_overtaken (edit, "phone");
  assert_home (fixture, "phone", "13900000001");
  assert_home (fixture, "housing", "no");
  g_autoptr (ZfRecord) corrected = get (fixture, id);
  g_assert_cmpstr (zf_record_get_string (corrected, "phone", NULL), ==, "13900000002");

  g_autoptr (ZfFormEdit) again = open_edit (fixture, fixture->call, id);
  g_assert_true (zf_answers_set_text (again->answers, "date", "2026-11-22", NULL));
  g_assert_true (zf_answers_set_text (again->answers, "phone", "13900000003", NULL));
  char **changed = NULL;
  g_assert_null (zf_form_edit_finish (again, fixture->store, "日子也错了", "wang", FALSE, &changed, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  g_assert_cmpstr (changed[0], ==, "phone");
  g_strfreev (changed);
  g_clear_error (&error);
  g_autofree char *last = zf_form_edit_finish (again, fixture->store, "日子也错了", "wang", TRUE, NULL, &error);
  g_assert_no_error (error);
  assert_overtaken (again, NULL);
  assert_home (fixture, "phone", "13900000003");
}

/* Somebody else corrected the same visit meanwhile: the person is told what that one says otherwise before there are two corrections of it. */
static void
test_edit_corrected_since (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = put_call (fixture, "{\"date\":\"2026-11-20\",\"visitor\":\"li\",\"phone\":\"13900000009\"}");
  g_autoptr (ZfDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  leave_edit (fixture, fixture->call, first, "phone", "13900000008");
  g_autofree char *other = g_strdup_printf ("{\"date\":\"2026-11-20\",\"visitor\":\"zhao\",\"phone\":\"13900000009\",\"supersedes\":\"%s\",\"why\":\"x\"}", first);
  g_autofree char *second = put_call (fixture, other);
  g_autoptr (ZfFormEdit) edit = open_again (fixture, fixture->call, first, &draft);
  g_assert_null (zf_form_edit_finish (edit, fixture->store, edit->why, "wang", FALSE, &changed, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_CONFLICT);
  g_assert_cmpstr (changed[0], ==, "visitor");
  g_assert_cmpuint (g_strv_length (changed), ==, 1);
  g_clear_error (&error);
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, edit->why, "wang", TRUE, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (ZfRecord) third = get (fixture, id);
  g_assert_cmpstr (zf_record_get_string (third, "supersedes", NULL), ==, first);
}

/* What is not asked of this record, before as after, stays as it is; what somebody's answer made idle goes. */
static void
test_edit_leaves_idle (Fixture *fixture, gconstpointer data)
{
  set_home (fixture, "{\"housing\":\"no\",\"damage\":\"wall\"}");
  set_home (fixture, "{\"housing\":\"yes\"}");
  g_autoptr (GError) error = NULL;
  {
    g_autoptr (ZfFormEdit) edit = open_edit (fixture, fixture->home, fixture->id);
    g_assert_true (zf_answers_set_text (edit->answers, "phone", "13900000008", &error));
    g_autofree char *id = zf_form_edit_finish (edit, fixture->store, "写错了", "wang", FALSE, NULL, &error);
    g_assert_no_error (error);
    assert_home (fixture, "damage", "wall");
  }
  set_home (fixture, "{\"housing\":\"no\"}");
  g_autoptr (ZfFormEdit) edit = open_edit (fixture, fixture->home, fixture->id);
  g_assert_true (zf_answers_set_text (edit->answers, "housing", "yes", &error));
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, NULL, "wang", FALSE, NULL, &error);
  g_assert_no_error (error);
  assert_home (fixture, "damage", NULL);
}

static void
add_gift (ZfFormEdit *edit, const char *id, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *row = zf_answers_add_row (edit->answers, "gifts", id, &error);
  g_autofree char *address = g_strconcat (row, ".gift", NULL);
  g_assert_true (zf_answers_set_text (edit->answers, address, what, &error));
  g_assert_no_error (error);
}

static guint
n_gifts (GPtrArray *events, const char *op)
{
  guint n = 0;
  for (guint i = 0; i < events->len; i++)
    {
      ZfEvent *event = events->pdata[i];
      n += g_str_equal (zf_kind_name (event->kind), "call_gifts") && g_str_equal (event->op, op);
    }
  return n;
}

/* A correction holds all rows once more; told are those that came and went, not those that stayed. */
static void
test_correction_rows (Fixture *fixture, gconstpointer data)
{
  static const char *const gifts[] = { "油", "米", "面" };
  g_autofree char *id = put_call (fixture, "{\"date\":\"2026-11-20\",\"visitor\":\"li\"}");
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (gifts); i++)
    {
      g_autoptr (ZfFormEdit) edit = open_edit (fixture, fixture->call, id);
      g_autoptr (GPtrArray) rows = zf_answers_rows (edit->answers, "gifts");
      g_autofree char *fresh = g_strdup_printf ("0192d000-0000-7000-8000-00000000010%u", i);
      zf_clock_advance (zf_store_clock (fixture->store), 60000);
      if (i == 2)
        g_assert_true (zf_answers_remove_row (edit->answers, rows->pdata[0], &error));
      add_gift (edit, fresh, gifts[i]);
      g_free (id);
      id = zf_form_edit_finish (edit, fixture->store, "漏了", "wang", FALSE, NULL, &error);
      g_assert_no_error (error);
    }
  g_autoptr (GPtrArray) events = zf_history_read (zf_store_reader (fixture->store), id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_gifts (events, "add"), ==, 3);
  g_assert_cmpuint (n_gifts (events, "del"), ==, 1);
  g_autoptr (ZfQuery) query = zf_query_new ("call_gifts");
  zf_query_where (query, "parent", ZF_OP_EQ, id);
  g_assert_cmpint (zf_query_count (query, zf_store_reader (fixture->store), NULL), ==, 2);
}

/* Wanted where a hidden answer that stood there is another one now, and taken for anything else. */
static void
test_reason_wanted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZfFormEdit) edit = open_edit (fixture, fixture->home, fixture->id);
  g_autoptr (GError) error = NULL;
  g_assert_false (zf_form_edit_takes_reason (edit, fixture->kinds));
  g_assert_true (zf_answers_set_text (edit->answers, "income", "100", &error));
  g_assert_true (zf_form_edit_takes_reason (edit, fixture->kinds));
  g_assert_false (zf_form_edit_wants_reason (edit, fixture->kinds));
  g_assert_true (zf_answers_set_text (edit->answers, "phone", "13900000008", &error));
  g_assert_true (zf_form_edit_wants_reason (edit, fixture->kinds));
  g_assert_true (zf_answers_set_text (edit->answers, "phone", "", &error));
  g_assert_true (zf_form_edit_wants_reason (edit, fixture->kinds));
  g_autofree char *id = zf_form_edit_finish (edit, fixture->store, "停机了", "wang", FALSE, NULL, &error);
  g_assert_no_error (error);
  /* What was not there before is nobody's word. */
  g_autoptr (ZfFormEdit) again = open_edit (fixture, fixture->home, fixture->id);
  g_assert_true (zf_answers_set_text (again->answers, "phone", "13900000009", &error));
  g_assert_false (zf_form_edit_wants_reason (again, fixture->kinds));
}

/* Whoever calls: without it nothing is written, the draft stays, and what it is about is not in the error. */
static void
test_reason_missing (Fixture *fixture, gconstpointer data)
{
  static const char *const nothing[] = { NULL, "", " \n" };
  g_autofree char *first = put_call (fixture, "{\"date\":\"2026-11-20\",\"visitor\":\"li\",\"phone\":\"13900000009\"}");
  const char *const ids[] = { fixture->id, first };
  ZfForm *const forms[] = { fixture->home, fixture->call };
  for (guint i = 0; i < G_N_ELEMENTS (ids) * G_N_ELEMENTS (nothing); i++)
    {
      const char *record = ids[i % 2];
      g_autoptr (ZfFormEdit) edit = open_edit (fixture, forms[i % 2], record);
      g_autoptr (GError) error = NULL;
      guint before = changes_of (fixture, record);
      g_assert_true (zf_answers_set_text (edit->answers, "phone", "13900000008", &error));
      g_assert_true (zf_form_edit_keep (edit, fixture->store, "wang", &error));
      g_assert_null (zf_form_edit_finish (edit, fixture->store, nothing[i / 2], "wang", TRUE, NULL, &error));
      g_assert_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER);
      g_assert_null (strstr (error->message, "139"));
      g_assert_cmpuint (changes_of (fixture, record), ==, before);
      g_assert_nonnull (edit->draft);
      g_assert_true (zf_draft_discard (fixture->store, edit->draft, NULL));
    }
}

/* It stands with the change that it was given for, and with no other. */
static void
test_reason_told (Fixture *fixture, gconstpointer data)
{
  static const char *const whys[] = { "问过本人", NULL, "" };
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (whys); i++)
    {
      g_autoptr (ZfFormEdit) edit = open_edit (fixture, fixture->home, fixture->id);
      g_autofree char *income = g_strdup_printf ("10%u", i);
      zf_clock_advance (zf_store_clock (fixture->store), 60000);
      g_assert_true (zf_answers_set_text (edit->answers, i == 0 ? "phone" : "income", i == 0 ? "13900000000" : income, &error));
      g_autofree char *id = zf_form_edit_finish (edit, fixture->store, whys[i], "wang", FALSE, NULL, &error);
      g_assert_no_error (error);
    }
  g_autoptr (GPtrArray) events = zf_history_read (zf_store_reader (fixture->store), fixture->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 4);
  for (guint i = 0; i < events->len; i++)
    g_assert_cmpstr (((ZfEvent *) events->pdata[i])->why, ==, i == 2 ? "问过本人" : NULL);
  ZfEvent *told = events->pdata[2];
  g_autofree char *pair = zf_json_canonical (json_object_get_member (told->fields, "phone"));
  g_assert_cmpstr (pair, ==, "[\"13800000001\",\"13900000000\"]");
  g_autoptr (ZfQuery) query = zf_query_new (ZF_REASON_KIND);
  zf_query_columns (query, "id", "of", NULL);
  zf_query_where (query, "parent", ZF_OP_EQ, fixture->id);
  g_autoptr (ZfRows) rows = zf_query_run (query, zf_store_reader (fixture->store), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (zf_rows_n (rows), ==, 1);
  g_assert_cmpstr (zf_rows_text (rows, 0, 1), ==, fixture->id);
  g_autoptr (ZfRecord) reason = get (fixture, zf_rows_text (rows, 0, 0));
  g_assert_cmpstr (zf_record_get_string (reason, "fields", NULL), ==, "phone");
}

/* What others wrote comes with its author and moment; one that later words have overwritten keeps its reason at least. */
static void
test_reason_of_others (Fixture *fixture, gconstpointer data)
{
#define FAR "0192d000-0000-7000-8000-000000000001"
  static const char *const items =
    "[{\"s\":1,\"k\":\"home\",\"id\":\"" FAR "\",\"rev\":1,\"f\":{\"name\":\"乙\",\"phone\":\"13900000008\"},"
    "\"c\":[{\"cid\":\"c1\",\"by\":\"zhao\",\"at\":1000},{\"cid\":\"c3\",\"by\":\"li\",\"at\":3000}],\"ci\":{\"name\":0,\"phone\":1,\"income\":1}},"
    "{\"s\":2,\"k\":\"reason\",\"id\":\"0192d000-0000-7000-8000-000000000002\",\"rev\":1,"
    "\"f\":{\"home\":\"" FAR "\",\"of\":\"" FAR "\",\"why\":\"问过本人\"},"
    "\"c\":[{\"cid\":\"c4\",\"by\":\"li\",\"at\":3000}],\"ci\":{\"home\":0,\"of\":0,\"why\":0}},"
    "{\"s\":3,\"k\":\"reason\",\"id\":\"0192d000-0000-7000-8000-000000000003\",\"rev\":1,"
    "\"f\":{\"home\":\"" FAR "\",\"of\":\"" FAR "\",\"why\":\"写错了\"},"
    "\"c\":[{\"cid\":\"c5\",\"by\":\"wu\",\"at\":2000}],\"ci\":{\"home\":0,\"of\":0,\"why\":0}}]";
  static const struct { const char *by, *why; } expected[] = { { "li", "问过本人" }, { "wu", "写错了" }, { "zhao", NULL } };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) page = zf_json_parse (items, -1, &error);
  gboolean done = FALSE;
  g_assert_no_error (error);
  g_assert_true (zf_ledger_stage (fixture->store, json_node_get_array (page), 3, FALSE, &error));
  while (!done)
    g_assert_true (zf_ledger_apply (fixture->store, 50, &done, NULL, &error));
  g_autoptr (GPtrArray) events = zf_history_read (zf_store_reader (fixture->store), FAR, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < events->len; i++)
    {
      ZfEvent *event = events->pdata[i];
      g_assert_cmpstr (event->by, ==, expected[i].by);
      g_assert_cmpstr (event->why, ==, expected[i].why);
    }
  /* What stands there now, and what was taken away; the old values only the county knows. */
  g_autofree char *fields = zf_json_canonical_object (((ZfEvent *) events->pdata[0])->fields);
  g_assert_cmpstr (fields, ==, "{\"income\":[null],\"phone\":[\"13900000008\"]}");
  g_autoptr (GPtrArray) written = zf_history_read (zf_store_reader (fixture->store), "0192d000-0000-7000-8000-000000000002", &error);
  g_assert_cmpuint (written->len, ==, 1);
  g_assert_cmpstr (((ZfEvent *) written->pdata[0])->op, ==, "add");
  g_assert_cmpuint (json_object_get_size (((ZfEvent *) written->pdata[0])->fields), ==, 0);
}

/* A record has the name that its form gives it, also after a change; one without is named by its kind's label. */
static void
test_instance_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfForm) form = zf_form_new (zf_kinds_get (fixture->kinds, "plot"), &error);
  g_assert_no_error (error);
  g_autoptr (JsonObject) answers = zf_json_parse_object ("{\"county\":\"east\",\"town\":\"hill\",\"mu\":\"2\",\"use\":\"rice\"}", -1, NULL);
  g_autoptr (ZfDraft) draft = zf_draft_start (fixture->store, "plot", fixture->id, "1", "wang", answers, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *id = zf_form_finish (form, fixture->store, draft, TODAY, FALSE, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (ZfRecord) record = get (fixture, id);
  g_assert_cmpstr (zf_record_title_field (record), ==, ZF_INSTANCE_NAME);
  g_assert_cmpstr (zf_record_get_string (record, ZF_INSTANCE_NAME, NULL), ==, "山镇 2亩");
  g_autoptr (ZfFormEdit) edit = zf_form_edit_open (form, zf_store_reader (fixture->store), id, TODAY, NOON, &error);
  g_assert_true (zf_answers_set_text (edit->answers, "mu", "3", &error));
  g_autofree char *same = zf_form_edit_finish (edit, fixture->store, NULL, "wang", FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (same, ==, id);
  g_autoptr (ZfRecord) after = get (fixture, id);
  g_assert_cmpstr (zf_record_get_string (after, ZF_INSTANCE_NAME, NULL), ==, "山镇 3亩");
  json_object_remove_member (after->fields, ZF_INSTANCE_NAME);
  g_assert_cmpstr (zf_record_title_field (after), ==, "county");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/forms/store/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("take-back", test_take_back);
  ADD ("take-back-alone", test_take_back_alone);
  ADD ("take-back-sent", test_take_back_sent);
  ADD ("take-back-built-upon", test_take_back_built_upon);
  ADD ("take-back-begun-again", test_take_back_begun_again);
  ADD ("prefill", test_prefill);
  ADD ("instance-name", test_instance_name);
  ADD ("finish-nothing-changed", test_finish_nothing_changed);
  ADD ("finish-save-to", test_finish_save_to);
  ADD ("base-is-what-was-seen", test_base_is_what_was_seen);
  ADD ("untouched-never-writes-back", test_untouched_never_writes_back);
  ADD ("same-change-elsewhere", test_same_change_elsewhere);
  ADD ("finish-refuses", test_finish_refuses);
  ADD ("finish-overtaken", test_finish_overtaken);
  ADD ("irrelevant-is-dropped", test_irrelevant_is_dropped);
  ADD ("finish-twice", test_finish_twice);
  ADD ("last-saved", test_last_saved);
  ADD ("put-checks", test_put_checks);
  ADD ("put-calculates", test_put_calculates);
  ADD ("put-new-passes-on", test_put_new_passes_on);
  ADD ("correction", test_correction);
  ADD ("correction-overtaken", test_correction_overtaken);
  ADD ("edit-nothing", test_edit_nothing);
  ADD ("edit-corrects", test_edit_corrects);
  ADD ("edit-asks-first", test_edit_asks_first);
  ADD ("edit-changes", test_edit_changes);
  ADD ("edit-changed-since", test_edit_changed_since);
  ADD ("edit-draft", test_edit_draft);
  ADD ("edit-draft-changed-since", test_edit_draft_changed_since);
  ADD ("edit-draft-ends", test_edit_draft_ends);
  ADD ("edit-corrected-since", test_edit_corrected_since);
  ADD ("edit-leaves-idle", test_edit_leaves_idle);
  ADD ("correction-rows", test_correction_rows);
  ADD ("reason-wanted", test_reason_wanted);
  ADD ("reason-missing", test_reason_missing);
  ADD ("reason-told", test_reason_told);
  ADD ("reason-of-others", test_reason_of_others);
  return g_test_run ();
}
