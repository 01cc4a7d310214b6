/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-photo-view-private.h"

#include <glib/gi18n.h>

#include "zf-sync.h"

/* A picture that is not here is fetched from the county: the small one stands for it meanwhile. */

typedef struct
{
  ZfStore *store;
  char *sha256;
} Fetch;

static void
fetch_free (Fetch *fetch)
{
  g_object_unref (fetch->store);
  g_free (fetch->sha256);
  g_free (fetch);
}

static void
fetch_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Fetch *what = data;
  GError *error = NULL;

  if (zf_sync_fetch_photo (what->store, what->sha256, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
show_waiting (ZfPhotoView *self, gboolean waiting, const char *sentence)
{
  gtk_spinner_set_spinning (self->spinner, waiting);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), waiting);
  gtk_widget_set_visible (self->again, !waiting);
  gtk_label_set_text (self->sentence, sentence);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  ZfPhotoView *self = ZF_PHOTO_VIEW (source);
  const Fetch *what = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean arrived = g_task_propagate_boolean (G_TASK (result), &error);
  const ZfPhotoItem *item = zf_photo_view_current (self);

  /* The person may be at another picture by now. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable || item == NULL || g_strcmp0 (item->sha256, what->sha256) != 0)
    return;
  g_clear_object (&self->cancellable);
  if (arrived)
    zf_photo_view_show_current (self);
  else
    {
      g_autofree char *sentence = zf_sync_explain (error);

      show_waiting (self, FALSE, sentence);
    }
}

static void
show_thumb (ZfPhotoView *self, const ZfPhotoItem *item)
{
  g_autoptr (GdkTexture) thumb = zf_photos_texture (zf_page_session (ZF_PAGE (self)), item->sha256, TRUE);

  gtk_picture_set_paintable (self->thumb, GDK_PAINTABLE (thumb));
  gtk_widget_set_visible (GTK_WIDGET (self->thumb), thumb != NULL);
}

void
zf_photo_view_fetch (ZfPhotoView *self)
{
  const ZfPhotoItem *item = zf_photo_view_current (self);
  g_autoptr (GTask) task = NULL;
  Fetch *what = NULL;

  if (item == NULL || item->sha256 == NULL)
    return;
  show_thumb (self, item);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  what = g_new0 (Fetch, 1);
  what->store = g_object_ref (zf_session_store (zf_page_session (ZF_PAGE (self))));
  what->sha256 = g_strdup (item->sha256);
  show_waiting (self, TRUE, _("Fetching this photo from the county…"));
  task = g_task_new (self, self->cancellable, on_fetched, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, what, (GDestroyNotify) fetch_free);
  g_task_run_in_thread (task, fetch_in_thread);
}

void
zf_photo_view_leave_fetch (ZfPhotoView *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}
