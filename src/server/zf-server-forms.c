/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* What a county operator publishes to all tablets: forms, code lists, rules, parameters, members. Each is checked before it is written: what a tablet could
 * not use never leaves the county. */
#include <string.h>

#include "zf-error.h"
#include "zf-form.h"
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

/* The very expressions that the tablets will run. */
static gboolean
compiles (ZfServerCore *core, const ZfPublication *publication, GError **error)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_autoptr (ZfKinds) kinds = NULL;
  g_autoptr (ZfForm) form = NULL;

  if (!g_str_equal (publication->kind, "form"))
    return TRUE;
  g_ptr_array_add (one, (gpointer) publication);
  kinds = zf_kinds_extend (core->kinds, one, NULL);
  form = zf_form_new (zf_kinds_get (kinds, publication->name), error);
  return form != NULL;
}

static gboolean
publish_one (ZfServerCore *core, const ZfPublication *publication, const char *id, JsonObject *fields, GError **error)
{
  g_autoptr (JsonArray) records = json_array_new ();

  if (!zf_publication_check (core->kinds, publication, error) || !compiles (core, publication, error))
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
zf_server_core_publish_members (ZfServerCore *core, JsonArray *members, GError **error)
{
  g_autoptr (JsonArray) records = json_array_new ();

  for (guint i = 0; i < json_array_get_length (members); i++)
    {
      JsonNode *node = json_array_get_element (members, i);
      g_autofree char *id = JSON_NODE_HOLDS_OBJECT (node) ? record_id (core, "member", json_node_get_object (node), NULL) : NULL;

      if (id == NULL)
        {
          g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "Member %u of the list has no code", i + 1);
          return FALSE;
        }
      add_record (records, id, json_node_get_object (node));
    }
  return zf_server_core_publish (core, "member", records, error);
}
