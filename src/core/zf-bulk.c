/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-bulk.h"

#include "zf-derived.h"
#include "zf-flat.h"
#include "zf-home.h"
#include "zf-place.h"
#include "zf-search.h"
#include "zf-tally.h"

struct _ZfBulk
{
  ZfDb *db;
  ZfKinds *kinds;
  gint64 now_ms;
  /* The home at hand: neighbours are of the same. */
  char *home;           /* (nullable) */
  gint64 number;
  gint64 last_search;   /* number of its last searchable record, 0: not known */
  gboolean dirty;       /* it is marked */
  /* Children counted, not written yet. */
  char *parent;         /* (nullable) */
  const ZfFlat *flat;
  gint64 n;
  char *latest;         /* (nullable) */
};

ZfBulk *
zf_bulk_new (ZfDb *db, ZfKinds *kinds, gint64 now_ms)
{
  ZfBulk *bulk = g_new0 (ZfBulk, 1);

  bulk->db = db;
  bulk->kinds = kinds;
  bulk->now_ms = now_ms;
  return bulk;
}

void
zf_bulk_free (ZfBulk *bulk)
{
  if (bulk == NULL)
    return;
  g_free (bulk->home);
  g_free (bulk->parent);
  g_free (bulk->latest);
  g_free (bulk);
}

static gboolean
write_tally (ZfBulk *bulk, GError **error)
{
  return bulk->parent == NULL || zf_tally_add (bulk->db, bulk->flat, bulk->parent, bulk->n, bulk->latest, error);
}

gboolean
zf_bulk_flush (ZfBulk *bulk, GError **error)
{
  if (!write_tally (bulk, error))
    return FALSE;
  g_clear_pointer (&bulk->parent, g_free);
  g_clear_pointer (&bulk->latest, g_free);
  g_clear_pointer (&bulk->home, g_free);
  return TRUE;
}

static char *
date_of (const ZfFlat *flat, const ZfRecord *record)
{
  JsonNode *date = flat->date != NULL ? json_object_get_member (record->fields, flat->date->name) : NULL;

  return zf_flat_date (date);
}

static gboolean
count (ZfBulk *bulk, const ZfFlat *flat, const ZfRecord *record, GError **error)
{
  g_autofree char *date = date_of (flat, record);

  if (record->parent == NULL)
    return TRUE;
  if (bulk->flat != flat || g_strcmp0 (bulk->parent, record->parent) != 0)
    {
      if (!write_tally (bulk, error))
        return FALSE;
      g_free (bulk->parent);
      bulk->parent = g_strdup (record->parent);
      bulk->flat = flat;
      bulk->n = 0;
      g_clear_pointer (&bulk->latest, g_free);
    }
  bulk->n++;
  if (date != NULL && (bulk->latest == NULL || strcmp (bulk->latest, date) < 0))
    {
      g_free (bulk->latest);
      bulk->latest = g_steal_pointer (&date);
    }
  return TRUE;
}

static gboolean
enter_home (ZfBulk *bulk, const ZfRecord *record, GError **error)
{
  gboolean is_household = FALSE;
  g_autofree char *home = zf_home_find (bulk->db, bulk->kinds, record->kind, record->id, record->parent, &is_household);

  if (g_strcmp0 (home, bulk->home) != 0)
    {
      g_free (bulk->home);
      bulk->home = g_steal_pointer (&home);
      bulk->number = bulk->last_search = 0;
      bulk->dirty = FALSE;
    }
  if (!is_household || bulk->dirty)
    return TRUE;
  bulk->dirty = TRUE;
  return zf_derived_mark_dirty (bulk->db, bulk->home, bulk->now_ms, error);
}

static gboolean
number_home (ZfBulk *bulk, GError **error)
{
  if (bulk->number == 0)
    bulk->number = zf_home_number (bulk->db, ZF_LIVE, bulk->home, error);
  return bulk->number > 0;
}

gboolean
zf_bulk_add (ZfBulk *bulk, const ZfRecord *record, const char *words, const char *name, GError **error)
{
  const ZfFlat *flat = zf_flat_get (bulk->kinds, record->kind_name);

  if (flat == NULL)
    return TRUE;
  /* A correction says something about another row. */
  if (flat->supersedes != NULL && (zf_record_get_string (record, "supersedes", NULL) != NULL || zf_flat_superseded (bulk->db, flat, record->id)))
    return zf_bulk_flush (bulk, error) && zf_derived_update (bulk->db, bulk->kinds, NULL, record, bulk->now_ms, error);
  if (!enter_home (bulk, record, error) || ((flat->numbered || words != NULL) && !number_home (bulk, error)))
    return FALSE;
  return zf_flat_insert (bulk->db, flat, record, bulk->number, error) && count (bulk, flat, record, error) &&
         zf_place_insert (bulk->db, record, error) &&
         (words == NULL || zf_search_insert (bulk->db, bulk->number, &bulk->last_search, record, words, name, error));
}
