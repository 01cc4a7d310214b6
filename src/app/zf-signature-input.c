/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-signature-input.h"

#include <glib/gi18n.h>

#include "zf-error.h"
#include "zf-photos.h"
#include "zf-signature-pad.h"

#define PICTURE_HEIGHT 160

struct _ZfSignatureInput
{
  ZfInput parent_instance;

  GtkWidget *paper;     /* to sign on */
  GtkWidget *done;      /* what was signed, instead */
  ZfSignaturePad *pad;
  GtkWidget *undo;
  GtkWidget *clear;
  GtkWidget *sign;
  GtkWidget *again;
  GtkSpinner *spinner;
  AdwBin *place;        /* of the picture */
  char *shown;          /* photo that stands there */
  gboolean saving;
  gboolean told_off;    /* the person is told to finish or clear what is on the pad */
};

G_DEFINE_FINAL_TYPE (ZfSignatureInput, zf_signature_input, ZF_TYPE_INPUT)

static void
update (ZfSignatureInput *self)
{
  const ZfInk *ink = zf_signature_pad_ink (self->pad);
  gboolean any = zf_ink_n_strokes (ink) > 0;

  gtk_widget_set_sensitive (GTK_WIDGET (self->pad), !self->saving);
  gtk_widget_set_sensitive (self->undo, any && !self->saving);
  gtk_widget_set_sensitive (self->clear, any && !self->saving);
  gtk_widget_set_sensitive (self->sign, zf_ink_is_enough (ink) && !self->saving);
  gtk_spinner_set_spinning (self->spinner, self->saving);
}

static void
on_ink_changed (ZfSignatureInput *self)
{
  update (self);
  if (self->told_off)
    zf_input_reject (ZF_INPUT (self), "");
  self->told_off = FALSE;
}

static void
on_undo (ZfSignatureInput *self)
{
  zf_signature_pad_undo (self->pad);
}

static void
on_clear (ZfSignatureInput *self)
{
  zf_signature_pad_clear (self->pad);
}

/* Saving: what is signed counts even when the screen is gone before it is on the disk. */

typedef struct
{
  ZfSignatureInput *input;
  ZfFormModel *model;
  char *address;
} Signing;

static void
signing_free (Signing *signing)
{
  zf_form_model_arrived (signing->model);
  g_object_unref (signing->input);
  g_object_unref (signing->model);
  g_free (signing->address);
  g_free (signing);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Signing, signing_free)

/* Where the ink still stands it can be saved once more; elsewhere it is gone. */
static void
tell_failure (Signing *signing, gboolean here, const GError *error)
{
  gboolean full = g_error_matches (error, ZF_ERROR, ZF_ERROR_FULL);

  g_message ("A signature was not kept: %s", error->message);
  if (here)
    zf_input_tell (ZF_INPUT (signing->input), full ? _("The storage is full. The signature was not kept.") : _("The signature was not kept. Tap “Signed” once more."));
  else
    zf_session_trouble (zf_form_model_session (signing->model), full ? _("The storage is full and the signature was not kept. Make room and sign once more.")
                                                                     : _("The signature was not kept. Sign once more."));
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Signing) signing = data;
  ZfSignatureInput *self = signing->input;
  gboolean here = zf_input_is_here (ZF_INPUT (self));
  g_autoptr (GError) error = NULL;
  gboolean kept = zf_photos_add_answer (result, signing->model, signing->address, here, &error);

  self->saving = FALSE;
  if (here)
    update (self);
  if (!kept)
    {
      tell_failure (signing, here, error);
      return;
    }
  if (here)
    {
      zf_input_tell (ZF_INPUT (self), "");
      zf_signature_pad_clear (self->pad);
    }
  if (here && zf_question_appears (zf_input_question (ZF_INPUT (self)), "quick"))
    zf_input_go_on (ZF_INPUT (self));
}

static void
on_sign (ZfSignatureInput *self)
{
  ZfFormModel *model = zf_input_model (ZF_INPUT (self));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = NULL;
  Signing *signing = NULL;

  if (zf_form_model_parent (model) == NULL)
    {
      zf_input_tell (ZF_INPUT (self), _("A photo belongs to a household, and this form to none."));
      return;
    }
  png = zf_ink_png (zf_signature_pad_ink (self->pad), &error);
  if (png == NULL)
    {
      zf_input_tell (ZF_INPUT (self), error->message);
      return;
    }
  zf_form_model_await (model);
  signing = g_new0 (Signing, 1);
  *signing = (Signing) { g_object_ref (self), g_object_ref (model), g_strdup (zf_input_address (ZF_INPUT (self))) };
  self->saving = TRUE;
  update (self);
  zf_photos_add_bytes_async (zf_form_model_session (model), zf_form_model_parent (model), zf_photos_record (model), png, ZF_PHOTO_SIGNATURE, on_kept, signing);
}

/* One that was signed here goes at once. A record that stands keeps what it shows. */
static void
on_again (ZfSignatureInput *self)
{
  g_autofree char *photo = zf_input_text (ZF_INPUT (self));

  zf_input_clear (ZF_INPUT (self));
  zf_photos_let_go (zf_input_model (ZF_INPUT (self)), photo);
}

/* Building */

static GtkWidget *
row_new (GtkWidget *first, ...)
{
  g_autoptr (GPtrArray) widgets = g_ptr_array_new ();
  va_list more;

  va_start (more, first);
  for (GtkWidget *widget = first; widget != NULL; widget = va_arg (more, GtkWidget *))
    g_ptr_array_add (widgets, widget);
  va_end (more);
  return zf_input_flow (widgets, 0);
}

static GtkWidget *
paper_new (ZfSignatureInput *self)
{
  ZfInput *input = ZF_INPUT (self);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  self->pad = ZF_SIGNATURE_PAD (zf_signature_pad_new ());
  zf_input_name (input, GTK_WIDGET (self->pad), _("Pad"));
  g_signal_connect_object (self->pad, "changed", G_CALLBACK (on_ink_changed), self, G_CONNECT_SWAPPED);
  self->sign = zf_input_button (input, C_ ("signature", "Signed"), G_CALLBACK (on_sign));
  gtk_widget_add_css_class (self->sign, "suggested-action");
  self->undo = zf_input_button (input, _("Undo a stroke"), G_CALLBACK (on_undo));
  self->clear = zf_input_button (input, C_ ("answer", "Clear"), G_CALLBACK (on_clear));
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->pad));
  gtk_box_append (GTK_BOX (box), row_new (self->sign, self->clear, self->undo, self->spinner, NULL));
  return box;
}

static GtkWidget *
done_new (ZfSignatureInput *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  self->place = ADW_BIN (adw_bin_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->place), "zf-signed");
  self->again = zf_input_button (ZF_INPUT (self), _("Sign again"), G_CALLBACK (on_again));
  gtk_widget_set_halign (self->again, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->place));
  gtk_box_append (GTK_BOX (box), self->again);
  return box;
}

static void
zf_signature_input_build (ZfInput *input)
{
  ZfSignatureInput *self = ZF_SIGNATURE_INPUT (input);
  GtkWidget *both = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->paper = paper_new (self);
  self->done = done_new (self);
  gtk_box_append (GTK_BOX (both), self->paper);
  gtk_box_append (GTK_BOX (both), self->done);
  gtk_widget_set_sensitive (both, !zf_input_question (input)->read_only);
  adw_bin_set_child (ADW_BIN (self), both);
  update (self);
}

/* Showing */

static GtkWidget *
picture_new (ZfSignatureInput *self, const char *id)
{
  ZfSession *session = zf_form_model_session (zf_input_model (ZF_INPUT (self)));
  g_autoptr (ZfRecord) photo = zf_reader_get (zf_session_reader (session), id, NULL);
  const char *sha256 = photo != NULL ? zf_record_get_string (photo, "sha256", NULL) : NULL;
  g_autoptr (GdkTexture) texture = zf_photos_texture (session, sha256, FALSE);
  GtkWidget *picture = NULL;

  if (texture == NULL)
    return gtk_image_new_from_icon_name ("image-missing-symbolic");
  picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_CONTAIN);
  gtk_picture_set_can_shrink (GTK_PICTURE (picture), TRUE);
  return picture;
}

static void
zf_signature_input_show (ZfInput *input)
{
  ZfSignatureInput *self = ZF_SIGNATURE_INPUT (input);
  g_autofree char *id = zf_input_text (input);
  GtkWidget *picture = NULL;

  gtk_widget_set_visible (self->paper, *id == '\0');
  gtk_widget_set_visible (self->done, *id != '\0');
  if (*id == '\0' || g_strcmp0 (id, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_strdup (id);
  picture = picture_new (self, id);
  gtk_widget_set_size_request (picture, -1, PICTURE_HEIGHT);
  zf_input_name (input, picture, C_ ("signature", "Signed"));
  adw_bin_set_child (self->place, picture);
}

/* Ink that nobody called a signature is none, and must not be lost unseen either. */
static void
zf_signature_input_flush (ZfInput *input)
{
  ZfSignatureInput *self = ZF_SIGNATURE_INPUT (input);

  if (zf_ink_n_strokes (zf_signature_pad_ink (self->pad)) == 0)
    return;
  self->told_off = TRUE;
  zf_input_reject (input, _("Tap “Signed” first, or clear the pad."));
}

static void
zf_signature_input_finalize (GObject *object)
{
  g_free (ZF_SIGNATURE_INPUT (object)->shown);
  G_OBJECT_CLASS (zf_signature_input_parent_class)->finalize (object);
}

static void
zf_signature_input_class_init (ZfSignatureInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_signature_input_finalize;
  ZF_INPUT_CLASS (klass)->build = zf_signature_input_build;
  ZF_INPUT_CLASS (klass)->show = zf_signature_input_show;
  ZF_INPUT_CLASS (klass)->flush = zf_signature_input_flush;
}

static void
zf_signature_input_init (ZfSignatureInput *self)
{
}
