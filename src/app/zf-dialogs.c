/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-dialogs.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "zf-config.h"

typedef struct
{
  ZfPathFunc path_func;
  ZfAnswerFunc answer_func;
  gpointer data;
} Call;

static GtkWindow *
window_of (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
on_file_response (GtkNativeDialog *dialog, int response, Call *call)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    path = g_file_get_path (file);
  call->path_func (path, call->data);
  g_free (call);
  /* The chooser has no owner but the reference that was kept for it. */
  g_object_unref (dialog);
}

static GtkFileChooser *
chooser_new (GtkWidget *parent, const char *title, GtkFileChooserAction action, const char *verb, ZfPathFunc func, gpointer data)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (title, window_of (parent), action, verb, _("Cancel"));
  Call *call = g_new0 (Call, 1);

  call->path_func = func;
  call->data = data;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_file_response), call);
  return GTK_FILE_CHOOSER (chooser);
}

static void
pick_file (GtkWidget *parent, const char *title, const char *verb, GtkFileFilter *filter, ZfPathFunc func, gpointer data)
{
  GtkFileChooser *chooser = chooser_new (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, verb, func, data);

  gtk_file_chooser_add_filter (chooser, filter);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* Where the person looks first: what was just put in. */
static void
begin_on_stick (GtkFileChooser *chooser)
{
  g_autoptr (GVolumeMonitor) monitor = g_volume_monitor_get ();
  GList *mounts = g_volume_monitor_get_mounts (monitor);

  for (GList *at = mounts; at != NULL; at = at->next)
    if (g_mount_can_eject (at->data) || g_mount_can_unmount (at->data))
      {
        g_autoptr (GFile) root = g_mount_get_root (at->data);

        gtk_file_chooser_set_current_folder (chooser, root, NULL);
        break;
      }
  g_list_free_full (mounts, g_object_unref);
}

void
zf_dialogs_pick_picture (GtkWidget *parent, ZfPathFunc func, gpointer data)
{
  g_autoptr (GtkFileFilter) pictures = gtk_file_filter_new ();

  gtk_file_filter_set_name (pictures, _("Pictures"));
  gtk_file_filter_add_mime_type (pictures, "image/*");
  pick_file (parent, _("Pick a photo"), _("Add photo"), pictures, func, data);
}

void
zf_dialogs_pick_table (GtkWidget *parent, ZfPathFunc func, gpointer data)
{
  g_autoptr (GtkFileFilter) tables = gtk_file_filter_new ();

  gtk_file_filter_set_name (tables, _("Tables"));
  gtk_file_filter_add_suffix (tables, "xlsx");
  gtk_file_filter_add_suffix (tables, "xls");
  gtk_file_filter_add_suffix (tables, "csv");
  pick_file (parent, _("Pick a table of households"), _("Import"), tables, func, data);
}

void
zf_dialogs_pick_sealed (GtkWidget *parent, const char *title, const char *suffix, ZfPathFunc func, gpointer data)
{
  GtkFileChooser *chooser = chooser_new (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, _("Read"), func, data);
  g_autoptr (GtkFileFilter) sealed = gtk_file_filter_new ();

  gtk_file_filter_set_name (sealed, _("Sealed files"));
  gtk_file_filter_add_suffix (sealed, suffix);
  gtk_file_chooser_add_filter (chooser, sealed);
  begin_on_stick (chooser);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
zf_dialogs_save_file (GtkWidget *parent, const char *title, const char *verb, const char *name, ZfPathFunc func, gpointer data)
{
  GtkFileChooser *chooser = chooser_new (parent, title, GTK_FILE_CHOOSER_ACTION_SAVE, verb, func, data);

  begin_on_stick (chooser);
  gtk_file_chooser_set_current_name (chooser, name);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
zf_dialogs_pick_folder (GtkWidget *parent, const char *title, ZfPathFunc func, gpointer data)
{
  GtkFileChooser *chooser = chooser_new (parent, title, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("Use this folder"), func, data);

  begin_on_stick (chooser);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
on_answer (AdwMessageDialog *dialog, const char *response, Call *call)
{
  if (call->answer_func != NULL)
    call->answer_func (g_str_equal (response, "yes"), call->data);
  g_free (call);
}

static AdwMessageDialog *
message (GtkWidget *parent, const char *heading, const char *details, Call *call)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (window_of (parent), heading, details));

  g_signal_connect (dialog, "response", G_CALLBACK (on_answer), call);
  return dialog;
}

void
zf_dialogs_ask (GtkWidget *parent, const char *question, const char *details, const char *verb, ZfAnswerFunc func,
                gpointer data)
{
  Call *call = g_new0 (Call, 1);
  AdwMessageDialog *dialog = NULL;

  call->answer_func = func;
  call->data = data;
  dialog = message (parent, question, details, call);
  adw_message_dialog_add_responses (dialog, "no", _("Cancel"), "yes", verb, NULL);
  adw_message_dialog_set_response_appearance (dialog, "yes", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (dialog, "no");
  gtk_window_present (GTK_WINDOW (dialog));
}

void
zf_dialogs_tell (GtkWidget *parent, const char *sentence, const char *details)
{
  AdwMessageDialog *dialog = message (parent, sentence, details, g_new0 (Call, 1));

  adw_message_dialog_add_response (dialog, "ok", _("Close"));
  adw_message_dialog_set_close_response (dialog, "ok");
  gtk_window_present (GTK_WINDOW (dialog));
}

void
zf_dialogs_about (GtkWindow *parent)
{
  adw_show_about_window (parent,
                         "application-name", _("Zoufang"),
                         "application-icon", APP_ID,
                         "version", PACKAGE_VERSION,
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("Household visits without a network"),
                         NULL);
}
