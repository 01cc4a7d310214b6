/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-time-input.h"

#include <glib/gi18n.h>

#define DAY_LENGTH 10
#define TIME_LENGTH 5
#define STEP_WIDTH 96

struct _ZfTimeInput
{
  ZfInput parent_instance;

  GtkEditable *day;        /* NULL: only the time is asked */
  GtkEditable *time;
  GtkMenuButton *pick_day;
  GtkCalendar *calendar;
  GtkLabel *stepped;       /* the time, large, between the steps */
  gboolean dirty;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (ZfTimeInput, zf_time_input, ZF_TYPE_INPUT)

static const char *
part (GtkEditable *entry)
{
  return entry != NULL ? gtk_editable_get_text (entry) : "";
}

/* Half of a moment waits for the other half, unless the person is @done. */
static void
keep (ZfTimeInput *self, gboolean done)
{
  g_autofree char *text = NULL;
  gboolean half = self->day != NULL && (*part (self->day) == '\0') != (*part (self->time) == '\0');

  if (!self->dirty || (half && !done))
    return;
  self->dirty = FALSE;
  text = g_strstrip (g_strjoin (" ", part (self->day), part (self->time), NULL));
  zf_input_set_text (ZF_INPUT (self), text,
                     self->day != NULL ? _("This needs a date and a time like 2026-01-31 14:05.") : _("This needs a time like 14:05."));
  zf_input_show (ZF_INPUT (self));
}

static void
on_typed (ZfTimeInput *self)
{
  if (self->showing)
    return;
  self->dirty = TRUE;
  /* Only whole parts are tried: every digit before would be told wrong. */
  if (g_utf8_strlen (part (self->time), -1) == TIME_LENGTH && (self->day == NULL || g_utf8_strlen (part (self->day), -1) == DAY_LENGTH))
    keep (self, FALSE);
}

static void
on_left (ZfTimeInput *self)
{
  if (zf_input_model (ZF_INPUT (self)) != NULL)
    keep (self, FALSE);
}

static void
put (ZfTimeInput *self, GDateTime *moment)
{
  g_autofree char *day = g_date_time_format (moment, "%Y-%m-%d");
  g_autofree char *time = g_date_time_format (moment, "%H:%M");

  self->showing = TRUE;
  if (self->day != NULL)
    gtk_editable_set_text (self->day, day);
  gtk_editable_set_text (self->time, time);
  self->showing = FALSE;
  self->dirty = TRUE;
  keep (self, TRUE);
}

static GDateTime *
now (ZfTimeInput *self)
{
  return g_date_time_new_from_unix_local (zf_session_now_ms (zf_form_model_session (zf_input_model (ZF_INPUT (self)))) / 1000);
}

static void
on_now (ZfTimeInput *self)
{
  g_autoptr (GDateTime) moment = now (self);

  put (self, moment);
}

/* (transfer full): what stands in the entries; the parts that do not are those of now. */
static GDateTime *
current (ZfTimeInput *self)
{
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  g_autoptr (GDateTime) moment = now (self);
  g_autofree char *day = g_date_time_format (moment, "%Y-%m-%d");
  g_autofree char *text = g_strdup_printf ("%sT%s:00", *part (self->day) != '\0' ? part (self->day) : day, part (self->time));
  GDateTime *typed = g_date_time_new_from_iso8601 (text, here);

  return typed != NULL ? typed : g_steal_pointer (&moment);
}

/* The hand goes round within its day. */
static void
step (ZfTimeInput *self, int minutes)
{
  g_autoptr (GDateTime) moment = current (self);
  int of_day = g_date_time_get_hour (moment) * 60 + g_date_time_get_minute (moment);
  int wanted = ((of_day + minutes) % 1440 + 1440) % 1440;
  g_autoptr (GDateTime) moved = g_date_time_new_local (g_date_time_get_year (moment), g_date_time_get_month (moment),
                                                       g_date_time_get_day_of_month (moment), wanted / 60, wanted % 60, 0);

  if (moved != NULL)
    put (self, moved);
}

static void
on_step (GtkButton *button, ZfTimeInput *self)
{
  step (self, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "zf-minutes")));
}

static void
on_day_selected (ZfTimeInput *self)
{
  g_autoptr (GDateTime) day = NULL;
  g_autofree char *text = NULL;

  if (self->showing)
    return;
  day = gtk_calendar_get_date (self->calendar);
  text = g_date_time_format (day, "%Y-%m-%d");
  gtk_editable_set_text (self->day, text);
  gtk_menu_button_popdown (self->pick_day);
}

/* Building */

static GtkWidget *
entry_new (ZfTimeInput *self, const char *what, const char *placeholder, int chars)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), placeholder);
  gtk_entry_set_input_purpose (GTK_ENTRY (entry), GTK_INPUT_PURPOSE_DIGITS);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), chars);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), chars);
  gtk_widget_add_css_class (entry, "zf-number");
  zf_input_name (ZF_INPUT (self), entry, what);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (entry, "activate", G_CALLBACK (on_left), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (on_left), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (entry, focus);
  return entry;
}

static const struct
{
  const char *words;
  const char *sign;
  int minutes;
  int column, row;
} STEPS[] = {
  { N_("One hour later"), "▲", 60, 0, 0 },
  { N_("One hour earlier"), "▼", -60, 0, 2 },
  { N_("Five minutes later"), "▲", 5, 1, 0 },
  { N_("Five minutes earlier"), "▼", -5, 1, 2 },
};

static GtkWidget *
steps_new (ZfTimeInput *self)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_widget_set_halign (grid, GTK_ALIGN_START);
  for (guint i = 0; i < G_N_ELEMENTS (STEPS); i++)
    {
      GtkWidget *button = gtk_button_new_with_label (STEPS[i].sign);

      gtk_widget_add_css_class (button, "zf-choice");
      gtk_widget_set_size_request (button, STEP_WIDTH, -1);
      g_object_set_data (G_OBJECT (button), "zf-minutes", GINT_TO_POINTER (STEPS[i].minutes));
      zf_input_name (ZF_INPUT (self), button, _(STEPS[i].words));
      g_signal_connect_object (button, "clicked", G_CALLBACK (on_step), self, 0);
      gtk_grid_attach (GTK_GRID (grid), button, STEPS[i].column, STEPS[i].row, 1, 1);
    }
  self->stepped = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->stepped), "title-1");
  gtk_widget_add_css_class (GTK_WIDGET (self->stepped), "numeric");
  gtk_grid_attach (GTK_GRID (grid), GTK_WIDGET (self->stepped), 0, 1, 2, 1);
  return grid;
}

static GtkWidget *
day_line (ZfTimeInput *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *popover = gtk_popover_new ();

  self->day = GTK_EDITABLE (entry_new (self, _("Day"), _("year-month-day"), DAY_LENGTH + 1));
  self->calendar = GTK_CALENDAR (gtk_calendar_new ());
  g_signal_connect_object (self->calendar, "day-selected", G_CALLBACK (on_day_selected), self, G_CONNECT_SWAPPED);
  gtk_popover_set_child (GTK_POPOVER (popover), GTK_WIDGET (self->calendar));
  self->pick_day = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_popover (self->pick_day, popover);
  gtk_menu_button_set_icon_name (self->pick_day, "x-office-calendar-symbolic");
  gtk_widget_add_css_class (GTK_WIDGET (self->pick_day), "zf-square");
  zf_input_name (ZF_INPUT (self), GTK_WIDGET (self->pick_day), _("Calendar"));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->day));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->pick_day));
  return line;
}

static GtkWidget *
time_line (ZfTimeInput *self, GtkWidget *steps)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *unfold = gtk_toggle_button_new ();

  gtk_button_set_icon_name (GTK_BUTTON (unfold), "preferences-system-time-symbolic");
  gtk_widget_add_css_class (unfold, "zf-choice");
  zf_input_name (ZF_INPUT (self), unfold, _("Steps"));
  g_object_bind_property (unfold, "active", steps, "visible", G_BINDING_SYNC_CREATE);
  self->time = GTK_EDITABLE (entry_new (self, self->day != NULL ? _("Time") : NULL, _("hour:minute"), TIME_LENGTH + 2));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->time));
  gtk_box_append (GTK_BOX (line), unfold);
  gtk_box_append (GTK_BOX (line), zf_input_button (ZF_INPUT (self), _("Now"), G_CALLBACK (on_now)));
  return line;
}

static void
zf_time_input_build (ZfInput *input)
{
  ZfTimeInput *self = ZF_TIME_INPUT (input);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *steps = steps_new (self);

  self->showing = TRUE;
  if (zf_input_question (input)->field->type == ZF_FIELD_TIME_MS)
    gtk_box_append (GTK_BOX (box), day_line (self));
  gtk_box_append (GTK_BOX (box), time_line (self, steps));
  gtk_box_append (GTK_BOX (box), steps);
  self->showing = FALSE;
  gtk_widget_set_sensitive (box, !zf_input_question (input)->read_only);
  adw_bin_set_child (ADW_BIN (self), box);
}

/* Showing */

static void
show_part (GtkEditable *entry, const char *text)
{
  if (entry != NULL && !g_str_equal (part (entry), text))
    gtk_editable_set_text (entry, text);
}

static void
show_moment (ZfTimeInput *self, JsonNode *answer)
{
  g_autoptr (GDateTime) moment = answer != NULL ? g_date_time_new_from_unix_local (json_node_get_int (answer) / 1000) : NULL;
  g_autofree char *day = moment != NULL ? g_date_time_format (moment, "%Y-%m-%d") : g_strdup ("");
  g_autofree char *time = moment != NULL ? g_date_time_format (moment, "%H:%M") : g_strdup ("");

  show_part (self->time, time);
  if (g_str_equal (part (self->day), day))
    return;
  show_part (self->day, day);
  if (moment != NULL)
    gtk_calendar_select_day (self->calendar, moment);
}

/* What was typed and is no time stays to be corrected. */
static void
zf_time_input_show (ZfInput *input)
{
  ZfTimeInput *self = ZF_TIME_INPUT (input);
  g_autofree char *text = zf_input_text (input);
  JsonNode *answer = zf_input_answer (input);

  if (self->dirty || (answer == NULL && *text != '\0'))
    return;
  self->showing = TRUE;
  if (self->day != NULL)
    show_moment (self, answer);
  else
    show_part (self->time, text);
  self->showing = FALSE;
  gtk_label_set_text (self->stepped, *part (self->time) != '\0' ? part (self->time) : "–");
}

static void
zf_time_input_flush (ZfInput *input)
{
  keep (ZF_TIME_INPUT (input), TRUE);
}

static void
zf_time_input_class_init (ZfTimeInputClass *klass)
{
  ZF_INPUT_CLASS (klass)->build = zf_time_input_build;
  ZF_INPUT_CLASS (klass)->show = zf_time_input_show;
  ZF_INPUT_CLASS (klass)->flush = zf_time_input_flush;
}

static void
zf_time_input_init (ZfTimeInput *self)
{
}
