/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-stick.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-backup.h"
#include "zf-dialogs.h"
#include "zf-error.h"
#include "zf-fmt.h"
#include "zf-ledger.h"
#include "zf-photo.h"
#include "zf-page.h"
#include "zf-parcel.h"
#include "zf-sync-face.h"
#include "zf-window.h"

typedef struct
{
  GtkWidget *widget;
  ZfSession *session;
  ZfStore *store;
  ZfStickAct act;
  char *path;
  /* What came of it. */
  ZfStand stand;
  ZfSyncProgress progress;
  ZfBackupCount count;
} Stick;

static void
stick_free (Stick *stick)
{
  g_object_unref (stick->widget);
  g_object_unref (stick->session);
  g_object_unref (stick->store);
  g_free (stick->path);
  g_free (stick);
}

/* What is written is counted as the page counts it: what is only here and what waits in a batch. */
static gboolean
write_out (Stick *stick, GError **error)
{
  g_autoptr (ZfReader) reader = zf_reader_new (stick->store, error);
  ZfStand stands[ZF_STAND_N] = { 0 };
  guint n = 0;

  if (reader == NULL || !zf_ledger_stands (reader, stands, error))
    return FALSE;
  stick->stand = stands[ZF_STAND_HERE];
  stick->stand.visits += stands[ZF_STAND_UNDER_WAY].visits;
  stick->stand.photos += stands[ZF_STAND_UNDER_WAY].photos;
  stick->stand.households = MAX (stick->stand.households, stands[ZF_STAND_UNDER_WAY].households);
  return zf_parcel_write (stick->store, stick->path, &n, error);
}

static gboolean
read_reply (Stick *stick, GError **error)
{
  return zf_parcel_read (stick->store, stick->path, &stick->progress, error);
}

static gboolean
restore (Stick *stick, GError **error)
{
  return zf_backup_restore (stick->store, stick->path, &stick->count, error);
}

static void
tell_out (Stick *stick)
{
  g_autoptr (ZfReader) reader = zf_reader_new (stick->store, NULL);
  gint64 sounds[ZF_STAND_N] = { 0 };
  g_autofree char *words = NULL;
  g_autofree char *sentence = NULL;

  if (reader != NULL)
    zf_sound_stands (reader, sounds);
  words = zf_sync_stand_words (&stick->stand, sounds[ZF_STAND_HERE] + sounds[ZF_STAND_UNDER_WAY], " ");
  sentence = g_strdup_printf (_("Written: %s"), words);
  zf_dialogs_tell (stick->widget, sentence,
                   _("Bring it to the county or the township. What they give back is read here with “Read the county's reply”."));
}

static void
tell_reply (Stick *stick)
{
  g_autofree char *sent = zf_fmt_count (ZF_COUNT_ENTRIES, stick->progress.pushed);
  g_autofree char *come = zf_fmt_count (ZF_COUNT_ENTRIES, stick->progress.applied + stick->progress.copied);
  g_autofree char *sentence = g_strdup_printf (_("The county received %s. New from the county: %s."), sent, come);

  zf_dialogs_tell (stick->widget, _("The reply was read"), sentence);
}

static void
tell_restored (Stick *stick)
{
  g_autofree char *changes = zf_fmt_count (ZF_COUNT_ENTRIES, stick->count.changes);
  g_autofree char *drafts = zf_fmt_count (ZF_COUNT_ENTRIES, stick->count.drafts);
  g_autofree char *photos = zf_fmt_count (ZF_COUNT_PHOTOS, stick->count.photos);
  g_autofree char *sounds = zf_fmt_count (ZF_COUNT_SOUNDS, stick->count.sounds);
  g_autofree char *sentence =
    stick->count.sounds == 0
      ? g_strdup_printf (_("Changes %s, drafts %s, photos %s. They go to the county from here."), changes, drafts, photos)
      : g_strdup_printf (_("Changes %s, drafts %s, photos %s, audio notes %s. They go to the county from here."), changes, drafts, photos, sounds);

  zf_dialogs_tell (stick->widget, _("The backup was taken over"), sentence);
}

static const struct
{
  gboolean (*act) (Stick *, GError **);
  void (*tell) (Stick *);
  const char *busy;
  const char *stay;     /* who closes the window meanwhile reads it */
  const char *failed;
} acts[ZF_STICK_N] = {
  [ZF_STICK_OUT] = { write_out, tell_out, N_("Writing to the stick…"), N_("The stick is still being written. Close the window when that is done."),
                     N_("Nothing was written") },
  [ZF_STICK_REPLY] = { read_reply, tell_reply, N_("Reading the reply…"), N_("The stick is still being read. Close the window when that is done."),
                       N_("This reply cannot be used") },
  [ZF_STICK_RESTORE] = { restore, tell_restored, N_("Reading the backup…"), N_("The stick is still being read. Close the window when that is done."),
                         N_("This backup cannot be used") },
  [ZF_STICK_CARD] = { NULL, NULL, NULL, NULL, N_("This folder cannot be used") },
};

static const char *
reason_words (const GError *error)
{
  static const struct
  {
    ZfError code;
    const char *words;
  } REASONS[] = {
    { ZF_ERROR_FULL, N_("The stick is full. Delete something on it or take another one.") },
    { ZF_ERROR_IO, N_("The stick cannot be read or written. Take it out and put it in again, or take another one.") },
    { ZF_ERROR_NOT_FOUND, N_("The stick is not in, or the file is not on it.") },
    { ZF_ERROR_INVALID, N_("This file is not meant for this tablet. Nothing of it was used.") },
    { ZF_ERROR_CORRUPT, N_("The file is not whole. Copy it to the stick again.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (REASONS); i++)
    if (g_error_matches (error, ZF_ERROR, (int) REASONS[i].code))
      return _(REASONS[i].words);
  return NULL;
}

static void
tell_failure (Stick *stick, const GError *error)
{
  g_autofree char *words = NULL;

  g_debug ("A file on the stick: %s", error->message);
  /* The card's own refusal is a sentence for people already. */
  if (stick->act == ZF_STICK_CARD)
    words = g_strdup (error->message);
  else if (reason_words (error) != NULL)
    words = g_strdup (reason_words (error));
  else
    words = zf_sync_explain (error);
  zf_dialogs_tell (stick->widget, _(acts[stick->act].failed), words);
}

static void
act_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Stick *stick = data;
  GError *error = NULL;

  if (acts[stick->act].act (stick, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Stick *stick = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    acts[stick->act].tell (stick);
  else
    tell_failure (stick, error);
  zf_session_touch (stick->session);
}

static void
name_card (Stick *stick)
{
  g_autoptr (GError) error = NULL;

  if (zf_card_name (zf_session_card (stick->session), stick->path, &error))
    zf_page_toast (stick->widget, _("From now on what is not sent is kept there too."));
  else
    tell_failure (stick, error);
  stick_free (stick);
}

static void
on_picked (const char *path, gpointer data)
{
  Stick *stick = data;
  g_autoptr (GTask) task = NULL;

  if (path == NULL)
    {
      stick_free (stick);
      return;
    }
  stick->path = g_strdup (path);
  if (stick->act == ZF_STICK_CARD)
    {
      name_card (stick);
      return;
    }
  zf_page_toast (stick->widget, _(acts[stick->act].busy));
  task = g_task_new (NULL, NULL, on_done, NULL);
  g_task_set_source_tag (task, on_picked);
  g_task_set_task_data (task, stick, (GDestroyNotify) stick_free);
  zf_window_stay (stick->widget, task, _(acts[stick->act].stay));
  g_task_run_in_thread (task, act_in_thread);
}

static void
pick_out (Stick *stick)
{
  g_autofree char *today = zf_session_today (stick->session);
  g_autofree char *device = zf_store_get_meta (stick->store, "device");
  gsize len = device != NULL ? strlen (device) : 0;
  /* Several tablets may share a stick. */
  g_autofree char *name = g_strdup_printf ("%s-%s-%s.zfp", _("Zoufang"), today, len > 8 ? device + len - 8 : "");

  zf_dialogs_save_file (stick->widget, _("Export to a USB stick"), _("Export"), name, on_picked, stick);
}

static void
pick (Stick *stick)
{
  switch (stick->act)
    {
    case ZF_STICK_OUT:
      pick_out (stick);
      break;
    case ZF_STICK_REPLY:
      zf_dialogs_pick_sealed (stick->widget, _("Read the county's reply"), "zfp", on_picked, stick);
      break;
    case ZF_STICK_RESTORE:
      zf_dialogs_pick_sealed (stick->widget, _("Take over a backup"), "zfb", on_picked, stick);
      break;
    case ZF_STICK_CARD:
    case ZF_STICK_N:
    default:
      zf_dialogs_pick_folder (stick->widget, _("Where backups go"), on_picked, stick);
    }
}

void
zf_stick_do (GtkWidget *widget, ZfSession *session, ZfStickAct act, const char *path)
{
  Stick *stick = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget) && ZF_IS_SESSION (session) && act < ZF_STICK_N);

  stick = g_new0 (Stick, 1);
  stick->widget = g_object_ref (widget);
  stick->session = g_object_ref (session);
  stick->store = g_object_ref (zf_session_store (session));
  stick->act = act;
  if (path != NULL && *path != '\0')
    on_picked (path, stick);
  else
    pick (stick);
}
