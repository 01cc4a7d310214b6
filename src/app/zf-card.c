/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-card.h"

#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>

#include "zf-error.h"
#include "zf-fmt.h"

/* Values of the store's meta table. */
#define FOLDER_KEY "card_folder"
#define KEPT_KEY "card_kept"

#define SECOND 1000
#define FIRST_MS (5 * SECOND)            /* after the first pages are up */
#define QUIET_MS (20 * SECOND)           /* gathers what is written in one go */
#define LOOK_AGAIN_MS (60 * SECOND)      /* the card is out, or did not take it */
/* A backup of many photos takes long: cards and batteries are spared. */
#define REST 20

struct _ZfCard
{
  GObject parent_instance;

  ZfStore *store;
  GVolumeMonitor *mounts;
  ZfCardStatus status;
  char *folder;
  GError *error;
  gint64 took_ms;      /* the last backup */
  gint64 began_us;
  guint timer_id;
  gboolean started;
  gboolean writing;
  gboolean stale;      /* something was written since the last backup began */
};

enum
{
  CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfCard, zf_card, G_TYPE_OBJECT)

static void plan (ZfCard *self, gint64 wait_ms);

/* Where a card was taken out there may be an empty folder, on the tablet's own disk. */
static gboolean
is_elsewhere (ZfCard *self, const char *folder)
{
  struct stat there = { 0 }, here = { 0 };

  return stat (folder, &there) == 0 && S_ISDIR (there.st_mode) && stat (zf_store_dir (self->store), &here) == 0 &&
         there.st_dev != here.st_dev;
}

/* One file a tablet: several tablets may share a card. */
static char *
file_of (ZfCard *self)
{
  g_autofree char *device = zf_store_get_meta (self->store, "device");
  gsize len = device != NULL ? strlen (device) : 0;
  g_autofree char *name = g_strdup_printf ("zoufang-%s.zfb", len > 8 ? device + len - 8 : "tablet");

  return g_build_filename (self->folder, name, NULL);
}

static gboolean
is_joined (ZfCard *self)
{
  g_autofree char *key = zf_store_get_meta (self->store, "team_seal_public");

  return key != NULL && *key != '\0';
}

/* Writing */

typedef struct
{
  ZfStore *store;
  char *path;
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->store);
  g_free (job->path);
  g_free (job);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  ZfBackupCount count;
  GError *error = NULL;

  if (zf_backup_write (job->store, job->path, &count, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
keep_time (ZfCard *self)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  self->status.kept_ms = zf_clock_now_ms (zf_store_clock (self->store));
  text = g_strdup_printf ("%" G_GINT64_FORMAT, self->status.kept_ms);
  if (!zf_store_set_meta (self->store, KEPT_KEY, text, &error))
    g_warning ("The time of the backup could not be kept: %s", error->message);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  ZfCard *self = ZF_CARD (source);

  self->writing = FALSE;
  g_clear_error (&self->error);
  if (!g_task_propagate_boolean (G_TASK (result), &self->error))
    {
      g_debug ("The backup was not written: %s", self->error->message);
      self->stale = TRUE;
    }
  self->status.error = self->error;
  if (self->store == NULL)
    return;
  self->took_ms = (g_get_monotonic_time () - self->began_us) / 1000;
  if (self->error == NULL)
    keep_time (self);
  if (self->stale)
    plan (self, self->error != NULL ? LOOK_AGAIN_MS : QUIET_MS);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
begin (ZfCard *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_written, NULL);
  Job *job = g_new0 (Job, 1);

  job->store = g_object_ref (self->store);
  job->path = file_of (self);
  self->writing = TRUE;
  self->stale = FALSE;
  self->began_us = g_get_monotonic_time ();
  g_task_set_source_tag (task, begin);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, write_in_thread);
}

static gboolean
on_due (gpointer data)
{
  ZfCard *self = data;
  gboolean there = is_elsewhere (self, self->folder);

  self->timer_id = 0;
  if (there != self->status.there)
    {
      self->status.there = there;
      g_signal_emit (self, signals[CHANGED], 0);
    }
  if (there && is_joined (self))
    begin (self);
  else
    plan (self, LOOK_AGAIN_MS);
  return G_SOURCE_REMOVE;
}

/* The first of what was written decides when; what follows until then goes along. */
static void
plan (ZfCard *self, gint64 wait_ms)
{
  if (!self->started || self->writing || self->folder == NULL || self->timer_id != 0)
    return;
  self->timer_id = g_timeout_add ((guint) MAX (wait_ms, MIN (REST * self->took_ms, 3600 * SECOND)), on_due, self);
}

static void
on_store_changed (ZfCard *self, const char *kind, GStrv ids)
{
  self->stale = TRUE;
  plan (self, QUIET_MS);
}

static void
look_now (ZfCard *self)
{
  if (!self->stale)
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  plan (self, SECOND);
}

/* Object */

static void
zf_card_dispose (GObject *object)
{
  ZfCard *self = ZF_CARD (object);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_object (&self->mounts);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (zf_card_parent_class)->dispose (object);
}

static void
zf_card_finalize (GObject *object)
{
  ZfCard *self = ZF_CARD (object);

  g_free (self->folder);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (zf_card_parent_class)->finalize (object);
}

static void
zf_card_class_init (ZfCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = zf_card_dispose;
  object_class->finalize = zf_card_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zf_card_init (ZfCard *self)
{
  self->stale = TRUE;
}

static void
take_folder (ZfCard *self, const char *folder)
{
  g_free (self->folder);
  self->folder = folder != NULL && *folder != '\0' ? g_strdup (folder) : NULL;
  self->status.folder = self->folder;
  self->status.there = self->folder != NULL && is_elsewhere (self, self->folder);
}

ZfCard *
zf_card_new (ZfStore *store)
{
  ZfCard *self = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *kept = NULL;

  g_return_val_if_fail (ZF_IS_STORE (store), NULL);
  self = g_object_new (ZF_TYPE_CARD, NULL);
  self->store = g_object_ref (store);
  folder = zf_store_get_meta (store, FOLDER_KEY);
  kept = zf_store_get_meta (store, KEPT_KEY);
  take_folder (self, folder);
  self->status.kept_ms = kept != NULL ? g_ascii_strtoll (kept, NULL, 10) : 0;
  return self;
}

void
zf_card_start (ZfCard *self)
{
  g_return_if_fail (ZF_IS_CARD (self));
  if (self->started)
    return;
  self->started = TRUE;
  self->mounts = g_volume_monitor_get ();
  g_signal_connect_object (self->mounts, "mount-added", G_CALLBACK (look_now), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->store, "changed", G_CALLBACK (on_store_changed), self, G_CONNECT_SWAPPED);
  plan (self, FIRST_MS);
}

gboolean
zf_card_name (ZfCard *self, const char *folder, GError **error)
{
  g_return_val_if_fail (ZF_IS_CARD (self) && folder != NULL, FALSE);
  if (!is_elsewhere (self, folder))
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID,
                           _("This folder is on the tablet itself and would be lost with it. Pick one on a card or stick."));
      return FALSE;
    }
  if (!zf_store_set_meta (self->store, FOLDER_KEY, folder, error))
    return FALSE;
  take_folder (self, folder);
  self->status.kept_ms = 0;
  self->took_ms = 0;
  self->stale = TRUE;
  look_now (self);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

const ZfCardStatus *
zf_card_status (ZfCard *self)
{
  g_return_val_if_fail (ZF_IS_CARD (self), NULL);
  return &self->status;
}

char *
zf_card_words (ZfCard *self, gint64 now_ms)
{
  const ZfCardStatus *status = zf_card_status (self);
  g_autofree char *when = NULL;

  if (status->folder == NULL)
    return g_strdup (_("Pick a card or stick: what is not sent is kept there too, by itself."));
  if (!status->there)
    return g_strdup (_("The card is not in. Once it is, this goes on by itself."));
  if (g_error_matches (status->error, ZF_ERROR, ZF_ERROR_FULL))
    return g_strdup (_("The card is full. Delete something on it or pick another one."));
  if (status->error != NULL)
    return g_strdup (_("The card cannot be written. Pick another one."));
  if (status->kept_ms == 0)
    return g_strdup (_("It is being written."));
  when = zf_fmt_moment (status->kept_ms, now_ms);
  /* Translators: a moment, such as today 16:20 */
  return g_strdup_printf (_("Kept on the card · %s"), when);
}
