/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* backup, restore: unsent work on a card or stick. */

#include <stdio.h>

#include "zf-backup.h"
#include "zf-ctl.h"

static void
print_count (ZfCtl *ctl, const ZfBackupCount *count)
{
  g_autoptr (JsonObject) out = json_object_new ();

  json_object_set_int_member (out, "changes", count->changes);
  json_object_set_int_member (out, "drafts", count->drafts);
  json_object_set_int_member (out, "photos", count->photos);
  json_object_set_int_member (out, "sounds", count->sounds);
  json_object_set_int_member (out, "kept", count->kept);
  zf_ctl_print_json (out);
}

static int
run_backup (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  ZfBackupCount count;

  if (ctl->argc != 1)
    return zf_ctl_usage ("--store DIR backup FILE");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  if (!zf_backup_write (ctl->store, ctl->argv[0], &count, &error))
    return zf_ctl_fail (error);
  print_count (ctl, &count);
  return ZF_CTL_OK;
}

static int
run_restore (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  ZfBackupCount count;

  if (ctl->argc != 1)
    return zf_ctl_usage ("--store DIR restore FILE");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  if (!zf_backup_restore (ctl->store, ctl->argv[0], &count, &error))
    return zf_ctl_fail (error);
  print_count (ctl, &count);
  return ZF_CTL_OK;
}

const ZfCtlCommand zf_ctl_backup_commands[] = {
  { "backup", run_backup, "FILE" },
  { "restore", run_restore, "FILE" },
  { NULL, NULL, NULL },
};
