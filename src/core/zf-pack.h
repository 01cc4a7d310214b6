/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"

G_BEGIN_DECLS

/* Map packs that the county offers (records of kind `mappack`), and which of them are on this tablet: DIR/maps/SHA256.mbtiles, whole and checked;
 * DIR/maps/coming/SHA256, what came so far. Files are named by what they hold, never by what the county calls them. */
typedef struct
{
  char *name;
  char *version;
  char *title;       /* what people read; the name when the county gave none */
  char *sha256;
  gint64 size;       /* bytes */
  gboolean here;
} ZfPack;

/** Larger ones are refused at the county. */
#define ZF_PACK_MAX (G_GINT64_CONSTANT (4) * 1024 * 1024 * 1024)

ZfPack *zf_pack_copy (const ZfPack *pack);
void zf_pack_free (ZfPack *pack);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfPack, zf_pack_free)

/** zf_packs: (transfer full) (element-type ZfPack): all versions, the newest first. */
GPtrArray *zf_packs (ZfReader *reader, ZfFiles *files, GError **error);
/** zf_packs_offered: (transfer full) (element-type ZfPack): the newest version of each name. */
GPtrArray *zf_packs_offered (ZfReader *reader, ZfFiles *files, GError **error);
/** zf_pack_in_use: (transfer full) (nullable): path of the newest pack that is here. */
char *zf_pack_in_use (ZfReader *reader, ZfFiles *files);
char *zf_pack_path (const char *store_dir, const char *sha256);
char *zf_pack_coming_path (const char *store_dir, const char *sha256);
/** zf_pack_drop_older: files of older versions of @pack's name go; one that is open stays readable to who has it open. */
gboolean zf_pack_drop_older (ZfReader *reader, ZfFiles *files, const ZfPack *pack, GError **error);

/** zf_files_hash: (transfer full): SHA-256 of a file of any size, as lower-case hex. */
char *zf_files_hash (ZfFiles *files, const char *path, GError **error);

G_END_DECLS
