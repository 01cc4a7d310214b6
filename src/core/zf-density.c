/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-density.h"

/* Fields with an answer, the owner's id not counted. */
#define FIELDS "(SELECT count(*) FROM json_each (cur)) - (parent IS NOT NULL)"
#define ITEMS "(SELECT count(*) FROM json_each (cur) WHERE key GLOB '[a-e][0-9]')"
#define TEXTED "length (json_extract (cur, '$.said')) BETWEEN 20 AND 60"
#define MONITORED "json_extract (cur, '$.monitored_class') IS NOT NULL"
#define ALIVE(kind) "record WHERE kind = '" kind "' AND del IS NULL"
#define MEAN(what, kind) "SELECT 100 * sum (" what ") / count(*) FROM " ALIVE (kind)
#define EACH(kind, owners) "SELECT 100 * (SELECT count(*) FROM " ALIVE (kind) ") / count(*) FROM " owners

static const struct
{
  const char *name;
  const char *sql;
} averages[] = {
  { "household_fields", MEAN (FIELDS, "household") },
  { "person_fields", MEAN (FIELDS, "person") },
  { "persons_per_household", EACH ("person", ALIVE ("household")) },
  { "incomes_per_household", EACH ("income", ALIVE ("household")) },
  { "items_per_income", MEAN (ITEMS, "income") },
  { "livings_per_household", EACH ("living", ALIVE ("household")) },
  { "visits_per_household", EACH ("visit", ALIVE ("household")) },
  { "answers_per_visit", MEAN (FIELDS, "visit") },
  { "visits_with_text", MEAN ("ifnull (" TEXTED ", 0)", "visit") },
  { "photos_per_household", EACH ("photo", ALIVE ("household")) },
  { "risks_per_monitored", EACH ("risk", ALIVE ("household") " AND " MONITORED) },
  { "measures_per_monitored", EACH ("measure", ALIVE ("household") " AND " MONITORED) },
};

JsonObject *
zf_density (ZfDb *db)
{
  JsonObject *density = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (averages); i++)
    {
      g_autofree char *text = zf_db_get_text (db, averages[i].sql, "");

      if (text != NULL)
        json_object_set_int_member (density, averages[i].name, g_ascii_strtoll (text, NULL, 10));
    }
  return density;
}
