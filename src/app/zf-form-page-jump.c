/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-page-private.h"

#include <glib/gi18n.h>

/* Where one is in the form, and the way to its other screens. */

void
zf_form_page_on_jump (ZfRow *row, ZfFormPage *self)
{
  guint page = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "zf-page"));

  gtk_menu_button_popdown (self->jump);
  zf_form_page_go (self, page);
}

static void
fill_jump_list (ZfFormPage *self, GtkBox *list)
{
  guint number = 0;

  zf_clear_box (GTK_WIDGET (list));
  for (guint page = 0; page < zf_form_page_n_screens (self); page++)
    {
      GtkWidget *row = NULL;
      g_autofree char *name = NULL;

      if (!zf_form_page_screen_relevant (self, page))
        continue;
      name = g_strdup_printf ("%u  %s", ++number, zf_form_page_screen_title (self, page));
      row = zf_row_new (name, NULL);
      if (page == self->at)
        gtk_widget_add_css_class (row, "zf-here");
      g_object_set_data (G_OBJECT (row), "zf-page", GUINT_TO_POINTER (page));
      g_signal_connect (row, "activated", G_CALLBACK (zf_form_page_on_jump), self);
      gtk_box_append (list, row);
    }
}

void
zf_form_page_show_jump (ZfFormPage *self)
{
  g_autofree char *place = NULL;
  g_autofree char *name = NULL;
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
  gtk_widget_set_visible (self->discard, zf_form_model_is_draft (self->model));
  gtk_widget_set_visible (GTK_WIDGET (self->jump), n > 1 || zf_form_model_is_draft (self->model));
  gtk_widget_set_visible (self->side, n > 1 && zf_page_wide (ZF_PAGE (self)));
  fill_jump_list (self, self->jump_list);
  fill_jump_list (self, self->side_list);
}
