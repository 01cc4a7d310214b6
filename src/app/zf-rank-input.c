/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-rank-input.h"

#include <glib/gi18n.h>

#include "zf-json.h"
#include "zf-styled-label.h"

struct _ZfRankInput
{
  ZfInput parent_instance;

  GtkBox *list;
  GPtrArray *rows;      /* Row, in the order that is shown */
  GtkWidget *accept;
  GtkWidget *clear;
};

typedef struct
{
  ZfRankInput *self;
  const char *code;
  GtkWidget *widget;
  GtkLabel *number;
  GtkWidget *up;
  GtkWidget *down;
} Row;

G_DEFINE_FINAL_TYPE (ZfRankInput, zf_rank_input, ZF_TYPE_INPUT)

static void
answer (ZfRankInput *self)
{
  GString *codes = g_string_new (NULL);
  g_autoptr (JsonNode) value = NULL;

  for (guint i = 0; i < self->rows->len; i++)
    g_string_append_printf (codes, "%s%s", i > 0 ? " " : "", ((Row *) g_ptr_array_index (self->rows, i))->code);
  value = zf_json_string (codes->str);
  g_string_free (codes, TRUE);
  zf_input_set (ZF_INPUT (self), value);
}

static void
move (Row *row, int by)
{
  ZfRankInput *self = row->self;
  guint at = 0;
  int to = 0;

  g_ptr_array_find (self->rows, row, &at);
  to = (int) at + by;
  if (to < 0 || to >= (int) self->rows->len)
    return;
  self->rows->pdata[at] = self->rows->pdata[to];
  self->rows->pdata[to] = row;
  answer (self);
}

static void
on_up (Row *row)
{
  move (row, -1);
}

static void
on_down (Row *row)
{
  move (row, 1);
}

static GtkWidget *
move_button (Row *row, const char *sign, const char *name, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (sign);

  gtk_widget_add_css_class (button, "zf-step");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", clicked, row);
  return button;
}

/* A link would be in the way of the list. */
static GtkWidget *
words_new (const char *label)
{
  GtkWidget *words = gtk_label_new (NULL);
  g_autoptr (ZfStyled) styled = zf_styled_new (label, FALSE);

  zf_styled_label_show (GTK_LABEL (words), styled);
  gtk_label_set_wrap (GTK_LABEL (words), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (words), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (words, TRUE);
  return words;
}

static void
add_row (ZfRankInput *self, const ZfChoice *choice)
{
  const char *text = zf_row_text (choice->plain, "label", zf_input_lang (ZF_INPUT (self)));
  const char *label = text != NULL ? text : choice->name;
  Row *row = g_new0 (Row, 1);
  /* Translators: moves one choice of a list towards its beginning or end */
  g_autofree char *up = g_strdup_printf (_("Up: %s"), label);
  g_autofree char *down = g_strdup_printf (_("Down: %s"), label);

  row->self = self;
  row->code = choice->name;
  row->widget = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  row->number = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_width_chars (row->number, 2);
  gtk_widget_add_css_class (GTK_WIDGET (row->number), "numeric");
  row->up = move_button (row, "▲", up, G_CALLBACK (on_up));
  row->down = move_button (row, "▼", down, G_CALLBACK (on_down));
  gtk_box_append (GTK_BOX (row->widget), GTK_WIDGET (row->number));
  gtk_box_append (GTK_BOX (row->widget), words_new (text != NULL ? zf_row_text (choice->row, "label", zf_input_lang (ZF_INPUT (self))) : label));
  gtk_box_append (GTK_BOX (row->widget), row->up);
  gtk_box_append (GTK_BOX (row->widget), row->down);
  gtk_box_append (self->list, row->widget);
  g_ptr_array_add (self->rows, row);
}

static void
zf_rank_input_build (ZfInput *input)
{
  ZfRankInput *self = ZF_RANK_INPUT (input);
  const ZfQuestion *question = zf_input_question (input);
  GPtrArray *choices = zf_kind_choices (question->kind, question->field->list_name);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  self->list = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 4));
  for (guint i = 0; choices != NULL && i < choices->len; i++)
    add_row (self, g_ptr_array_index (choices, i));
  self->accept = zf_input_button (input, _("Keep this order"), G_CALLBACK (answer));
  self->clear = zf_input_button (input, C_ ("answer", "Clear"), G_CALLBACK (zf_input_clear));
  gtk_widget_set_halign (self->accept, GTK_ALIGN_START);
  gtk_widget_set_halign (self->clear, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (box), self->accept);
  gtk_box_append (GTK_BOX (box), self->clear);
  gtk_widget_set_sensitive (box, !question->read_only);
  adw_bin_set_child (ADW_BIN (self), box);
}

static guint
place_of (const char *const *codes, const Row *row)
{
  guint at = 0;

  while (codes[at] != NULL && !g_str_equal (codes[at], row->code))
    at++;
  return at;
}

static int
compare_places (gconstpointer a, gconstpointer b, gpointer codes)
{
  return (int) place_of (codes, *(Row *const *) a) - (int) place_of (codes, *(Row *const *) b);
}

/* Rows are moved and not made again: the button under the finger stays the same. */
static void
zf_rank_input_show (ZfInput *input)
{
  ZfRankInput *self = ZF_RANK_INPUT (input);
  g_autofree char *text = zf_input_text (input);
  g_auto (GStrv) codes = g_strsplit (text, " ", -1);
  gboolean answered = *text != '\0';

  if (answered)
    g_ptr_array_sort_with_data (self->rows, compare_places, codes);
  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);
      g_autofree char *number = answered ? g_strdup_printf ("%u", i + 1) : g_strdup ("–");

      gtk_box_reorder_child_after (self->list, row->widget, i > 0 ? ((Row *) g_ptr_array_index (self->rows, i - 1))->widget : NULL);
      gtk_label_set_text (row->number, number);
      gtk_widget_set_sensitive (row->up, i > 0);
      gtk_widget_set_sensitive (row->down, i + 1 < self->rows->len);
    }
  gtk_widget_set_visible (self->accept, !answered);
  gtk_widget_set_visible (self->clear, answered);
}

static void
zf_rank_input_finalize (GObject *object)
{
  g_ptr_array_unref (ZF_RANK_INPUT (object)->rows);
  G_OBJECT_CLASS (zf_rank_input_parent_class)->finalize (object);
}

static void
zf_rank_input_class_init (ZfRankInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_rank_input_finalize;
  ZF_INPUT_CLASS (klass)->build = zf_rank_input_build;
  ZF_INPUT_CLASS (klass)->show = zf_rank_input_show;
}

static void
zf_rank_input_init (ZfRankInput *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_free);
}
