/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-date-input.h"

#include <glib/gi18n.h>

#include "zf-fmt.h"

struct _ZfDateInput
{
  ZfInput parent_instance;

  GtkEditable *entry;
  GtkMenuButton *pick;
  GtkCalendar *calendar;
  GtkButton *today;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (ZfDateInput, zf_date_input, ZF_TYPE_INPUT)

static void
set_date (ZfDateInput *self, const char *date)
{
  zf_input_set_text (ZF_INPUT (self), date, _("This must be a date like 2026-11-03."));
}

static void
keep (ZfDateInput *self)
{
  if (self->entry != NULL && zf_input_model (ZF_INPUT (self)) != NULL)
    set_date (self, gtk_editable_get_text (self->entry));
}

static void
on_entered (ZfDateInput *self)
{
  keep (self);
  zf_input_next (ZF_INPUT (self));
}

static void
on_typed (ZfDateInput *self)
{
  /* Only a whole date is tried: every digit before would be told wrong. */
  if (!self->showing && g_utf8_strlen (gtk_editable_get_text (self->entry), -1) == 10)
    keep (self);
}

static void
on_day_selected (ZfDateInput *self)
{
  g_autoptr (GDateTime) day = NULL;
  g_autofree char *date = NULL;

  if (self->showing)
    return;
  day = gtk_calendar_get_date (self->calendar);
  date = g_date_time_format (day, "%Y-%m-%d");
  set_date (self, date);
  zf_input_show (ZF_INPUT (self));
  gtk_menu_button_popdown (self->pick);
}

static void
on_today (ZfDateInput *self)
{
  g_autofree char *today = zf_session_today (zf_form_model_session (zf_input_model (ZF_INPUT (self))));

  set_date (self, today);
  zf_input_show (ZF_INPUT (self));
}

static void
zf_date_input_build (ZfInput *input)
{
  ZfDateInput *self = ZF_DATE_INPUT (input);
  gboolean editable = !zf_input_question (input)->read_only;

  zf_input_name (input, GTK_WIDGET (self->entry), NULL);
  zf_input_name (input, GTK_WIDGET (self->pick), _("Calendar"));
  zf_input_name (input, GTK_WIDGET (self->today), C_ ("date", "Today"));
  gtk_widget_set_sensitive (GTK_WIDGET (self), editable);
}

static void
select_day (ZfDateInput *self, const char *date)
{
  g_autofree char *stamp = g_strconcat (date, "T12:00:00Z", NULL);
  g_autoptr (GDateTime) day = g_date_time_new_from_iso8601 (stamp, NULL);

  if (day != NULL)
    gtk_calendar_select_day (self->calendar, day);
}

/* A day of the week is sooner seen to be wrong than a number. */
static void
echo (ZfInput *input, const char *date)
{
  g_autofree char *today = zf_session_today (zf_form_model_session (zf_input_model (input)));
  g_autofree char *words = zf_fmt_date (date, today);

  zf_input_tell (input, words);
}

static void
zf_date_input_show (ZfInput *input)
{
  ZfDateInput *self = ZF_DATE_INPUT (input);
  g_autofree char *date = zf_input_text (input);

  echo (input, date);
  if (*date == '\0' || g_str_equal (date, gtk_editable_get_text (self->entry)))
    return;
  self->showing = TRUE;
  gtk_editable_set_text (self->entry, date);
  select_day (self, date);
  self->showing = FALSE;
}

static void
zf_date_input_flush (ZfInput *input)
{
  keep (ZF_DATE_INPUT (input));
}

static void
zf_date_input_class_init (ZfDateInputClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  ZfInputClass *input_class = ZF_INPUT_CLASS (klass);

  input_class->build = zf_date_input_build;
  input_class->show = zf_date_input_show;
  input_class->flush = zf_date_input_flush;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-date-input.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfDateInput, entry);
  gtk_widget_class_bind_template_child (widget_class, ZfDateInput, pick);
  gtk_widget_class_bind_template_child (widget_class, ZfDateInput, calendar);
  gtk_widget_class_bind_template_child (widget_class, ZfDateInput, today);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_day_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_today);
  gtk_widget_class_bind_template_callback (widget_class, keep);
  gtk_widget_class_bind_template_callback (widget_class, on_entered);
}

static void
zf_date_input_init (ZfDateInput *self)
{
  self->showing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->showing = FALSE;
}
