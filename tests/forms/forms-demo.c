/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "forms-demo"

#include "zf-form-appearance.h"
#include "zf-form-check.h"
#include "zf-json.h"

#include <string.h>

/* The demo form of the screens (tests/app/ways.json) has a question for all that the compiler knows: what is new needs one there, and is looked at then. */

typedef struct
{
  ZfKinds *kinds;
  JsonObject *root;
  JsonArray *survey;
} Demo;

static Demo demo;

static gboolean
is_type (const char *type, const char *wanted)
{
  gsize n = strcspn (type, " ");
  return wanted == NULL || (strlen (wanted) == n && strncmp (type, wanted, n) == 0);
}

static gboolean
has_word (const char *appearance, const char *wanted)
{
  g_auto (GStrv) words = g_strsplit (appearance, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_has_suffix (wanted, "-") ? g_str_has_prefix (words[i], wanted) : g_str_equal (words[i], wanted))
      return TRUE;
  return FALSE;
}

/* Some row of @type (NULL: any) whose appearance has @word (NULL: none is asked for). */
static gboolean
has_row (const char *type, const char *word)
{
  for (guint i = 0; i < json_array_get_length (demo.survey); i++)
    {
      JsonObject *row = json_array_get_object_element (demo.survey, i);
      if (is_type (zf_json_get_string (row, "type", ""), type) && (word == NULL || has_word (zf_json_get_string (row, "appearance", ""), word)))
        return TRUE;
    }
  return FALSE;
}

/* Taken, named by form check, and nothing of them is seen or kept. */
static const char *const aside[] = { "deviceid", "username", "email", "phonenumber", "subscriberid", "simserial", "audit", NULL };

static void
test_types (void)
{
  const char *type = NULL;
  for (guint i = 0; (type = zf_form_type (i)) != NULL; i++)
    if (!g_strv_contains (aside, type) && !has_row (type, NULL))
      g_error ("the demo form has no question of the type %s", type);
}

static void
test_appearances (void)
{
  const ZfFormAppearance *appearance = NULL;
  for (guint i = 0; (appearance = zf_form_appearance (i)) != NULL; i++)
    if (!g_str_equal (appearance->word, "source") && !has_row (appearance->type, appearance->word))
      g_error ("the demo form has no %s of the appearance %s", appearance->type != NULL ? appearance->type : "question", appearance->word);
}

/* What else a row can say that is seen on the screen. */
static void
test_columns (void)
{
  static const char *const columns[] = { "label::中文", "hint::中文", "guidance_hint::中文", "required", "constraint", "constraint_message::中文", "relevant", "calculation",
                                         "choice_filter", "default", "read_only", "check", "check_message::中文", "source", "class", "unit::中文", "repeat_count", "kind", "purpose", "media::image" };
  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    {
      gboolean found = FALSE;
      for (guint i = 0; i < json_array_get_length (demo.survey) && !found; i++)
        found = json_object_has_member (json_array_get_object_element (demo.survey, i), columns[c]);
      if (!found)
        g_error ("no row of the demo form has the column %s", columns[c]);
    }
}

/* A select of @type with the choice that the form did not write down. */
static gboolean
has_other (const char *type)
{
  for (guint i = 0; i < json_array_get_length (demo.survey); i++)
    {
      const char *words = zf_json_get_string (json_array_get_object_element (demo.survey, i), "type", "");
      if (is_type (words, type) && g_str_has_suffix (words, " or_other"))
        return TRUE;
    }
  return FALSE;
}

static void
test_other (void)
{
  g_assert_true (has_other ("select_one"));
  g_assert_true (has_other ("select_multiple"));
}

static void
test_nothing_aside (void)
{
  g_autoptr (GPtrArray) faults = NULL;
  g_autoptr (ZfForm) form = zf_form_check (demo.kinds, "ways.json", demo.root, 0, &faults);
  for (guint i = 0; i < faults->len; i++)
    {
      g_autofree char *text = zf_form_fault_text (faults->pdata[i]);
      g_error ("%s", text);
    }
  g_assert_nonnull (form);
}

int
main (int argc, char **argv)
{
  g_autofree char *path = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "app", "ways.json", NULL);
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr (GError) error = NULL;
  g_test_init (&argc, &argv, NULL);
  demo.kinds = zf_kinds_load (zf_data_dir (), &error);
  g_assert_no_error (error);
  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  demo.root = zf_json_parse_object (text, (gssize) length, &error);
  g_assert_no_error (error);
  demo.survey = zf_json_get_array (demo.root, "survey");
  g_test_add_func ("/forms/demo/types", test_types);
  g_test_add_func ("/forms/demo/appearances", test_appearances);
  g_test_add_func ("/forms/demo/columns", test_columns);
  g_test_add_func ("/forms/demo/or-other", test_other);
  g_test_add_func ("/forms/demo/nothing-aside", test_nothing_aside);
  int result = g_test_run ();
  json_object_unref (demo.root);
  g_object_unref (demo.kinds);
  return result;
}
