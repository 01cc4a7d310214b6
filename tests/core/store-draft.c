/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include "zf-ledger.h"

/* A form half filled in survives whatever happens to the tablet. */

static ZfDraft *
start (Fixture *f, const char *home)
{
  g_autoptr (JsonObject) answers = json_of ("{'phone':'1'}");
  g_autoptr (JsonObject) seen = json_of ("{'phone':{'id':'%s','field':'phone','value':'1','rev':0}}", home);
  g_autoptr (GError) error = NULL;
  ZfDraft *draft = zf_draft_start (f->store, "visit", home, "1", "u1", answers, seen, &error);

  g_assert_no_error (error);
  return draft;
}

static void
answer (Fixture *f, const char *id, const char *field, const char *value)
{
  g_autoptr (JsonNode) node = value != NULL ? zf_json_string (value) : zf_json_null ();
  g_autoptr (GError) error = NULL;

  zf_draft_set (f->store, id, field, node, &error);
  g_assert_no_error (error);
}

static void
test_each_answer_is_durable (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s','phone':'1'}", VILLAGE_1);
  g_autoptr (ZfDraft) draft = start (f, home);
  g_autoptr (ZfDraft) again = NULL;
  g_autoptr (ZfDraft) found = NULL;
  g_autoptr (GError) error = NULL;

  zf_draft_set_place (f->store, draft->id, "2");
  answer (f, draft->id, "said", "水管坏了");
  zf_draft_set_place (f->store, draft->id, "3");
  answer (f, draft->id, "mode", "home");
  answer (f, draft->id, "mode", NULL);
  zf_draft_add_made (f->store, draft->id, "photo-1");
  zf_draft_add_made (f->store, draft->id, "photo-2");
  answer (f, draft->id, "said", "水管坏了");
  fixture_reopen (f);
  again = start (f, home);
  g_assert_cmpstr (again->id, ==, draft->id);
  found = zf_draft_get (f->reader, draft->id, &error);
  g_assert_no_error (error);
  /* Neither place nor photos are answers: they would be of the record. */
  assert_json (found->answers, "{'phone':'1','said':'水管坏了'}");
  g_assert_cmpstr (found->place, ==, "3");
  g_assert_cmpuint (found->made->len, ==, 2);
  g_assert_true (g_ptr_array_find_with_equal_func (found->made, "photo-2", g_str_equal, NULL));
  g_assert_cmpint (zf_json_get_int (zf_json_get_object (found->seen, "phone"), "rev", -1), ==, 0);
  g_assert_cmpstr (found->form_version, ==, "1");
  /* Nothing of a draft enters the log. */
  g_assert_cmpuint (log_length (f, home), ==, 1);
  fixture_check (f);
}

/* Five hundred rows of a repeat with what was shown of each: more values than foreign JSON may have, and no draft that nobody can open any more. */
static void
test_large (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autoptr (JsonObject) seen = json_object_new ();
  g_autoptr (ZfDraft) draft = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < ZF_JSON_MAX_NODES / 4; i++)
    {
      g_autofree char *address = g_strdup_printf ("rows[%05u].name", i);
      JsonObject *entry = json_of ("{'id':'%05u','field':'name','value':null,'rev':0}", i);

      json_object_set_object_member (seen, address, entry);
    }
  draft = zf_draft_start (f->store, "visit", home, "1", "u1", NULL, seen, &error);
  g_assert_no_error (error);
  answer (f, draft->id, "said", "水管坏了");
  all = zf_draft_list (f->reader, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 1);
}

static void
test_finish (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s','phone':'1'}", VILLAGE_1);
  g_autoptr (ZfDraft) draft = start (f, home);
  g_autoptr (ZfSave) save = zf_save_new ("u1", TRUE);
  g_autoptr (ZfSave) twice = zf_save_new ("u1", TRUE);
  g_autoptr (JsonObject) fields = json_of ("{'household':'%s','date':'2026-11-20','phone':'2'}", home);
  g_autoptr (JsonNode) seen = zf_json_string ("1");
  g_autoptr (JsonNode) mine = zf_json_string ("2");
  g_autoptr (GPtrArray) left = NULL;

  zf_save_create (save, "visit", draft->id, fields);
  zf_save_set_seen (save, "household", home, "phone", mine, seen, 0);
  zf_save_drop_draft (save, draft->id);
  commit (f, save);
  left = zf_draft_list (f->reader, NULL, NULL);
  g_assert_cmpuint (left->len, ==, 0);
  /* A second tap on "finish" records nothing twice. */
  zf_save_create (twice, "visit", NULL, fields);
  zf_save_drop_draft (twice, draft->id);
  commit_fails (f, twice, ZF_ERROR_NOT_FOUND);
  g_assert_cmpuint (log_length (f, home), ==, 2);
}

static void
test_list_and_discard (Fixture *f, gconstpointer data)
{
  g_autofree char *one = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autofree char *two = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autoptr (ZfDraft) first = start (f, one);
  g_autoptr (ZfDraft) second = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) of_one = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = zf_json_string ("x");

  zf_clock_advance (f->clock, 1000);
  second = start (f, two);
  all = zf_draft_list (f->reader, NULL, NULL);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (((ZfDraft *) g_ptr_array_index (all, 0))->id, ==, second->id);
  of_one = zf_draft_list (f->reader, one, NULL);
  g_assert_cmpuint (of_one->len, ==, 1);
  g_assert_true (zf_draft_discard (f->store, first->id, NULL));
  g_assert_false (zf_draft_set (f->store, first->id, "said", node, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND);
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  zf_draft_set_finish (ZF_STORE (source), result, &error);
  g_assert_no_error (error);
  (*(guint *) user_data)++;
}

static void
test_async (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s'}", VILLAGE_1);
  g_autoptr (ZfDraft) draft = start (f, home);
  g_autoptr (ZfDraft) found = NULL;
  guint done = 0;

  for (guint i = 1; i <= 30; i++)
    {
      g_autofree char *field = g_strdup_printf ("q%02u", i);
      g_autoptr (JsonNode) node = zf_json_string (field);

      zf_draft_set_async (f->store, draft->id, field, node, on_set, &done);
    }
  while (done < 30)
    g_main_context_iteration (NULL, TRUE);
  found = zf_draft_get (f->reader, draft->id, NULL);
  g_assert_cmpuint (json_object_get_size (found->answers), ==, 31);
}

/* What was shown by a county that was set back has no revision of the new one. */
static void
test_restored (Fixture *f, gconstpointer data)
{
  g_autofree char *home = save_new (f, "household", "{'village':'%s','phone':'1'}", VILLAGE_1);
  g_autoptr (JsonObject) answers = json_of ("{'phone':'1'}");
  g_autoptr (JsonObject) seen = json_of ("{'phone':{'id':'%s','field':'phone','value':'1','rev':7},'name':{'id':'%s','field':'name','value':'x','rev':3}}", home, home);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfDraft) draft = zf_draft_start (f->store, "visit", home, "1", "u1", answers, seen, &error);
  g_autoptr (ZfDraft) found = NULL;
  JsonObject *phone;

  g_assert_no_error (error);
  zf_ledger_restored (f->store, "another epoch", 1, NULL, &error);
  g_assert_no_error (error);
  found = zf_draft_get (f->reader, draft->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_object_get_size (found->seen), ==, 2);
  phone = zf_json_get_object (found->seen, "phone");
  g_assert_cmpint (zf_json_get_int (phone, "rev", -1), ==, 0);
  g_assert_cmpstr (zf_json_get_string (phone, "value", ""), ==, "1");
  g_assert_cmpstr (zf_json_get_string (phone, "id", ""), ==, home);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/draft/each-answer-is-durable", Fixture, NULL, fixture_set_up, test_each_answer_is_durable, fixture_tear_down);
  g_test_add ("/store/draft/large", Fixture, NULL, fixture_set_up, test_large, fixture_tear_down);
  g_test_add ("/store/draft/finish", Fixture, NULL, fixture_set_up, test_finish, fixture_tear_down);
  g_test_add ("/store/draft/list-and-discard", Fixture, NULL, fixture_set_up, test_list_and_discard, fixture_tear_down);
  g_test_add ("/store/draft/async", Fixture, NULL, fixture_set_up, test_async, fixture_tear_down);
  g_test_add ("/store/draft/restored", Fixture, NULL, fixture_set_up, test_restored, fixture_tear_down);
  return g_test_run ();
}
