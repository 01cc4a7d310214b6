/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Whether everything that the county keeps is what it was when it came. */
#include "zf-error.h"
#include "zf-server-backup.h"
#include "zf-server-blob.h"
#include "zf-server-core-private.h"

static gboolean
check_blob (ZfServerCore *core, const char *sha256, GPtrArray *problems, GError **error)
{
  g_autofree char *path = zf_server_blob_path (core, sha256, FALSE);
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = zf_files_read (core->files, path, &local);
  g_autofree char *found = bytes != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : NULL;

  if (g_error_matches (local, ZF_ERROR, ZF_ERROR_NOT_FOUND))
    g_ptr_array_add (problems, g_strdup_printf ("photo %s is missing", sha256));
  else if (bytes != NULL && g_strcmp0 (found, sha256) != 0)
    g_ptr_array_add (problems, g_strdup_printf ("photo %s is damaged", sha256));
  else if (bytes == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return TRUE;
}

gboolean
zf_server_core_verify (ZfServerCore *core, GPtrArray *problems, GError **error)
{
  ZfServerStore *store = core->store;
  g_autoptr (GPtrArray) blobs = NULL;

  if (!store->verbs->check (store, problems, error))
    return FALSE;
  blobs = store->verbs->blobs (store, error);
  for (guint i = 0; blobs != NULL && i < blobs->len; i++)
    if (!check_blob (core, blobs->pdata[i], problems, error))
      return FALSE;
  return blobs != NULL;
}
