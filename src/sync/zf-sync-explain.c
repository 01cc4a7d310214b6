/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-sync"

#include "zf-config.h"

#include <glib/gi18n-lib.h>

#include "zf-error.h"
#include "zf-sync.h"

/* What happened, what is safe, the one next step: ui.md 1.8. */
static const struct
{
  ZfSyncError code;
  const char *words;
} words[] = {
  { ZF_SYNC_ERROR_NOT_ENROLLED, N_("This tablet is not connected to a county. Everything is safe here; scan the code at the township.") },
  { ZF_SYNC_ERROR_OFFLINE, N_("The county cannot be reached. Everything is safe here and goes by itself at the township.") },
  { ZF_SYNC_ERROR_NOT_COUNTY, N_("This network wants a login first. Open the browser and log in once; it goes on here by itself.") },
  { ZF_SYNC_ERROR_REFUSED, N_("The county does not accept this tablet. Everything is safe here; tell the county administrator.") },
  { ZF_SYNC_ERROR_PROTOCOL, N_("The county's answer could not be read; nothing was changed. Everything is safe here; tell the county administrator.") },
  { ZF_SYNC_ERROR_BUSY, N_("A sync is already running. Wait until it is done.") },
  { ZF_SYNC_ERROR_CANCELLED, N_("Stopped here. What arrived stays; the next sync goes on from here.") },
  { ZF_SYNC_ERROR_ADDRESS, N_("This address cannot be used; nothing was sent. Take the address that the county gave.") },
  { ZF_SYNC_ERROR_COUNTY_BUSY, N_("The county is busy. Everything is safe here; sync again in a few minutes.") },
  { ZF_SYNC_ERROR_UPGRADE, N_("The county has everything from here. Install the new version to receive again.") },
  { ZF_SYNC_ERROR_RESTORED, N_("The county was restored from a backup. Everything is safe here; tell the county administrator.") },
  { ZF_SYNC_ERROR_CODE, N_("This code is not valid any more. Ask the county for a new one.") },
  { ZF_SYNC_ERROR_OTHER_COUNTY, N_("This is not the county's server; nothing was sent. Tell the county administrator.") },
  { ZF_SYNC_ERROR_CUT, N_("The line broke off. What arrived stays; the next sync goes on from here.") },
  { ZF_SYNC_ERROR_COUNTY_FULL, N_("The county has no room left. Everything is safe here; tell the county administrator.") },
  { ZF_SYNC_ERROR_BLOCKED, N_("The county has blocked this tablet. Everything is safe here; tell the county administrator.") },
  { ZF_SYNC_ERROR_MISMATCH, N_("The county has something else under the same number. Everything is safe here; tell the county administrator.") },
  { ZF_SYNC_ERROR_FORKED, N_("This tablet and the county count differently. Everything is safe here; tell the county administrator.") },
  { ZF_SYNC_ERROR_NO_PHOTO, N_("The county does not have this photo yet. It comes once the tablet that took it has synced.") },
};

char *
zf_sync_explain (const GError *error)
{
  /* These name the map pack. */
  if (g_error_matches (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_BAD_PACK) || g_error_matches (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_NO_PACK))
    return g_strdup (error->message);
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_FULL))
    return g_strdup (_("There is not enough room on this tablet. What was saved is safe; free some space and sync again."));
  for (guint i = 0; error->domain == ZF_SYNC_ERROR && i < G_N_ELEMENTS (words); i++)
    if ((int) words[i].code == error->code)
      return g_strdup (_(words[i].words));
  return g_strdup (_("The sync did not work. Everything is safe here; try again, then tell the county administrator."));
}
