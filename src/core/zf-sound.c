/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

/* Audio notes lie among the photo files; people count them apart. */

#include "zf-flat.h"
#include "zf-photo.h"
#include "zf-store-private.h"

/* @where: of the file's row b. Kinds that cannot tell notes from photos have none. */
static gint64
count (ZfReader *reader, const char *where)
{
  const ZfFlat *photo = zf_flat_get (zf_reader_kinds (reader), "photo");
  g_autofree char *sql = NULL;

  if (photo == NULL || zf_flat_column (photo, "sha256") == NULL || zf_flat_column (photo, "purpose") == NULL)
    return 0;
  sql = g_strdup_printf ("SELECT count(DISTINCT b.sha256) FROM blob b JOIN %s p ON p.sha256 = b.sha256 WHERE p.purpose = ?1 AND %s", photo->table[ZF_LIVE],
                         where);
  return zf_db_get_int (zf_reader_db (reader), 0, g_intern_string (sql), "s", ZF_SOUND_PURPOSE);
}

void
zf_sound_stands (ZfReader *reader, gint64 sounds[ZF_STAND_N])
{
  static const char *const WHERE[ZF_STAND_N] = {
    [ZF_STAND_HERE] = "b.state = 0 AND b.url IS NULL",
    [ZF_STAND_UNDER_WAY] = "b.state = 0 AND b.url IS NOT NULL",
    [ZF_STAND_RECEIVED] = "b.state <> 0",
  };

  for (guint i = 0; i < ZF_STAND_N; i++)
    sounds[i] = count (reader, WHERE[i]);
}
