/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* enrol, sync, conflicts, resolve. */

#include <stdio.h>

#include "zf-ctl.h"
#include "zf-error.h"
#include "zf-json.h"
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
  json_object_set_int_member (out, "trimmed", p->trimmed);
  json_object_set_int_member (out, "carried", p->carried);
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

/* As JSON where that fits the conflict (numbers, lists, the fields of a group), else as the text it is. */
static char *
resolve (ZfCtl *ctl, const char *conflict, const char *value, const char *why, GError **error)
{
  g_autoptr (JsonNode) node = zf_json_parse (value, -1, NULL);
  g_autoptr (JsonNode) text = zf_json_string (value);
  const char *by = ctl->by != NULL ? ctl->by : "";
  g_autoptr (GError) local = NULL;
  char *id = node != NULL ? zf_ledger_resolve (ctl->store, conflict, node, why, by, &local) : NULL;

  if (id != NULL || (local != NULL && !g_error_matches (local, ZF_ERROR, ZF_ERROR_INVALID)))
    {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      return id;
    }
  return zf_ledger_resolve (ctl->store, conflict, text, why, by, error);
}

static int
run_resolve (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  const char *why = zf_ctl_value (ctl, "--why");

  if (ctl->argc != 2 || why == NULL)
    return zf_ctl_usage ("--store DIR [--by PERSON] resolve CONFLICT VALUE --why TEXT");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  id = resolve (ctl, ctl->argv[0], ctl->argv[1], why, &error);
  if (id == NULL)
    return zf_ctl_fail (error);
  puts (id);
  return ZF_CTL_OK;
}

const ZfCtlCommand zf_ctl_sync_commands[] = {
  { "enrol", run_enrol, "URL-OR-QR-TEXT [--name TABLET]" },
  { "sync", run_sync, "[--to-file F | --from-file F | --via URL]" },
  { "conflicts", run_conflicts, "[--all]" },
  { "resolve", run_resolve, "CONFLICT VALUE --why TEXT" },
  { NULL, NULL, NULL },
};
