/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-home.h"

/* Kind files may point at each other in a circle. */
#define MAX_DEPTH 8

static const ZfKind *
owner_below_village (ZfKinds *kinds, const ZfKind *kind)
{
  const char *parent = zf_kind_parent_kind (kind);

  return parent == NULL || g_str_equal (parent, ZF_KIND_VILLAGE) ? NULL : zf_kinds_get (kinds, parent);
}

guint
zf_home_depth (ZfKinds *kinds, const ZfKind *kind, const char **home_kind)
{
  guint depth = 0;

  for (const ZfKind *up = owner_below_village (kinds, kind); up != NULL && depth < MAX_DEPTH; up = owner_below_village (kinds, up))
    {
      kind = up;
      depth++;
    }
  if (home_kind != NULL)
    *home_kind = zf_kind_name (kind);
  return depth;
}

char *
zf_home_find (ZfDb *db, ZfKinds *kinds, const ZfKind *kind, const char *id, const char *parent, gboolean *is_household)
{
  const char *home_kind = NULL;
  guint depth = zf_home_depth (kinds, kind, &home_kind);
  g_autofree char *home = g_strdup (id);
  g_autofree char *up = g_strdup (parent);

  while (depth > 0 && up != NULL)
    {
      g_free (home);
      home = g_steal_pointer (&up);
      if (--depth > 0)
        up = zf_db_get_text (db, "SELECT parent FROM main.record WHERE id = ?1", "s", home);
    }
  if (is_household != NULL)
    *is_household = depth == 0 && g_str_equal (home_kind, ZF_KIND_HOUSEHOLD);
  return g_steal_pointer (&home);
}

gint64
zf_home_number (ZfDb *db, ZfSide side, const char *home, GError **error)
{
  static const char *const find[] = ZF_BOTH_SIDES ("SELECT n FROM", "home WHERE id = ?1");
  static const char *const add[] = ZF_BOTH_SIDES ("INSERT INTO", "home (id) VALUES (?1)");
  gint64 n = zf_db_get_int (db, 0, find[side], "s", home);

  if (n > 0)
    return n;
  return zf_db_run (db, error, add[side], "s", home) ? sqlite3_last_insert_rowid (zf_db_handle (db)) : 0;
}
