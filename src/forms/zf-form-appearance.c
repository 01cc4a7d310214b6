/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-form-appearance.h"

#include <string.h>

static const ZfFormAppearance appearances[] = {
  { NULL, "hidden" },
  { "text", "multiline" }, { "text", "numbers" }, { "text", "masked" }, { "text", "minimal" }, { "text", "autocomplete" },
  { "integer", "thousands-sep" }, { "decimal", "thousands-sep" }, { "decimal", "money" },
  { "select_one", "minimal" }, { "select_one", "quick" }, { "select_one", "likert" }, { "select_one", "label" }, { "select_one", "list-nolabel" },
  { "select_one", "list" }, { "select_one", "columns" }, { "select_one", "columns-" }, { "select_one", "horizontal" }, { "select_one", "compact" },
  { "select_one", "autocomplete" }, { "select_one", "search" }, { "select_one", "source" },
  { "select_multiple", "minimal" }, { "select_multiple", "label" }, { "select_multiple", "list-nolabel" }, { "select_multiple", "list" },
  { "select_multiple", "columns" }, { "select_multiple", "columns-" }, { "select_multiple", "horizontal" }, { "select_multiple", "compact" },
  { "select_multiple", "autocomplete" }, { "select_multiple", "search" },
  { "range", "picker" }, { "range", "rating" },
  { "image", "signature" }, { "image", "quick" },
  { "begin_group", "field-list" }, { "begin_group", "family" }, { "begin_group", "photos" },
};

const ZfFormAppearance *
zf_form_appearance (guint i)
{
  return i < G_N_ELEMENTS (appearances) ? &appearances[i] : NULL;
}

static gboolean
is_type (const char *type, const char *wanted)
{
  gsize n = strcspn (type, " ");
  return wanted == NULL || (strlen (wanted) == n && strncmp (type, wanted, n) == 0);
}

gboolean
zf_form_appearance_known (const char *type, const char *word)
{
  g_return_val_if_fail (type != NULL && word != NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (appearances); i++)
    {
      const char *known = appearances[i].word;
      if (is_type (type, appearances[i].type) && (g_str_has_suffix (known, "-") ? g_str_has_prefix (word, known) : g_str_equal (word, known)))
        return TRUE;
    }
  return FALSE;
}
