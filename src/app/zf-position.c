/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-position.h"

#include <math.h>

#include "zf-device.h"

/* Better than a person finds on a map by eye: no need to wait for more. */
#define GOOD_METRES 10.0

struct _ZfPosition
{
  GObject parent_instance;

  GCancellable *cancellable;   /* NULL: not looking */
  GObject *watch;              /* (nullable) what the way gave: it looks as long as this lives */
  guint wait_id;
  ZfFix best;
  gboolean found;
};

enum
{
  BETTER,
  DONE,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfPosition, zf_position, G_TYPE_OBJECT)

static void
end (ZfPosition *self, const GError *error)
{
  zf_position_stop (self);
  g_signal_emit (self, signals[DONE], 0, self->found ? NULL : error);
}

static gboolean
on_time (gpointer data)
{
  ZfPosition *self = data;

  self->wait_id = 0;
  zf_position_failed (self, ZF_DEVICE_ERROR_SILENT);
  return G_SOURCE_REMOVE;
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer data)
{
  ZfPosition *self = ZF_POSITION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) watch = zf_device_open_finish (result, &error);

  if (self->cancellable == NULL || g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;   /* stopped meanwhile: the watch ends with this */
  if (watch != NULL)
    g_set_object (&self->watch, watch);
  else
    {
      g_message ("No position: %s", error->message);
      end (self, error);
    }
}

static void
zf_position_dispose (GObject *object)
{
  zf_position_stop (ZF_POSITION (object));
  G_OBJECT_CLASS (zf_position_parent_class)->dispose (object);
}

static void
zf_position_class_init (ZfPositionClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_position_dispose;
  signals[BETTER] = g_signal_new ("better", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DONE] = g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
zf_position_init (ZfPosition *self)
{
}

ZfPosition *
zf_position_new (void)
{
  return g_object_new (ZF_TYPE_POSITION, NULL);
}

void
zf_position_look (ZfPosition *self)
{
  g_return_if_fail (ZF_IS_POSITION (self));

  zf_position_stop (self);
  self->found = FALSE;
  self->cancellable = g_cancellable_new ();
  self->wait_id = g_timeout_add_seconds (ZF_POSITION_SECONDS, on_time, self);
  zf_device_open_async (ZF_DEVICE_POSITION, G_OBJECT (self), self->cancellable, on_open, NULL);
}

void
zf_position_stop (ZfPosition *self)
{
  g_return_if_fail (ZF_IS_POSITION (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->watch);
  g_clear_handle_id (&self->wait_id, g_source_remove);
}

void
zf_position_enough (ZfPosition *self)
{
  g_return_if_fail (ZF_IS_POSITION (self));
  zf_position_failed (self, ZF_DEVICE_ERROR_SILENT);
}

const ZfFix *
zf_position_best (ZfPosition *self)
{
  g_return_val_if_fail (ZF_IS_POSITION (self), NULL);
  return self->found ? &self->best : NULL;
}

/* Six decimals are a tenth of a metre; what was told with fewer gets no more. */
static void
add_degrees (GString *text, double degrees)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.6f", degrees);
  g_string_append (text, number);
  while (text->str[text->len - 1] == '0')
    g_string_truncate (text, text->len - 1);
  if (text->str[text->len - 1] == '.')
    g_string_truncate (text, text->len - 1);
}

char *
zf_position_text (ZfPosition *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (ZF_IS_POSITION (self) && self->found, NULL);

  add_degrees (text, self->best.lat);
  g_string_append_c (text, ' ');
  add_degrees (text, self->best.lon);
  g_string_append_printf (text, " %.0f %.0f", self->best.altitude, ceil (self->best.accuracy));
  return g_strdup (text->str);
}

void
zf_position_found (ZfPosition *self, const ZfFix *fix)
{
  g_return_if_fail (ZF_IS_POSITION (self) && fix != NULL);

  /* A position without an accuracy is none: nobody could say what it is worth. */
  if (self->cancellable == NULL || !(fabs (fix->lat) <= 90) || !(fabs (fix->lon) <= 180) || !(fix->accuracy > 0) || fix->accuracy > 1e6)
    return;
  if (self->found && fix->accuracy >= self->best.accuracy)
    return;
  self->best = *fix;
  self->best.altitude = fabs (fix->altitude) < 10000 ? fix->altitude : 0;
  self->found = TRUE;
  g_signal_emit (self, signals[BETTER], 0);
  if (fix->accuracy <= GOOD_METRES)
    end (self, NULL);
}

void
zf_position_failed (ZfPosition *self, int code)
{
  g_autoptr (GError) error = g_error_new_literal (ZF_DEVICE_ERROR, code, "No position was found.");

  g_return_if_fail (ZF_IS_POSITION (self));

  if (self->cancellable != NULL)
    end (self, error);
}
