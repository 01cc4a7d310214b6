/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-form-check-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-form-words.h"

/* Which columns of the survey mean something here, and which words in `parameters`; what means nothing is named, so that nobody counts on it. */

static const char *const known[] = { "type",    "name",    "appearance", "bind::type",   "calc_type",     "calculation", "check", "choice_filter", "class",
                                     "constraint", "default", "kind",       "parameters",   "purpose",       "read_only",   "readonly", "relevant",
                                     "repeat_count", "required", "save_to", "source", "told", "trigger", NULL };
/* Beside words there may be a file, or what a number counts; each once a language. */
static const char *const translated[] = { "unit", "image", "media", NULL };
/* These change what a form does, in ways that are not supported here. */
static const char *const unsupported[] = { "body::", "bind::", "control::" };

static gboolean
is_known (const char *column)
{
  const char *language = strstr (column, "::");
  g_autofree char *base = language != NULL ? g_strndup (column, (gsize) (language - column)) : g_strdup (column);
  return g_strv_contains (known, column) || g_strv_contains (translated, base) || zf_form_words_is_column (column);
}

static gboolean
is_unsupported (const char *column)
{
  for (guint i = 0; i < G_N_ELEMENTS (unsupported); i++)
    if (g_str_has_prefix (column, unsupported[i]))
      return TRUE;
  return FALSE;
}

/* One row is enough to tell of a column. */
static void
note_column (ZfFormCheck *check, guint row, const char *column)
{
  if (g_hash_table_add (check->columns, g_strdup (column)))
    zf_form_check_note (check, "survey", row, column, _("this column changes nothing here"));
}

/* Only a range has any. */
static gboolean
is_parameter (const char *type, const char *word)
{
  static const char *const of_range[] = { "start=", "end=", "step=" };
  for (guint i = 0; i < G_N_ELEMENTS (of_range); i++)
    if (g_str_equal (type, "range") && g_str_has_prefix (word, of_range[i]))
      return TRUE;
  return FALSE;
}

static void
note_parameters (ZfFormCheck *check, guint row, JsonObject *object)
{
  g_auto (GStrv) words = g_strsplit_set (zf_form_check_cell (object, "parameters"), " ,;\t", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !is_parameter (zf_form_check_cell (object, "type"), words[i]))
      zf_form_check_fault (check, "survey", row, "parameters", _("“%s” changes nothing here"), words[i])->harmless = TRUE;
}

void
zf_form_check_columns (ZfFormCheck *check, guint row, JsonObject *object)
{
  g_autoptr (GList) columns = json_object_get_members (object);
  for (GList *l = columns; l != NULL; l = l->next)
    if (is_known (l->data))
      continue;
    else if (is_unsupported (l->data))
      zf_form_check_fault (check, "survey", row, l->data, "%s", _("this column is not supported"));
    else if (*zf_form_check_cell (object, l->data) != '\0')
      note_column (check, row, l->data);
  note_parameters (check, row, object);
}
