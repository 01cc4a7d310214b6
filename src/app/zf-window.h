/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "zf-page.h"
#include "zf-session.h"

G_BEGIN_DECLS

/* ZfWindow: the frame around all pages. Pages speak to it only through its actions:
 *   win.tab s            today, households, map, sync
 *   win.household s      opens a household page
 *   win.visit s          starts or continues the visit of a household
 *   win.add (ss)         kind, parent ("" = none): a new record of any kind
 *   win.edit s           changes a record
 *   win.life (ss)        what (split, merge, move, end), id of a household or person
 *   win.later s          visits are entered later, household after household: a household's id, "" = none yet
 *   win.later-visit (ss) household, day: the next one of these
 *   win.conflict s       settles a conflict: its id, a household's id, "" = all that wait
 *   win.decided (ss)     what was chosen, id of the resolution: tells it, with the way back
 *   win.photo (ss)       household, photo
 *   win.place s          puts a household on the map, or somewhere else there
 *   win.photo-file s     takes a file as a photo of the open form or household
 *   win.back, win.toast s, win.search, win.import, win.about
 * Property: wide (the window is at least 860 px wide). */
#define ZF_TYPE_WINDOW (zf_window_get_type ())
G_DECLARE_FINAL_TYPE (ZfWindow, zf_window, ZF, WINDOW, AdwApplicationWindow)

ZfWindow *zf_window_new (AdwApplication *application);
/** zf_window_set_session: shows the pages of a store; before that the window shows how to begin. */
void zf_window_set_session (ZfWindow *self, ZfSession *session);
/** zf_window_say: one sentence in place of the pages, with what to do. */
void zf_window_say (ZfWindow *self, const char *title, const char *description);
/** zf_window_open: "today", "households", "map", "sync", "household:ID", "visit:ID" or "visit:ID/3" (third screen). */
void zf_window_open (ZfWindow *self, const char *page);
/** zf_window_camera, _place: (transfer none): a page that answers the one before (the camera's, the map's), not shown yet. */
ZfPage *zf_window_camera (ZfWindow *self);
ZfPage *zf_window_place (ZfWindow *self);
/** zf_window_ask: shows such a page; zf_window_answered, as win.back, shows the one before again. */
void zf_window_ask (ZfWindow *self, ZfPage *page);
void zf_window_answered (ZfWindow *self);
/** zf_window_stay: the window of @widget does not close before @task has told who waits for it; whoever closes it meanwhile reads @sentence (static). */
void zf_window_stay (GtkWidget *widget, GTask *task, const char *sentence);

G_END_DECLS
