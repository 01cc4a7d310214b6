/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-import.h"

#include <glib/gi18n.h>

#include "zf-dialogs.h"
#include "zf-fmt.h"
#include "zf-json.h"
#include "zf-page.h"
#include "zf-roster.h"
#include "zf-window.h"

#define PROBLEMS_SHOWN 8

typedef struct
{
  GtkWidget *widget;
  ZfSession *session;
  ZfStore *store;
  char *path;
  char *by;
} Import;

static void
import_free (Import *import)
{
  g_object_unref (import->widget);
  g_object_unref (import->session);
  g_object_unref (import->store);
  g_free (import->path);
  g_free (import->by);
  g_free (import);
}

static void
import_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;
  ZfRosterOptions options = { .by = import->by };
  JsonObject *report = NULL;
  GError *error = NULL;

  if (zf_roster_import (import->store, import->path, &options, NULL, NULL, &report, &error))
    g_task_return_pointer (task, report, (GDestroyNotify) json_object_unref);
  else
    {
      g_clear_pointer (&report, json_object_unref);
      g_task_return_error (task, error);
    }
}

/* Row, column and reason of the first rows that were not taken. */
static char *
problem_lines (JsonObject *report)
{
  JsonArray *problems = zf_json_get_array (report, "problems");
  guint n = problems != NULL ? json_array_get_length (problems) : 0;
  GString *lines = g_string_new (NULL);

  for (guint i = 0; i < MIN (n, PROBLEMS_SHOWN); i++)
    {
      JsonObject *problem = json_array_get_object_element (problems, i);
      const char *column = zf_json_get_string (problem, "column", "");

      g_string_append_printf (lines, _("Row %d %s: %s"), (int) zf_json_get_int (problem, "row", 0), column,
                              zf_json_get_string (problem, "reason", ""));
      g_string_append_c (lines, '\n');
    }
  if (n > PROBLEMS_SHOWN)
    g_string_append_printf (lines, _("and %u more"), n - PROBLEMS_SHOWN);
  return g_string_free (lines, FALSE);
}

static void
tell_report (Import *import, JsonObject *report)
{
  JsonObject *households = zf_json_get_object (report, "households");
  g_autofree char *lines = problem_lines (report);
  g_autofree char *new_ = zf_fmt_count (ZF_COUNT_HOUSEHOLDS, zf_json_get_int (households, "new", 0));
  g_autofree char *changed = zf_fmt_count (ZF_COUNT_HOUSEHOLDS, zf_json_get_int (households, "changed", 0));
  g_autofree char *refused = zf_fmt_count (ZF_COUNT_HOUSEHOLDS, zf_json_get_int (households, "refused", 0)
                                                                    + zf_json_get_int (households, "undecided", 0));
  g_autofree char *sentence = g_strdup_printf (_("New: %s. Changed: %s. Not taken: %s."), new_, changed, refused);

  zf_dialogs_tell (import->widget, sentence, lines);
}

static void
on_imported (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) report = g_task_propagate_pointer (G_TASK (result), &error);

  if (report == NULL)
    zf_dialogs_tell (import->widget, _("This table cannot be used. Nothing was changed."), error->message);
  else
    tell_report (import, report);
  zf_session_touch (import->session);
}

static void
on_picked (const char *path, gpointer data)
{
  Import *import = data;
  g_autoptr (GTask) task = NULL;

  if (path == NULL)
    {
      import_free (import);
      return;
    }
  import->path = g_strdup (path);
  zf_page_toast (import->widget, _("Reading the table…"));
  task = g_task_new (NULL, NULL, on_imported, NULL);
  g_task_set_source_tag (task, on_picked);
  g_task_set_task_data (task, import, (GDestroyNotify) import_free);
  zf_window_stay (import->widget, task, _("The table is still being read. Close the window when that is done."));
  g_task_run_in_thread (task, import_in_thread);
}

void
zf_import_roster (GtkWidget *widget, ZfSession *session)
{
  Import *import = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget) && ZF_IS_SESSION (session));

  import = g_new0 (Import, 1);
  import->widget = g_object_ref (widget);
  import->session = g_object_ref (session);
  import->store = g_object_ref (zf_session_store (session));
  import->by = g_strdup (zf_session_by (session));
  zf_dialogs_pick_table (widget, on_picked, import);
}
