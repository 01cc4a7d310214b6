/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Kind files: read, compiled with all their expressions, or refused with one sentence. */
#include <string.h>

#include "fuzz.h"
#include "zf-form-check.h"
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

/* What is refused has at least one fault that a person can read. */
static void
check_faults (const char *name, JsonObject *file)
{
  g_autoptr (GPtrArray) faults = NULL;
  g_autoptr (ZfForm) form = zf_form_check (shipped (), name, file, &faults);

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
