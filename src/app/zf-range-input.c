/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-range-input.h"

#include <glib/gi18n.h>
#include <math.h>

struct _ZfRangeInput
{
  ZfInput parent_instance;

  GtkRange *scale;
  GtkLabel *number;
  double start, end, step;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (ZfRangeInput, zf_range_input, ZF_TYPE_INPUT)

/* The nearest step, written without the noise of binary fractions. */
static char *
step_text (ZfRangeInput *self, double value)
{
  double steps = round ((CLAMP (value, self->start, self->end) - self->start) / self->step);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.10g", MIN (self->start + steps * self->step, self->end));
  return g_strdup (text);
}

static void
answer (ZfRangeInput *self, double value)
{
  g_autofree char *text = step_text (self, value);

  zf_input_set_text (ZF_INPUT (self), text, _("This must be a number."));
  zf_input_show (ZF_INPUT (self));
}

/* A touch where the slider stands already is an answer too, and changes no value. */
static gboolean
on_touched (GtkRange *scale, GtkScrollType scroll, double value, ZfRangeInput *self)
{
  answer (self, value);
  return TRUE;
}

/* Set by who cannot touch: through the accessibility bus. */
static void
on_value (ZfRangeInput *self)
{
  if (!self->showing)
    answer (self, gtk_range_get_value (self->scale));
}

/* The first press answers with the end that it is nearer to. */
static void
move (ZfRangeInput *self, int steps)
{
  g_autofree char *text = zf_input_text (ZF_INPUT (self));

  if (*text == '\0')
    answer (self, self->start);
  else
    answer (self, g_ascii_strtod (text, NULL) + steps * self->step);
}

static void
on_less (ZfRangeInput *self)
{
  move (self, -1);
}

static void
on_more (ZfRangeInput *self)
{
  move (self, 1);
}

static GtkWidget *
step_button (ZfRangeInput *self, const char *sign, const char *words, GCallback clicked)
{
  GtkWidget *button = zf_input_button (ZF_INPUT (self), sign, clicked);

  zf_input_name (ZF_INPUT (self), button, words);
  gtk_widget_add_css_class (button, "zf-step");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  return button;
}

static void
mark (ZfRangeInput *self, double value)
{
  g_autofree char *text = step_text (self, value);

  gtk_scale_add_mark (GTK_SCALE (self->scale), value, GTK_POS_BOTTOM, text);
}

/* Who turns the wheel goes down the screen, and changes no answer on the way. */
static void
leave_wheel (GtkWidget *scale)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (scale);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
    }
}

static void
build_scale (ZfRangeInput *self)
{
  self->scale = GTK_RANGE (gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, self->start, self->end, self->step));
  gtk_scale_set_draw_value (GTK_SCALE (self->scale), FALSE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->scale), TRUE);
  mark (self, self->start);
  mark (self, self->end);
  zf_input_name (ZF_INPUT (self), GTK_WIDGET (self->scale), NULL);
  leave_wheel (GTK_WIDGET (self->scale));
  g_signal_connect_object (self->scale, "change-value", G_CALLBACK (on_touched), self, 0);
  g_signal_connect_object (self->scale, "value-changed", G_CALLBACK (on_value), self, G_CONNECT_SWAPPED);
}

static void
take_parameters (ZfRangeInput *self, const ZfField *field)
{
  double start = 0, end = 0;

  zf_field_range (field->row, &start, &end, &self->step);
  self->start = MIN (start, end);
  self->end = MAX (start, end);
  self->step = self->step != 0 ? fabs (self->step) : 1;
}

static void
zf_range_input_build (ZfInput *input)
{
  ZfRangeInput *self = ZF_RANGE_INPUT (input);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  take_parameters (self, zf_input_question (input)->field);
  self->showing = TRUE;
  build_scale (self);
  self->showing = FALSE;
  self->number = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_width_chars (self->number, 3);
  gtk_widget_add_css_class (GTK_WIDGET (self->number), "title-2");
  gtk_widget_add_css_class (GTK_WIDGET (self->number), "numeric");
  gtk_box_append (GTK_BOX (box), step_button (self, "−", C_ ("range", "Less"), G_CALLBACK (on_less)));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->scale));
  gtk_box_append (GTK_BOX (box), step_button (self, "+", C_ ("range", "More"), G_CALLBACK (on_more)));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->number));
  gtk_widget_set_sensitive (box, !zf_input_question (input)->read_only);
  adw_bin_set_child (ADW_BIN (self), box);
}

static void
zf_range_input_show (ZfInput *input)
{
  ZfRangeInput *self = ZF_RANGE_INPUT (input);
  g_autofree char *text = zf_input_text (input);

  self->showing = TRUE;
  gtk_range_set_value (self->scale, *text != '\0' ? g_ascii_strtod (text, NULL) : self->start);
  self->showing = FALSE;
  gtk_label_set_text (self->number, *text != '\0' ? text : "–");
  gtk_widget_set_opacity (GTK_WIDGET (self->scale), *text != '\0' ? 1 : 0.5);
}

static void
zf_range_input_class_init (ZfRangeInputClass *klass)
{
  ZF_INPUT_CLASS (klass)->build = zf_range_input_build;
  ZF_INPUT_CLASS (klass)->show = zf_range_input_show;
}

static void
zf_range_input_init (ZfRangeInput *self)
{
}
