/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-menu-input.h"

#include <glib/gi18n.h>

#include "zf-choice-button.h"

/* More choices than a screen shows are looked for. */
#define MANY_CHOICES 12
#define LIST_HEIGHT 420

struct _ZfMenuInput
{
  ZfChoiceInput parent_instance;

  GtkToggleButton *face;   /* NULL when there is nothing to choose from */
  GtkLabel *words;
};

G_DEFINE_FINAL_TYPE (ZfMenuInput, zf_menu_input, ZF_TYPE_CHOICE_INPUT)

static void
on_toggled (ZfMenuInput *self)
{
  if (!zf_choice_input_takes_several (ZF_CHOICE_INPUT (self)))
    gtk_toggle_button_set_active (self->face, FALSE);
}

static GtkWidget *
scrolled (GtkWidget *child)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), LIST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), child);
  return scroller;
}

static GtkWidget *
list_new (ZfChoiceInput *choice, GPtrArray *buttons)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *stack = zf_choice_input_stack (buttons);

  if (buttons->len > MANY_CHOICES)
    gtk_box_append (GTK_BOX (box), zf_choice_input_search (choice));
  gtk_box_append (GTK_BOX (box), buttons->len > MANY_CHOICES ? scrolled (stack) : stack);
  gtk_widget_add_css_class (box, "zf-unfolded");
  return box;
}

static GtkWidget *
face_new (ZfMenuInput *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_wrap_mode (self->words, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->words, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->words), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("pan-down-symbolic"));
  return box;
}

/* In the page and not over it: it has the whole width, and no keyboard covers it. */
static GtkWidget *
zf_menu_input_lay (ZfChoiceInput *choice, GPtrArray *buttons)
{
  ZfMenuInput *self = ZF_MENU_INPUT (choice);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *list = list_new (choice, buttons);

  self->face = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  gtk_button_set_child (GTK_BUTTON (self->face), face_new (self));
  gtk_widget_add_css_class (GTK_WIDGET (self->face), "zf-menu");
  g_object_bind_property (self->face, "active", list, "visible", G_BINDING_SYNC_CREATE);
  for (guint i = 0; i < buttons->len; i++)
    g_signal_connect_object (g_ptr_array_index (buttons, i), "toggled", G_CALLBACK (on_toggled), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->face));
  gtk_box_append (GTK_BOX (box), list);
  return box;
}

static char *
chosen_words (ZfMenuInput *self)
{
  GPtrArray *buttons = zf_choice_input_buttons (ZF_CHOICE_INPUT (self));
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < buttons->len; i++)
    if (gtk_toggle_button_get_active (g_ptr_array_index (buttons, i)))
      g_string_append_printf (words, "%s%s", words->len > 0 ? "、" : "", zf_choice_button_words (g_ptr_array_index (buttons, i)));
  if (words->len == 0)
    g_string_append (words, _("Choose"));
  return g_string_free (words, FALSE);
}

/* Who listens hears what is chosen. */
static void
zf_menu_input_show (ZfInput *input)
{
  ZfMenuInput *self = ZF_MENU_INPUT (input);
  g_autofree char *words = NULL;

  ZF_INPUT_CLASS (zf_menu_input_parent_class)->show (input);
  if (self->face == NULL)
    return;
  words = chosen_words (self);
  if (g_str_equal (words, gtk_label_get_text (self->words)))
    return;
  gtk_label_set_text (self->words, words);
  zf_input_name (input, GTK_WIDGET (self->face), words);
}

static void
zf_menu_input_class_init (ZfMenuInputClass *klass)
{
  ZF_CHOICE_INPUT_CLASS (klass)->lay = zf_menu_input_lay;
  ZF_CHOICE_INPUT_CLASS (klass)->words_only = TRUE;
  ZF_INPUT_CLASS (klass)->show = zf_menu_input_show;
}

static void
zf_menu_input_init (ZfMenuInput *self)
{
}
