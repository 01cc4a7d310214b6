/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* A registry with what the county published since. Older versions stay in it: what was begun with one goes on with it. */
#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-kind-private.h"
#include "zf-publication-private.h"

static int
compare_publications (gconstpointer a, gconstpointer b)
{
  const ZfPublication *x = *(ZfPublication *const *) a, *y = *(ZfPublication *const *) b;
  int order = strcmp (x->kind, y->kind);

  order = order != 0 ? order : strcmp (x->name, y->name);
  return order != 0 ? order : zf_publication_compare (x->version, y->version);
}

static void
leave_out (GPtrArray *refused, const ZfPublication *publication, const GError *error)
{
  if (refused != NULL)
    g_ptr_array_add (refused, g_strdup_printf ("%s %s: %s", publication->name, publication->version, error->message));
}

/* ---- Code lists ---- */

static gboolean
has_code (GPtrArray *list, const char *code)
{
  for (guint i = 0; i < list->len; i++)
    if (strcmp (((ZfChoice *) list->pdata[i])->name, code) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
keeps_all (GHashTable *lists, const char *name, GPtrArray *fresh, GError **error)
{
  GPtrArray *old = g_hash_table_lookup (lists, name);

  for (guint i = 0; old != NULL && i < old->len; i++)
    if (!has_code (fresh, ((ZfChoice *) old->pdata[i])->name))
      {
        g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "The list %s loses the code %s, which stored answers may hold", name,
                     ((ZfChoice *) old->pdata[i])->name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
read_list (GHashTable *into, JsonNode *node, const char *where, GError **error)
{
  JsonObject *list = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *name = list != NULL ? zf_json_get_string (list, "list_name", NULL) : NULL;
  JsonArray *rows = name != NULL ? zf_json_get_array (list, "choices") : NULL;

  if (rows == NULL || g_hash_table_contains (into, name))
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: a list needs choices and a name of its own.", where);
      return FALSE;
    }
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonNode *row = json_array_get_element (rows, i);
      g_autoptr (JsonObject) choice = JSON_NODE_HOLDS_OBJECT (row) ? json_object_ref (json_node_get_object (row)) : json_object_new ();

      json_object_set_string_member (choice, "list_name", name);
      if (!zf_choice_list_add (into, choice, where, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_lists (GHashTable *lists, const ZfPublication *publication, GError **error)
{
  g_autoptr (JsonObject) root = zf_json_parse_object (publication->content, -1, error);
  JsonArray *array = root != NULL ? zf_json_get_array (root, "lists") : NULL;
  g_autoptr (GHashTable) fresh = zf_choice_lists_new ();
  GHashTableIter iter;
  gpointer name, list;

  if (root == NULL)
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (!read_list (fresh, json_array_get_element (array, i), publication->name, error))
      return FALSE;
  g_hash_table_iter_init (&iter, fresh);
  while (g_hash_table_iter_next (&iter, &name, &list))
    if (!keeps_all (lists, name, list, error))
      return FALSE;
  g_hash_table_iter_init (&iter, fresh);
  while (g_hash_table_iter_next (&iter, &name, &list))
    g_hash_table_insert (lists, g_strdup (name), g_ptr_array_ref (list));
  return TRUE;
}

/* ---- Forms ---- */

static void
put_kind (ZfKinds *self, ZfKind *kind)
{
  ZfKind *old = g_hash_table_lookup (self->by_name, zf_kind_name (kind));
  guint at = 0;

  if (old != NULL && g_ptr_array_find (self->ordered, old, &at))
    g_ptr_array_add (self->older, g_ptr_array_steal_index (self->ordered, at));
  g_ptr_array_add (self->ordered, kind);
  g_hash_table_replace (self->by_name, (gpointer) zf_kind_name (kind), kind);
}

static gboolean
take_form (ZfKinds *self, const ZfPublication *publication, GError **error)
{
  g_autoptr (JsonObject) root = zf_json_parse_object (publication->content, -1, error);
  g_autofree char *file = g_strconcat (publication->name, ".json", NULL);
  g_autoptr (ZfKind) kind = root != NULL ? zf_kind_new (file, root, self->shared_lists, error) : NULL;
  const ZfKind *old = kind != NULL ? zf_kinds_get (self, zf_kind_name (kind)) : NULL;

  if (kind == NULL || !zf_kinds_check_references (self, kind, error))
    return FALSE;
  if (old != NULL && zf_publication_compare (publication->version, zf_kind_version (old)) <= 0)
    {
      g_ptr_array_add (self->older, g_steal_pointer (&kind));
      return TRUE;
    }
  if (old != NULL && !zf_publication_follows (old, kind, error))
    return FALSE;
  put_kind (self, g_steal_pointer (&kind));
  return TRUE;
}

/* ---- The registry ---- */

static void
copy_lists (GHashTable *from, GHashTable *to)
{
  GHashTableIter iter;
  gpointer name, list;

  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &name, &list))
    g_hash_table_insert (to, g_strdup (name), g_ptr_array_ref (list));
}

/* Kinds that were right with the old lists are right with lists that lost nothing. */
static void
copy_kinds (ZfKinds *from, ZfKinds *to)
{
  for (guint i = 0; i < from->ordered->len; i++)
    {
      ZfKind *kind = zf_kind_again (from->ordered->pdata[i], to->shared_lists, NULL);

      g_assert (kind != NULL);
      put_kind (to, kind);
    }
}

typedef gboolean (*TakeFunc) (gpointer into, const ZfPublication *publication, GError **error);

static void
take_each (GPtrArray *sorted, const char *kind, TakeFunc take, gpointer into, GPtrArray *refused)
{
  for (guint i = 0; i < sorted->len; i++)
    {
      const ZfPublication *publication = sorted->pdata[i];
      g_autoptr (GError) error = NULL;

      if (strcmp (publication->kind, kind) == 0 && !take (into, publication, &error))
        leave_out (refused, publication, error);
    }
}

ZfKinds *
zf_kinds_extend (ZfKinds *base, GPtrArray *publications, GPtrArray *refused)
{
  ZfKinds *self = g_object_new (ZF_TYPE_KINDS, NULL);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  for (guint i = 0; i < publications->len; i++)
    g_ptr_array_add (sorted, publications->pdata[i]);
  g_ptr_array_sort (sorted, compare_publications);
  copy_lists (base->shared_lists, self->shared_lists);
  take_each (sorted, "codelist", (TakeFunc) take_lists, self->shared_lists, refused);
  copy_kinds (base, self);
  take_each (sorted, "form", (TakeFunc) take_form, self, refused);
  zf_kinds_sort (self);
  return self;
}
