/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* The same of a county that is its own first tablet. */
#include <string.h>

#include "zf-ledger.h"
#include "zf-server-backup.h"
#include "zf-server.h"

/* The county's own store holds what every tablet would. */
static gboolean
check_village (ZfServer *server, ZfReader *reader, const char *village, GPtrArray *problems, GError **error)
{
  ZfServerStore *store = zf_server_core_store (zf_server_core (server));
  ZfDigest there, here;
  gint64 n_there;
  guint n_here;

  if (!store->verbs->digest (store, village, &n_there, &there, error) || !zf_ledger_digest (reader, village, &n_here, &here, error))
    return FALSE;
  if (n_there != n_here || memcmp (there.b, here.b, sizeof here.b) != 0)
    g_ptr_array_add (problems, g_strdup_printf ("the county's own copy of village %s differs", village));
  return TRUE;
}

gboolean
zf_server_verify (ZfServer *server, GPtrArray *problems, GError **error)
{
  ZfServerStore *store = zf_server_core_store (zf_server_core (server));
  g_autoptr (GPtrArray) villages = NULL;
  g_autoptr (ZfReader) reader = NULL;

  if (!zf_server_core_verify (zf_server_core (server), problems, error) || !zf_server_pull_county (server, NULL, error))
    return FALSE;
  villages = store->verbs->digest_villages (store, error);
  reader = villages != NULL ? zf_reader_new (zf_server_county_store (server), error) : NULL;
  for (guint i = 0; reader != NULL && i < villages->len; i++)
    if (!check_village (server, reader, villages->pdata[i], problems, error))
      return FALSE;
  return reader != NULL;
}
