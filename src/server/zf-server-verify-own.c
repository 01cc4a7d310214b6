/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* The same of a county that is its own first tablet. */
#include <string.h>

#include "zf-ledger.h"
#include "zf-pack.h"
#include "zf-server-backup.h"
#include "zf-server-pack.h"
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

/* The pack that tablets are offered now is here, and is what its name says. */
static gboolean
check_pack (ZfServerCore *core, const ZfPack *pack, GPtrArray *problems, GError **error)
{
  g_autofree char *path = zf_server_pack_path (core->dir, pack->sha256);
  g_autofree char *found = NULL;

  if (zf_files_size (core->files, path) < 0)
    {
      g_ptr_array_add (problems, g_strdup_printf ("map pack %s is missing", pack->name));
      return TRUE;
    }
  found = zf_files_hash (core->files, path, error);
  if (found != NULL && !g_str_equal (found, pack->sha256))
    g_ptr_array_add (problems, g_strdup_printf ("map pack %s is damaged", pack->name));
  return found != NULL;
}

static gboolean
check_packs (ZfServer *server, ZfReader *reader, GPtrArray *problems, GError **error)
{
  ZfServerCore *core = zf_server_core (server);
  g_autoptr (GPtrArray) packs = zf_packs_offered (reader, core->files, error);

  for (guint i = 0; packs != NULL && i < packs->len; i++)
    if (!check_pack (core, packs->pdata[i], problems, error))
      return FALSE;
  return packs != NULL;
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
  return reader != NULL && check_packs (server, reader, problems, error);
}
