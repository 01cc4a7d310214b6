/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-form-check-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-json.h"

/* The one row of the settings; NULL when there is none. */
JsonObject *
zf_form_check_settings_row (ZfFormCheck *check)
{
  JsonArray *rows = zf_json_get_array (check->root, "settings");
  JsonNode *row = rows != NULL && json_array_get_length (rows) > 0 ? json_array_get_element (rows, 0) : NULL;
  return row != NULL && JSON_NODE_HOLDS_OBJECT (row) ? json_node_get_object (row) : NULL;
}

/* What a form may say of itself, by the column's first part; "attribute::" and the like are other programs'. */
static const char *const known_settings[] = { "form_title", "form_id", "version", "default_language", "allow_choice_duplicates", ZF_INSTANCE_NAME, NULL };

static void
check_instance_name (ZfFormCheck *check)
{
  JsonObject *settings = zf_form_check_settings_row (check);
  ZfXpathScope scope = zf_form_check_scope (check, ZF_XPATH_UNKNOWN);
  const char *text = settings != NULL ? zf_form_check_cell (settings, ZF_INSTANCE_NAME) : "";
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfExpr) expr = *text != '\0' ? zf_expr_new (text, &scope, &error) : NULL;
  if (error != NULL)
    zf_form_check_fault (check, "settings", 0, ZF_INSTANCE_NAME, "%s", error->message);
  if (expr != NULL && g_hash_table_contains (check->names, ZF_INSTANCE_NAME))
    zf_form_check_fault (check, "settings", 0, ZF_INSTANCE_NAME, _("the name “%s” stands there already"), ZF_INSTANCE_NAME);
}

static void
note_settings (ZfFormCheck *check)
{
  JsonObject *settings = zf_form_check_settings_row (check);
  g_autoptr (GList) columns = settings != NULL ? json_object_get_members (settings) : NULL;
  for (GList *l = columns; l != NULL; l = l->next)
    {
      g_auto (GStrv) parts = g_strsplit (l->data, "::", 2);
      if (parts[0] == NULL || !g_strv_contains (known_settings, parts[0]))
        zf_form_check_note (check, "settings", 0, l->data, _("this setting changes nothing here"));
    }
}

void
zf_form_check_settings (ZfFormCheck *check)
{
  check_instance_name (check);
  note_settings (check);
}
