/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-form-check-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-form-words.h"
#include "zf-json.h"

gboolean
zf_form_check_has_list (ZfFormCheck *check, const char *list)
{
  for (guint i = 0; check->choices != NULL && i < json_array_get_length (check->choices); i++)
    {
      JsonNode *node = json_array_get_element (check->choices, i);
      if (JSON_NODE_HOLDS_OBJECT (node) && strcmp (zf_form_check_cell (json_node_get_object (node), "list_name"), list) == 0)
        return TRUE;
    }
  return zf_kinds_shared_list (check->kinds, list) != NULL;
}

gboolean
zf_form_check_has_choice (ZfFormCheck *check, const char *list, const char *code)
{
  GPtrArray *shared = zf_kinds_shared_list (check->kinds, list);
  gboolean own = FALSE;
  for (guint i = 0; check->choices != NULL && i < json_array_get_length (check->choices); i++)
    {
      JsonNode *node = json_array_get_element (check->choices, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      if (row == NULL || strcmp (zf_form_check_cell (row, "list_name"), list) != 0)
        continue;
      if (strcmp (zf_form_check_cell (row, "name"), code) == 0)
        return TRUE;
      own = TRUE;
    }
  for (guint i = 0; !own && shared != NULL && i < shared->len; i++)
    if (strcmp (((ZfChoice *) shared->pdata[i])->name, code) == 0)
      return TRUE;
  return FALSE;
}

/* A choice is told by its words alone, wherever it stands. */
static void
check_choice_words (ZfFormCheck *check, guint row, JsonObject *object)
{
  g_autoptr (GList) columns = json_object_get_members (object);
  for (GList *l = columns; l != NULL; l = l->next)
    if (zf_form_words_is_column (l->data) && strstr (zf_form_check_cell (object, l->data), "${") != NULL)
      zf_form_check_fault (check, "choices", row, l->data, "%s", _("the words of a choice cannot name an answer"));
}

/* The words of a code alone, as lists and what happened to a record show it, are those of its first row. */
static gboolean
same_words (JsonObject *a, JsonObject *b)
{
  return g_strcmp0 (zf_row_text (a, "label", "zh"), zf_row_text (b, "label", "zh")) == 0 && g_strcmp0 (zf_row_text (a, "label", "en"), zf_row_text (b, "label", "en")) == 0;
}

/* @seen: list and name → the first row of that choice. */
static void
check_choice_once (ZfFormCheck *check, guint row, JsonObject *object, GHashTable *seen)
{
  const char *list = zf_form_check_cell (object, "list_name"), *name = zf_form_check_cell (object, "name");
  g_autofree char *key = g_strdup_printf ("%s\n%s", list, name);
  JsonObject *settings = zf_form_check_settings_row (check), *first = g_hash_table_lookup (seen, key);
  if (first == NULL)
    {
      g_hash_table_insert (seen, g_steal_pointer (&key), object);
      return;
    }
  g_hash_table_add (check->doubled, g_strdup (list));
  if (settings == NULL || strcmp (zf_form_check_cell (settings, "allow_choice_duplicates"), "yes") != 0)
    zf_form_check_fault (check, "choices", row, "name", _("the choice “%s” stands in the list “%s” already"), name, list);
  else if (!same_words (first, object))
    zf_form_check_note (check, "choices", row, "label", _("this choice has other words further up; where records are listed, those stand"));
}

void
zf_form_check_choices (ZfFormCheck *check)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; check->choices != NULL && i < json_array_get_length (check->choices); i++)
    {
      JsonObject *row = zf_form_check_row (check, check->choices, "choices", i);
      const char *list = row != NULL ? zf_form_check_cell (row, "list_name") : "", *name = row != NULL ? zf_form_check_cell (row, "name") : "";
      if (row != NULL && *list == '\0')
        zf_form_check_fault (check, "choices", i, "list_name", "%s", _("the choice belongs to no list"));
      if (row != NULL && *name == '\0')
        zf_form_check_fault (check, "choices", i, "name", "%s", _("the choice has no name"));
      if (row != NULL)
        {
          zf_form_check_media (check, "choices", i, row, TRUE);
          check_choice_words (check, i, row);
        }
      if (*list != '\0' && *name != '\0')
        check_choice_once (check, i, row, seen);
    }
}
