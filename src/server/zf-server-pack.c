/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Map packs on their way down: DIR/packs/SHA256, put there by zf-server-map.c only. */
#include <string.h>

#include "zf-error.h"
#include "zf-server-pack.h"

#define BELOW "/v1/packs/"

char *
zf_server_pack_path (const char *dir, const char *sha256)
{
  return g_build_filename (dir, "packs", sha256, NULL);
}

/* <sha256>?part=n */
static gboolean
read_wish (const char *path, char sha256[65], gint64 *part)
{
  const char *name = path + strlen (BELOW);
  const char *number = strlen (name) > 64 && g_str_has_prefix (name + 64, "?part=") ? name + 64 + strlen ("?part=") : NULL;

  if (number == NULL || *number == '\0' || strlen (number) > 6 || strspn (number, "0123456789") != strlen (number))
    return FALSE;
  memcpy (sha256, name, 64);
  *part = g_ascii_strtoll (number, NULL, 10);
  return zf_wire_is_sha256 (sha256);
}

ZfSyncResponse *
zf_server_pack_get (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  char sha256[65] = { 0 };
  gint64 part = 0;
  g_autofree char *path = read_wish (request->path, sha256, &part) ? zf_server_pack_path (core->dir, sha256) : NULL;
  gint64 size = path != NULL ? zf_files_size (core->files, path) : -1;
  g_autoptr (GBytes) bytes = NULL;

  if (size < 0 || part * ZF_WIRE_PACK_PART >= size)
    {
      zf_problem_set (error, ZF_PROBLEM_NOT_FOUND);
      return NULL;
    }
  bytes = zf_files_read_part (core->files, path, part * ZF_WIRE_PACK_PART, ZF_WIRE_PACK_PART, error);
  return bytes != NULL ? zf_server_answer (core, 200, ZF_WIRE_TYPE_PACK, g_steal_pointer (&bytes)) : NULL;
}

/* ---- Copies ---- */

#define COPY_PART (4 * 1024 * 1024)

/* A file that is not whole yet has another name. */
gboolean
zf_server_pack_copy (ZfFiles *files, const char *from, const char *to, GError **error)
{
  g_autofree char *part = g_strconcat (to, ".part", NULL);
  gint64 at = 0;
  gsize len;

  if (!zf_files_remove (files, part, error))
    return FALSE;
  do
    {
      g_autoptr (GBytes) bytes = zf_files_read_part (files, from, at, COPY_PART, error);

      if (bytes == NULL || !zf_files_append (files, part, at, bytes, error))
        return FALSE;
      len = g_bytes_get_size (bytes);
      at += (gint64) len;
    }
  while (len == COPY_PART);
  return zf_files_rename (files, part, to, error);
}

gboolean
zf_server_packs_copy (ZfFiles *files, const char *from_dir, const char *to_dir, GError **error)
{
  g_autofree char *folder = g_build_filename (from_dir, "packs", NULL);
  g_autoptr (GDir) dir = files == zf_files_system () ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *from = g_build_filename (folder, name, NULL);
      g_autofree char *to = zf_server_pack_path (to_dir, name);

      if (zf_wire_is_sha256 (name) && zf_files_size (files, to) != zf_files_size (files, from) && !zf_server_pack_copy (files, from, to, error))
        return FALSE;
    }
  return TRUE;
}
