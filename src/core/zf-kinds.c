/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-config.h"

#include "zf-kind-private.h"

#include <string.h>

#include "zf-error.h"
#include "zf-json.h"

G_DEFINE_FINAL_TYPE (ZfKinds, zf_kinds, G_TYPE_OBJECT)

static void
zf_kinds_finalize (GObject *object)
{
  ZfKinds *self = ZF_KINDS (object);

  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->ordered);
  g_ptr_array_unref (self->checked);
  g_ptr_array_unref (self->older);
  g_hash_table_unref (self->shared_lists);
  G_OBJECT_CLASS (zf_kinds_parent_class)->finalize (object);
}

static void
zf_kinds_class_init (ZfKindsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_kinds_finalize;
}

static void
zf_kinds_init (ZfKinds *self)
{
  self->shared_lists = zf_choice_lists_new ();
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->ordered = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_kind_free);
  self->checked = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_kind_free);
  self->older = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_kind_free);
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

static gboolean
add_code_list (ZfKinds *self, const char *file_name, JsonObject *list, GError **error)
{
  const char *list_name = zf_json_get_string (list, "list_name", "");
  JsonArray *rows = zf_json_get_array (list, "choices");
  g_autofree char *where = g_strdup_printf ("%s, list %s", file_name, list_name);

  if (*list_name == '\0' || rows == NULL || g_hash_table_contains (self->shared_lists, list_name))
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: a list needs choices and a name of its own.", where);
      return FALSE;
    }
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      g_autoptr (JsonObject) empty = json_object_new ();
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : empty;

      json_object_set_string_member (row, "list_name", list_name);
      if (!zf_choice_list_add (self->shared_lists, row, where, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_code_lists (ZfKinds *self, const char *file_name, JsonObject *root, GError **error)
{
  JsonArray *lists = zf_json_get_array (root, "lists");

  for (guint i = 0; lists != NULL && i < json_array_get_length (lists); i++)
    {
      JsonNode *node = json_array_get_element (lists, i);
      g_autoptr (JsonObject) empty = json_object_new ();

      if (!add_code_list (self, file_name, JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : empty, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_kind (ZfKinds *self, const char *file_name, JsonObject *root, GError **error)
{
  ZfKind *kind = zf_kind_new (file_name, root, self->shared_lists, error);

  if (kind == NULL)
    return FALSE;
  g_ptr_array_add (self->ordered, kind);
  g_hash_table_insert (self->by_name, (gpointer) zf_kind_name (kind), kind);
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
  return check_ancestry (self, kind, error);
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
zf_kinds_get (ZfKinds *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_KINDS (self), NULL);

  return name != NULL ? g_hash_table_lookup (self->by_name, name) : NULL;
}

const ZfKind *
zf_kinds_version (ZfKinds *self, const char *name, const char *version)
{
  const ZfKind *kind = zf_kinds_get (self, name);

  for (guint i = 0; kind != NULL && version != NULL && i < self->older->len; i++)
    {
      const ZfKind *old = g_ptr_array_index (self->older, i);

      if (strcmp (zf_kind_name (old), name) == 0 && strcmp (zf_kind_version (old), version) == 0)
        return old;
    }
  return kind;
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
