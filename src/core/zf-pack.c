/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-pack.h"

#include <string.h>

#include "zf-publication.h"
#include "zf-query.h"
#include "zf-store-private.h"

#define KIND "mappack"
#define FOLDER "maps"
#define HASH_PART (1024 * 1024)

void
zf_pack_free (ZfPack *pack)
{
  g_free (pack->name);
  g_free (pack->version);
  g_free (pack->title);
  g_free (pack->sha256);
  g_free (pack);
}

ZfPack *
zf_pack_copy (const ZfPack *pack)
{
  ZfPack *copy = g_new0 (ZfPack, 1);

  *copy = (ZfPack) { g_strdup (pack->name), g_strdup (pack->version), g_strdup (pack->title), g_strdup (pack->sha256), pack->size, pack->here };
  return copy;
}

char *
zf_pack_path (const char *store_dir, const char *sha256)
{
  g_autofree char *file = g_strconcat (sha256, ".mbtiles", NULL);

  return g_build_filename (store_dir, FOLDER, file, NULL);
}

char *
zf_pack_coming_path (const char *store_dir, const char *sha256)
{
  return g_build_filename (store_dir, FOLDER, "coming", sha256, NULL);
}

static gboolean
is_sha256 (const char *text)
{
  return text != NULL && strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

/* NULL: no pack that anybody could fetch. */
static ZfPack *
read_row (ZfRows *rows, guint i)
{
  const char *name = zf_rows_text (rows, i, 0), *version = zf_rows_text (rows, i, 1), *title = zf_rows_text (rows, i, 2);
  const char *sha256 = zf_rows_text (rows, i, 3);
  gint64 size = zf_rows_int (rows, i, 4);
  ZfPack *pack;

  if (name == NULL || version == NULL || !is_sha256 (sha256) || size <= 0 || size > ZF_PACK_MAX)
    return NULL;
  pack = g_new0 (ZfPack, 1);
  *pack = (ZfPack) { g_strdup (name), g_strdup (version), g_strdup (title != NULL ? title : name), g_strdup (sha256), size, FALSE };
  return pack;
}

static int
compare_packs (gconstpointer a, gconstpointer b)
{
  const ZfPack *x = *(ZfPack *const *) a, *y = *(ZfPack *const *) b;
  int order = zf_publication_compare (y->version, x->version);

  return order != 0 ? order : strcmp (x->sha256, y->sha256);
}

GPtrArray *
zf_packs (ZfReader *reader, ZfFiles *files, GError **error)
{
  g_autoptr (GPtrArray) packs = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_pack_free);
  g_autoptr (ZfQuery) query = zf_query_new (KIND);
  g_autoptr (ZfRows) rows = NULL;

  if (zf_kinds_get (zf_reader_kinds (reader), KIND) == NULL)
    return g_steal_pointer (&packs);
  zf_query_columns (query, "name", "version", "title", "sha256", "size", NULL);
  rows = zf_query_run (query, reader, error);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    {
      ZfPack *pack = read_row (rows, i);
      g_autofree char *path = pack != NULL ? zf_pack_path (zf_reader_store_dir (reader), pack->sha256) : NULL;

      if (pack == NULL)
        continue;
      pack->here = zf_files_size (files, path) == pack->size;
      g_ptr_array_add (packs, pack);
    }
  g_ptr_array_sort (packs, compare_packs);
  return rows != NULL ? g_steal_pointer (&packs) : NULL;
}

static gboolean
has_name (GPtrArray *packs, const char *name)
{
  for (guint i = 0; i < packs->len; i++)
    if (strcmp (((ZfPack *) packs->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

GPtrArray *
zf_packs_offered (ZfReader *reader, ZfFiles *files, GError **error)
{
  g_autoptr (GPtrArray) all = zf_packs (reader, files, error);
  g_autoptr (GPtrArray) offered = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_pack_free);

  for (guint i = 0; all != NULL && i < all->len; i++)
    if (!has_name (offered, ((ZfPack *) all->pdata[i])->name))
      g_ptr_array_add (offered, zf_pack_copy (all->pdata[i]));
  return all != NULL ? g_steal_pointer (&offered) : NULL;
}

char *
zf_pack_in_use (ZfReader *reader, ZfFiles *files)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) packs = zf_packs (reader, files, &error);

  if (packs == NULL)
    g_message ("%s", error->message);
  for (guint i = 0; packs != NULL && i < packs->len; i++)
    if (((ZfPack *) packs->pdata[i])->here)
      return zf_pack_path (zf_reader_store_dir (reader), ((ZfPack *) packs->pdata[i])->sha256);
  return NULL;
}

gboolean
zf_pack_drop_older (ZfReader *reader, ZfFiles *files, const ZfPack *pack, GError **error)
{
  g_autoptr (GPtrArray) packs = zf_packs (reader, files, error);

  for (guint i = 0; packs != NULL && i < packs->len; i++)
    {
      const ZfPack *old = packs->pdata[i];
      g_autofree char *path = zf_pack_path (zf_reader_store_dir (reader), old->sha256);
      g_autofree char *coming = zf_pack_coming_path (zf_reader_store_dir (reader), old->sha256);

      if (strcmp (old->name, pack->name) == 0 && zf_publication_compare (old->version, pack->version) < 0 &&
          strcmp (old->sha256, pack->sha256) != 0 && (!zf_files_remove (files, path, error) || !zf_files_remove (files, coming, error)))
        return FALSE;
    }
  return packs != NULL;
}

char *
zf_files_hash (ZfFiles *files, const char *path, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gint64 at = 0;
  gsize len;

  do
    {
      g_autoptr (GBytes) part = zf_files_read_part (files, path, at, HASH_PART, error);
      const guchar *data;

      if (part == NULL)
        return NULL;
      data = g_bytes_get_data (part, &len);
      if (len > 0)
        g_checksum_update (sum, data, (gssize) len);
      at += (gint64) len;
    }
  while (len == HASH_PART);
  return g_strdup (g_checksum_get_string (sum));
}
