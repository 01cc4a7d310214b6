/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-later-page.h"

#include <glib/gi18n.h>

#include "zf-fmt.h"
#include "zf-household-item.h"
#include "zf-level-chip.h"
#include "zf-row.h"
#include "zf-section.h"

#define KIND "visit"
#define MOST_FOUND 8

struct _ZfLaterPage
{
  ZfPage parent_instance;

  GtkEditable *day;
  GtkLabel *trouble;
  GtkWidget *choose;
  GtkEditable *search;
  ZfSection *found;
  ZfSection *written;

  gboolean on;
  gboolean showing;    /* our own writing into the entry */
  char *date;          /* (nullable) "YYYY-MM-DD" once it is a day */
  char *first;         /* (nullable) household that Enter opens */
  GPtrArray *done;     /* ids of households, in order */
};

G_DEFINE_FINAL_TYPE (ZfLaterPage, zf_later_page, ZF_TYPE_PAGE)

static ZfSession *
session_of (ZfLaterPage *self)
{
  return zf_page_session (ZF_PAGE (self));
}

/* The day is read and judged as the form's own question would. */
static char *
judge_day (ZfLaterPage *self, const char *text, char **problem)
{
  ZfForm *form = zf_session_form (session_of (self), KIND, NULL);
  const char *field = form != NULL ? zf_kind_date_field (zf_form_kind (form)) : NULL;
  g_autofree char *today = zf_session_today (session_of (self));
  g_autoptr (JsonObject) empty = json_object_new ();
  g_autoptr (ZfAnswers) answers = NULL;

  if (field == NULL)
    return NULL;
  answers = zf_answers_new (form, empty, today);
  if (!zf_answers_set_text (answers, field, text, NULL))
    *problem = g_strdup (_("This must be a date like 2026-11-03."));
  else
    *problem = zf_answers_problem (answers, field, zf_session_lang (session_of (self)));
  return *problem == NULL ? zf_answers_text (answers, field) : NULL;
}

static gboolean
take_day (ZfLaterPage *self)
{
  g_autofree char *problem = NULL;

  g_free (self->date);
  self->date = judge_day (self, gtk_editable_get_text (self->day), &problem);
  gtk_label_set_text (self->trouble, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), problem != NULL);
  gtk_widget_set_visible (self->choose, self->date != NULL);
  self->showing = TRUE;
  if (self->date != NULL)
    gtk_editable_set_text (self->day, self->date);
  self->showing = FALSE;
  return self->date != NULL;
}

/* Who was visited on that day already is found all the same: somebody may have come twice. */
static gboolean
has_visit (ZfLaterPage *self, const char *household)
{
  g_autoptr (ZfQuery) query = zf_query_new (KIND);

  zf_query_where (query, "parent", ZF_OP_EQ, household);
  zf_query_where (query, "date", ZF_OP_EQ, self->date);
  return zf_query_count (query, zf_session_reader (session_of (self)), NULL) > 0;
}

static void
open_visit (ZfLaterPage *self, const char *household)
{
  if (self->date != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.later-visit", "(ss)", household, self->date);
}

static void
on_found (ZfRow *row, ZfLaterPage *self)
{
  open_visit (self, g_object_get_data (G_OBJECT (row), "zf-household"));
}

static void
add_found (ZfLaterPage *self, ZfHouseholdItem *item)
{
  g_autofree char *again = g_strdup_printf ("%s\n%s", zf_household_item_facts (item), _("Written for this day"));
  gboolean written = has_visit (self, zf_household_item_id (item));
  GtkWidget *row = zf_row_new (zf_household_item_name (item), written ? again : zf_household_item_facts (item));

  zf_row_set_prefix (ZF_ROW (row), zf_level_chip_new (zf_household_item_level (item)));
  g_object_set_data_full (G_OBJECT (row), "zf-household", g_strdup (zf_household_item_id (item)), g_free);
  g_signal_connect (row, "activated", G_CALLBACK (on_found), self);
  zf_section_append (self->found, row);
  if (self->first == NULL)
    self->first = g_strdup (zf_household_item_id (item));
}

static void
find (ZfLaterPage *self)
{
  const char *text = gtk_editable_get_text (self->search);
  g_autoptr (ZfQuery) query = zf_household_item_query ();
  g_autoptr (ZfRows) rows = NULL;

  zf_section_clear (self->found);
  g_clear_pointer (&self->first, g_free);
  gtk_widget_set_visible (GTK_WIDGET (self->found), *text != '\0');
  if (*text == '\0' || self->date == NULL)
    return;
  zf_query_search (query, text);
  zf_query_page (query, 0, MOST_FOUND);
  rows = zf_query_run (query, zf_session_reader (session_of (self)), NULL);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    {
      g_autoptr (ZfHouseholdItem) item = zf_household_item_new (session_of (self), rows, i);

      add_found (self, item);
    }
  if (self->first == NULL)
    zf_section_say (self->found, _("No household is found"));
}

static void
show_written (ZfLaterPage *self)
{
  g_autofree char *count = zf_fmt_count (ZF_COUNT_HOUSEHOLDS, self->done->len);
  g_autofree char *title = g_strdup_printf (_("Written just now: %s"), count);

  zf_section_clear (self->written);
  zf_section_set_title (self->written, title);
  gtk_widget_set_visible (GTK_WIDGET (self->written), self->done->len > 0);
  for (guint i = self->done->len; i-- > 0;)
    {
      g_autoptr (ZfHouseholdItem) item = zf_household_item_load (session_of (self), self->done->pdata[i]);
      GtkWidget *row = item != NULL ? zf_row_new (zf_household_item_name (item), zf_household_item_facts (item)) : NULL;

      if (row == NULL)
        continue;
      zf_row_set_tappable (ZF_ROW (row), FALSE);
      zf_section_append (self->written, row);
    }
}

static void
on_day_activate (ZfLaterPage *self)
{
  if (!take_day (self))
    return;
  find (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
on_day_changed (ZfLaterPage *self)
{
  if (self->showing)
    return;
  g_clear_pointer (&self->date, g_free);
  gtk_widget_set_visible (self->choose, FALSE);
}

static void
on_search_changed (ZfLaterPage *self)
{
  find (self);
}

static void
on_search_activate (ZfLaterPage *self)
{
  /* Who types fast presses Enter before the list is there. */
  find (self);
  if (self->first != NULL)
    open_visit (self, self->first);
}

static void
zf_later_page_finalize (GObject *object)
{
  ZfLaterPage *self = ZF_LATER_PAGE (object);

  g_free (self->date);
  g_free (self->first);
  g_ptr_array_unref (self->done);
  G_OBJECT_CLASS (zf_later_page_parent_class)->finalize (object);
}

static void
zf_later_page_class_init (ZfLaterPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ZF_TYPE_SECTION);
  G_OBJECT_CLASS (klass)->finalize = zf_later_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-later-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfLaterPage, day);
  gtk_widget_class_bind_template_child (widget_class, ZfLaterPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, ZfLaterPage, choose);
  gtk_widget_class_bind_template_child (widget_class, ZfLaterPage, search);
  gtk_widget_class_bind_template_child (widget_class, ZfLaterPage, found);
  gtk_widget_class_bind_template_child (widget_class, ZfLaterPage, written);
  gtk_widget_class_bind_template_callback (widget_class, on_day_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_day_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
}

static void
zf_later_page_init (ZfLaterPage *self)
{
  self->done = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
zf_later_page_begin (ZfLaterPage *self, const char *search)
{
  g_return_if_fail (ZF_IS_LATER_PAGE (self) && search != NULL);
  self->on = TRUE;
  g_ptr_array_set_size (self->done, 0);
  g_clear_pointer (&self->date, g_free);
  gtk_editable_set_text (self->day, "");
  gtk_editable_set_text (self->search, search);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), FALSE);
  gtk_widget_set_visible (self->choose, FALSE);
  show_written (self);
  find (self);
}

void
zf_later_page_end (ZfLaterPage *self)
{
  g_return_if_fail (ZF_IS_LATER_PAGE (self));
  self->on = FALSE;
}

gboolean
zf_later_page_is_on (ZfLaterPage *self)
{
  g_return_val_if_fail (ZF_IS_LATER_PAGE (self), FALSE);
  return self->on;
}

void
zf_later_page_done (ZfLaterPage *self, const char *household)
{
  guint before = 0;

  g_return_if_fail (ZF_IS_LATER_PAGE (self) && household != NULL);
  /* Somebody may have come twice: that is one household. */
  if (g_ptr_array_find_with_equal_func (self->done, household, g_str_equal, &before))
    g_ptr_array_remove_index (self->done, before);
  g_ptr_array_add (self->done, g_strdup (household));
  gtk_editable_set_text (self->search, "");
  show_written (self);
  find (self);
}

void
zf_later_page_focus (ZfLaterPage *self)
{
  g_return_if_fail (ZF_IS_LATER_PAGE (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->date != NULL ? self->search : self->day));
}
