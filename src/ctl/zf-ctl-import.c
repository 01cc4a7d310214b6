/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* import households: the roster, with its row-by-row report. */

#include <stdio.h>
#include <string.h>

#include "zf-ctl.h"
#include "zf-json.h"
#include "zf-roster.h"

/* Rows that need a person are printed as they are met; the others are counted in the report. */
static void
on_row (guint row, const char *verdict, const char *column, const char *reason, gpointer data)
{
  ZfCtl *ctl = data;

  if (ctl->json)
    return;
  printf ("%u\t%s\t%s\t%s\n", row, verdict, column != NULL ? column : "", reason != NULL ? reason : "");
}

static void
print_counts (JsonObject *report, const char *what)
{
  JsonObject *counts = zf_json_get_object (report, what);
  g_autoptr (GList) members = counts != NULL ? json_object_get_members (counts) : NULL;

  printf ("%s:", what);
  for (GList *l = members; l != NULL; l = l->next)
    printf (" %s %" G_GINT64_FORMAT, (const char *) l->data, zf_json_get_int (counts, l->data, 0));
  putchar ('\n');
}

static int
run_import (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) report = NULL;
  ZfRosterOptions options = {
    .map_path = zf_ctl_value (ctl, "--map"),
    .sheet = zf_ctl_value (ctl, "--sheet"),
    .source = zf_ctl_value (ctl, "--source"),
    .by = ctl->by != NULL ? ctl->by : "",
    .dry_run = zf_ctl_flag (ctl, "--dry-run"),
  };

  if (ctl->argc != 1 || zf_ctl_unknown_option (ctl) != NULL)
    return zf_ctl_usage ("--store DIR [--json] import households FILE.xlsx|xls|csv [--map MAP.json] [--sheet NAME] [--source NAME] [--dry-run]");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  if (!zf_roster_import (ctl->store, ctl->argv[0], &options, on_row, ctl, &report, &error))
    return zf_ctl_fail (error);
  if (ctl->json)
    {
      zf_ctl_print_json (report);
      return ZF_CTL_OK;
    }
  printf ("%s\n", zf_json_get_string (report, "detected", ""));
  print_counts (report, "households");
  print_counts (report, "persons");
  return ZF_CTL_OK;
}

const ZfCtlCommand zf_ctl_import_commands[] = {
  { "import households", run_import, "FILE.xlsx|xls|csv [--map MAP.json] [--sheet NAME] [--source NAME] [--dry-run]" },
  { NULL, NULL, NULL },
};
