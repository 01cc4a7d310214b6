/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* enrol, sync, conflicts. */

#include <stdio.h>

#include "zf-ctl.h"
#include "zf-ledger.h"
#include "zf-parcel.h"
#include "zf-relay.h"
#include "zf-sync.h"

static int
run_enrol (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  const char *name = zf_ctl_value (ctl, "--name");

  if (ctl->argc != 1)
    return zf_ctl_usage ("--store DIR enrol URL-OR-QR-TEXT [--name TABLET]");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  if (!zf_sync_enrol (ctl->store, ctl->argv[0], name != NULL ? name : g_get_host_name (), &error))
    return zf_ctl_fail (error);
  puts ("ok");
  return ZF_CTL_OK;
}

static JsonObject *
progress_to_json (const ZfSyncProgress *p)
{
  JsonObject *out = json_object_new ();

  json_object_set_int_member (out, "pushed", p->pushed);
  json_object_set_int_member (out, "pulled", p->pulled);
  json_object_set_int_member (out, "applied", p->applied);
  json_object_set_int_member (out, "photos", p->photos);
  json_object_set_int_member (out, "exchanges", p->exchanges);
  json_object_set_int_member (out, "conflicts", p->conflicts);
  json_object_set_int_member (out, "quarantined", p->quarantined);
  json_object_set_int_member (out, "bytes_up", p->bytes_up);
  json_object_set_int_member (out, "bytes_down", p->bytes_down);
  json_object_set_int_member (out, "skew_ms", p->skew_ms);
  json_object_set_int_member (out, "copied", p->copied);
  json_object_set_int_member (out, "entered", p->entered);
  json_object_set_int_member (out, "left", p->left);
  json_object_set_int_member (out, "repaired", p->repaired);
  json_object_set_int_member (out, "differs", p->differs);
  return out;
}

/* Over a line, or through a file or a carrier where there is none. */
static gboolean
sync_by (ZfCtl *ctl, const char *to, const char *from, const char *via, ZfSyncProgress *result, GError **error)
{
  g_autoptr (ZfSyncTransport) carrier = NULL;
  guint n = 0;

  if (to != NULL)
    return zf_parcel_write (ctl->store, to, &n, error);
  if (from != NULL)
    return zf_parcel_read (ctl->store, from, result, error);
  if (via == NULL)
    return zf_sync_run (ctl->store, NULL, NULL, NULL, result, error);
  carrier = zf_sync_http_new (via, error);
  return carrier != NULL && zf_relay_exchange (ctl->store, carrier, result, &n, error);
}

static int
run_sync (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) out = NULL;
  ZfSyncProgress result = { 0 };
  const char *to = zf_ctl_value (ctl, "--to-file");
  const char *from = zf_ctl_value (ctl, "--from-file");
  const char *via = zf_ctl_value (ctl, "--via");

  if (ctl->argc != 0 || (to != NULL) + (from != NULL) + (via != NULL) > 1)
    return zf_ctl_usage ("--store DIR [--json] sync [--to-file F | --from-file F | --via URL]");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  if (!sync_by (ctl, to, from, via, &result, &error))
    return zf_ctl_fail (error);
  out = progress_to_json (&result);
  zf_ctl_print_json (out);
  return ZF_CTL_OK;
}

static int
run_conflicts (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) conflicts = NULL;
  gboolean all = zf_ctl_flag (ctl, "--all");

  if (ctl->argc != 0)
    return zf_ctl_usage ("--store DIR conflicts [--all]");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  conflicts = zf_ledger_conflicts (zf_store_reader (ctl->store), !all, &error);
  if (conflicts == NULL)
    return zf_ctl_fail (error);
  for (guint i = 0; i < conflicts->len; i++)
    zf_ctl_print_json (g_ptr_array_index (conflicts, i));
  return ZF_CTL_OK;
}

const ZfCtlCommand zf_ctl_sync_commands[] = {
  { "enrol", run_enrol, "URL-OR-QR-TEXT [--name TABLET]" },
  { "sync", run_sync, "[--to-file F | --from-file F | --via URL]" },
  { "conflicts", run_conflicts, "[--all]" },
  { NULL, NULL, NULL },
};
