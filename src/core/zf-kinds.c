/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-config.h"

#include "zf-kind-private.h"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-publication.h"

G_DEFINE_FINAL_TYPE (ZfKinds, zf_kinds, G_TYPE_OBJECT)

static void
zf_kinds_finalize (GObject *object)
{
  ZfKinds *self = ZF_KINDS (object);

  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->ordered);
  g_ptr_array_unref (self->checked);
  g_ptr_array_unref (self->older);
  g_ptr_array_unref (self->unread);
  g_ptr_array_unref (self->refused);
  g_hash_table_unref (self->list_files);
  g_mutex_clear (&self->lock);
  g_hash_table_unref (self->shared_lists);
  G_OBJECT_CLASS (zf_kinds_parent_class)->finalize (object);
}

static void
zf_kinds_class_init (ZfKindsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_kinds_finalize;
}

static void
refused_free (gpointer data)
{
  ZfRefused *refused = data;

  g_free (refused->kind);
  g_free (refused->name);
  g_free (refused->version);
  g_free (refused->reason);
  g_free (refused);
}

static void
zf_kinds_init (ZfKinds *self)
{
  self->shared_lists = zf_choice_lists_new ();
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->ordered = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_kind_unref);
  self->checked = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_kind_unref);
  self->older = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_kind_unref);
  self->unread = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_publication_free);
  self->refused = g_ptr_array_new_with_free_func (refused_free);
  self->list_files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init (&self->lock);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

typedef gboolean (*FileFunc) (ZfKinds *self, const char *file_name, JsonObject *root, GError **error);

static gboolean
read_file (ZfKinds *self, const char *dir, const char *file_name, FileFunc func, GError **error)
{
  g_autofree char *path = g_build_filename (dir, file_name, NULL);
  g_autoptr (JsonNode) node = zf_json_parse_file (path, error);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: the file is not a JSON object.", file_name);
      return FALSE;
    }
  return func (self, file_name, json_node_get_object (node), error);
}

/* Reads every *.json of DATA/@sub in the order of the names, so that the same data gives the same registry. */
static gboolean
each_file (ZfKinds *self, const char *data_dir, const char *sub, FileFunc func, GError **error)
{
  g_autofree char *dir_name = g_build_filename (data_dir, sub, NULL);
  g_autoptr (GDir) dir = g_dir_open (dir_name, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "The folder %s cannot be read.", dir_name);
      return FALSE;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (g_str_has_suffix (name, ".json") && name[0] != '.')
        g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      if (!read_file (self, dir_name, g_ptr_array_index (names, i), func, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
zf_kinds_add_list (GHashTable *lists, const char *file_name, JsonNode *node, GError **error)
{
  JsonObject *list = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *list_name = list != NULL ? zf_json_get_string (list, "list_name", "") : "";
  JsonArray *rows = *list_name != '\0' ? zf_json_get_array (list, "choices") : NULL;
  g_autofree char *where = g_strdup_printf ("%s, list %s", file_name, list_name);

  if (rows == NULL || g_hash_table_contains (lists, list_name))
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: a list needs choices and a name of its own.", where);
      return FALSE;
    }
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonNode *row = json_array_get_element (rows, i);
      g_autoptr (JsonObject) empty = json_object_new ();
      JsonObject *choice = JSON_NODE_HOLDS_OBJECT (row) ? json_node_get_object (row) : empty;

      json_object_set_string_member (choice, "list_name", list_name);
      if (!zf_choice_list_add (lists, choice, FALSE, where, error))
        return FALSE;
    }
  return TRUE;
}

static void
note_list_file (ZfKinds *self, JsonObject *root)
{
  const char *name = zf_json_get_string (root, "name", NULL), *version = zf_json_get_string (root, "version", NULL);

  if (name != NULL && version != NULL)
    g_hash_table_insert (self->list_files, g_strdup (name), g_strdup (version));
}

static gboolean
add_code_lists (ZfKinds *self, const char *file_name, JsonObject *root, GError **error)
{
  JsonArray *lists = zf_json_get_array (root, "lists");

  for (guint i = 0; lists != NULL && i < json_array_get_length (lists); i++)
    if (!zf_kinds_add_list (self->shared_lists, file_name, json_array_get_element (lists, i), error))
      return FALSE;
  note_list_file (self, root);
  return TRUE;
}

static gboolean
add_kind (ZfKinds *self, const char *file_name, JsonObject *root, GError **error)
{
  ZfKind *kind = zf_kind_new (file_name, root, self->shared_lists, error);

  if (kind == NULL)
    return FALSE;
  zf_kinds_put (self, kind);
  return TRUE;
}

static gboolean
check_kind_is_known (ZfKinds *self, const ZfKind *kind, const char *named, GError **error)
{
  if (named == NULL || zf_kinds_get (self, named) != NULL)
    return TRUE;
  g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s.json: the kind “%s” is unknown.", zf_kind_name (kind), named);
  return FALSE;
}

/* Some questions of a kind that is there anyway mean the same as there. */
static gboolean
check_known_repeat (ZfKinds *self, const ZfKind *kind, const ZfKind *repeat, GError **error)
{
  const ZfKind *known = zf_kinds_get (self, zf_kind_name (repeat));

  if (!check_kind_is_known (self, kind, zf_kind_name (repeat), error))
    return FALSE;
  for (guint i = 0; i < zf_kind_n_fields (repeat); i++)
    {
      const ZfField *field = zf_kind_field_at (repeat, i);
      const ZfField *there = zf_kind_field (known, field->name);

      if (there == NULL || there->type != field->type)
        {
          g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s.json: the repeat of “%s” asks “%s”, which is no question of that kind or of another type.",
                       zf_kind_name (kind), zf_kind_name (repeat), field->name);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_repeats (ZfKinds *self, const ZfKind *kind, GError **error)
{
  for (guint i = 0; i < zf_kind_repeats (kind)->len; i++)
    {
      const ZfKind *repeat = zf_kind_repeats (kind)->pdata[i];

      if (!(zf_kind_is_own_repeat (repeat) ? check_repeats (self, repeat, error) : check_known_repeat (self, kind, repeat, error)))
        return FALSE;
    }
  return TRUE;
}

/* A ring of parents would have no household at its top. */
static gboolean
check_ancestry (ZfKinds *self, const ZfKind *kind, GError **error)
{
  const ZfKind *at = kind;
  guint steps = 0;

  while (at != NULL && zf_kind_parent_kind (at) != NULL && steps <= self->ordered->len)
    {
      at = zf_kinds_get (self, zf_kind_parent_kind (at));
      steps++;
    }
  if (steps <= self->ordered->len)
    return TRUE;
  g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s.json: the kind is its own ancestor.", zf_kind_name (kind));
  return FALSE;
}

gboolean
zf_kinds_check_references (ZfKinds *self, const ZfKind *kind, GError **error)
{
  for (guint j = 0; j < zf_kind_n_fields (kind); j++)
    {
      const char *named = zf_kind_field_at (kind, j)->ref_kind;

      if (g_strcmp0 (named, zf_kind_name (kind)) != 0 && !check_kind_is_known (self, kind, named, error))
        return FALSE;
    }
  return check_repeats (self, kind, error) && check_ancestry (self, kind, error);
}

static gboolean
check_references (ZfKinds *self, GError **error)
{
  for (guint i = 0; i < self->ordered->len; i++)
    {
      if (!zf_kinds_check_references (self, g_ptr_array_index (self->ordered, i), error))
        return FALSE;
    }
  return TRUE;
}

static int
compare_kinds (gconstpointer a, gconstpointer b)
{
  const ZfKind *x = *(const ZfKind *const *) a;
  const ZfKind *y = *(const ZfKind *const *) b;

  if (zf_kind_order (x) != zf_kind_order (y))
    return zf_kind_order (x) < zf_kind_order (y) ? -1 : 1;
  return strcmp (zf_kind_name (x), zf_kind_name (y));
}

void
zf_kinds_sort (ZfKinds *self)
{
  g_ptr_array_sort (self->ordered, compare_kinds);
}

ZfKinds *
zf_kinds_load (const char *data_dir, GError **error)
{
  g_autoptr (ZfKinds) self = g_object_new (ZF_TYPE_KINDS, NULL);

  g_return_val_if_fail (data_dir != NULL, NULL);

  if (!each_file (self, data_dir, "codelists", add_code_lists, error)
      || !each_file (self, data_dir, "forms", add_kind, error)
      || !check_references (self, error))
    return NULL;
  zf_kinds_sort (self);
  return g_steal_pointer (&self);
}

static gboolean
add_checked (ZfKinds *self, const char *file_name, JsonObject *root, GError **error)
{
  ZfKind *kind = zf_kind_new (file_name, root, self->shared_lists, error);

  if (kind == NULL)
    return FALSE;
  g_ptr_array_add (self->checked, kind);
  return zf_kinds_check_references (self, kind, error);
}

const ZfKind *
zf_kinds_check_file (ZfKinds *self, const char *path, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);

  g_return_val_if_fail (ZF_IS_KINDS (self), NULL);

  if (!read_file (self, dir, name, add_checked, error))
    return NULL;
  return g_ptr_array_index (self->checked, self->checked->len - 1);
}

const ZfKind *
zf_kinds_check_root (ZfKinds *self, const char *file_name, JsonObject *root, GError **error)
{
  g_return_val_if_fail (ZF_IS_KINDS (self), NULL);

  return add_checked (self, file_name, root, error) ? g_ptr_array_index (self->checked, self->checked->len - 1) : NULL;
}

const ZfKind *
zf_kinds_get (ZfKinds *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_KINDS (self), NULL);

  return name != NULL ? g_hash_table_lookup (self->by_name, name) : NULL;
}

static const ZfKind *
find_older (ZfKinds *self, const char *name, const char *version)
{
  for (guint i = 0; i < self->older->len; i++)
    {
      const ZfKind *old = g_ptr_array_index (self->older, i);

      if (strcmp (zf_kind_name (old), name) == 0 && strcmp (zf_kind_version (old), version) == 0)
        return old;
    }
  return NULL;
}

/* Read when somebody asks for it: most never are. */
static void
read_older (ZfKinds *self, const char *name, const char *version)
{
  for (guint i = 0; i < self->unread->len; i++)
    {
      const ZfPublication *text = g_ptr_array_index (self->unread, i);
      g_autoptr (GError) error = NULL;
      ZfKind *kind;

      if (strcmp (text->name, name) != 0 || strcmp (text->version, version) != 0)
        continue;
      kind = zf_kinds_read_form (self, text, &error);
      if (kind != NULL)
        g_ptr_array_add (self->older, kind);
      else
        g_message ("An older form cannot be used: %s", error->message);
      g_ptr_array_remove_index (self->unread, i);
      return;
    }
}

const ZfKind *
zf_kinds_version (ZfKinds *self, const char *name, const char *version)
{
  const ZfKind *kind = zf_kinds_get (self, name);
  const ZfKind *old;

  if (kind == NULL || version == NULL || strcmp (zf_kind_version (kind), version) == 0)
    return kind;
  g_mutex_lock (&self->lock);
  old = find_older (self, name, version);
  if (old == NULL)
    {
      read_older (self, name, version);
      old = find_older (self, name, version);
    }
  g_mutex_unlock (&self->lock);
  return old != NULL ? old : kind;
}

GPtrArray *
zf_kinds_refused (ZfKinds *self)
{
  g_return_val_if_fail (ZF_IS_KINDS (self), NULL);

  return self->refused;
}

void
zf_kinds_set_check (ZfKinds *self, ZfKindCheck check)
{
  g_return_if_fail (ZF_IS_KINDS (self));

  self->check = check;
}

GPtrArray *
zf_kinds_shared_list (ZfKinds *self, const char *list_name)
{
  g_return_val_if_fail (ZF_IS_KINDS (self), NULL);

  return g_hash_table_lookup (self->shared_lists, list_name);
}

GPtrArray *
zf_kinds_list (ZfKinds *self)
{
  GPtrArray *list;

  g_return_val_if_fail (ZF_IS_KINDS (self), NULL);

  list = g_ptr_array_sized_new (self->ordered->len);
  for (guint i = 0; i < self->ordered->len; i++)
    g_ptr_array_add (list, g_ptr_array_index (self->ordered, i));
  return list;
}

GPtrArray *
zf_kinds_children (ZfKinds *self, const char *name)
{
  GPtrArray *list;

  g_return_val_if_fail (ZF_IS_KINDS (self), NULL);

  list = g_ptr_array_new ();
  for (guint i = 0; i < self->ordered->len; i++)
    {
      ZfKind *kind = g_ptr_array_index (self->ordered, i);

      if (g_strcmp0 (zf_kind_parent_kind (kind), name) == 0)
        g_ptr_array_add (list, kind);
    }
  return list;
}

/* TRUE when the running program lies in a build folder: then the source tree's data is the one that fits it. */
static gboolean
runs_from_build_folder (void)
{
  g_autofree char *path = g_file_read_link ("/proc/self/exe", NULL);

  while (path != NULL && strlen (path) > 1)
    {
      g_autofree char *folder = g_path_get_dirname (path);
      g_autofree char *mark = g_build_filename (folder, "meson-private", NULL);

      if (g_file_test (mark, G_FILE_TEST_IS_DIR))
        return TRUE;
      g_free (path);
      path = g_steal_pointer (&folder);
    }
  return FALSE;
}

static const char *
find_data_dir (void)
{
  const char *set = g_getenv ("ZOUFANG_DATA");

  if (set != NULL && *set != '\0')
    return g_strdup (set);
  if (runs_from_build_folder () && g_file_test (SRCDIR "/data/forms", G_FILE_TEST_IS_DIR))
    return SRCDIR "/data";
  return PKGDATADIR;
}

const char *
zf_data_dir (void)
{
  static const char *dir = NULL;

  if (g_once_init_enter (&dir))
    g_once_init_leave (&dir, find_data_dir ());
  return dir;
}
