/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* What a county operator publishes to all tablets: forms, code lists, rules, parameters, members, helpers, holidays. Each is checked before it is written: what a tablet could
 * not use never leaves the county. */
#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-publication.h"
#include "zf-server-core-private.h"

static char *
record_id (ZfServerCore *core, const char *kind, JsonObject *fields, GError **error)
{
  const ZfKind *declared = zf_kinds_get (core->kinds, kind);
  char *id = declared != NULL ? zf_kind_make_id (declared, fields) : NULL;

  if (id == NULL)
    g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "This server's data has no kind %s, or its key is not answered", kind);
  return id;
}

static void
add_record (JsonArray *records, const char *id, JsonObject *fields)
{
  JsonObject *record = json_object_new ();

  json_object_set_string_member (record, "id", id);
  json_object_set_object_member (record, "fields", json_object_ref (fields));
  json_array_add_object_element (records, record);
}

static gboolean
publish_one (ZfServerCore *core, const ZfPublication *publication, const char *id, JsonObject *fields, GError **error)
{
  g_autoptr (JsonArray) records = json_array_new ();

  if (!zf_publication_check (core->kinds, publication, error))
    return FALSE;
  add_record (records, id, fields);
  return zf_server_core_publish (core, publication->kind, records, error) && zf_server_take_published (core, error);
}

/* The same once more is no harm; another text under a version that tablets may have is. */
static gboolean
is_published (ZfServerCore *core, const ZfPublication *publication, const char *id, gboolean *same, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_publication_free);

  *same = FALSE;
  if (!zf_server_load_published (core, id, found, error))
    return FALSE;
  if (found->len == 0)
    return TRUE;
  *same = g_str_equal (((ZfPublication *) found->pdata[0])->content, publication->content);
  if (!*same)
    g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: version %s was published with another content; give this one a higher version",
                 publication->name, publication->version);
  return *same;
}

static JsonObject *
fields_of (const ZfPublication *publication)
{
  JsonObject *fields = json_object_new ();

  json_object_set_string_member (fields, "name", publication->name);
  json_object_set_string_member (fields, "version", publication->version);
  json_object_set_string_member (fields, "content", publication->content);
  return fields;
}

gboolean
zf_server_core_publish_text (ZfServerCore *core, const char *text, char **said, GError **error)
{
  g_autoptr (ZfPublication) publication = zf_publication_read (text, error);
  g_autoptr (JsonObject) fields = publication != NULL ? fields_of (publication) : NULL;
  g_autofree char *id = fields != NULL && zf_server_take_published (core, error) ? record_id (core, publication->kind, fields, error) : NULL;
  gboolean same = FALSE;

  if (id == NULL || !is_published (core, publication, id, &same, error) || (!same && !publish_one (core, publication, id, fields, error)))
    return FALSE;
  *said = g_strdup_printf ("%s %s, version %s", publication->kind, publication->name, publication->version);
  return TRUE;
}

gboolean
zf_server_core_publish_rows (ZfServerCore *core, const char *kind, JsonArray *rows, GError **error)
{
  g_autoptr (JsonArray) records = json_array_new ();

  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      g_autofree char *id = JSON_NODE_HOLDS_OBJECT (node) ? record_id (core, kind, json_node_get_object (node), NULL) : NULL;

      if (id == NULL)
        {
          g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "Row %u of the list lacks what names a %s", i + 1, kind);
          return FALSE;
        }
      add_record (records, id, json_node_get_object (node));
    }
  return zf_server_core_publish (core, kind, records, error);
}

/* ---- The first version of everything ---- */

static gboolean
add_file (ZfServerCore *core, const char *path, const char *kind, JsonArray *records, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (ZfPublication) publication = g_file_get_contents (path, &text, NULL, error) ? zf_publication_read (text, error) : NULL;
  g_autoptr (JsonObject) fields = publication != NULL ? fields_of (publication) : NULL;
  g_autofree char *id = fields != NULL ? record_id (core, kind, fields, error) : NULL;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_publication_free);

  if (id == NULL || !zf_server_load_published (core, id, found, error))
    return FALSE;
  if (found->len == 0)
    add_record (records, id, fields);
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* In the order of their names, so that the same data makes the same county. */
static GPtrArray *
list_files (const char *path, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL)
    return NULL;
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".json") && name[0] != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static gboolean
publish_folder (ZfServerCore *core, const char *data_dir, const char *folder, const char *kind, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, folder, NULL);
  g_autoptr (GPtrArray) names = list_files (path, error);
  g_autoptr (JsonArray) records = json_array_new ();

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *file = g_build_filename (path, names->pdata[i], NULL);

      if (!add_file (core, file, kind, records, error))
        return FALSE;
    }
  if (names == NULL)
    return FALSE;
  return zf_server_core_publish (core, kind, records, error);
}

/* They are what this server runs on: its registry has checked them. */
gboolean
zf_server_core_publish_data (ZfServerCore *core, const char *data_dir, GError **error)
{
  if (zf_kinds_get (core->kinds, "form") == NULL || zf_kinds_get (core->kinds, "codelist") == NULL)
    return TRUE;
  return publish_folder (core, data_dir, "codelists", "codelist", error) && publish_folder (core, data_dir, "forms", "form", error) &&
         zf_server_take_published (core, error);
}
