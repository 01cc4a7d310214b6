/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Kind files: read, compiled with all their expressions, or refused with one sentence. */
#include <string.h>

#include "fuzz.h"
#include "zf-form-check.h"
#include "zf-form-words.h"
#include "zf-json.h"
#include "zf-kind-private.h"
#include "zf-xlsform-read.h"

static ZfKinds *
shipped (void)
{
  static ZfKinds *kinds = NULL;

  if (kinds == NULL)
    kinds = zf_kinds_load (zf_data_dir (), NULL);
  g_assert_nonnull (kinds);
  return kinds;
}

static void
assert_sentence (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

/* What a person reads is the same file. */
static void
check_text (JsonObject *file)
{
  g_autofree char *text = zf_xlsform_text (file);
  g_autoptr (JsonObject) again = zf_json_parse_object (text, -1, NULL);
  g_autofree char *a = zf_json_canonical_object (file);
  g_autofree char *b = again != NULL ? zf_json_canonical_object (again) : NULL;

  g_assert_cmpstr (a, ==, b);
}

static void
check_style (JsonObject *row, const char *column, JsonNode *value, gpointer data)
{
  static const GMarkupParser parser = { 0 };
  const char *text = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_string (value) : NULL;
  g_autoptr (ZfStyled) styled = text != NULL && zf_form_words_is_column (column) ? zf_styled_new (text, TRUE) : NULL;
  g_autofree char *whole = styled != NULL && styled->markup != NULL ? g_strdup_printf ("<markup>%s</markup>", styled->markup) : NULL;
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, NULL, NULL);

  if (whole != NULL)
    g_assert_true (g_markup_parse_context_parse (context, whole, -1, NULL) && g_markup_parse_context_end_parse (context, NULL));
}

/* What a label knows to show, whatever stands in the cells. */
static void
check_styles (JsonArray *rows)
{
  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
    {
      JsonNode *row = json_array_get_element (rows, i);

      if (JSON_NODE_HOLDS_OBJECT (row))
        json_object_foreach_member (json_node_get_object (row), check_style, NULL);
    }
}

/* What is refused has at least one fault that a person can read. */
static void
check_faults (const char *name, JsonObject *file)
{
  g_autoptr (GPtrArray) faults = NULL;
  g_autoptr (ZfForm) form = zf_form_check (shipped (), name, file, 0, &faults);

  g_assert_null (form);
  g_assert_cmpuint (faults->len, >, 0);
  for (guint i = 0; i < faults->len; i++)
    {
      g_autofree char *text = zf_form_fault_text (faults->pdata[i]);

      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (JsonObject) file = zf_json_parse_object ((const char *) data, (gssize) size, NULL);
  JsonObject *settings = file != NULL ? zf_json_get_object (file, "kind") : NULL;
  g_autofree char *name = NULL;
  g_autoptr (ZfKind) kind = NULL;
  g_autoptr (ZfForm) form = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) fault = NULL;

  if (file == NULL)
    return 0;
  check_text (file);
  check_styles (zf_json_get_array (file, "survey"));
  check_styles (zf_json_get_array (file, "choices"));
  name = g_strconcat (settings != NULL ? zf_json_get_string (settings, "name", "") : "", ".json", NULL);
  kind = zf_kind_new (name, file, shipped ()->shared_lists, &error);
  if (kind == NULL)
    assert_sentence (error);
  else
    form = zf_form_new (kind, &fault);
  if (kind != NULL && form == NULL)
    assert_sentence (fault);
  if (form == NULL)
    check_faults (name, file);
  return 0;
}
