/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-form-check-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-kind-private.h"
#include "zf-json.h"
#include "zf-publication.h"

/* The core and the compiler stop at the first fault, as what is refused is refused. A person who writes a form wants all of them at once: this walks
 * the rows on its own, goes on after every fault, and asks core and compiler at the end, whose word counts. */

static void
fault_free (gpointer data)
{
  ZfFormFault *fault = data;
  g_free (fault->column);
  g_free (fault->message);
  g_free (fault);
}

ZfFormFault *
zf_form_check_fault (ZfFormCheck *check, const char *sheet, guint row, const char *column, const char *format, ...)
{
  ZfFormFault *fault = g_new0 (ZfFormFault, 1);
  va_list args;
  fault->sheet = sheet;
  fault->row = row;
  fault->column = g_strdup (column);
  va_start (args, format);
  fault->message = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (check->faults, fault);
  return fault;
}

/* What stands there is left aside. */
void
zf_form_check_note (ZfFormCheck *check, const char *sheet, guint row, const char *column, const char *message)
{
  zf_form_check_fault (check, sheet, row, column, "%s", message)->harmless = TRUE;
}

JsonObject *
zf_form_check_row (ZfFormCheck *check, JsonArray *rows, const char *sheet, guint i)
{
  JsonNode *node = json_array_get_element (rows, i);
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  zf_form_check_fault (check, sheet, i, NULL, "%s", _("this is not a row"));
  return NULL;
}

const char *
zf_form_check_cell (JsonObject *row, const char *column)
{
  return zf_json_get_string (row, column, "");
}

static int
compare_faults (gconstpointer a, gconstpointer b)
{
  const ZfFormFault *x = *(const ZfFormFault *const *) a, *y = *(const ZfFormFault *const *) b;
  int order = g_strcmp0 (y->sheet, x->sheet);   /* the survey first */
  return order != 0 ? order : x->row < y->row ? -1 : x->row > y->row;
}

static void
check_rows (ZfFormCheck *check)
{
  g_autoptr (GPtrArray) way = g_ptr_array_new ();
  zf_form_check_choices (check);
  zf_form_check_survey (check);
  zf_form_check_implied_names (check);
  for (guint i = 0; i < check->groups->len; i++)
    {
      zf_form_check_group_values (check, check->groups->pdata[i]);
      zf_form_check_group_expressions (check, check->groups->pdata[i]);
    }
  for (guint i = 0; i < check->questions->len; i++)
    {
      zf_form_check_values (check, check->questions->pdata[i]);
      zf_form_check_expressions (check, check->questions->pdata[i]);
    }
  for (guint i = 0; i < check->questions->len; i++)
    zf_form_check_circles (check, check->questions->pdata[i], way);
  zf_form_check_settings (check);
  zf_form_check_pictures (check);
  g_ptr_array_sort (check->faults, compare_faults);
}

static gboolean
has_harm (ZfFormCheck *check)
{
  for (guint i = 0; i < check->faults->len; i++)
    if (!((const ZfFormFault *) check->faults->pdata[i])->harmless)
      return TRUE;
  return FALSE;
}

ZfForm *
zf_form_check (ZfKinds *kinds, const char *file_name, JsonObject *root, gsize length, GPtrArray **faults)
{
  g_return_val_if_fail (ZF_IS_KINDS (kinds) && file_name != NULL && root != NULL && faults != NULL, NULL);

  g_autoptr (GPtrArray) questions = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) doubled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) pictures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  ZfFormCheck check = { .kinds = kinds, .root = root, .survey = zf_json_get_array (root, "survey"), .choices = zf_json_get_array (root, "choices"),
                  .faults = g_ptr_array_new_with_free_func (fault_free), .questions = questions, .groups = groups, .names = names, .doubled = doubled,
                  .pictures = pictures, .columns = columns, .group = -1 };
  *faults = check.faults;
  if (check.survey != NULL)
    check_rows (&check);
  if (length > ZF_PUBLICATION_MAX)
    zf_form_check_fault (&check, NULL, 0, NULL, _("The form with its pictures is larger than what tablets take (%d kB)"), ZF_PUBLICATION_MAX / 1024);
  if (has_harm (&check))
    return NULL;
  const ZfKind *kind = zf_kinds_check_root (kinds, file_name, root, &error);
  ZfForm *form = kind != NULL ? zf_form_new (kind, &error) : NULL;
  if (form == NULL)
    zf_form_check_fault (&check, NULL, 0, NULL, "%s", error->message);
  return form;
}

char *
zf_form_fault_text (const ZfFormFault *fault)
{
  g_return_val_if_fail (fault != NULL, NULL);

  if (fault->sheet == NULL)
    return g_strdup (fault->message);
  if (fault->column == NULL)
    return g_strdup_printf (_("“%s”, row %u: %s"), fault->sheet, fault->row + 1, fault->message);
  return g_strdup_printf (_("“%s”, row %u, `%s`: %s"), fault->sheet, fault->row + 1, fault->column, fault->message);
}
