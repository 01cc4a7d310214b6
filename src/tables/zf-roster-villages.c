/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-divisions.h"
#include "zf-query.h"
#include "zf-roster-private.h"

struct _ZfRosterVillages
{
  ZfDivisions *divisions;
  GHashTable *recorded;   /* ids of the villages in the store */
  GHashTable *answers;    /* "town\nvillage\ncode" → id: a roster repeats its village on every row */
};

static gboolean
load_recorded (ZfRosterVillages *self, ZfReader *reader, GError **error)
{
  g_autoptr (ZfQuery) query = zf_query_new ("village");
  zf_query_column (query, "id");
  g_autoptr (ZfRows) rows = zf_query_run (query, reader, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < zf_rows_n (rows); i++)
    g_hash_table_add (self->recorded, g_strdup (zf_rows_text (rows, i, 0)));
  if (zf_rows_n (rows) > 0)
    return TRUE;
  g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_HEADER, _("The store holds no villages; make it with “init” first"));
  return FALSE;
}

ZfRosterVillages *
zf_roster_villages_load (ZfReader *reader, GError **error)
{
  g_autoptr (ZfRosterVillages) self = g_new0 (ZfRosterVillages, 1);
  self->recorded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->divisions = zf_divisions_load (zf_data_dir (), error);
  if (self->divisions == NULL || !load_recorded (self, reader, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
zf_roster_villages_free (ZfRosterVillages *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->divisions);
  g_hash_table_unref (self->recorded);
  g_hash_table_unref (self->answers);
  g_free (self);
}

static char *
describe_candidates (const char *what, GPtrArray *candidates)
{
  GString *text = g_string_new (what);
  for (guint i = 0; i < candidates->len && i < 5; i++)
    {
      const ZfVillage *village = g_ptr_array_index (candidates, i);
      g_string_append_printf (text, "%s%s%s", i == 0 ? ": " : ", ", village->town->name, village->name);
    }
  return g_string_free (text, FALSE);
}

static const ZfVillage *
search (ZfRosterVillages *self, const char *town, const char *text, char **reason)
{
  g_autoptr (GPtrArray) candidates = NULL;
  switch (zf_divisions_find (self->divisions, town, text, &candidates))
    {
    case ZF_VILLAGE_ONE:
      return g_ptr_array_index (candidates, 0);
    case ZF_VILLAGE_SEVERAL:
      *reason = describe_candidates (_("Several villages have this name"), candidates);
      return NULL;
    case ZF_VILLAGE_NEAR:
      *reason = describe_candidates (_("There is no village of this name; similar ones"), candidates);
      return NULL;
    case ZF_VILLAGE_NONE:
    default:
      *reason = g_strdup (_("There is no village of this name in this county"));
      return NULL;
    }
}

const char *
zf_roster_villages_find (ZfRosterVillages *self, const char *town, const char *village, const char *code, char **reason)
{
  *reason = NULL;
  if (village == NULL && code == NULL)
    {
      *reason = g_strdup (_("The village is missing"));
      return NULL;
    }
  g_autofree char *key = g_strjoin ("\n", town != NULL ? town : "", village != NULL ? village : "", code != NULL ? code : "", NULL);
  const char *answer = g_hash_table_lookup (self->answers, key);
  if (answer != NULL)
    return answer;
  const ZfVillage *found = code != NULL ? search (self, NULL, code, reason) : search (self, town, village, reason);
  if (found == NULL)
    return NULL;
  if (!g_hash_table_contains (self->recorded, found->id))
    {
      *reason = g_strdup (_("This village is not in this store"));
      return NULL;
    }
  g_hash_table_insert (self->answers, g_steal_pointer (&key), g_strdup (found->id));
  return found->id;
}
