/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include "zf-xlsform-media.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zf-form-media.h"
#include "zf-json.h"
#include "zf-publication.h"

typedef struct
{
  ZfXlsform *form;
  char *folder;
  JsonObject *media;
  GHashTable *missing;   /* names that were looked for in vain */
  gsize length;          /* of all in base64 */
} Reader;

/* (transfer full): FORM-media beside FORM.xlsx. */
static char *
folder_of (const char *path)
{
  const char *dot = strrchr (path, '.');
  gboolean ending = dot != NULL && strchr (dot, G_DIR_SEPARATOR) == NULL;
  g_autofree char *stem = g_strndup (path, ending ? (gsize) (dot - path) : strlen (path));
  return g_strconcat (stem, "-media", NULL);
}

/* ---- In ---- */

/* One byte more than a picture may have: a larger one is noticed and not read. */
static GBytes *
read_whole (int fd)
{
  g_autofree guint8 *data = g_malloc (ZF_FORM_PICTURE_MAX + 1);
  gsize n = 0;
  gssize got = 1;
  while (n <= ZF_FORM_PICTURE_MAX && (got > 0 || (got < 0 && errno == EINTR)))
    {
      got = read (fd, data + n, ZF_FORM_PICTURE_MAX + 1 - n);
      n += got > 0 ? (gsize) got : 0;
    }
  return got < 0 ? NULL : g_bytes_new (data, n);
}

/* (transfer full) (nullable): NULL without error: there is no such file. A link leads out of the folder, and a pipe would hang us. */
static GBytes *
read_picture (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct stat st;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
    return NULL;
  GBytes *bytes = fd >= 0 && fstat (fd, &st) == 0 && S_ISREG (st.st_mode) ? read_whole (fd) : NULL;
  if (fd >= 0)
    close (fd);
  if (bytes == NULL)
    g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_IO, _("the picture cannot be read"));
  return bytes;
}

static gboolean
keep (Reader *reader, const char *name, GBytes *bytes, GError **error)
{
  gsize n = 0;
  const guchar *data = g_bytes_get_data (bytes, &n);
  g_autofree char *text = g_base64_encode (data, n);
  reader->length += strlen (text);
  if (reader->length > ZF_PUBLICATION_MAX)
    {
      g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_LIMIT, _("the pictures up to this one are more than tablets take (%d kB)"), ZF_PUBLICATION_MAX / 1024);
      return FALSE;
    }
  json_object_set_string_member (reader->media, name, text);
  return TRUE;
}

/* FALSE + error for what must not be taken; *@there: the form holds it now. */
static gboolean
take (Reader *reader, const char *name, gboolean *there, GError **error)
{
  *there = json_object_has_member (reader->media, name);
  if (*there || g_hash_table_contains (reader->missing, name))
    return TRUE;
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = zf_form_picture_check_name (name, &local) ? read_picture (reader->folder, name, &local) : NULL;
  *there = bytes != NULL && zf_form_picture_check (bytes, &local) && keep (reader, name, bytes, &local);
  if (local == NULL && !*there)
    g_hash_table_add (reader->missing, g_strdup (name));
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return local == NULL;
}

static gboolean
take_cell (Reader *reader, const char *sheet, guint row, const char *column, const char *name, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean there = FALSE;
  if (*name == '\0' || (take (reader, name, &there, &local) && there))
    return TRUE;
  g_autofree char *place = zf_xlsform_place_of (reader->form, sheet, row, column);
  if (local != NULL)
    g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("%s: “%s”: %s"), place, name, local->message);
  else
    g_ptr_array_add (zf_xlsform_notes (reader->form), g_strdup_printf (_("%s: there is no picture “%s” in the folder beside the workbook"), place, name));
  return local == NULL;
}

static gboolean
take_row (Reader *reader, const char *sheet, guint i, JsonObject *row, GError **error)
{
  JsonObjectIter iter;
  const char *column = NULL;
  JsonNode *value = NULL;
  json_object_iter_init_ordered (&iter, row);
  while (json_object_iter_next_ordered (&iter, &column, &value))
    if (zf_form_picture_is_column (column) && !take_cell (reader, sheet, i, column, json_node_get_string (value), error))
      return FALSE;
  return TRUE;
}

static gboolean
take_sheet (Reader *reader, const char *sheet, GError **error)
{
  JsonArray *rows = zf_json_get_array (zf_xlsform_file (reader->form), sheet);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    if (!take_row (reader, sheet, i, json_array_get_object_element (rows, i), error))
      return FALSE;
  return TRUE;
}

gboolean
zf_xlsform_media_read (ZfXlsform *form, const char *path, GError **error)
{
  g_return_val_if_fail (form != NULL && path != NULL, FALSE);

  g_autofree char *folder = folder_of (path);
  g_autoptr (JsonObject) media = json_object_new ();
  g_autoptr (GHashTable) missing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reader reader = { form, folder, media, missing, 0 };
  if (!take_sheet (&reader, "survey", error) || !take_sheet (&reader, "choices", error))
    return FALSE;
  if (json_object_get_size (media) > 0)
    json_object_set_object_member (zf_xlsform_file (form), ZF_FORM_MEDIA, g_steal_pointer (&media));
  return TRUE;
}

/* ---- Out ---- */

/* (transfer full) (nullable): the picture @name of @file, where it may lie in a folder under that name. */
static GBytes *
picture_of (JsonObject *file, const char *name, GError **error)
{
  g_autoptr (GError) local = NULL;
  GBytes *bytes = zf_form_picture_check_name (name, &local) ? zf_form_picture_read (file, name, &local) : NULL;
  if (bytes == NULL)
    g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("“%s”: %s"), name, local->message);
  return bytes;
}

gboolean
zf_xlsform_media_check (JsonObject *file, GError **error)
{
  g_return_val_if_fail (file != NULL, FALSE);

  JsonNode *node = json_object_get_member (file, ZF_FORM_MEDIA);
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The pictures of the form must be an object: name and base64"));
      return FALSE;
    }
  g_autoptr (GList) names = json_object_get_members (json_node_get_object (node));
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autoptr (GBytes) bytes = picture_of (file, l->data, error);
      if (bytes == NULL)
        return FALSE;
    }
  return TRUE;
}

static void
note_names (JsonArray *rows, GHashTable *names)
{
  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      g_autoptr (GList) columns = row != NULL ? json_object_get_members (row) : NULL;
      for (GList *l = columns; l != NULL; l = l->next)
        if (zf_form_picture_is_column (l->data))
          g_hash_table_add (names, (gpointer) zf_json_get_string (row, l->data, ""));
    }
}

/* (transfer full): pictures of @file that a row names, or that none does. */
static GPtrArray *
pictures (JsonObject *file, gboolean named)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  JsonObject *media = zf_json_get_object (file, ZF_FORM_MEDIA);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) all = media != NULL ? json_object_get_members (media) : NULL;
  note_names (zf_json_get_array (file, "survey"), names);
  note_names (zf_json_get_array (file, "choices"), names);
  for (GList *l = all; l != NULL; l = l->next)
    if (g_hash_table_contains (names, l->data) == named)
      g_ptr_array_add (found, g_strdup (l->data));
  return found;
}

static gboolean
write_picture (JsonObject *file, const char *folder, const char *name, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GBytes) bytes = picture_of (file, name, error);
  gsize n = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &n) : NULL;
  if (data == NULL)
    return FALSE;
  if (g_file_set_contents (path, data, (gssize) n, &local))
    return TRUE;
  g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_IO, _("“%s”: %s"), name, local->message);
  return FALSE;
}

gboolean
zf_xlsform_media_write (JsonObject *file, const char *path, GError **error)
{
  g_return_val_if_fail (file != NULL && path != NULL, FALSE);

  g_autoptr (GPtrArray) names = pictures (file, TRUE);
  g_autofree char *folder = folder_of (path);
  if (names->len > 0 && g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_IO, _("The folder for the pictures beside the workbook cannot be made"));
      return FALSE;
    }
  for (guint i = 0; i < names->len; i++)
    if (!write_picture (file, folder, names->pdata[i], error))
      return FALSE;
  return TRUE;
}

GPtrArray *
zf_xlsform_media_left_out (JsonObject *file)
{
  g_return_val_if_fail (file != NULL, NULL);
  return pictures (file, FALSE);
}
