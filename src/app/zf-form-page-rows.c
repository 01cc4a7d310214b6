/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-page-private.h"

#include <glib/gi18n.h>

#include "zf-repeat-view.h"

/* Rows of repeats: the list of them, one that is open, one that is taken out and brought back. */

static void
on_open_row (ZfFormPage *self, const char *row)
{
  zf_form_page_open_row (self, row);
}

void
zf_form_page_add_repeats (ZfFormPage *self, const char *repeat)
{
  g_autoptr (GPtrArray) names = zf_form_repeats (zf_form_model_form (self->model), repeat, self->at);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *address = zf_form_page_address_here (self, names->pdata[i]);
      GtkWidget *view = zf_repeat_view_new (self->model, address, self->left);

      if (self->views->len == 0 && i == 0)
        zf_repeat_view_stand_under (ZF_REPEAT_VIEW (view), gtk_label_get_text (self->heading));
      g_signal_connect_object (view, "open", G_CALLBACK (on_open_row), self, G_CONNECT_SWAPPED);
      gtk_box_append (self->questions, view);
    }
}

ZfStyled *
zf_form_page_heading (ZfFormPage *self)
{
  g_autofree char *repeat = self->row != NULL ? zf_address_repeat (self->row) : NULL;
  JsonObject *row = repeat != NULL ? zf_form_repeat_row (zf_form_model_form (self->model), zf_address_name (repeat)) : NULL;
  const char *label = row != NULL ? zf_row_text (row, "label", zf_form_page_lang (self)) : NULL;
  g_autofree char *numbered = NULL;

  if (repeat == NULL)
    return zf_form_page_screen_words (self, self->at);
  numbered = g_strdup_printf ("%s\u00a0%u", label != NULL ? label : zf_address_name (repeat), zf_repeat_view_row_number (self->model, self->row));
  return zf_answers_styled (zf_form_model_answers (self->model), self->row, numbered);
}

void
zf_form_page_show_row (ZfFormPage *self, const char *row)
{
  char *address = g_strdup (row);

  g_free (self->left);
  self->left = self->row;
  self->row = address;
  zf_form_model_set_place (self->model, self->at, self->row);
  zf_form_page_show (self);
}

void
zf_form_page_leave_row (ZfFormPage *self)
{
  g_autofree char *above = zf_address_above (self->row);

  zf_form_page_flush (self);
  zf_form_page_show_row (self, above);
}

/* What brings a row back that was taken out. */
typedef struct
{
  ZfFormPage *page;
  ZfFormModel *model;
  char *repeat;
  JsonObject *values;
} Removed;

static void
removed_free (gpointer data, GClosure *closure)
{
  Removed *removed = data;

  g_object_unref (removed->page);
  g_object_unref (removed->model);
  json_object_unref (removed->values);
  g_free (removed->repeat);
  g_free (removed);
}

static void offer_back (ZfFormPage *self, ZfFormModel *model, const char *repeat, JsonObject *values, const char *sentence);

/* Where it stood may be gone too, or full: it can be brought back once there is a place for it. */
static void
on_put_back (Removed *removed)
{
  g_autoptr (GError) error = NULL;

  if (!zf_form_model_put_back (removed->model, removed->repeat, removed->values, &error))
    offer_back (removed->page, removed->model, removed->repeat, removed->values, error->message);
  else if (removed->page->model == removed->model)
    zf_form_page_show (removed->page);
}

static void
offer_back (ZfFormPage *self, ZfFormModel *model, const char *repeat, JsonObject *values, const char *sentence)
{
  Removed *removed = g_new0 (Removed, 1);

  *removed = (Removed) { g_object_ref (self), g_object_ref (model), g_strdup (repeat), json_object_ref (values) };
  zf_page_offer (GTK_WIDGET (self), sentence, G_CALLBACK (on_put_back), removed, removed_free);
}

static void
on_remove_row (ZfFormPage *self)
{
  g_autofree char *row = g_strdup (self->row);
  g_autofree char *repeat = zf_address_repeat (row);
  g_autofree char *above = zf_address_above (row);
  g_autoptr (JsonObject) values = NULL;
  g_autoptr (GError) error = NULL;

  zf_form_page_flush (self);
  values = zf_answers_row_values (zf_form_model_answers (self->model), row);
  if (values == NULL || !zf_form_model_remove_row (self->model, row, &error))
    {
      zf_page_toast (GTK_WIDGET (self), error != NULL ? error->message : _("This one is gone already."));
      return;
    }
  zf_form_page_show_row (self, above);
  offer_back (self, self->model, repeat, values, _("It is taken out"));
}

void
zf_form_page_add_remove (ZfFormPage *self)
{
  if (self->row == NULL || !zf_answers_may_remove_row (zf_form_model_answers (self->model), self->row))
    return;
  self->remove = gtk_button_new_with_label (_("Take this one out"));
  gtk_widget_add_css_class (self->remove, "flat");
  g_signal_connect_swapped (self->remove, "clicked", G_CALLBACK (on_remove_row), self);
  gtk_box_append (self->questions, self->remove);
}

void
zf_form_page_open_row (ZfFormPage *self, const char *row)
{
  g_return_if_fail (ZF_IS_FORM_PAGE (self) && row != NULL);
  if (self->model == NULL)
    return;
  zf_form_page_flush (self);
  zf_form_page_show_row (self, row);
}
