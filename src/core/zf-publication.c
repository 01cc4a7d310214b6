/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-publication.h"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-kind-private.h"
#include "zf-publication-private.h"

ZfPublication *
zf_publication_new (const char *kind, const char *name, const char *version, const char *content)
{
  ZfPublication *publication = g_new0 (ZfPublication, 1);

  publication->kind = g_strdup (kind);
  publication->name = g_strdup (name);
  publication->version = g_strdup (version);
  publication->content = g_strdup (content);
  return publication;
}

void
zf_publication_free (ZfPublication *publication)
{
  g_free (publication->kind);
  g_free (publication->name);
  g_free (publication->version);
  g_free (publication->content);
  g_free (publication);
}

static gboolean
is_number (const char *text)
{
  return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

int
zf_publication_compare (const char *a, const char *b)
{
  int order;

  if (!is_number (a) || !is_number (b))
    return strcmp (a, b);
  a += strspn (a, "0");
  b += strspn (b, "0");
  order = (strlen (a) > strlen (b)) - (strlen (a) < strlen (b));
  return order != 0 ? order : strcmp (a, b);
}

/* What the file is, told by the member that only it has. */
static const struct
{
  const char *member;
  const char *kind;
} members[] = {
  { "survey", "form" },
  { "lists", "codelist" },
  { "rules", "rule" },
  { "parameters", "parameter" },
};

static const char *
kind_of (JsonObject *root)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (zf_json_get_array (root, members[i].member) != NULL)
      return members[i].kind;
  return NULL;
}

/* A form names itself in its settings, as XLSForm does. */
static void
name_of (JsonObject *root, const char **name, const char **version)
{
  JsonArray *settings = zf_json_get_array (root, "settings");
  JsonNode *first = settings != NULL && json_array_get_length (settings) > 0 ? json_array_get_element (settings, 0) : NULL;
  JsonObject *kind = zf_json_get_object (root, "kind");

  *name = zf_json_get_string (kind != NULL ? kind : root, "name", NULL);
  *version = first != NULL && JSON_NODE_HOLDS_OBJECT (first) ? zf_json_get_string (json_node_get_object (first), "version", NULL)
                                                             : zf_json_get_string (root, "version", NULL);
}

ZfPublication *
zf_publication_read (const char *text, GError **error)
{
  g_autoptr (JsonObject) root = NULL;
  const char *kind, *name, *version;

  if (strlen (text) > ZF_PUBLICATION_MAX)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_LIMIT, "The file is larger than what tablets take (200 kB)");
      return NULL;
    }
  root = zf_json_parse_object (text, -1, error);
  if (root == NULL)
    return NULL;
  kind = kind_of (root);
  name_of (root, &name, &version);
  if (kind != NULL && name != NULL && *name != '\0' && version != NULL && *version != '\0')
    return zf_publication_new (kind, name, version, text);
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID,
                       kind == NULL ? "The file is no form, code list, rules or parameters: it has no survey, lists, rules or parameters"
                                    : "The file has no name or no version");
  return NULL;
}

/* ---- What may follow what ---- */

static gboolean
refuse (GError **error, const char *name, const char *what, const char *which)
{
  g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: %s%s", name, what, which != NULL ? which : "");
  return FALSE;
}

static gboolean
same_setting (const ZfKind *old, const ZfKind *fresh, const char *setting)
{
  JsonNode *a = json_object_get_member (zf_kind_settings (old), setting);
  JsonNode *b = json_object_get_member (zf_kind_settings (fresh), setting);
  g_autofree char *x = a != NULL ? zf_json_canonical (a) : NULL;
  g_autofree char *y = b != NULL ? zf_json_canonical (b) : NULL;

  return g_strcmp0 (x, y) == 0;
}

static gboolean
keeps_codes (const ZfKind *old, const ZfKind *fresh, const char *list, GError **error)
{
  GPtrArray *codes = list != NULL ? zf_kind_choices (old, list) : NULL;

  for (guint i = 0; codes != NULL && i < codes->len; i++)
    {
      GPtrArray *now = zf_kind_choices (fresh, list);
      gboolean there = FALSE;

      for (guint j = 0; now != NULL && j < now->len && !there; j++)
        there = g_str_equal (((ZfChoice *) now->pdata[j])->name, ((ZfChoice *) codes->pdata[i])->name);
      if (!there)
        return refuse (error, list, "the code list loses a code that stored answers may hold: ", ((ZfChoice *) codes->pdata[i])->name);
    }
  return TRUE;
}

static gboolean
keeps_field (const ZfKind *old, const ZfKind *fresh, const ZfField *field, GError **error)
{
  const ZfField *now = zf_kind_field (fresh, field->name);
  g_autofree char *list = NULL;
  ZfFieldType type;

  if (now == NULL)
    return refuse (error, zf_kind_name (old), "the form loses a question that stored records answer (hide it instead): ", field->name);
  if (now->type != field->type)
    return refuse (error, zf_kind_name (old), "the form changes the type of a question that stored records answer: ", field->name);
  if (strcmp (now->group, field->group) != 0)
    return refuse (error, zf_kind_name (old), "the form changes which questions belong together: ", field->name);
  return zf_field_type_parse (field->row, &type, &list, zf_kind_name (old), error) && keeps_codes (old, fresh, list, error);
}

static const char *const fixed_settings[] = { "parent", "append_only", "key", "server_only", "refs", "unique" };

static const ZfKind *
find_repeat (const ZfKind *kind, const ZfKind *repeat)
{
  GPtrArray *repeats = zf_kind_repeats (kind);

  for (guint i = 0; i < repeats->len; i++)
    if (strcmp (zf_kind_name (repeats->pdata[i]), zf_kind_name (repeat)) == 0)
      return repeats->pdata[i];
  return NULL;
}

static gboolean
keeps_repeats (const ZfKind *old, const ZfKind *fresh, GError **error)
{
  for (guint i = 0; i < zf_kind_repeats (old)->len; i++)
    {
      const ZfKind *repeat = zf_kind_repeats (old)->pdata[i];
      const ZfKind *now = find_repeat (fresh, repeat);

      if (!zf_kind_is_own_repeat (repeat))
        continue;
      if (now == NULL || !zf_kind_is_own_repeat (now))
        return refuse (error, zf_kind_name (old), "the form loses a repeat that has records: ", zf_kind_name (repeat));
      if (!zf_publication_follows (repeat, now, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
zf_publication_follows (const ZfKind *old, const ZfKind *fresh, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixed_settings); i++)
    if (!same_setting (old, fresh, fixed_settings[i]))
      return refuse (error, zf_kind_name (old), "the form changes a setting that must stay: ", fixed_settings[i]);
  for (guint i = 0; i < zf_kind_n_fields (old); i++)
    if (!keeps_field (old, fresh, zf_kind_field_at (old, i), error))
      return FALSE;
  return keeps_repeats (old, fresh, error);
}

gboolean
zf_publication_check (ZfKinds *kinds, const ZfPublication *publication, GError **error)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_autoptr (ZfKinds) extended = NULL;
  const char *now = zf_kinds_version_in_use (kinds, publication->kind, publication->name);
  ZfRefused *refused;

  if (now != NULL && zf_publication_compare (publication->version, now) <= 0)
    return refuse (error, publication->name, "it needs a higher version than the one in use, ", now);
  g_ptr_array_add (one, (gpointer) publication);
  extended = zf_kinds_extend (kinds, one);
  if (zf_kinds_refused (extended)->len == 0)
    return TRUE;
  refused = zf_kinds_refused (extended)->pdata[0];
  return refuse (error, refused->name, refused->reason, NULL);
}

/* ---- From the store ---- */

static gboolean
read_rows (ZfDb *db, const char *sql, const char *a, const char *b, GPtrArray *list, GError **error)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, error);
  gboolean row = stmt != NULL;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "ss", a, b);
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return FALSE;
      if (row && zf_db_text (stmt, 1) != NULL && zf_db_text (stmt, 2) != NULL && zf_db_text (stmt, 3) != NULL)
        g_ptr_array_add (list, zf_publication_new (zf_db_text (stmt, 0), zf_db_text (stmt, 1), zf_db_text (stmt, 2), zf_db_text (stmt, 3)));
    }
  return TRUE;
}

ZfPublication *
zf_publication_newest (ZfReader *reader, const char *kind, const char *name, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_publication_free);
  const ZfPublication *best = NULL;

  if (!read_rows (zf_reader_db (reader),
                  "SELECT kind, json_extract (cur, '$.name'), json_extract (cur, '$.version'), json_extract (cur, '$.content') FROM record "
                  "WHERE kind = ?1 AND del IS NULL AND json_extract (cur, '$.name') = ?2 ORDER BY id", kind, name, list, error))
    return NULL;
  for (guint i = 0; i < list->len; i++)
    {
      const ZfPublication *at = list->pdata[i];

      if (best == NULL || zf_publication_compare (at->version, best->version) > 0)
        best = at;
    }
  return best != NULL ? zf_publication_new (best->kind, best->name, best->version, best->content) : NULL;
}

/* ---- Forms and code lists of the store ---- */

/* Ids of those versions that @base does not have itself. (transfer full) */
static GPtrArray *
list_fresh (ZfDb *db, ZfKinds *base, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT id, kind, json_extract (cur, '$.name'), json_extract (cur, '$.version') FROM record "
                                      "WHERE kind IN ('codelist', 'form') AND del IS NULL ORDER BY kind, id",
                                      error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (row && zf_db_text (stmt, 2) != NULL &&
          g_strcmp0 (zf_kinds_version_in_use (base, zf_db_text (stmt, 1), zf_db_text (stmt, 2)), zf_db_text (stmt, 3)) != 0)
        g_ptr_array_add (ids, g_strdup (zf_db_text (stmt, 0)));
    }
  return g_steal_pointer (&ids);
}

static char *
mark_of (GPtrArray *ids)
{
  g_autoptr (GString) mark = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (mark, "%s ", (char *) ids->pdata[i]);
  return g_strdup (mark->str);
}

static gboolean
read_fresh (ZfDb *db, GPtrArray *ids, GPtrArray *publications, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    if (!read_rows (db, "SELECT kind, json_extract (cur, '$.name'), json_extract (cur, '$.version'), json_extract (cur, '$.content') "
                        "FROM record WHERE id = ?1 AND ?2 IS NULL", ids->pdata[i], NULL, publications, error))
      return FALSE;
  return TRUE;
}

static void
tell_refused (ZfKinds *kinds)
{
  GPtrArray *refused = zf_kinds_refused (kinds);

  for (guint i = 0; i < refused->len; i++)
    {
      const ZfRefused *at = refused->pdata[i];

      g_message ("Not used, the older one stays: %s %s, version %s: %s", at->kind, at->name, at->version, at->reason);
    }
}

gboolean
zf_kinds_published (ZfDb *db, ZfKinds *base, char **mark, ZfKinds **kinds, GError **error)
{
  g_autoptr (GPtrArray) publications = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_publication_free);
  g_autoptr (GPtrArray) ids = list_fresh (db, base, error);
  g_autofree char *now = ids != NULL ? mark_of (ids) : NULL;

  *kinds = NULL;
  if (ids == NULL)
    return FALSE;
  if (g_strcmp0 (now, *mark != NULL ? *mark : "") == 0)
    return TRUE;
  if (!read_fresh (db, ids, publications, error))
    return FALSE;
  *kinds = zf_kinds_extend (base, publications);
  tell_refused (*kinds);
  g_free (*mark);
  *mark = g_steal_pointer (&now);
  return TRUE;
}
