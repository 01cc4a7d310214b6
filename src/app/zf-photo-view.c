/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-photo-view-private.h"

#include <glib/gi18n.h>

#include "zf-error.h"
#include "zf-fmt.h"
#include "zf-ledger.h"
#include "zf-photo-words.h"
#include "zf-sync.h"

/* A picture is written anew once, after the last of some quick turns. */
#define TURN_SETTLES_MS 900
#define ZOOM_STEP 1.5

G_DEFINE_FINAL_TYPE (ZfPhotoView, zf_photo_view, ZF_TYPE_PAGE)

const ZfPhotoItem *
zf_photo_view_current (ZfPhotoView *self)
{
  return self->items != NULL && self->at < self->items->len ? g_ptr_array_index (self->items, self->at) : NULL;
}

static char *
when_taken (ZfPhotoView *self, const ZfPhotoItem *item)
{
  if (item->taken == NULL)
    return g_strdup (_("The time is not recorded"));
  return zf_fmt_moment (g_ascii_strtoll (item->taken, NULL, 10), zf_session_now_ms (zf_page_session (ZF_PAGE (self))));
}

/* What can be done now */

static void
show_tools (ZfPhotoView *self)
{
  gboolean whole = self->whole && !self->busy;
  guint n_boxes = zf_photo_canvas_boxes (self->canvas)->len;

  gtk_widget_set_visible (self->tools, !self->covering);
  gtk_widget_set_visible (self->cover_bar, self->covering);
  gtk_widget_set_visible (GTK_WIDGET (self->words), !self->covering);
  /* A single photo has no other to go to. */
  gtk_widget_set_visible (gtk_widget_get_parent (self->previous), self->items != NULL && self->items->len > 1);
  gtk_widget_set_visible (gtk_widget_get_parent (self->next), self->items != NULL && self->items->len > 1);
  gtk_widget_set_sensitive (self->previous, self->at > 0);
  gtk_widget_set_sensitive (self->next, self->items != NULL && self->at + 1 < self->items->len);
  gtk_widget_set_sensitive (self->turn, whole);
  gtk_widget_set_sensitive (self->cover, whole);
  gtk_widget_set_sensitive (self->remove, !self->busy);
  gtk_widget_set_sensitive (self->undo_box, n_boxes > 0 && !self->busy);
  gtk_widget_set_sensitive (self->confirm, n_boxes > 0 && !self->busy);
  gtk_spinner_set_spinning (self->working, self->busy);
}

static void
on_canvas_changed (ZfPhotoView *self)
{
  show_tools (self);
}

/* Showing */

static void
show_place (ZfPhotoView *self, const ZfPhotoItem *item)
{
  g_autofree char *place = zf_photos_place (zf_page_session (ZF_PAGE (self)), self->household, item);
  /* Translators: the form and the question that a photo answers */
  g_autofree char *words = place != NULL ? g_strdup_printf (_("Belongs to: %s"), place) : NULL;

  gtk_label_set_text (self->place, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->place), words != NULL);
}

void
zf_photo_view_show_current (ZfPhotoView *self)
{
  const ZfPhotoItem *item = zf_photo_view_current (self);
  ZfSession *session = zf_page_session (ZF_PAGE (self));
  g_autoptr (GdkTexture) texture = zf_photos_texture (session, item->sha256, FALSE);
  g_autofree char *number = g_strdup_printf ("%u/%u", self->at + 1, self->items->len);
  g_autofree char *when = when_taken (self, item);

  zf_photo_view_leave_fetch (self);
  self->whole = texture != NULL;
  self->covering = FALSE;
  zf_photo_canvas_show (self->canvas, texture, item->caption);
  gtk_stack_set_visible_child_name (self->stack, texture != NULL ? "picture" : "missing");
  if (texture == NULL)
    zf_photo_view_fetch (self);
  adw_window_title_set_title (self->title, number);
  adw_window_title_set_subtitle (self->title, when);
  show_place (self, item);
  zf_photo_words_show (self->words, session, item);
  show_tools (self);
}

/* Reads the list anew and stays at the photo of that id, wherever it stands now: a sync may have brought others meanwhile. When it is gone, at what follows. */
static void
read_items (ZfPhotoView *self, const char *photo)
{
  g_clear_pointer (&self->items, g_ptr_array_unref);
  self->items = zf_photos_of (zf_page_session (ZF_PAGE (self)), self->household, NULL);
  for (guint i = 0; photo != NULL && i < self->items->len; i++)
    if (g_strcmp0 (((const ZfPhotoItem *) g_ptr_array_index (self->items, i))->id, photo) == 0)
      self->at = i;
  self->at = self->items->len > 0 ? MIN (self->at, self->items->len - 1) : 0;
}

/* What is seen stays seen. */
static void
read_items_around (ZfPhotoView *self)
{
  const ZfPhotoItem *item = zf_photo_view_current (self);
  g_autofree char *photo = g_strdup (item != NULL ? item->id : NULL);

  read_items (self, photo);
}

/* The same photo after a change, or what follows when it is gone. */
static void
reload (ZfPhotoView *self, const char *photo)
{
  zf_photo_words_flush (self->words);
  read_items (self, photo);
  if (self->items->len > 0)
    zf_photo_view_show_current (self);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

/* Writing a changed picture */

typedef struct
{
  ZfPhotoView *view;
  char *photo;
  gboolean covered;
} Writing;

static void
writing_free (Writing *writing)
{
  g_object_unref (writing->view);
  g_free (writing->photo);
  g_free (writing);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writing, writing_free)

static const char *
why_not (const GError *error)
{
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_FULL))
    return _("The storage is full. The photo stays as it was.");
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_NOT_FOUND))
    return _("The full picture is not on this tablet. Open it with a line to the county first.");
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_CONFLICT))
    return error->message;
  return g_error_matches (error, ZF_ERROR, ZF_ERROR_BUSY) ? error->message : _("The photo could not be changed. It stays as it was.");
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Writing) writing = data;
  ZfPhotoView *self = writing->view;
  g_autoptr (GError) error = NULL;
  gboolean done = zf_photos_edit_finish (result, &error);
  const ZfPhotoItem *item = zf_photo_view_current (self);

  self->busy = FALSE;
  if (zf_page_session (ZF_PAGE (self)) == NULL)
    return;
  if (!done)
    {
      g_warning ("A photo was not changed: %s", error->message);
      zf_page_toast (GTK_WIDGET (self), why_not (error));
    }
  else if (writing->covered)
    zf_page_toast (GTK_WIDGET (self), _("Covered for good"));
  zf_session_touch (zf_page_session (ZF_PAGE (self)));
  if (item != NULL && g_str_equal (item->id, writing->photo))
    reload (self, writing->photo);
  else
    {
      /* The list still names the file that is no more. */
      read_items_around (self);
      show_tools (self);
    }
}

/* Nothing of the old picture may leave while the new one is made. */
static void
write_picture (ZfPhotoView *self)
{
  const ZfPhotoItem *item = zf_photo_view_current (self);
  GArray *boxes = zf_photo_canvas_boxes (self->canvas);
  ZfPhotoEdit edit = { (const ZfPhotoBox *) (void *) boxes->data, boxes->len, zf_photo_canvas_turns (self->canvas), NULL, item != NULL ? item->sha256 : NULL };
  ZfSession *session = zf_page_session (ZF_PAGE (self));
  Writing *writing = NULL;

  g_clear_handle_id (&self->turn_id, g_source_remove);
  if (item == NULL || self->busy || (edit.n_boxes == 0 && edit.turns == 0))
    return;
  writing = g_new0 (Writing, 1);
  *writing = (Writing) { g_object_ref (self), g_strdup (item->id), edit.n_boxes > 0 };
  self->busy = TRUE;
  if (edit.n_boxes > 0)
    zf_sync_service_stop (zf_session_sync (session));
  zf_sync_service_hold (zf_session_sync (session), ZF_SYNC_HOLD_SECONDS);
  zf_photos_edit_async (session, item->id, &edit, on_written, writing);
  show_tools (self);
}

static gboolean
on_turned (gpointer data)
{
  ZfPhotoView *self = data;

  self->turn_id = 0;
  write_picture (self);
  return G_SOURCE_REMOVE;
}

static void
on_turn (ZfPhotoView *self)
{
  if (!self->whole || self->busy)
    return;
  zf_photo_canvas_turn (self->canvas);
  g_clear_handle_id (&self->turn_id, g_source_remove);
  self->turn_id = g_timeout_add (TURN_SETTLES_MS, on_turned, self);
}

/* What is turned or typed is kept before another photo is shown; boxes that nobody confirmed are not. */
static void
settle (ZfPhotoView *self)
{
  if (self->items == NULL || zf_page_session (ZF_PAGE (self)) == NULL)
    return;
  zf_photo_words_flush (self->words);
  zf_photo_canvas_set_covering (self->canvas, FALSE);
  self->covering = FALSE;
  write_picture (self);
}

/* Covering */

static void
on_cover (ZfPhotoView *self)
{
  ZfSession *session = zf_page_session (ZF_PAGE (self));
  const ZfPhotoItem *item = zf_photo_view_current (self);
  ZfBlob *blob = NULL;

  if (item == NULL || !self->whole || self->busy)
    return;
  blob = zf_ledger_blob (zf_session_reader (session), item->sha256, NULL);
  g_clear_handle_id (&self->turn_id, g_source_remove);
  self->covering = TRUE;
  gtk_widget_set_visible (self->sent_note, blob != NULL && blob->state != ZF_BLOB_LOCAL);
  zf_blob_free (blob);
  zf_photo_canvas_set_covering (self->canvas, TRUE);
}

static void
on_undo_box (ZfPhotoView *self)
{
  zf_photo_canvas_undo_box (self->canvas);
}

static void
on_keep_open (ZfPhotoView *self)
{
  self->covering = FALSE;
  zf_photo_canvas_set_covering (self->canvas, FALSE);
  write_picture (self);
}

static void
on_confirm (ZfPhotoView *self)
{
  if (zf_photo_canvas_boxes (self->canvas)->len > 0)
    write_picture (self);
}

/* Taking a photo away */

typedef struct
{
  ZfPhotoView *view;
  ZfSession *session;
  char *household;
  char *photo;
} Taken;

static void
taken_free (Taken *taken, GClosure *closure)
{
  g_object_unref (taken->view);
  g_object_unref (taken->session);
  g_free (taken->household);
  g_free (taken->photo);
  g_free (taken);
}

static void offer_back (ZfPhotoView *self, const char *photo, const char *sentence);

static void
on_bring_back (Taken *taken)
{
  g_autoptr (GError) error = NULL;

  if (!zf_photos_bring_back (taken->session, taken->photo, &error))
    {
      g_warning ("A photo could not be brought back: %s", error->message);
      offer_back (taken->view, taken->photo, _("The photo did not come back. Tap once more."));
      return;
    }
  zf_session_touch (taken->session);
  if (gtk_widget_get_mapped (GTK_WIDGET (taken->view)) && g_strcmp0 (taken->view->household, taken->household) == 0)
    reload (taken->view, taken->photo);
}

static void
offer_back (ZfPhotoView *self, const char *photo, const char *sentence)
{
  Taken *taken = g_new0 (Taken, 1);

  *taken = (Taken) { g_object_ref (self), g_object_ref (zf_page_session (ZF_PAGE (self))), g_strdup (self->household), g_strdup (photo) };
  zf_page_offer (GTK_WIDGET (self), sentence, G_CALLBACK (on_bring_back), taken, (GClosureNotify) taken_free);
}

static void
on_remove (ZfPhotoView *self)
{
  const ZfPhotoItem *item = zf_photo_view_current (self);
  g_autofree char *photo = g_strdup (item != NULL ? item->id : NULL);
  g_autoptr (GError) error = NULL;

  if (photo == NULL || self->busy)
    return;
  zf_photo_words_flush (self->words);
  g_clear_handle_id (&self->turn_id, g_source_remove);
  if (!zf_photos_delete (zf_page_session (ZF_PAGE (self)), photo, &error))
    {
      g_warning ("A photo was not taken away: %s", error->message);
      zf_page_toast (GTK_WIDGET (self), _("The photo could not be changed. It stays as it was."));
      return;
    }
  offer_back (self, photo, _("The photo is taken away"));
  zf_sync_service_hold (zf_session_sync (zf_page_session (ZF_PAGE (self))), ZF_SYNC_HOLD_SECONDS);
  zf_session_touch (zf_page_session (ZF_PAGE (self)));
  reload (self, NULL);
}

/* Moving about */

static void
go (ZfPhotoView *self, int step)
{
  gint64 at = (gint64) self->at + step;

  if (self->items == NULL || at < 0 || at >= self->items->len || self->busy)
    return;
  settle (self);
  /* What was typed is kept by now, and the list may be another one. */
  at = CLAMP ((gint64) self->at + step, 0, (gint64) self->items->len - 1);
  self->at = (guint) at;
  zf_photo_view_show_current (self);
}

static void
on_previous (ZfPhotoView *self)
{
  go (self, -1);
}

static void
on_next (ZfPhotoView *self)
{
  go (self, 1);
}

static void
on_closer (ZfPhotoView *self)
{
  zf_photo_canvas_zoom (self->canvas, ZOOM_STEP);
}

static void
on_farther (ZfPhotoView *self)
{
  zf_photo_canvas_zoom (self->canvas, 1 / ZOOM_STEP);
}

static void
on_words_changed (ZfPhotoView *self)
{
  read_items_around (self);
  zf_session_touch (zf_page_session (ZF_PAGE (self)));
}

static void
on_key_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const struct
  {
    const char *name;
    void (*func) (ZfPhotoView *self);
  } KEYS[] = {
    { "photo.closer", on_closer }, { "photo.farther", on_farther }, { "photo.turn", on_turn }, { "photo.next", on_next }, { "photo.previous", on_previous },
  };

  for (guint i = 0; i < G_N_ELEMENTS (KEYS); i++)
    if (g_str_equal (KEYS[i].name, name))
      KEYS[i].func (ZF_PHOTO_VIEW (widget));
}

static void
zf_photo_view_dispose (GObject *object)
{
  ZfPhotoView *self = ZF_PHOTO_VIEW (object);

  zf_photo_view_leave_fetch (self);
  g_clear_handle_id (&self->turn_id, g_source_remove);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->household, g_free);
  G_OBJECT_CLASS (zf_photo_view_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (ZF_TYPE_PHOTO_CANVAS);
  g_type_ensure (ZF_TYPE_PHOTO_WORDS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-photo-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, title);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, working);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, stack);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, canvas);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, place);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, words);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, tools);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, previous);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, next);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, turn);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, cover);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, remove);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, cover_bar);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, sent_note);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, undo_box);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, confirm);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, thumb);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, spinner);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, sentence);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoView, again);
}

static void
bind_callbacks (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, on_canvas_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_words_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_closer);
  gtk_widget_class_bind_template_callback (widget_class, on_farther);
  gtk_widget_class_bind_template_callback (widget_class, on_turn);
  gtk_widget_class_bind_template_callback (widget_class, on_cover);
  gtk_widget_class_bind_template_callback (widget_class, on_undo_box);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_open);
  gtk_widget_class_bind_template_callback (widget_class, on_confirm);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
  gtk_widget_class_bind_template_callback (widget_class, zf_photo_view_fetch);
}

static void
add_key (GtkWidgetClass *widget_class, const char *action, guint key)
{
  gtk_widget_class_install_action (widget_class, action, NULL, on_key_action);
  gtk_widget_class_add_binding_action (widget_class, key, 0, action, NULL);
}

static void
zf_photo_view_class_init (ZfPhotoViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_photo_view_dispose;
  bind_template (widget_class);
  bind_callbacks (widget_class);
  add_key (widget_class, "photo.closer", GDK_KEY_plus);
  add_key (widget_class, "photo.farther", GDK_KEY_minus);
  add_key (widget_class, "photo.turn", GDK_KEY_r);
  add_key (widget_class, "photo.next", GDK_KEY_Page_Down);
  add_key (widget_class, "photo.previous", GDK_KEY_Page_Up);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_equal, 0, "photo.closer", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Add, 0, "photo.closer", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Subtract, 0, "photo.farther", NULL);
}

static void
zf_photo_view_init (ZfPhotoView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "unmap", G_CALLBACK (settle), NULL);
}

void
zf_photo_view_show (ZfPhotoView *self, const char *household, const char *photo)
{
  g_return_if_fail (ZF_IS_PHOTO_VIEW (self));
  g_free (self->household);
  self->household = g_strdup (household);
  self->at = 0;
  read_items (self, photo);
  if (self->items->len > 0)
    zf_photo_view_show_current (self);
}
