/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-photos.h"

#include <glib/gi18n.h>
#include <sys/mman.h>
#include <unistd.h>

#include "zf-caption-strip.h"
#include "zf-draft.h"
#include "zf-error.h"
#include "zf-fmt.h"
#include "zf-hold.h"
#include "zf-json.h"
#include "zf-photo.h"

void
zf_photo_item_free (ZfPhotoItem *item)
{
  g_free (item->id);
  g_free (item->sha256);
  g_free (item->caption);
  g_free (item->taken);
  g_free (item->purpose);
  g_free (item->record);
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
  item->purpose = g_strdup (zf_rows_text (rows, row, 4));
  item->record = g_strdup (zf_rows_text (rows, row, 5));
  return item;
}

/* Kept as photos are, and nothing to look through. */
static gboolean
is_other (const char *purpose)
{
  return g_strcmp0 (purpose, ZF_PHOTO_SIGNATURE) == 0 || g_strcmp0 (purpose, ZF_SOUND_PURPOSE) == 0;
}

GPtrArray *
zf_photos_of (ZfSession *session, const char *household, const char *record)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_photo_item_free);
  g_autoptr (ZfQuery) query = zf_query_new ("photo");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = NULL;

  zf_query_columns (query, "id", "sha256", "caption", "taken", "purpose", "record", NULL);
  zf_query_where (query, "parent", ZF_OP_EQ, household);
  if (record != NULL)
    zf_query_where (query, "record", ZF_OP_EQ, record);
  zf_query_order (query, "taken", TRUE);
  zf_query_order (query, "id", TRUE);
  rows = zf_query_run (query, zf_session_reader (session), &error);
  if (rows == NULL)
    g_warning ("The photos could not be read: %s", error->message);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    if (!is_other (zf_rows_text (rows, i, 4)))
      g_ptr_array_add (items, item_new (rows, i));
  return items;
}

/* "走访 11月3日 · 房屋裂缝"; what is not known is left out. */
static char *
place_words (ZfSession *session, const char *kind_name, const ZfRecord *record, const char *field_name)
{
  const ZfKind *kind = zf_session_kind (session, kind_name);
  const char *lang = zf_session_lang (session);
  const char *date_field = kind != NULL ? zf_kind_date_field (kind) : NULL;
  const char *date = record != NULL && date_field != NULL ? zf_record_get_string (record, date_field, NULL) : NULL;
  const ZfField *field = kind != NULL && field_name != NULL ? zf_kind_field (kind, field_name) : NULL;
  const char *label = field != NULL ? zf_row_text (field->plain, "label", lang) : NULL;
  g_autofree char *today = zf_session_today (session);
  g_autofree char *day = date != NULL ? zf_fmt_date (date, today) : NULL;

  if (kind == NULL)
    return NULL;
  return g_strconcat (zf_kind_title (kind, lang), day != NULL ? " " : "", day != NULL ? day : "", label != NULL ? " · " : "", label != NULL ? label : "", NULL);
}

char *
zf_photos_place (ZfSession *session, const char *household, const ZfPhotoItem *item)
{
  ZfReader *reader = zf_session_reader (session);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfPhotoAnswer) answer = zf_photo_answer (reader, household, item->id, &error);
  const char *id = answer != NULL ? answer->record : item->record;
  g_autoptr (ZfRecord) record = id != NULL ? zf_reader_get (reader, id, NULL) : NULL;

  if (error != NULL)
    g_warning ("Where a photo belongs could not be read: %s", error->message);
  if (answer != NULL)
    return place_words (session, answer->kind, record, answer->field);
  return record != NULL && record->del == NULL ? place_words (session, record->kind_name, record, NULL) : NULL;
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
  char *path;
  GBytes *bytes;       /* instead of a path */
  char *caption;       /* of an audio note, NULL for pictures */
  char *purpose;
  char *strip;         /* (nullable): words below the picture, but for its time */
  char *by;
  gboolean made;       /* out: it was not there before */
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->store);
  g_free (job->household);
  g_free (job->record);
  g_free (job->path);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_free (job->caption);
  g_free (job->purpose);
  g_free (job->strip);
  g_free (job->by);
  g_free (job);
}

/* The photo is under its household; which visit it belongs to is one field more, and when it was taken is another where no file tells. */
static gboolean
complete (Job *job, const char *photo, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new (job->by, FALSE);
  g_autoptr (JsonObject) fields = json_object_new ();

  if (job->record != NULL)
    json_object_set_string_member (fields, "record", job->record);
  if (job->bytes != NULL && job->caption == NULL)
    json_object_set_int_member (fields, "taken", zf_clock_now_ms (zf_store_clock (job->store)));
  if (json_object_get_size (fields) == 0)
    return TRUE;
  zf_save_set (save, "photo", photo, fields);
  return zf_store_commit (job->store, save, error);
}

/* A photo without its strip is better than none. Its time is that of the picture: a file that is chosen may be old. */
static void
add_strip (Job *job, const char *photo)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfReader) reader = zf_reader_new (job->store, &error);
  g_autoptr (ZfRecord) record = reader != NULL ? zf_reader_get (reader, photo, &error) : NULL;
  gint64 width = record != NULL ? zf_record_get_int (record, "width", 0) : 0;
  g_autofree char *words = zf_caption_strip_dated (job->strip, record != NULL ? zf_record_get_int (record, "taken", 0) : 0);
  g_autoptr (GBytes) strip = width > 0 ? zf_caption_strip_draw (words, (int) width) : NULL;
  ZfPhotoEdit edit = { NULL, 0, 0, strip, NULL };

  if (strip == NULL || !zf_photo_edit (job->store, photo, &edit, job->by, &error))
    g_warning ("A photo has no caption strip: %s", error != NULL ? error->message : "it has no size");
}

static char *
add_file (Job *job, const char *path, GError **error)
{
  g_autofree char *photo = zf_photo_add_new (job->store, job->household, path, NULL, job->purpose, job->by, &job->made, error);

  if (photo == NULL || !complete (job, photo, error))
    return NULL;
  if (job->strip != NULL)
    add_strip (job, photo);
  return g_steal_pointer (&photo);
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize left = 0;
  const guint8 *at = g_bytes_get_data (bytes, &left);

  while (left > 0)
    {
      gssize n = write (fd, at, left);

      if (n <= 0)
        return FALSE;
      at += n;
      left -= (gsize) n;
    }
  return TRUE;
}

/* A file that lives in memory only. */
static char *
add_bytes (Job *job, GError **error)
{
  int fd = memfd_create ("zf-picture", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  char *photo = NULL;

  if (fd >= 0 && write_all (fd, job->bytes))
    photo = add_file (job, path, error);
  else
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_IO, _("The picture could not be stored."));
  if (fd >= 0)
    close (fd);
  return photo;
}

static char *
add_sound (Job *job, GError **error)
{
  g_autofree char *note = zf_sound_add (job->store, job->household, job->bytes, job->caption, job->by, error);

  job->made = TRUE;
  return note != NULL && complete (job, note, error) ? g_steal_pointer (&note) : NULL;
}

static char *
add_what_there_is (Job *job, GError **error)
{
  if (job->caption != NULL)
    return add_sound (job, error);
  return job->bytes != NULL ? add_bytes (job, error) : add_file (job, job->path, error);
}

static void
add_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  char *photo = add_what_there_is (job, &error);

  if (photo == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, photo, g_free);
}

/* What the county published may be older than a purpose. */
static gboolean
is_known (ZfSession *session, const char *purpose)
{
  const ZfKind *kind = zf_session_kind (session, "photo");
  const ZfField *field = kind != NULL ? zf_kind_field (kind, "purpose") : NULL;
  g_autoptr (JsonNode) value = zf_json_string (purpose);
  g_autoptr (JsonNode) checked = field != NULL ? zf_kind_check_value (kind, field, value, NULL) : NULL;

  return checked != NULL;
}

static Job *
job_new (ZfSession *session, const char *household, const char *record, const char *purpose)
{
  Job *job = g_new0 (Job, 1);

  job->store = g_object_ref (zf_session_store (session));
  job->household = g_strdup (household);
  job->record = g_strdup (record);
  job->purpose = purpose != NULL && is_known (session, purpose) ? g_strdup (purpose) : NULL;
  job->strip = g_strcmp0 (purpose, ZF_PHOTO_SIGNATURE) != 0 ? zf_caption_strip_words (session, household) : NULL;
  job->by = g_strdup (zf_session_by (session));
  return job;
}

static void
run (ZfSession *session, Job *job, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, NULL, callback, user_data);

  g_task_set_source_tag (task, run);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  zf_hold_task (task);
  g_task_run_in_thread (task, add_in_thread);
}

void
zf_photos_add_async (ZfSession *session, const char *household, const char *record, const char *path, const char *purpose,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = job_new (session, household, record, purpose);

  job->path = g_strdup (path);
  run (session, job, callback, user_data);
}

void
zf_photos_add_bytes_async (ZfSession *session, const char *household, const char *record, GBytes *bytes, const char *purpose,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = job_new (session, household, record, purpose);

  job->bytes = g_bytes_ref (bytes);
  run (session, job, callback, user_data);
}

void
zf_photos_add_sound_async (ZfSession *session, const char *household, const char *record, GBytes *ogg, const char *caption,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = job_new (session, household, record, NULL);

  job->bytes = g_bytes_ref (ogg);
  job->caption = g_strdup (caption);
  run (session, job, callback, user_data);
}

char *
zf_photos_add_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
zf_photos_explain (const GError *error)
{
  static const int SENTENCES[] = { ZF_ERROR_FULL, ZF_ERROR_INVALID, ZF_ERROR_LIMIT, ZF_ERROR_NOT_FOUND };

  for (guint i = 0; i < G_N_ELEMENTS (SENTENCES); i++)
    if (g_error_matches (error, ZF_ERROR, SENTENCES[i]))
      return error->message;
  return _("This picture cannot be read. Pick another file.");
}

const char *
zf_photos_record (ZfFormModel *model)
{
  const ZfKind *photo = zf_session_kind (zf_form_model_session (model), "photo");
  const ZfField *link = photo != NULL ? zf_kind_field (photo, "record") : NULL;

  if (link == NULL || g_strcmp0 (link->ref_kind, zf_kind_name (zf_form_model_kind (model))) != 0)
    return NULL;
  return zf_form_model_id (model);
}

/* Changing */

typedef struct
{
  ZfStore *store;
  char *photo;
  ZfPhotoBox *boxes;
  char *drawn_on;
  ZfPhotoEdit edit;
  char *by;
} Edit;

static void
edit_free (Edit *edit)
{
  g_object_unref (edit->store);
  g_free (edit->photo);
  g_free (edit->boxes);
  g_free (edit->drawn_on);
  g_clear_pointer (&edit->edit.strip, g_bytes_unref);
  g_free (edit->by);
  g_free (edit);
}

static void
edit_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Edit *edit = data;
  GError *error = NULL;

  if (zf_photo_edit (edit->store, edit->photo, &edit->edit, edit->by, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
zf_photos_edit_async (ZfSession *session, const char *photo, const ZfPhotoEdit *what, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, NULL, callback, user_data);
  Edit *edit = g_new0 (Edit, 1);

  edit->store = g_object_ref (zf_session_store (session));
  edit->photo = g_strdup (photo);
  edit->edit = *what;
  edit->edit.boxes = edit->boxes = g_memdup2 (what->boxes, what->n_boxes * sizeof *what->boxes);
  edit->edit.drawn_on = edit->drawn_on = g_strdup (what->drawn_on);
  edit->edit.strip = what->strip != NULL ? g_bytes_ref (what->strip) : NULL;
  edit->by = g_strdup (zf_session_by (session));
  g_task_set_source_tag (task, zf_photos_edit_async);
  g_task_set_task_data (task, edit, (GDestroyNotify) edit_free);
  zf_hold_task (task);
  g_task_run_in_thread (task, edit_in_thread);
}

gboolean
zf_photos_edit_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
zf_photos_set (ZfSession *session, const char *photo, const char *field, const char *value, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new (zf_session_by (session), FALSE);
  g_autoptr (JsonObject) fields = json_object_new ();

  if (value != NULL)
    json_object_set_string_member (fields, field, value);
  else
    json_object_set_null_member (fields, field);
  zf_save_set (save, "photo", photo, fields);
  return zf_store_commit (zf_session_store (session), save, error);
}

gboolean
zf_photos_delete (ZfSession *session, const char *photo, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new (zf_session_by (session), FALSE);

  zf_save_delete (save, "photo", photo, "mistake");
  return zf_store_commit (zf_session_store (session), save, error);
}

gboolean
zf_photos_bring_back (ZfSession *session, const char *photo, GError **error)
{
  g_autoptr (ZfSave) save = zf_save_new (zf_session_by (session), FALSE);

  zf_save_undelete (save, "photo", photo);
  return zf_store_commit (zf_session_store (session), save, error);
}

typedef struct
{
  ZfStore *store;
  char *id;
  char *by;
} Removal;

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->store);
  g_free (removal->id);
  g_free (removal->by);
  g_free (removal);
}

static void
remove_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Removal *removal = data;
  GError *error = NULL;

  if (zf_photo_remove (removal->store, removal->id, removal->by, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
zf_photos_take_away_async (ZfSession *session, const char *id, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, NULL, callback, user_data);
  Removal *removal = g_new0 (Removal, 1);

  removal->store = g_object_ref (zf_session_store (session));
  removal->id = g_strdup (id);
  removal->by = g_strdup (zf_session_by (session));
  g_task_set_source_tag (task, zf_photos_take_away_async);
  g_task_set_task_data (task, removal, (GDestroyNotify) removal_free);
  zf_hold_task (task);
  g_task_run_in_thread (task, remove_in_thread);
}

gboolean
zf_photos_take_away_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Adding answers */

/* A form takes answers while it is seen, and then until its draft is finished or thrown away. */
static gboolean
takes_answers (ZfFormModel *model)
{
  const char *id = zf_form_model_draft (model);
  g_autoptr (ZfDraft) draft = id != NULL ? zf_draft_get (zf_session_reader (zf_form_model_session (model)), id, NULL) : NULL;

  return draft != NULL;
}

static void
on_let_go (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!zf_photos_take_away_finish (result, &error))
    g_warning ("What no answer names was not taken away: %s", error->message);
}

gboolean
zf_photos_add_answer (GAsyncResult *result, ZfFormModel *model, const char *address, gboolean seen, GError **error)
{
  ZfSession *session = zf_form_model_session (model);
  const Job *job = g_task_get_task_data (G_TASK (result));
  gboolean look = job->caption == NULL && g_strcmp0 (job->purpose, ZF_PHOTO_SIGNATURE) != 0;
  g_autofree char *photo = g_task_propagate_pointer (G_TASK (result), error);
  g_autoptr (JsonNode) value = photo != NULL ? zf_json_string (photo) : NULL;

  if (photo == NULL)
    return FALSE;
  if ((!seen && !takes_answers (model)) || !zf_form_model_set (model, address, value, NULL))
    {
      if (!look)
        zf_photos_take_away_async (session, photo, on_let_go, NULL);
    }
  else if (job->made)
    zf_form_model_add_made (model, photo);
  zf_session_touch (session);
  return TRUE;
}

void
zf_photos_let_go (ZfFormModel *model, const char *id)
{
  if (zf_form_model_has_made (model, id))
    zf_photos_take_away_async (zf_form_model_session (model), id, on_let_go, NULL);
}
