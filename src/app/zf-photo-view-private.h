/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-photo-canvas.h"
#include "zf-photo-view.h"
#include "zf-photo-words.h"
#include "zf-photos.h"

G_BEGIN_DECLS

/* What the files of the photo page share: showing and changing (zf-photo-view.c), and the way of a full picture from the county (-fetch). */
struct _ZfPhotoView
{
  ZfPage parent_instance;

  AdwWindowTitle *title;
  GtkSpinner *working;
  GtkStack *stack;
  ZfPhotoCanvas *canvas;
  GtkLabel *place;        /* where it belongs */
  ZfPhotoWords *words;
  GtkWidget *tools;
  GtkWidget *previous;
  GtkWidget *next;
  GtkWidget *turn;
  GtkWidget *cover;
  GtkWidget *remove;
  GtkWidget *cover_bar;   /* instead of the tools, while boxes are drawn */
  GtkWidget *sent_note;
  GtkWidget *undo_box;
  GtkWidget *confirm;
  GtkPicture *thumb;
  GtkSpinner *spinner;
  GtkLabel *sentence;
  GtkWidget *again;

  GCancellable *cancellable;   /* while a picture is being fetched */
  char *household;
  GPtrArray *items;
  guint at;
  gboolean whole;              /* the full picture is here */
  gboolean covering;
  gboolean busy;               /* a changed picture is being written */
  guint turn_id;
};

/** zf_photo_view_current: (nullable): the photo that is shown. */
const ZfPhotoItem *zf_photo_view_current (ZfPhotoView *self);
void zf_photo_view_show_current (ZfPhotoView *self);
/** zf_photo_view_fetch: the picture is not here: the small one stands for it until it has come from the county. */
void zf_photo_view_fetch (ZfPhotoView *self);
void zf_photo_view_leave_fetch (ZfPhotoView *self);

G_END_DECLS
