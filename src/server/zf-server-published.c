/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* What the county has published so far, and the kinds that follow from it. */
#include <string.h>

#include "zf-json.h"
#include "zf-publication.h"
#include "zf-server-core-private.h"

/* Ids of the published forms and code lists: a server that starts, or another process at the same data, finds them by it. */
#define META_PUBLISHED "published"

static const char *
field_text (ZfEntity *entity, const char *name)
{
  ZfPart *part = zf_entity_find (entity, name);

  return part != NULL ? zf_json_get_string (part->f, name, NULL) : NULL;
}

gboolean
zf_server_load_published (ZfServerCore *core, const char *id, GPtrArray *into, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfEntity) entity = core->store->verbs->load (core->store, id, &local);
  const char *name = entity != NULL ? field_text (entity, "name") : NULL;
  const char *version = entity != NULL ? field_text (entity, "version") : NULL;
  const char *content = entity != NULL ? field_text (entity, "content") : NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (name != NULL && version != NULL && content != NULL)
    g_ptr_array_add (into, zf_publication_new (entity->kind, name, version, content));
  return TRUE;
}

static GPtrArray *
load_published (ZfServerCore *core, const char *ids, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_publication_free);
  g_auto (GStrv) words = g_strsplit (ids, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (!zf_server_load_published (core, words[i], list, error))
      return NULL;
  return g_steal_pointer (&list);
}

gboolean
zf_server_take_published (ZfServerCore *core, GError **error)
{
  g_autofree char *ids = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (!core->store->verbs->get_meta (core->store, META_PUBLISHED, &ids, error))
    return FALSE;
  if (g_strcmp0 (ids, core->published) == 0)
    return TRUE;
  list = load_published (core, ids != NULL ? ids : "", error);
  if (list == NULL)
    return FALSE;
  g_object_unref (core->kinds);
  core->kinds = zf_kinds_extend (core->base_kinds, list);
  g_free (core->published);
  core->published = g_steal_pointer (&ids);
  return TRUE;
}

gboolean
zf_server_note_published (ZfServerCore *core, const char *kind, JsonArray *records, GError **error)
{
  g_autofree char *ids = NULL;
  g_autoptr (GString) more = NULL;

  if (!g_str_equal (kind, "form") && !g_str_equal (kind, "codelist"))
    return TRUE;
  if (!core->store->verbs->get_meta (core->store, META_PUBLISHED, &ids, error))
    return FALSE;
  more = g_string_new (ids);
  for (guint i = 0; i < json_array_get_length (records); i++)
    {
      const char *id = zf_json_get_string (json_array_get_object_element (records, i), "id", "");

      if (strstr (more->str, id) == NULL)
        g_string_append_printf (more, "%s%s", more->len > 0 ? " " : "", id);
    }
  return core->store->verbs->set_meta (core->store, META_PUBLISHED, more->str, error);
}
