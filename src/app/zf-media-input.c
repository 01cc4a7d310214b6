/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-media-input.h"

#include <glib/gi18n.h>

#include "zf-camera-page.h"
#include "zf-dialogs.h"
#include "zf-json.h"
#include "zf-photos.h"

#define THUMB_SIZE 112

struct _ZfMediaInput
{
  ZfInput parent_instance;

  GtkWidget *thumb;     /* a button, as the rest */
  GtkWidget *take;      /* NULL: nothing is taken for this type */
  GtkWidget *choose;
  GtkWidget *clear;
  GtkSpinner *spinner;
  char *shown;          /* photo that the thumbnail shows */
};

G_DEFINE_FINAL_TYPE (ZfMediaInput, zf_media_input, ZF_TYPE_INPUT)

static ZfSession *
session_of (ZfMediaInput *self)
{
  return zf_form_model_session (zf_input_model (ZF_INPUT (self)));
}

static void
set_busy (ZfMediaInput *self, gboolean busy)
{
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_sensitive (self->choose, !busy);
  if (self->take != NULL)
    gtk_widget_set_sensitive (self->take, !busy);
}

/* What is chosen counts even when the screen is gone before it is on the disk. */
typedef struct
{
  ZfMediaInput *input;
  ZfFormModel *model;
  char *address;
} Adding;

static Adding *
adding_new (ZfMediaInput *self)
{
  Adding *adding = g_new (Adding, 1);

  zf_form_model_await (zf_input_model (ZF_INPUT (self)));
  *adding = (Adding) { g_object_ref (self), g_object_ref (zf_input_model (ZF_INPUT (self))), g_strdup (zf_input_address (ZF_INPUT (self))) };
  return adding;
}

static void
adding_free (Adding *adding)
{
  zf_form_model_arrived (adding->model);
  g_object_unref (adding->input);
  g_object_unref (adding->model);
  g_free (adding->address);
  g_free (adding);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Adding, adding_free)

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Adding) adding = data;
  g_autoptr (GError) error = NULL;
  gboolean here = zf_input_is_here (ZF_INPUT (adding->input));
  gboolean added = zf_photos_add_answer (result, adding->model, adding->address, here, &error);

  if (!added)
    g_message ("A photo was not taken over: %s", error->message);
  if (!added && !here)
    zf_session_trouble (zf_form_model_session (adding->model), zf_photos_explain (error));
  if (!here)
    return;
  set_busy (adding->input, FALSE);
  zf_input_tell (ZF_INPUT (adding->input), added ? "" : zf_photos_explain (error));
}

/* What the question wants a picture of, so that nobody is asked again. */
static const char *
purpose_of (ZfMediaInput *self)
{
  return zf_json_get_string (zf_input_question (ZF_INPUT (self))->row, "purpose", NULL);
}

static void
add_file (ZfMediaInput *self, const char *path)
{
  ZfFormModel *model = zf_input_model (ZF_INPUT (self));

  set_busy (self, TRUE);
  zf_photos_add_async (session_of (self), zf_form_model_parent (model), zf_photos_record (model), path, purpose_of (self), on_added, adding_new (self));
}

static void
add_bytes (ZfMediaInput *self, GBytes *jpeg)
{
  ZfFormModel *model = zf_input_model (ZF_INPUT (self));

  set_busy (self, TRUE);
  zf_photos_add_bytes_async (session_of (self), zf_form_model_parent (model), zf_photos_record (model), jpeg, purpose_of (self), on_added, adding_new (self));
}

/* Photos stand under a household, and a form that has none above it can hold none. */
static gboolean
has_owner (ZfMediaInput *self)
{
  if (zf_form_model_parent (zf_input_model (ZF_INPUT (self))) != NULL)
    return TRUE;
  zf_input_tell (ZF_INPUT (self), _("A photo belongs to a household, and this form to none."));
  return FALSE;
}

static void
on_picked (const char *path, gpointer data)
{
  g_autoptr (ZfMediaInput) self = data;

  if (path != NULL && zf_input_model (ZF_INPUT (self)) != NULL)
    add_file (self, path);
}

static void
on_choose (ZfMediaInput *self)
{
  if (has_owner (self))
    zf_dialogs_pick_picture (GTK_WIDGET (self), on_picked, g_object_ref (self));
}

static void
on_shot (const ZfShot *shot, gpointer data)
{
  g_autoptr (ZfMediaInput) self = data;

  if (shot == NULL || zf_input_model (ZF_INPUT (self)) == NULL)
    return;
  if (shot->jpeg != NULL)
    add_bytes (self, shot->jpeg);
  else
    add_file (self, shot->path);
}

static void
on_take (ZfMediaInput *self)
{
  if (has_owner (self))
    zf_camera_page_open (GTK_WIDGET (self), ZF_CAMERA_PHOTO, zf_input_label (ZF_INPUT (self)), on_shot, g_object_ref (self));
}

/* Building */

static GtkWidget *
thumb_new (ZfMediaInput *self)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_add_css_class (button, "zf-thumb");
  gtk_widget_set_overflow (button, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  zf_input_name (ZF_INPUT (self), button, _("Photo"));
  return button;
}

static GtkWidget *
buttons_new (ZfMediaInput *self, gboolean picture)
{
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();

  if (picture)
    g_ptr_array_add (buttons, self->take = zf_input_button (ZF_INPUT (self), _("Take a photo"), G_CALLBACK (on_take)));
  g_ptr_array_add (buttons, self->choose = zf_input_button (ZF_INPUT (self), _("Choose a file"), G_CALLBACK (on_choose)));
  g_ptr_array_add (buttons, self->clear = zf_input_button (ZF_INPUT (self), C_ ("answer", "Clear"), G_CALLBACK (zf_input_clear)));
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  g_ptr_array_add (buttons, self->spinner);
  return zf_input_flow (buttons, 0);
}

static GtkWidget *
limit_new (const char *sentence)
{
  GtkWidget *label = gtk_label_new (sentence);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static void
zf_media_input_build (ZfInput *input)
{
  ZfMediaInput *self = ZF_MEDIA_INPUT (input);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  g_autofree char *type = zf_question_type (zf_input_question (input));

  self->thumb = thumb_new (self);
  gtk_box_append (GTK_BOX (box), self->thumb);
  gtk_box_append (GTK_BOX (box), buttons_new (self, g_str_equal (type, "image")));
  if (g_str_equal (type, "file"))
    gtk_box_append (GTK_BOX (box), limit_new (_("Only pictures can be kept yet.")));
  gtk_widget_set_sensitive (box, !zf_input_question (input)->read_only);
  adw_bin_set_child (ADW_BIN (self), box);
}

/* Showing */

static GtkWidget *
picture_new (ZfMediaInput *self, const ZfRecord *photo)
{
  const char *sha256 = photo != NULL ? zf_record_get_string (photo, "sha256", NULL) : NULL;
  g_autoptr (GdkTexture) texture = zf_photos_texture (session_of (self), sha256, TRUE);
  GtkWidget *picture = NULL;

  if (texture == NULL)
    return gtk_image_new_from_icon_name ("image-missing-symbolic");
  picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_COVER);
  gtk_picture_set_can_shrink (GTK_PICTURE (picture), TRUE);
  return picture;
}

static void
show_thumb (ZfMediaInput *self, const char *id)
{
  g_autoptr (ZfRecord) photo = zf_reader_get (zf_session_reader (session_of (self)), id, NULL);
  GtkWidget *picture = picture_new (self, photo);

  gtk_widget_set_size_request (picture, THUMB_SIZE, THUMB_SIZE);
  gtk_button_set_child (GTK_BUTTON (self->thumb), picture);
  if (photo == NULL || photo->parent == NULL)
    return;
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->thumb), "(ss)", photo->parent, id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->thumb), "win.photo");
}

static void
zf_media_input_show (ZfInput *input)
{
  ZfMediaInput *self = ZF_MEDIA_INPUT (input);
  g_autofree char *id = zf_input_text (input);

  gtk_widget_set_visible (self->thumb, *id != '\0');
  if (self->clear != NULL)
    gtk_widget_set_visible (gtk_widget_get_parent (self->clear), *id != '\0');
  if (g_strcmp0 (id, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_strdup (id);
  if (*id != '\0')
    show_thumb (self, id);
}

static void
zf_media_input_finalize (GObject *object)
{
  g_free (ZF_MEDIA_INPUT (object)->shown);
  G_OBJECT_CLASS (zf_media_input_parent_class)->finalize (object);
}

static void
zf_media_input_class_init (ZfMediaInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_media_input_finalize;
  ZF_INPUT_CLASS (klass)->build = zf_media_input_build;
  ZF_INPUT_CLASS (klass)->show = zf_media_input_show;
}

static void
zf_media_input_init (ZfMediaInput *self)
{
}
