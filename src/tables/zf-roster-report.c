/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include "zf-roster-private.h"

/* Names of the contract: scripts read them. */
static const char *const VERDICTS[ZF_ROSTER_N_VERDICTS] = {
  [ZF_ROSTER_NEW] = "new",         [ZF_ROSTER_CHANGED] = "changed",     [ZF_ROSTER_SAME] = "same",
  [ZF_ROSTER_REFUSED] = "refused", [ZF_ROSTER_UNDECIDED] = "undecided",
};

ZfRosterReport *
zf_roster_report_new (ZfRosterRow row, gpointer row_data)
{
  ZfRosterReport *report = g_new0 (ZfRosterReport, 1);
  report->problems = json_array_new ();
  report->notes = json_array_new ();
  report->row = row;
  report->row_data = row_data;
  return report;
}

void
zf_roster_report_free (ZfRosterReport *report)
{
  if (report == NULL)
    return;
  json_array_unref (report->problems);
  json_array_unref (report->notes);
  g_free (report->first_column);
  g_free (report->first_reason);
  g_free (report);
}

static JsonObject *
entry (guint row, const char *column, const char *reason)
{
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "row", row);
  json_object_set_string_member (object, "column", column != NULL ? column : "");
  json_object_set_string_member (object, "reason", reason);
  return object;
}

void
zf_roster_report_row (ZfRosterReport *report, guint row, ZfRosterVerdict verdict, const char *column, const char *reason)
{
  if (reason != NULL)
    {
      json_array_add_object_element (report->problems, entry (row, column, reason));
      if (report->first_reason == NULL)
        {
          report->first_row = row;
          report->first_column = g_strdup (column);
          report->first_reason = g_strdup (reason);
        }
    }
  if (report->row != NULL)
    report->row (row, VERDICTS[verdict], column, reason, report->row_data);
}

void
zf_roster_report_note (ZfRosterReport *report, guint row, const char *reason)
{
  json_array_add_object_element (report->notes, entry (row, NULL, reason));
}

static JsonObject *
counts (const guint *numbers)
{
  JsonObject *object = json_object_new ();
  for (guint i = 0; i < ZF_ROSTER_N_VERDICTS; i++)
    json_object_set_int_member (object, VERDICTS[i], numbers[i]);
  return object;
}

JsonObject *
zf_roster_report_finish (ZfRosterReport *report)
{
  JsonObject *object = json_object_new ();
  JsonObject *persons = counts (report->persons);
  json_object_set_int_member (persons, "missing", report->missing);
  json_object_set_object_member (object, "households", counts (report->households));
  json_object_set_object_member (object, "persons", persons);
  json_object_set_array_member (object, "problems", json_array_ref (report->problems));
  json_object_set_array_member (object, "notes", json_array_ref (report->notes));
  return object;
}
