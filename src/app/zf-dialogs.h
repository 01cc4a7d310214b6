/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The only file with dialogs that newer GTK replaces: file chooser, message dialog, about window. */

/** ZfPathFunc: @path is NULL when the person changed their mind. */
typedef void (*ZfPathFunc) (const char *path, gpointer data);
void zf_dialogs_pick_picture (GtkWidget *parent, ZfPathFunc func, gpointer data);
void zf_dialogs_pick_table (GtkWidget *parent, ZfPathFunc func, gpointer data);
/** zf_dialogs_pick_sealed, _save_file, _pick_folder: begin on the card or stick when one is in. */
void zf_dialogs_pick_sealed (GtkWidget *parent, const char *title, const char *suffix, ZfPathFunc func, gpointer data);
void zf_dialogs_save_file (GtkWidget *parent, const char *title, const char *verb, const char *name, ZfPathFunc func, gpointer data);
void zf_dialogs_pick_folder (GtkWidget *parent, const char *title, ZfPathFunc func, gpointer data);

/** ZfAnswerFunc: @yes: the person chose @verb. Called once. */
typedef void (*ZfAnswerFunc) (gboolean yes, gpointer data);
/** zf_dialogs_ask: only for what cannot be undone (ui.md 2): one question, a verb, and a way out. */
void zf_dialogs_ask (GtkWidget *parent, const char *question, const char *details, const char *verb, ZfAnswerFunc func,
                     gpointer data);
/** zf_dialogs_tell: one plain sentence, with the details of what happened. */
void zf_dialogs_tell (GtkWidget *parent, const char *sentence, const char *details);
void zf_dialogs_about (GtkWindow *parent);

G_END_DECLS
