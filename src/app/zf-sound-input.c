/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-sound-input.h"

#include <glib/gi18n.h>

#include "zf-device.h"
#include "zf-error.h"
#include "zf-photo.h"
#include "zf-photos.h"
#include "zf-player.h"
#include "zf-recorder.h"
#include "zf-sync.h"

struct _ZfSoundInput
{
  ZfInput parent_instance;

  GtkLabel *words;
  GtkLevelBar *level;
  GtkSpinner *spinner;
  GtkWidget *record;
  GtkWidget *finish;
  GtkWidget *cancel;
  GtkWidget *play;
  GtkWidget *silence;
  GtkWidget *clear;
  ZfRecorder *recorder;
  ZfPlayer *player;
  GCancellable *fetching;   /* while a note comes from the county */
  char *sha256;             /* of that note */
  gboolean recording;
  gboolean saving;
};

G_DEFINE_FINAL_TYPE (ZfSoundInput, zf_sound_input, ZF_TYPE_INPUT)

static ZfSession *
session_of (ZfSoundInput *self)
{
  return zf_form_model_session (zf_input_model (ZF_INPUT (self)));
}

/* "0:07" */
static char *
length_words (double seconds)
{
  guint whole = (guint) (seconds + 0.5);

  return g_strdup_printf ("%u:%02u", whole / 60, whole % 60);
}

/* What is seen */

static void
show_part (GtkWidget *widget, gboolean visible)
{
  gtk_widget_set_visible (gtk_widget_get_parent (widget), visible);
}

static void
show_length (ZfSoundInput *self)
{
  g_autofree char *length = length_words (zf_recorder_seconds (self->recorder));
  g_autofree char *sentence = g_strdup_printf (_("Recording, %s"), length);

  gtk_label_set_text (self->words, sentence);
}

/* The note says its length itself; the file of another tablet may not be here. */
static void
show_kept (ZfSoundInput *self, const char *id)
{
  g_autoptr (ZfRecord) note = *id != '\0' ? zf_reader_get (zf_session_reader (session_of (self)), id, NULL) : NULL;
  const char *caption = note != NULL ? zf_record_get_string (note, "caption", NULL) : NULL;

  if (*id == '\0')
    gtk_label_set_text (self->words, _("Not recorded"));
  else
    gtk_label_set_text (self->words, caption != NULL ? caption : _("Audio note"));
}

static void
show_all (ZfSoundInput *self)
{
  g_autofree char *id = zf_input_text (ZF_INPUT (self));
  gboolean kept = *id != '\0';
  gboolean still = !self->recording && !self->saving;
  gboolean busy = self->fetching != NULL || zf_player_is_playing (self->player);

  show_part (self->record, still && !kept);
  show_part (self->finish, self->recording);
  show_part (self->cancel, self->recording);
  show_part (self->play, still && kept && !busy);
  show_part (self->silence, still && kept && busy);
  show_part (self->clear, still && kept);
  gtk_widget_set_visible (GTK_WIDGET (self->level), self->recording);
  gtk_spinner_set_spinning (self->spinner, self->saving || self->fetching != NULL);
  if (self->recording)
    show_length (self);
  else
    show_kept (self, id);
}

/* Recording: what is recorded is kept also when the screen is left meanwhile, as long as the form stands. */

typedef struct
{
  ZfFormModel *model;
  GWeakRef input;
  char *address;
} Note;

static Note *
note_new (ZfFormModel *model, ZfSoundInput *input, const char *address)
{
  Note *note = g_new0 (Note, 1);

  zf_form_model_await (model);
  note->model = g_object_ref (model);
  g_weak_ref_init (&note->input, input);
  note->address = g_strdup (address);
  return note;
}

static void
note_free (gpointer data, GClosure *closure)
{
  Note *note = data;

  zf_form_model_arrived (note->model);
  g_object_unref (note->model);
  g_weak_ref_clear (&note->input);
  g_free (note->address);
  g_free (note);
}

/* (transfer full) (nullable): while its screen is there. */
static ZfSoundInput *
note_input (Note *note)
{
  ZfSoundInput *self = g_weak_ref_get (&note->input);

  if (self == NULL || zf_input_model (ZF_INPUT (self)) != NULL)
    return self;
  g_object_unref (self);
  return NULL;
}

static const char *
failure_sentence (const GError *error)
{
  return g_error_matches (error, ZF_ERROR, ZF_ERROR_FULL) ? _("The storage is full. The audio note was not kept.")
                                                          : _("The audio note was not kept. Record it once more.");
}

static void
show_added (ZfSoundInput *self, Note *note, gboolean kept, const GError *error)
{
  if (self == NULL)
    {
      if (!kept)
        zf_session_trouble (zf_form_model_session (note->model), failure_sentence (error));
      return;
    }
  self->saving = FALSE;
  if (!kept)
    zf_input_tell (ZF_INPUT (self), failure_sentence (error));
  show_all (self);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  Note *note = data;
  g_autoptr (ZfSoundInput) self = note_input (note);
  gboolean here = self != NULL;
  g_autoptr (GError) error = NULL;
  gboolean kept = zf_photos_add_answer (result, note->model, note->address, here, &error);

  if (!kept)
    g_message ("An audio note was not kept: %s", error->message);
  show_added (self, note, kept, error);
  note_free (note, NULL);
}

static void
let_recorder_go (ZfSoundInput *self)
{
  if (self->recorder != NULL)
    g_signal_handlers_disconnect_by_data (self->recorder, self);
  g_clear_object (&self->recorder);
}

static void
on_done (ZfRecorder *recorder, GBytes *bytes, Note *note)
{
  g_autoptr (ZfSoundInput) self = note_input (note);
  g_autofree char *length = length_words (zf_recorder_seconds (recorder));
  g_autofree char *caption = g_strdup_printf (_("Audio note %s"), length);

  zf_photos_add_sound_async (zf_form_model_session (note->model), zf_form_model_parent (note->model), zf_photos_record (note->model), bytes, caption,
                             on_added, note_new (note->model, self, note->address));
  if (self == NULL)
    return;
  self->recording = FALSE;
  self->saving = TRUE;
  let_recorder_go (self);
  show_all (self);
}

static void
on_heard (ZfRecorder *recorder, double loudness, ZfSoundInput *self)
{
  gtk_level_bar_set_value (self->level, loudness);
  show_length (self);
}

static void
on_failed (ZfRecorder *recorder, GError *error, ZfSoundInput *self)
{
  self->recording = FALSE;
  let_recorder_go (self);
  show_all (self);
  zf_input_tell (ZF_INPUT (self), zf_device_sentence (ZF_DEVICE_SOUND, error));
}

/* Before the first sound there is nothing to wait for. */
static void
finish_recording (ZfSoundInput *self)
{
  if (zf_recorder_finish (self->recorder))
    return;
  self->recording = FALSE;
  let_recorder_go (self);
}

static void
on_record (ZfSoundInput *self)
{
  if (zf_form_model_parent (zf_input_model (ZF_INPUT (self))) == NULL)
    {
      zf_input_tell (ZF_INPUT (self), _("An audio note belongs to a household, and this form to none."));
      return;
    }
  zf_input_tell (ZF_INPUT (self), "");
  let_recorder_go (self);
  self->recorder = zf_recorder_new ();
  g_signal_connect (self->recorder, "heard", G_CALLBACK (on_heard), self);
  g_signal_connect (self->recorder, "failed", G_CALLBACK (on_failed), self);
  g_signal_connect_data (self->recorder, "done", G_CALLBACK (on_done),
                         note_new (zf_input_model (ZF_INPUT (self)), self, zf_input_address (ZF_INPUT (self))), note_free, 0);
  self->recording = TRUE;
  gtk_level_bar_set_value (self->level, 0);
  zf_recorder_start (self->recorder);
  show_all (self);
}

static void
on_cancel (ZfSoundInput *self)
{
  zf_recorder_cancel (self->recorder);
  self->recording = FALSE;
  let_recorder_go (self);
  show_all (self);
}

static void
on_finish (ZfSoundInput *self)
{
  finish_recording (self);
  show_all (self);
}

/* Hearing: what another tablet recorded comes from the county first. */

static void
stop_fetching (ZfSoundInput *self)
{
  if (self->fetching != NULL)
    g_cancellable_cancel (self->fetching);
  g_clear_object (&self->fetching);
  g_clear_pointer (&self->sha256, g_free);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfSoundInput) self = data;
  g_autoptr (GError) error = NULL;
  gboolean here = zf_sync_fetch_photo_finish (ZF_STORE (source), result, &error);
  g_autofree char *sentence = here ? g_strdup ("") : zf_sync_explain (error);
  g_autofree char *path = NULL;

  if (self->fetching == NULL || g_task_get_cancellable (G_TASK (result)) != self->fetching)
    return;   /* the screen went away, or the person changed their mind */
  path = zf_photo_path (zf_store_dir (ZF_STORE (source)), self->sha256, FALSE);
  stop_fetching (self);
  zf_input_tell (ZF_INPUT (self), sentence);
  if (here)
    zf_player_play (self->player, path);
  show_all (self);
}

static void
on_play (ZfSoundInput *self)
{
  g_autofree char *id = zf_input_text (ZF_INPUT (self));
  g_autoptr (ZfRecord) note = zf_reader_get (zf_session_reader (session_of (self)), id, NULL);
  const char *sha256 = note != NULL ? zf_record_get_string (note, "sha256", NULL) : NULL;

  if (sha256 == NULL)
    {
      zf_input_tell (ZF_INPUT (self), _("The sound cannot be played here."));
      return;
    }
  zf_input_tell (ZF_INPUT (self), "");
  stop_fetching (self);
  self->fetching = g_cancellable_new ();
  self->sha256 = g_strdup (sha256);
  zf_sync_fetch_photo_async (zf_session_store (session_of (self)), sha256, self->fetching, on_fetched, g_object_ref (self));
  show_all (self);
}

static void
on_silence (ZfSoundInput *self)
{
  stop_fetching (self);
  zf_player_stop (self->player);
  show_all (self);
}

static void
on_player_failed (ZfSoundInput *self)
{
  zf_input_tell (ZF_INPUT (self), _("The sound cannot be played here."));
  show_all (self);
}

/* A voice that nobody wants is taken away at once, unless a record that stands has it. */
static void
on_clear (ZfSoundInput *self)
{
  g_autofree char *id = zf_input_text (ZF_INPUT (self));

  stop_fetching (self);
  zf_player_stop (self->player);
  zf_input_tell (ZF_INPUT (self), "");
  zf_input_clear (ZF_INPUT (self));
  zf_photos_let_go (zf_input_model (ZF_INPUT (self)), id);
  show_all (self);
}

/* Building */

static GtkWidget *
button (ZfSoundInput *self, GPtrArray *buttons, const char *words, GCallback clicked)
{
  GtkWidget *made = zf_input_button (ZF_INPUT (self), words, clicked);

  g_ptr_array_add (buttons, made);
  return made;
}

static void
zf_sound_input_build (ZfInput *input)
{
  ZfSoundInput *self = ZF_SOUND_INPUT (input);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();

  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_xalign (self->words, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "numeric");
  self->level = GTK_LEVEL_BAR (gtk_level_bar_new ());
  zf_input_name (input, GTK_WIDGET (self->level), _("How loud it is"));
  self->record = button (self, buttons, _("Record"), G_CALLBACK (on_record));
  self->finish = button (self, buttons, _("Stop and keep"), G_CALLBACK (on_finish));
  self->cancel = button (self, buttons, _("Throw away"), G_CALLBACK (on_cancel));
  self->play = button (self, buttons, _("Play"), G_CALLBACK (on_play));
  self->silence = button (self, buttons, _("Stop playing"), G_CALLBACK (on_silence));
  self->clear = button (self, buttons, _("Delete"), G_CALLBACK (on_clear));
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  g_ptr_array_add (buttons, self->spinner);
  gtk_widget_add_css_class (self->finish, "suggested-action");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->level));
  gtk_box_append (GTK_BOX (box), zf_input_flow (buttons, 0));
  gtk_widget_set_sensitive (box, !zf_input_question (input)->read_only);
  adw_bin_set_child (ADW_BIN (self), box);
}

static void
zf_sound_input_show (ZfInput *input)
{
  show_all (ZF_SOUND_INPUT (input));
}

/* Nobody is recorded from a page that is not seen. */
static void
zf_sound_input_unmap (GtkWidget *widget)
{
  ZfSoundInput *self = ZF_SOUND_INPUT (widget);

  stop_fetching (self);
  zf_player_stop (self->player);
  if (self->recording)
    finish_recording (self);
  GTK_WIDGET_CLASS (zf_sound_input_parent_class)->unmap (widget);
}

static void
zf_sound_input_dispose (GObject *object)
{
  ZfSoundInput *self = ZF_SOUND_INPUT (object);

  let_recorder_go (self);
  stop_fetching (self);
  if (self->player != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->player, self);
      zf_player_stop (self->player);
    }
  g_clear_object (&self->player);
  G_OBJECT_CLASS (zf_sound_input_parent_class)->dispose (object);
}

static void
zf_sound_input_class_init (ZfSoundInputClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_sound_input_dispose;
  GTK_WIDGET_CLASS (klass)->unmap = zf_sound_input_unmap;
  ZF_INPUT_CLASS (klass)->build = zf_sound_input_build;
  ZF_INPUT_CLASS (klass)->show = zf_sound_input_show;
}

static void
zf_sound_input_init (ZfSoundInput *self)
{
  self->player = zf_player_new ();
  g_signal_connect_swapped (self->player, "ended", G_CALLBACK (show_all), self);
  g_signal_connect_swapped (self->player, "failed", G_CALLBACK (on_player_failed), self);
}
