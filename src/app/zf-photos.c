/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-photos.h"

#include <sys/mman.h>
#include <unistd.h>

#include "zf-error.h"
#include "zf-photo.h"

void
zf_photo_item_free (ZfPhotoItem *item)
{
  g_free (item->id);
  g_free (item->sha256);
  g_free (item->caption);
  g_free (item->taken);
  g_free (item);
}

static ZfPhotoItem *
item_new (ZfRows *rows, guint row)
{
  ZfPhotoItem *item = g_new0 (ZfPhotoItem, 1);

  item->id = g_strdup (zf_rows_text (rows, row, 0));
  item->sha256 = g_strdup (zf_rows_text (rows, row, 1));
  item->caption = g_strdup (zf_rows_text (rows, row, 2));
  item->taken = g_strdup (zf_rows_text (rows, row, 3));
  return item;
}

GPtrArray *
zf_photos_of (ZfSession *session, const char *household, const char *record)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_photo_item_free);
  g_autoptr (ZfQuery) query = zf_query_new ("photo");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = NULL;

  zf_query_columns (query, "id", "sha256", "caption", "taken", NULL);
  zf_query_where (query, "parent", ZF_OP_EQ, household);
  if (record != NULL)
    zf_query_where (query, "record", ZF_OP_EQ, record);
  zf_query_order (query, "taken", TRUE);
  zf_query_order (query, "id", TRUE);
  rows = zf_query_run (query, zf_session_reader (session), &error);
  if (rows == NULL)
    g_warning ("The photos could not be read: %s", error->message);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    g_ptr_array_add (items, item_new (rows, i));
  return items;
}

GdkTexture *
zf_photos_texture (ZfSession *session, const char *sha256, gboolean thumb)
{
  g_autofree char *path = NULL;

  if (sha256 == NULL)
    return NULL;
  path = zf_photo_path (zf_store_dir (zf_session_store (session)), sha256, thumb);
  return gdk_texture_new_from_filename (path, NULL);
}

typedef struct
{
  ZfStore *store;
  char *household;
  char *record;
  char *path;       /* or */
  GBytes *picture;  /* what was never in a file */
  char *by;
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->store);
  g_free (job->household);
  g_free (job->record);
  g_free (job->path);
  g_clear_pointer (&job->picture, g_bytes_unref);
  g_free (job->by);
  g_free (job);
}

/* The photo is under its household; which visit it belongs to is one field more. */
static gboolean
link_to_record (Job *job, const char *photo, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new (job->by, FALSE);
  g_autoptr (JsonObject) fields = json_object_new ();

  json_object_set_string_member (fields, "record", job->record);
  zf_save_set (save, "photo", photo, fields);
  return zf_store_commit (job->store, save, error);
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize size = 0;
  const char *at = g_bytes_get_data (bytes, &size);

  while (size > 0)
    {
      gssize n = write (fd, at, size);

      if (n < 0)
        return FALSE;
      at += n;
      size -= (gsize) n;
    }
  return TRUE;
}

/* A face is written nowhere but in the store: the pipeline reads it from memory, under the name that the kernel gives to it. */
static char *
add_bytes (Job *job, GError **error)
{
  int fd = memfd_create ("zf-photo", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  char *photo = NULL;

  if (fd >= 0 && write_all (fd, job->picture))
    photo = zf_photo_add (job->store, job->household, path, NULL, NULL, job->by, error);
  else
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_IO, "The picture could not be held in memory.");
  if (fd >= 0)
    close (fd);
  return photo;
}

static char *
add_photo (Job *job, GError **error)
{
  if (job->picture != NULL)
    return add_bytes (job, error);
  return zf_photo_add (job->store, job->household, job->path, NULL, NULL, job->by, error);
}

static void
add_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  g_autofree char *photo = add_photo (job, &error);

  if (photo == NULL || (job->record != NULL && !link_to_record (job, photo, &error)))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&photo), g_free);
}

static void
add (ZfSession *session, const char *household, const char *record, const char *path, GBytes *picture, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->store = g_object_ref (zf_session_store (session));
  job->household = g_strdup (household);
  job->record = g_strdup (record);
  job->path = g_strdup (path);
  job->picture = picture != NULL ? g_bytes_ref (picture) : NULL;
  job->by = g_strdup (zf_session_by (session));
  g_task_set_source_tag (task, add);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, add_in_thread);
}

void
zf_photos_add_async (ZfSession *session, const char *household, const char *record, const char *path,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  add (session, household, record, path, NULL, callback, user_data);
}

void
zf_photos_add_bytes_async (ZfSession *session, const char *household, const char *record, GBytes *picture,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  add (session, household, record, NULL, picture, callback, user_data);
}

char *
zf_photos_add_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
