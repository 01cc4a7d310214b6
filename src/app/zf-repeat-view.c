/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-repeat-view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-page.h"
#include "zf-record.h"
#include "zf-row.h"
#include "zf-section.h"

struct _ZfRepeatView
{
  GtkBox parent_instance;
  ZfSection *section;
  GtkWidget *add;

  ZfFormModel *model;
  char *repeat;        /* address */
  GPtrArray *rows;     /* addresses of its rows */
  GHashTable *faults;  /* address of a row → number of answers in it that are wrong or missing */
  guint from;          /* the rows that are shown: from this one */
  guint to;            /* up to before this one */
};

enum
{
  OPEN,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfRepeatView, zf_repeat_view, GTK_TYPE_BOX)

/* So many answers tell one row from another. */
#define ANSWERS_SHOWN 3
/* More rows than ROWS_LONG are not shown at once: nobody reads 200, and each way to one of them takes its time to come and to go. Those around the place where
 * one is are shown, and ROWS_MORE others when they are asked for. */
#define ROWS_LONG 30
#define ROWS_SHOWN 20
#define ROWS_MORE 50

static const char *
lang (ZfFormModel *model)
{
  return zf_session_lang (zf_form_model_session (model));
}

static char *
label_of (ZfFormModel *model, const char *repeat)
{
  const char *name = zf_address_name (repeat);
  JsonObject *row = zf_form_repeat_row (zf_form_model_form (model), name);
  const char *label = row != NULL ? zf_row_text (row, "label", lang (model)) : NULL;

  return zf_answers_fill (zf_form_model_answers (model), repeat, label != NULL ? label : name);
}

guint
zf_repeat_view_row_number (ZfFormModel *model, const char *row)
{
  g_autofree char *repeat = zf_address_repeat (row);
  g_autoptr (GPtrArray) rows = zf_answers_rows (zf_form_model_answers (model), repeat);

  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (rows->pdata[i], row))
      return i + 1;
  return 0;
}

/* (transfer full): up to three answers of the row, as people read them. */
static GPtrArray *
first_answers (ZfFormModel *model, const char *row)
{
  ZfForm *form = zf_form_model_form (model);
  g_autofree char *repeat = zf_address_repeat (row);
  GPtrArray *answers = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < zf_form_n_questions (form) && answers->len < ANSWERS_SHOWN; i++)
    {
      const ZfQuestion *question = zf_form_question_at (form, i);
      g_autofree char *address = g_strconcat (row, ".", question->name, NULL);
      JsonNode *value = NULL;

      if (question->field == NULL || question->hidden || g_strcmp0 (question->repeat, zf_address_name (repeat)) != 0)
        continue;
      value = zf_answers_relevant (zf_form_model_answers (model), address) ? zf_answers_get (zf_form_model_answers (model), address) : NULL;
      if (value != NULL)
        g_ptr_array_add (answers, zf_form_model_words (model, question, value));
    }
  return answers;
}

/* (transfer full): the row in a few words: number and first answer; @more (transfer full): the next answers. */
static char *
title_of (ZfFormModel *model, const char *row, guint number, char **more)
{
  g_autofree char *repeat = zf_address_repeat (row);
  g_autoptr (GPtrArray) answers = first_answers (model, row);
  g_autofree char *label = label_of (model, repeat);
  GString *rest = g_string_new (NULL);

  for (guint i = 1; i < answers->len; i++)
    g_string_append_printf (rest, "%s%s", i > 1 ? " · " : "", (char *) answers->pdata[i]);
  *more = g_string_free (rest, FALSE);
  return answers->len > 0 ? g_strdup_printf ("%u  %s", number, (char *) answers->pdata[0])
                          : g_strdup_printf ("%u  %s", number, label);
}

/* (transfer full): how many answers are wrong or missing in each row, those of repeats in it too. */
static GHashTable *
count_faults (ZfFormModel *model, const char *repeat)
{
  g_autoptr (GPtrArray) problems = zf_answers_problems (zf_form_model_answers (model));
  g_autofree char *prefix = g_strconcat (repeat, "[", NULL);
  GHashTable *faults = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < problems->len; i++)
    {
      const char *address = problems->pdata[i];
      const char *end = g_str_has_prefix (address, prefix) ? strchr (address + strlen (prefix), ']') : NULL;
      char *row = end != NULL ? g_strndup (address, (gsize) (end + 1 - address)) : NULL;

      if (row != NULL)
        g_hash_table_insert (faults, row, GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (faults, row)) + 1));
    }
  return faults;
}

/* Says on @row what is still to answer in the rows from @from up to before @to. */
static void
note_faults (ZfRepeatView *self, GtkWidget *row, guint from, guint to)
{
  g_autofree char *note = NULL;
  guint n = 0;

  for (guint i = from; i < to; i++)
    n += GPOINTER_TO_UINT (g_hash_table_lookup (self->faults, self->rows->pdata[i]));
  if (n == 0)
    return;
  note = g_strdup_printf (ngettext ("%u still to answer", "%u still to answer", n), n);
  zf_row_set_note (ZF_ROW (row), note);
}

static void
on_row (ZfRow *row, ZfRepeatView *self)
{
  g_signal_emit (self, signals[OPEN], 0, g_object_get_data (G_OBJECT (row), "zf-row"));
}

static GtkWidget *
append_row (ZfRepeatView *self, guint i)
{
  const char *address = self->rows->pdata[i];
  g_autofree char *more = NULL;
  g_autofree char *title = title_of (self->model, address, i + 1, &more);
  GtkWidget *row = zf_row_new (title, more);

  note_faults (self, row, i, i + 1);
  g_object_set_data_full (G_OBJECT (row), "zf-row", g_strdup (address), g_free);
  g_signal_connect (row, "activated", G_CALLBACK (on_row), self);
  zf_section_append (self->section, row);
  return row;
}

/* The way to rows that are not shown. */
static void
append_more (ZfRepeatView *self, const char *title, guint from, guint to, GCallback on_more)
{
  GtkWidget *row = zf_row_new (title, NULL);

  note_faults (self, row, from, to);
  g_signal_connect_swapped (row, "activated", on_more, self);
  zf_section_append (self->section, row);
}

static void on_more_above (ZfRepeatView *self);
static void on_more_below (ZfRepeatView *self);

/* The row number @at has the focus then; G_MAXUINT: it stays where it is. */
static void
show_rows (ZfRepeatView *self, guint at)
{
  guint above = self->from, below = self->rows->len - self->to;
  g_autofree char *more_above = g_strdup_printf (ngettext ("%u more above", "%u more above", above), above);
  g_autofree char *more_below = g_strdup_printf (ngettext ("%u more below", "%u more below", below), below);

  zf_section_clear (self->section);
  if (above > 0)
    append_more (self, more_above, 0, self->from, G_CALLBACK (on_more_above));
  for (guint i = self->from; i < self->to; i++)
    {
      GtkWidget *row = append_row (self, i);

      if (i == at)
        gtk_widget_grab_focus (row);
    }
  if (below > 0)
    append_more (self, more_below, self->to, self->rows->len, G_CALLBACK (on_more_below));
}

/* The first new row has the focus: it stands where the way to it stood. */
static void
on_more_above (ZfRepeatView *self)
{
  self->from -= MIN (self->from, ROWS_MORE);
  show_rows (self, self->from);
}

static void
on_more_below (ZfRepeatView *self)
{
  guint at = self->to;

  self->to = MIN (self->rows->len, self->to + ROWS_MORE);
  show_rows (self, at);
}

/* The rows around @near, else the last ones: there the next is added. */
static void
choose_rows (ZfRepeatView *self, const char *near)
{
  guint n = self->rows->len, at = n;

  self->from = 0;
  self->to = n;
  if (n <= ROWS_LONG)
    return;
  for (guint i = 0; near != NULL && i < n && at == n; i++)
    at = g_str_equal (self->rows->pdata[i], near) ? i : n;
  self->from = MIN (at - MIN (at, ROWS_SHOWN / 2), n - ROWS_SHOWN);
  self->to = self->from + ROWS_SHOWN;
}

static JsonObject *
survey_row (ZfRepeatView *self)
{
  return zf_form_repeat_row (zf_form_model_form (self->model), zf_address_name (self->repeat));
}

static void
fill (ZfRepeatView *self, const char *near)
{
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->faults, g_hash_table_unref);
  self->rows = zf_answers_rows (zf_form_model_answers (self->model), self->repeat);
  self->faults = count_faults (self->model, self->repeat);
  choose_rows (self, near);
  show_rows (self, G_MAXUINT);
  if (self->rows->len == 0)
    zf_section_say (self->section, _("None yet"));
}

/* Other answers of the screen decide whether the rows are asked for, and how many there are. */
static void
on_answered (ZfRepeatView *self)
{
  g_autoptr (GPtrArray) rows = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), zf_answers_repeat_relevant (zf_form_model_answers (self->model), self->repeat));
  if (!json_object_has_member (survey_row (self), "repeat_count"))
    return;
  rows = zf_answers_rows (zf_form_model_answers (self->model), self->repeat);
  if (rows->len != self->rows->len)
    fill (self, NULL);
}

static void
on_add (ZfRepeatView *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *row = zf_form_model_add_row (self->model, self->repeat, &error);

  if (row == NULL)
    zf_page_toast (GTK_WIDGET (self), error->message);
  else
    g_signal_emit (self, signals[OPEN], 0, row);
}

static void
zf_repeat_view_dispose (GObject *object)
{
  ZfRepeatView *self = ZF_REPEAT_VIEW (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->faults, g_hash_table_unref);
  g_clear_object (&self->model);
  g_clear_pointer (&self->repeat, g_free);
  G_OBJECT_CLASS (zf_repeat_view_parent_class)->dispose (object);
}

static void
zf_repeat_view_class_init (ZfRepeatViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_repeat_view_dispose;
  signals[OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "zfrepeat");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
zf_repeat_view_init (ZfRepeatView *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 8);
  self->section = ZF_SECTION (zf_section_new (""));
  self->add = gtk_button_new ();
  g_signal_connect_swapped (self->add, "clicked", G_CALLBACK (on_add), self);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->section));
  gtk_box_append (GTK_BOX (self), self->add);
}

GtkWidget *
zf_repeat_view_new (ZfFormModel *model, const char *repeat, const char *near)
{
  ZfRepeatView *self = g_object_new (ZF_TYPE_REPEAT_VIEW, NULL);
  g_autofree char *label = label_of (model, repeat);
  g_autofree char *words = g_strdup_printf (_("Add: %s"), label);

  self->model = g_object_ref (model);
  self->repeat = g_strdup (repeat);
  zf_section_set_title (self->section, label);
  gtk_button_set_label (GTK_BUTTON (self->add), words);
  gtk_widget_set_visible (self->add, !json_object_has_member (survey_row (self), "repeat_count"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  fill (self, near);
  on_answered (self);
  g_signal_connect_object (model, "answered", G_CALLBACK (on_answered), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
zf_repeat_view_stand_under (ZfRepeatView *self, const char *heading)
{
  g_autofree char *label = NULL;

  g_return_if_fail (ZF_IS_REPEAT_VIEW (self) && heading != NULL);
  label = label_of (self->model, self->repeat);
  if (g_str_equal (label, heading))
    zf_section_set_title (self->section, NULL);
}
