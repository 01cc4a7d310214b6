/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-banner.h"
#include "zf-display.h"
#include "zf-form-page.h"
#include "zf-seldom.h"
#include "zf-slot.h"
#include "zf-window.h"

G_BEGIN_DECLS

/* What the files of the window share: the frame (zf-window.c), what its actions do (zf-window-actions.c). */
struct _ZfWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *root;
  ZfSeldom *start;
  AdwLeaflet *nav;
  GtkWidget *shell;
  GtkStack *tasks;
  GtkStack *titles;
  AdwWindowTitle *title;
  AdwViewSwitcher *switcher;
  GtkMenuButton *menu;
  GMenuModel *primary_menu;
  GtkButton *up;
  ZfBanner *banner;
  AdwViewStack *views;
  AdwViewSwitcherBar *switcher_bar;
  AdwLeaflet *homes;
  ZfSlot *today;
  ZfSlot *list;
  ZfSlot *household;
  ZfSlot *map;
  ZfSlot *sync;
  ZfSlot *form;
  ZfSlot *family;
  ZfSlot *photo;
  ZfSlot *camera;
  ZfSlot *place;
  ZfSlot *life;
  ZfSlot *later;
  ZfSlot *conflict;
  AdwViewStackPage *sync_tab;

  ZfSession *session;
  ZfDisplay *display;
  gboolean wide;
  guint wide_id;
  gboolean settled;   /* the first frame was drawn */
  GtkWidget *asked_from;  /* (nullable): the task, or the shell, in front of which a page asks (zf_window_ask) */
  GtkWidget *came_from;   /* (nullable): what had the focus before a task came */
  GPtrArray *locked;  /* (nullable) (element-type GSimpleAction): what is out of reach while the family holds the tablet */
  gboolean filled;    /* the window filled the screen before that */
  guint n_busy;       /* tasks that must end before the window closes */
  const char *busy;   /* what is said of the last of them */
  guint build_id;   /* pages that are not seen yet are made one by one while nothing else is to do */
};

/* zf-window.c */
/** zf_window_show_header: the one header says where the person is. */
void zf_window_show_header (ZfWindow *self);
gboolean zf_window_task_is_open (ZfWindow *self);
void zf_window_show_task (ZfWindow *self, ZfSlot *task);
void zf_window_show_shell (ZfWindow *self);
/** zf_window_lock: while the family holds the tablet nothing but the page it reads can be reached, by no key and no action, and the window does not close. */
void zf_window_lock (ZfWindow *self, gboolean locked);
/** zf_window_form: (nullable): the form that is being filled. */
ZfFormModel *zf_window_form (ZfWindow *self);

/* zf-window-actions.c */
void zf_window_add_actions (ZfWindow *self);
void zf_window_open_household (ZfWindow *self, const char *id);
void zf_window_start_form (ZfWindow *self, const char *kind, const char *parent);
void zf_window_form_built (ZfSlot *slot, ZfPage *page, ZfWindow *self);
void zf_window_family_built (ZfSlot *slot, ZfPage *page, ZfWindow *self);

G_END_DECLS
