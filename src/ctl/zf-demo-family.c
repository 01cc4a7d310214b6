/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "zf-id.h"

enum { STREAM_VILLAGE = 1, STREAM_FAMILY = 2, STREAM_ID = 3 };

/* 2020-01-01: ids need some time part; it says nothing. */
#define ID_TIME G_GINT64_CONSTANT (1577808000000)

static const char *const ethnics[] = { "01", "15", "06" };
static const guint ethnic_weights[] = { 94, 4, 2, 0 };
static const char *const hamlets[] = {
  "大坪", "老屋基", "水井湾", "石坝", "桐子林", "新房子", "堰塘边", "沙田", "庙垭", "梨子坪", "岩口", "学堂湾", "凉水井", "柏树坡", "田坝", "瓦厂", "河沟头", "松林", "长岭", "干沟",
};
static const char *const units[] = { "丰都县农业农村委", "丰都县教委", "丰都县卫生健康委", "丰都县水利局", "丰都县林业局", "丰都县住房城乡建委", "乡镇人民政府" };

/* Village and group lie somewhere around the town's point, houses around their group: never claimed as real. */
static void
lay_position (ZfDemoFamily *family, ZfRandom *village, ZfRandom *random, guint64 seed)
{
  g_autoptr (ZfRandom) group = zf_demo_random (seed, family->village->codes[0], (guint) family->group_no, STREAM_VILLAGE);
  double lat = g_ascii_strtod (family->village->town->lat, NULL) * 1e6;
  double lon = g_ascii_strtod (family->village->town->lon, NULL) * 1e6;

  lat += zf_demo_between (village, -24000, 24000) + zf_demo_between (group, -6500, 6500) + zf_demo_between (random, -2600, 2600);
  lon += zf_demo_between (village, -27000, 27000) + zf_demo_between (group, -7500, 7500) + zf_demo_between (random, -3000, 3000);
  family->has_position = zf_random_chance (random, 940);
  family->lat_e6 = (gint32) lround (lat);
  family->lon_e6 = (gint32) lround (lon);
  family->accuracy = zf_demo_between (random, 4, 30);
}

/* What a whole village shares: grid persons and helpers by group. */
static void
lay_helpers (ZfDemoFamily *family, ZfRandom *random, guint64 seed)
{
  g_autoptr (ZfRandom) shared = zf_demo_random (seed, family->village->codes[0], (guint) family->group_no * 8 + zf_random_below (random, 6), STREAM_VILLAGE);
  g_autoptr (ZfRandom) group = zf_demo_random (seed, family->village->codes[0], 1000u + (guint) family->group_no, STREAM_VILLAGE);

  zf_demo_full_name (shared, zf_demo_surname (shared), zf_random_chance (shared, 650), zf_demo_between (shared, 1968, 1996), family->helper, sizeof family->helper);
  zf_demo_phone (shared, family->helper_phone);
  family->helper_unit = ZF_DEMO_PICK (shared, units);
  zf_demo_full_name (group, zf_demo_surname (group), zf_random_chance (group, 600), zf_demo_between (group, 1966, 1994), family->grid, sizeof family->grid);
  zf_demo_phone (group, family->grid_phone);
}

static void
lay_place (ZfDemoFamily *family, ZfRandom *random, guint64 seed)
{
  g_autoptr (ZfRandom) village = zf_demo_random (seed, family->village->codes[0], 0, STREAM_VILLAGE);

  family->group_no = zf_demo_between (random, 1, 4 + (int) (zf_random_below (village, 5)));
  g_strlcpy (family->hamlet, ZF_DEMO_PICK (random, hamlets), sizeof family->hamlet);
  g_snprintf (family->address, sizeof family->address, "重庆市丰都县%s%s%d组%s%d号", family->village->town->name, family->village->name,
              family->group_no, family->hamlet, zf_demo_between (random, 1, 98));
  g_snprintf (family->code, sizeof family->code, "%s%05u", family->village->codes[0], family->number % 100000u);
  lay_position (family, village, random, seed);
  lay_helpers (family, random, seed);
}

static gboolean
nobody_works (const ZfDemoFamily *family)
{
  for (guint i = 0; i < family->n_persons; i++)
    if (strcmp (family->persons[i].labour, "none") != 0 && strcmp (family->persons[i].labour, "lost") != 0)
      return FALSE;
  return TRUE;
}

/* The family's own troubles first, so that a risk has its ill member, pupil or disabled person. */
static const char *
likely_risk (const ZfDemoFamily *family, ZfRandom *random)
{
  static const char *const any[] = { "work", "accident", "industry", "disaster", "housing", "water", "work" };
  const char *fits[16] = { NULL };
  guint n = 0;

  for (guint i = 0; i < family->n_persons && n < 12; i++)
    {
      const ZfDemoPerson *person = &family->persons[i];

      if (person->serious || person->chronic)
        fits[n++] = "illness";
      if (person->disabled)
        fits[n++] = "disability";
      if (person->school != NULL && person->age >= 15)
        fits[n++] = "school";
    }
  if (family->no_labour)
    fits[n++] = "labour";
  return n > 0 && zf_random_chance (random, 750) ? fits[zf_random_below (random, n)] : ZF_DEMO_PICK (random, any);
}

static void
lay_monitoring (ZfDemoFamily *family, ZfRandom *random, guint32 today)
{
  static const char *const grades[] = { "red", "orange", "yellow" };
  static const guint weights[] = { 10, 34, 56, 0 };
  guint32 since = today - 200 - zf_random_below (random, 900);

  if (!zf_random_chance (random, 55))
    {
      family->level = zf_random_chance (random, 700) ? "green" : zf_random_chance (random, 150) ? "yellow" : NULL;
      return;
    }
  family->monitored_class = zf_random_chance (random, 260) ? "hardship" : family->lifted ? "unstable" : "marginal";
  family->cleared = !family->no_labour && zf_random_chance (random, 280);
  family->level = family->cleared ? "green" : grades[zf_demo_weighted (random, weights)];
  zf_demo_day (since, family->monitored_since);
  if (family->cleared)
    zf_demo_day (today - zf_random_below (random, 15), family->cleared_on);
  family->risks[0] = likely_risk (family, random);
  if (zf_random_chance (random, 200))
    family->risks[1] = strcmp (family->risks[0], "work") == 0 ? "illness" : "work";
}

static void
lay_left_behind (ZfDemoFamily *family)
{
  gboolean grown_at_home = FALSE;

  for (guint i = 0; i < family->n_persons; i++)
    grown_at_home |= family->persons[i].lives_here && family->persons[i].age >= 18 && family->persons[i].age < 60;
  for (guint i = 0; i < family->n_persons; i++)
    {
      ZfDemoPerson *person = &family->persons[i];

      person->left_behind = grown_at_home || family->n_persons < 2 ? "none" : person->age < 16 ? "child" : person->age >= 60 ? "elder" : "none";
    }
}

static void
lay_class (ZfDemoFamily *family, ZfRandom *random)
{
  family->lifted = zf_random_chance (random, 780);
  family->tekun = family->n_persons == 1 && family->persons[0].age >= 60 && zf_random_chance (random, 260);
  family->dibao = !family->tekun && zf_random_chance (random, family->lifted ? 110 : 60);
  family->relocated = family->lifted && zf_random_chance (random, 130);
  family->military = zf_random_chance (random, 14);
}

static void
lay_id (ZfDemoFamily *family, guint64 seed)
{
  g_autoptr (ZfRandom) random = zf_demo_random (seed, family->village->codes[0], family->number, STREAM_ID);
  g_autoptr (ZfClock) clock = zf_clock_new_manual (ID_TIME);
  g_autofree char *id = zf_id_new (clock, random);

  g_strlcpy (family->id, id, sizeof family->id);
}

void
zf_demo_family_make (ZfDemoFamily *family, const ZfVillage *village, guint number, guint64 seed, guint32 today, GHashTable *used)
{
  g_autoptr (ZfRandom) random = zf_demo_random (seed, village->codes[0], number, STREAM_FAMILY);
  const char *ethnic;
  char day[11];

  memset (family, 0, sizeof *family);
  family->village = village;
  family->number = number;
  lay_id (family, seed);
  lay_place (family, random, seed);
  zf_demo_day (today, day);
  zf_demo_members (family, random, atoi (day));
  lay_class (family, random);
  ethnic = ethnics[zf_demo_weighted (random, ethnic_weights)];
  for (guint i = 0; i < family->n_persons; i++)
    {
      family->persons[i].ethnic = ethnic;
      zf_demo_person_make (&family->persons[i], family, random, today, used);
    }
  lay_left_behind (family);
  family->no_labour = nobody_works (family);
  lay_monitoring (family, random, today);
  if (zf_random_chance (random, 450))
    zf_demo_nickname (random, family->persons[0].name, family->nickname, sizeof family->nickname);
  if (zf_random_chance (random, 950))
    zf_demo_phone (random, family->phone);
}
