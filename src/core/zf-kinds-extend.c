/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* A registry with what the county published since. Older versions stay in it: what was begun with one goes on with it. */
#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-kind-private.h"

/* Kinds and names in their order, the newest version first. */
static int
compare_publications (gconstpointer a, gconstpointer b)
{
  const ZfPublication *x = *(ZfPublication *const *) a, *y = *(ZfPublication *const *) b;
  int order = strcmp (x->kind, y->kind);

  order = order != 0 ? order : strcmp (x->name, y->name);
  return order != 0 ? order : zf_publication_compare (y->version, x->version);
}

static void
leave_out (ZfKinds *self, const ZfPublication *publication, const GError *error)
{
  ZfRefused *refused = g_new0 (ZfRefused, 1);

  refused->kind = g_strdup (publication->kind);
  refused->name = g_strdup (publication->name);
  refused->version = g_strdup (publication->version);
  refused->reason = g_strdup (error->message);
  g_ptr_array_add (self->refused, refused);
}

const char *
zf_kinds_version_in_use (ZfKinds *self, const char *what, const char *name)
{
  const ZfKind *kind;

  if (strcmp (what, "form") != 0)
    return g_hash_table_lookup (self->list_files, name);
  kind = zf_kinds_get (self, name);
  return kind != NULL ? zf_kind_version (kind) : NULL;
}

static gboolean
is_newer (ZfKinds *self, const ZfPublication *publication)
{
  const char *now = zf_kinds_version_in_use (self, publication->kind, publication->name);

  return now == NULL || zf_publication_compare (publication->version, now) > 0;
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

static GHashTable *
read_lists (const ZfPublication *publication, GError **error)
{
  g_autoptr (JsonObject) root = zf_json_parse_object (publication->content, -1, error);
  JsonArray *array = root != NULL ? zf_json_get_array (root, "lists") : NULL;
  g_autoptr (GHashTable) fresh = zf_choice_lists_new ();

  if (root == NULL)
    return NULL;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (!zf_kinds_add_list (fresh, publication->name, json_array_get_element (array, i), error))
      return NULL;
  return g_steal_pointer (&fresh);
}

static void
copy_lists (GHashTable *from, GHashTable *to)
{
  GHashTableIter iter;
  gpointer name, list;

  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &name, &list))
    g_hash_table_insert (to, g_strdup (name), g_ptr_array_ref (list));
}

static gboolean
take_lists (ZfKinds *self, const ZfPublication *publication, GError **error)
{
  g_autoptr (GHashTable) fresh = read_lists (publication, error);
  GHashTableIter iter;
  gpointer name, list;

  if (fresh == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, fresh);
  while (g_hash_table_iter_next (&iter, &name, &list))
    if (!keeps_all (self->shared_lists, name, list, error))
      return FALSE;
  copy_lists (fresh, self->shared_lists);
  g_hash_table_insert (self->list_files, g_strdup (publication->name), g_strdup (publication->version));
  return TRUE;
}

/* ---- Forms ---- */

/* With the kinds of its own repeats. */
void
zf_kinds_put (ZfKinds *self, ZfKind *kind)
{
  ZfKind *old = g_hash_table_lookup (self->by_name, zf_kind_name (kind));
  guint at = 0;

  if (old != NULL && g_ptr_array_find (self->ordered, old, &at))
    g_ptr_array_add (self->older, g_ptr_array_steal_index (self->ordered, at));
  g_ptr_array_add (self->ordered, kind);
  g_hash_table_replace (self->by_name, (gpointer) zf_kind_name (kind), kind);
  for (guint i = 0; i < zf_kind_repeats (kind)->len; i++)
    if (zf_kind_is_own_repeat (zf_kind_repeats (kind)->pdata[i]))
      zf_kinds_put (self, zf_kind_ref (zf_kind_repeats (kind)->pdata[i]));
}

ZfKind *
zf_kinds_read_form (ZfKinds *self, const ZfPublication *publication, GError **error)
{
  g_autoptr (JsonObject) root = zf_json_parse_object (publication->content, -1, error);
  g_autofree char *file = g_strconcat (publication->name, ".json", NULL);
  g_autoptr (ZfKind) kind = root != NULL ? zf_kind_new (file, root, self->shared_lists, error) : NULL;

  if (kind == NULL || !zf_kinds_check_references (self, kind, error))
    return NULL;
  if (strcmp (zf_kind_name (kind), publication->name) == 0 && strcmp (zf_kind_version (kind), publication->version) == 0)
    return g_steal_pointer (&kind);
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "It names itself otherwise inside");
  return NULL;
}

static gboolean
take_form (ZfKinds *self, const ZfPublication *publication, GError **error)
{
  g_autoptr (ZfKind) kind = zf_kinds_read_form (self, publication, error);
  const ZfKind *old = zf_kinds_get (self, publication->name);

  if (kind == NULL || (old != NULL && !zf_publication_follows (old, kind, error)) || (self->check != NULL && !self->check (kind, error)))
    return FALSE;
  zf_kinds_put (self, g_steal_pointer (&kind));
  return TRUE;
}

static void
keep_older (ZfKinds *self, const ZfPublication *publication)
{
  const char *now = zf_kinds_version_in_use (self, "form", publication->name);

  if (g_strcmp0 (now, publication->version) != 0)
    g_ptr_array_add (self->unread,
                     zf_publication_new (publication->kind, publication->name, publication->version, publication->content));
}

/* ---- The registry ---- */

/* Kinds that were right with the old lists are right with lists that lost nothing. */
static void
copy_kinds (ZfKinds *from, ZfKinds *to)
{
  for (guint i = 0; i < from->ordered->len; i++)
    {
      ZfKind *old = from->ordered->pdata[i];
      ZfKind *kind = zf_kind_is_own_repeat (old) ? NULL : zf_kind_again (old, to->shared_lists, NULL);

      g_assert (kind != NULL || zf_kind_is_own_repeat (old));
      if (kind != NULL)
        zf_kinds_put (to, kind);
    }
}

static void
copy_list_files (GHashTable *from, GHashTable *to)
{
  GHashTableIter iter;
  gpointer name, version;

  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &name, &version))
    g_hash_table_insert (to, g_strdup (name), g_strdup (version));
}

typedef gboolean (*TakeFunc) (ZfKinds *self, const ZfPublication *publication, GError **error);

/* The newest of each name that can be used. @last: what cannot is named. */
static guint
take_round (ZfKinds *self, GPtrArray *sorted, TakeFunc take, gboolean last)
{
  guint taken = 0;

  for (guint i = 0; i < sorted->len; i++)
    {
      const ZfPublication *publication = sorted->pdata[i];
      g_autoptr (GError) error = NULL;

      if (!is_newer (self, publication))
        continue;
      if (take (self, publication, &error))
        taken++;
      else if (last)
        leave_out (self, publication, error);
    }
  return taken;
}

/* A form may name another one that comes behind it: rounds until nothing more fits. */
static void
take_each (ZfKinds *self, GPtrArray *sorted, const char *kind, TakeFunc take)
{
  g_autoptr (GPtrArray) mine = g_ptr_array_new ();

  for (guint i = 0; i < sorted->len; i++)
    if (strcmp (((ZfPublication *) sorted->pdata[i])->kind, kind) == 0)
      g_ptr_array_add (mine, sorted->pdata[i]);
  while (take_round (self, mine, take, FALSE) > 0)
    ;
  take_round (self, mine, take, TRUE);
  for (guint i = 0; take == take_form && i < mine->len; i++)
    if (!is_newer (self, mine->pdata[i]))
      keep_older (self, mine->pdata[i]);
}

ZfKinds *
zf_kinds_extend (ZfKinds *base, GPtrArray *publications)
{
  ZfKinds *self = g_object_new (ZF_TYPE_KINDS, NULL);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  for (guint i = 0; i < publications->len; i++)
    g_ptr_array_add (sorted, publications->pdata[i]);
  g_ptr_array_sort (sorted, compare_publications);
  self->check = base->check;
  copy_lists (base->shared_lists, self->shared_lists);
  copy_list_files (base->list_files, self->list_files);
  take_each (self, sorted, "codelist", take_lists);
  copy_kinds (base, self);
  take_each (self, sorted, "form", take_form);
  zf_kinds_sort (self);
  return self;
}
