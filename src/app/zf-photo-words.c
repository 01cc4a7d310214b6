/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-photo-words.h"

#include <glib/gi18n.h>

#include "zf-choice-button.h"
#include "zf-page.h"

struct _ZfPhotoWords
{
  GtkBox parent_instance;

  GtkToggleButton *line;
  GtkLabel *said;
  GtkWidget *edit;
  GtkFlowBox *chips;
  GtkEditable *caption;

  ZfSession *session;
  char *photo;
  char *purpose;       /* as it is kept */
  char *kept;          /* the caption */
  gboolean showing;
};

enum
{
  CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfPhotoWords, zf_photo_words, GTK_TYPE_BOX)

static const ZfField *
purpose_field (ZfPhotoWords *self)
{
  const ZfKind *kind = zf_session_kind (self->session, "photo");

  return kind != NULL ? zf_kind_field (kind, "purpose") : NULL;
}

static void
show_line (ZfPhotoWords *self)
{
  const ZfField *field = purpose_field (self);
  const char *purpose = field != NULL && self->purpose != NULL
                            ? zf_kind_choice_label (zf_session_kind (self->session, "photo"), field->list_name, self->purpose, zf_session_lang (self->session))
                            : NULL;
  gboolean both = purpose != NULL && self->kept != NULL;
  g_autofree char *words = both ? g_strdup_printf ("%s · %s", purpose, self->kept) : g_strdup (purpose != NULL ? purpose : self->kept);
  g_autofree char *name = NULL;

  gtk_label_set_text (self->said, words != NULL ? words : _("Write what this shows"));
  /* Translators: then what the photo shows */
  name = words != NULL ? g_strdup_printf (_("Purpose and caption: %s"), words) : g_strdup (_("Write what this shows"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->line), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Keeping */

static gboolean
keep (ZfPhotoWords *self, const char *field, const char *value)
{
  g_autoptr (GError) error = NULL;

  if (zf_photos_set (self->session, self->photo, field, value, &error))
    return TRUE;
  g_warning ("What a photo shows was not kept: %s", error->message);
  zf_page_toast (GTK_WIDGET (self), _("This could not be saved. Try once more."));
  return FALSE;
}

void
zf_photo_words_flush (ZfPhotoWords *self)
{
  g_autofree char *text = NULL;

  g_return_if_fail (ZF_IS_PHOTO_WORDS (self));
  if (self->photo == NULL)
    return;
  text = g_strstrip (g_strdup (gtk_editable_get_text (self->caption)));
  if (g_strcmp0 (text, self->kept != NULL ? self->kept : "") == 0 || !keep (self, "caption", *text != '\0' ? text : NULL))
    return;
  g_free (self->kept);
  self->kept = *text != '\0' ? g_strdup (text) : NULL;
  show_line (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* As it is kept: a chip that was tapped and not kept lets go again. */
static void
show_chosen (ZfPhotoWords *self)
{
  self->showing = TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->chips)); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *chip = gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (child));

      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (chip), g_strcmp0 (zf_choice_button_value (ZF_CHOICE_BUTTON (chip)), self->purpose) == 0);
    }
  self->showing = FALSE;
}

static void
on_chip (GtkToggleButton *chip, ZfPhotoWords *self)
{
  const char *value = gtk_toggle_button_get_active (chip) ? zf_choice_button_value (ZF_CHOICE_BUTTON (chip)) : NULL;

  if (self->showing)
    return;
  if (!keep (self, "purpose", value))
    {
      show_chosen (self);
      return;
    }
  g_free (self->purpose);
  self->purpose = g_strdup (value);
  show_chosen (self);
  show_line (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_line (ZfPhotoWords *self)
{
  gboolean open = gtk_toggle_button_get_active (self->line);

  gtk_widget_set_visible (self->edit, open);
  if (!open)
    zf_photo_words_flush (self);
}

/* Showing */

static void
fill_chips (ZfPhotoWords *self)
{
  const ZfKind *kind = zf_session_kind (self->session, "photo");
  const ZfField *field = purpose_field (self);
  GPtrArray *choices = field != NULL ? zf_kind_choices (kind, field->list_name) : NULL;
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->chips))) != NULL)
    gtk_flow_box_remove (self->chips, child);
  for (guint i = 0; choices != NULL && i < choices->len; i++)
    {
      const ZfChoice *choice = g_ptr_array_index (choices, i);
      const char *label = zf_row_text (choice->plain, "label", zf_session_lang (self->session));
      GtkWidget *chip = NULL;

      /* No photo shows these two. */
      if (g_str_equal (choice->name, ZF_PHOTO_SIGNATURE) || g_str_equal (choice->name, ZF_SOUND_PURPOSE))
        continue;
      chip = zf_choice_button_new (choice->name, label != NULL ? label : choice->name);
      zf_choice_button_name (ZF_CHOICE_BUTTON (chip), _("Purpose"));
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (chip), g_strcmp0 (choice->name, self->purpose) == 0);
      g_signal_connect_object (chip, "toggled", G_CALLBACK (on_chip), self, 0);
      gtk_flow_box_append (self->chips, chip);
      gtk_widget_set_focusable (gtk_widget_get_parent (chip), FALSE);
    }
}

void
zf_photo_words_show (ZfPhotoWords *self, ZfSession *session, const ZfPhotoItem *item)
{
  g_return_if_fail (ZF_IS_PHOTO_WORDS (self) && ZF_IS_SESSION (session) && item != NULL);
  g_set_object (&self->session, session);
  g_free (self->photo);
  g_free (self->purpose);
  g_free (self->kept);
  self->photo = g_strdup (item->id);
  self->purpose = g_strdup (item->purpose);
  self->kept = g_strdup (item->caption);
  gtk_editable_set_text (self->caption, item->caption != NULL ? item->caption : "");
  fill_chips (self);
  show_line (self);
}

static void
zf_photo_words_dispose (GObject *object)
{
  ZfPhotoWords *self = ZF_PHOTO_WORDS (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->photo, g_free);
  g_clear_pointer (&self->purpose, g_free);
  g_clear_pointer (&self->kept, g_free);
  G_OBJECT_CLASS (zf_photo_words_parent_class)->dispose (object);
}

static void
zf_photo_words_class_init (ZfPhotoWordsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_photo_words_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-photo-words.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoWords, line);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoWords, said);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoWords, edit);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoWords, chips);
  gtk_widget_class_bind_template_child (widget_class, ZfPhotoWords, caption);
  gtk_widget_class_bind_template_callback (widget_class, on_line);
  gtk_widget_class_bind_template_callback (widget_class, zf_photo_words_flush);
}

static void
zf_photo_words_init (ZfPhotoWords *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
