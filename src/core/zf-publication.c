/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-publication.h"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-kind-private.h"
#include "zf-publication-private.h"

#define MAX_CONTENT (200 * 1024)

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

  if (strlen (text) > MAX_CONTENT)
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

gboolean
zf_publication_follows (const ZfKind *old, const ZfKind *fresh, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixed_settings); i++)
    if (!same_setting (old, fresh, fixed_settings[i]))
      return refuse (error, zf_kind_name (old), "the form changes a setting that must stay: ", fixed_settings[i]);
  for (guint i = 0; i < zf_kind_n_fields (old); i++)
    if (!keeps_field (old, fresh, zf_kind_field_at (old, i), error))
      return FALSE;
  return TRUE;
}

gboolean
zf_publication_check (ZfKinds *kinds, const ZfPublication *publication, GError **error)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_autoptr (GPtrArray) refused = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ZfKinds) extended = NULL;
  const ZfKind *old = g_str_equal (publication->kind, "form") ? zf_kinds_get (kinds, publication->name) : NULL;

  if (old != NULL && zf_publication_compare (publication->version, zf_kind_version (old)) <= 0)
    return refuse (error, publication->name, "a form needs a higher version than the one in use, ", zf_kind_version (old));
  g_ptr_array_add (one, (gpointer) publication);
  extended = zf_kinds_extend (kinds, one, refused);
  if (refused->len == 0)
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, refused->pdata[0]);
  return FALSE;
}

/* ---- From the store ---- */

GPtrArray *
zf_publications_load (ZfDb *db, const char *kind, const char *name, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_publication_free);
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT kind, json_extract (cur, '$.name'), json_extract (cur, '$.version'), "
                                      "json_extract (cur, '$.content') FROM record WHERE kind = ?1 AND del IS NULL AND "
                                      "(?2 IS NULL OR json_extract (cur, '$.name') = ?2) ORDER BY id",
                                      error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "ss", kind, name);
  while (row)
    {
      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (row && zf_db_text (stmt, 1) != NULL && zf_db_text (stmt, 2) != NULL && zf_db_text (stmt, 3) != NULL)
        g_ptr_array_add (list, zf_publication_new (zf_db_text (stmt, 0), zf_db_text (stmt, 1), zf_db_text (stmt, 2), zf_db_text (stmt, 3)));
    }
  return g_steal_pointer (&list);
}

ZfPublication *
zf_publication_newest (ZfReader *reader, const char *kind, const char *name, GError **error)
{
  g_autoptr (GPtrArray) list = zf_publications_load (zf_reader_db (reader), kind, name, error);
  const ZfPublication *best = NULL;

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const ZfPublication *at = list->pdata[i];

      if (best == NULL || zf_publication_compare (at->version, best->version) > 0)
        best = at;
    }
  return best != NULL ? zf_publication_new (best->kind, best->name, best->version, best->content) : NULL;
}

gboolean
zf_kinds_published (ZfDb *db, ZfKinds *base, ZfKinds **kinds, GError **error)
{
  g_autoptr (GPtrArray) forms = zf_publications_load (db, "form", NULL, error);
  g_autoptr (GPtrArray) lists = forms != NULL ? zf_publications_load (db, "codelist", NULL, error) : NULL;
  g_autoptr (GPtrArray) refused = g_ptr_array_new_with_free_func (g_free);

  if (lists == NULL)
    return FALSE;
  g_ptr_array_extend_and_steal (lists, g_steal_pointer (&forms));
  *kinds = lists->len > 0 ? zf_kinds_extend (base, lists, refused) : g_object_ref (base);
  for (guint i = 0; i < refused->len; i++)
    g_message ("Not used, the older one stays: %s", (char *) refused->pdata[i]);
  return TRUE;
}
