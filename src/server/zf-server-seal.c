/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-server-seal.h"

#include <stdlib.h>
#include <string.h>

#include "zf-error.h"
#include "zf-server-core-private.h"

#define SEAL_META "seal_secret"

static gboolean
make_secret (ZfServerCore *core, ZfSealPair *pair, GError **error)
{
  ZfServerStore *store = core->store;
  g_autofree char *text = NULL;

  zf_seal_pair_new (pair, core->random);
  text = zf_seal_key_text (pair->secret);
  return store->verbs->txn (store, ZF_TXN_BEGIN, error) &&
         zf_server_end (core, store->verbs->set_meta (store, SEAL_META, text, error), error);
}

gboolean
zf_server_seal_pair (ZfServerCore *core, ZfSealPair *pair, GError **error)
{
  g_autofree char *text = NULL;
  guint8 secret[ZF_SEAL_KEY_BYTES];

  if (!core->store->verbs->get_meta (core->store, SEAL_META, &text, error))
    return FALSE;
  if (text == NULL && !make_secret (core, pair, error))
    return FALSE;
  if (text == NULL)
    memcpy (secret, pair->secret, sizeof secret);
  else if (!zf_seal_key_read (text, secret))
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_CORRUPT, "The county's key for sealed files cannot be read");
      return FALSE;
    }
  zf_seal_pair_derive (pair, secret, "county");
  return TRUE;
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

gboolean
zf_server_team_pair (ZfServerCore *core, const ZfDevice *device, ZfSealPair *pair, GError **error)
{
  g_auto (GStrv) villages = g_strdupv (device->villages);
  g_autofree char *joined = NULL;
  g_autofree char *context = NULL;
  ZfSealPair county;

  if (!zf_server_seal_pair (core, &county, error))
    return FALSE;
  qsort (villages, g_strv_length (villages), sizeof *villages, by_name);
  joined = g_strjoinv (" ", villages);
  context = g_strconcat ("team ", device->everywhere ? "all" : joined, NULL);
  zf_seal_pair_derive (pair, county.secret, context);
  return TRUE;
}
