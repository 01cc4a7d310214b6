/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-page-private.h"

#include <glib/gi18n.h>

/* Where one is in the form, and the way to its other screens. */

static void
on_jump (ZfRow *row, ZfFormPage *self)
{
  guint page = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "zf-page"));

  gtk_menu_button_popdown (self->jump);
  zf_form_page_go (self, page);
}

/* How much of each screen is not answered, or not as it may be. */
typedef struct
{
  guint missing;
  guint wrong;
} Lack;

static Lack *
find_lacks (ZfFormPage *self)
{
  ZfAnswers *answers = zf_form_model_answers (self->model);
  Lack *lacks = g_new0 (Lack, zf_form_page_n_screens (self) + 1);
  g_autoptr (GPtrArray) names = zf_answers_problems (answers);

  for (guint i = 0; i < names->len; i++)
    {
      Lack *lack = &lacks[zf_form_question (zf_form_model_form (self->model), names->pdata[i])->page];

      if (zf_answers_get (answers, names->pdata[i]) == NULL)
        lack->missing++;
      else
        lack->wrong++;
    }
  return lacks;
}

/* Said in words; a reader of the screen hears them behind the name of the screen. */
static void
show_lack (GtkWidget *row, const char *name, const Lack *lack)
{
  g_autofree char *words = NULL;

  if (lack->wrong > 0)
    words = g_strdup_printf (ngettext ("%u to change", "%u to change", lack->wrong), lack->wrong);
  else if (lack->missing > 0)
    words = g_strdup_printf (ngettext ("%u to fill in", "%u to fill in", lack->missing), lack->missing);
  if (words == NULL)
    return;
  zf_row_set_subtitle (ZF_ROW (row), words);
  if (lack->wrong > 0)
    gtk_widget_add_css_class (row, "zf-lacking");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

static void
fill_jump_list (ZfFormPage *self, GtkBox *list, const Lack *lacks)
{
  guint number = 0;

  zf_clear_box (GTK_WIDGET (list));
  for (guint page = 0; page < zf_form_page_n_screens (self); page++)
    {
      GtkWidget *row = NULL;
      g_autofree char *title = NULL;
      g_autofree char *name = NULL;

      if (!zf_form_page_screen_relevant (self, page))
        continue;
      title = zf_form_page_screen_title (self, page);
      name = g_strdup_printf ("%u  %s", ++number, title);
      row = zf_row_new (name, NULL);
      if (page == self->at)
        gtk_widget_add_css_class (row, "zf-here");
      else
        show_lack (row, name, &lacks[page]);
      g_object_set_data (G_OBJECT (row), "zf-page", GUINT_TO_POINTER (page));
      g_signal_connect (row, "activated", G_CALLBACK (on_jump), self);
      gtk_box_append (list, row);
      if (page == self->at)
        zf_bring_into_view (row);
    }
}

void
zf_form_page_show_discard (ZfFormPage *self)
{
  gboolean draft = zf_form_model_draft (self->model) != NULL;

  gtk_widget_set_visible (self->discard, draft);
  if (draft)
    gtk_widget_set_visible (GTK_WIDGET (self->jump), TRUE);
}

void
zf_form_page_show_jump (ZfFormPage *self)
{
  g_autofree char *place = NULL;
  g_autofree char *name = NULL;
  g_autofree Lack *lacks = find_lacks (self);
  guint number = 0, n = 0;

  for (guint page = 0; page < zf_form_page_n_screens (self); page++)
    if (zf_form_page_screen_relevant (self, page))
      {
        n++;
        if (page <= self->at)
          number++;
      }
  place = g_strdup_printf ("%u/%u", number, n);
  gtk_menu_button_set_label (self->jump, place);
  name = g_strdup_printf (_("Screen %u of %u"), number, n);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->jump), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->jump), n > 1);
  zf_form_page_show_discard (self);
  gtk_widget_set_visible (self->side, n > 1 && zf_page_wide (ZF_PAGE (self)));
  fill_jump_list (self, self->jump_list, lacks);
  fill_jump_list (self, self->side_list, lacks);
}
