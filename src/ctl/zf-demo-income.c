/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

#include <stdlib.h>
#include <string.h>

#define YUAN G_GINT64_CONSTANT (100)

/* How a family farms and what it draws, the same over the years but for prices. */
typedef struct
{
  int farmland, returned, orchard;   /* 亩 */
  gint64 wages, posts, day_labour;
  gint64 crops, animals, fruit;
  gint64 lease, dibao, pension, ecology, other;
  gint64 self_paid, claims;
} Economy;

static gint64
yuan (ZfRandom *random, int low, int high)
{
  return 10 * YUAN * zf_demo_between (random, low / 10, high / 10);
}

static void
add_person (Economy *economy, const ZfDemoPerson *person, ZfRandom *random)
{
  if (person->work_area != NULL)
    economy->wages += person->wage * person->work_months * 45 / 100;   /* what comes home */
  if (person->post != NULL)
    economy->posts += 500 * YUAN * person->post_months;
  if (person->age >= 60 && person->school == NULL)
    economy->pension += 150 * YUAN * 12;
  if (person->dibao)
    economy->dibao += 380 * YUAN * 12;
  if (person->serious)
    economy->self_paid += yuan (random, 6000, 42000);
  else if (person->chronic)
    economy->self_paid += yuan (random, 400, 3800);
  if (person->disabled && person->disability_level[0] <= '2')
    economy->other += 90 * YUAN * 12;
}

/* Somebody at home who can still work the land. */
static gboolean
farms (const ZfDemoFamily *family)
{
  for (guint i = 0; i < family->n_persons; i++)
    if (family->persons[i].lives_here && family->persons[i].age >= 18 && family->persons[i].age < 80)
      return TRUE;
  return FALSE;
}

static Economy
economy_of (const ZfDemoFamily *family, ZfRandom *random)
{
  Economy economy = { 0 };
  int n = (int) family->n_persons;

  economy.farmland = zf_demo_between (random, n, 2 * n + 2);
  economy.returned = zf_random_chance (random, 450) ? zf_demo_between (random, 1, 6) : 0;
  economy.orchard = zf_random_chance (random, 300) ? zf_demo_between (random, 1, 5) : 0;
  for (guint i = 0; i < family->n_persons; i++)
    add_person (&economy, &family->persons[i], random);
  if (farms (family))
    {
      economy.crops = economy.farmland * yuan (random, 500, 1100);
      economy.animals = yuan (random, 600, 9000);
      economy.fruit = economy.orchard * yuan (random, 300, 1500);
      economy.day_labour = zf_random_chance (random, 400) ? yuan (random, 400, 5200) : 0;
    }
  economy.lease = zf_random_chance (random, 260) ? yuan (random, 200, 1600) : 0;
  economy.ecology = economy.returned * 125 * YUAN;
  economy.other += economy.farmland * 105 * YUAN;
  if (economy.self_paid > 10000 * YUAN && zf_random_chance (random, 400))
    economy.claims = yuan (random, 1000, 8000);
  return economy;
}

static gint64
sum (JsonObject *fields, const char *const *names, guint n)
{
  gint64 total = 0;

  for (guint i = 0; i < n; i++)
    total += json_object_get_int_member (fields, names[i]);
  return total;
}

/* Half a 分 goes up, as round() of the form does. */
static gint64
per_head (gint64 total, gint64 persons)
{
  gint64 doubled = 2 * total + persons;
  gint64 result = doubled / (2 * persons);

  return doubled < 0 && doubled % (2 * persons) != 0 ? result - 1 : result;
}

static void
put_totals (JsonObject *fields, gint64 persons)
{
  static const char *const a[] = { "a1", "a4", "a5" };
  static const char *const b[] = { "b1", "b2", "b3" };
  static const char *const c[] = { "c2" };
  static const char *const d[] = { "d2", "d4", "d5", "d6" };
  static const char *const e[] = { "e1", "e2", "e3" };
  gint64 earned = sum (fields, a, G_N_ELEMENTS (a)), grown = sum (fields, b, G_N_ELEMENTS (b));
  gint64 owned = sum (fields, c, G_N_ELEMENTS (c)), given = sum (fields, d, G_N_ELEMENTS (d));
  gint64 spent = sum (fields, e, G_N_ELEMENTS (e));
  gint64 net = earned + grown + owned + given - spent;
  gint64 reference = net + json_object_get_int_member (fields, "compensation") - json_object_get_int_member (fields, "self_paid");

  json_object_set_int_member (fields, "total_a", earned);
  json_object_set_int_member (fields, "total_b", grown);
  json_object_set_int_member (fields, "total_c", owned);
  json_object_set_int_member (fields, "total_d", given);
  json_object_set_int_member (fields, "total_e", spent);
  json_object_set_int_member (fields, "net", net);
  json_object_set_int_member (fields, "net_per_head", per_head (net, persons));
  json_object_set_int_member (fields, "reference", reference);
  json_object_set_int_member (fields, "reference_per_head", per_head (reference, persons));
}

/* The money of one year in whole 元. */
static void
put_money (JsonObject *fields, const char *name, gint64 fen, int percent)
{
  json_object_set_int_member (fields, name, fen * percent / 100 / YUAN * YUAN);
}

static void
write_year (ZfDemoWriter *writer, const Economy *economy, int year, int percent)
{
  JsonObject *fields = json_object_new ();
  char day[24];

  zf_demo_put (fields, "household", writer->family->id);
  json_object_set_int_member (fields, "year", year);
  g_snprintf (day, sizeof day, "%d-10-01", year - 1);
  zf_demo_put (fields, "window_start", day);
  g_snprintf (day, sizeof day, "%d-09-30", year);
  zf_demo_put (fields, "window_end", day);
  json_object_set_int_member (fields, "population", writer->family->n_persons);
  zf_demo_put (fields, "source", zf_random_chance (writer->random, 700) ? "asked" : "bill");
  zf_demo_put (fields, "confirmed", "yes");
  put_money (fields, "a1", economy->wages, percent);
  put_money (fields, "a4", economy->posts, 100);
  put_money (fields, "a5", economy->day_labour, percent);
  put_money (fields, "b1", economy->crops, percent);
  put_money (fields, "b2", economy->animals, percent);
  put_money (fields, "b3", economy->fruit, percent);
  put_money (fields, "c2", economy->lease, 100);
  put_money (fields, "d2", economy->dibao, percent);
  put_money (fields, "d4", economy->pension, percent);
  put_money (fields, "d5", economy->ecology, 100);
  put_money (fields, "d6", economy->other, 100);
  put_money (fields, "e1", economy->crops * 34 / 100, percent);
  put_money (fields, "e2", economy->animals * 45 / 100, percent);
  put_money (fields, "e3", economy->fruit * 30 / 100, percent);
  put_money (fields, "self_paid", economy->self_paid, percent);
  put_money (fields, "compensation", economy->claims, 100);
  put_totals (fields, writer->family->n_persons);
  zf_save_create (writer->save, "income", NULL, fields);
  json_object_unref (fields);
  writer->stats->incomes++;
}

static void
put_whole (JsonObject *fields, const char *name, int value)
{
  char text[16];

  g_snprintf (text, sizeof text, "%d", value);
  json_object_set_string_member (fields, name, text);
}

static void
put_house (JsonObject *fields, ZfRandom *random, gboolean in_doubt)
{
  static const char *const grades[] = { "A", "B" };
  static const guint weights[] = { 74, 26, 0 };

  put_whole (fields, "house_area", zf_demo_between (random, 60, 220));
  json_object_set_int_member (fields, "house_year", zf_demo_between (random, 1984, 2021));
  zf_demo_put (fields, "house_grade", in_doubt ? "pending" : grades[zf_demo_weighted (random, weights)]);
  if (!in_doubt)
    zf_demo_put (fields, "house_guarantee", "appraised");
}

static void
put_supplies (JsonObject *fields, ZfRandom *random, gboolean in_doubt)
{
  static const char *const supplies[] = { "piped", "point", "scattered" };
  static const char *const sources[] = { "plant", "spring", "well" };
  static const guint weights[] = { 86, 4, 10, 0 };
  guint supply = zf_demo_weighted (random, weights);
  gboolean toilet = zf_random_chance (random, 860);

  zf_demo_put_flag (fields, "water_safe", !in_doubt);
  zf_demo_put (fields, "water_supply", supplies[supply]);
  zf_demo_put (fields, "water_source", sources[supply]);
  zf_demo_put_flag (fields, "power_living", TRUE);
  zf_demo_put_flag (fields, "power_production", zf_random_chance (random, 930));
  zf_demo_put_flag (fields, "broadcast", zf_random_chance (random, 970));
  zf_demo_put_flag (fields, "toilet", toilet);
  if (toilet)
    zf_demo_put_flag (fields, "toilet_works", zf_random_chance (random, 960));
  zf_demo_put (fields, "fuel", zf_random_chance (random, 620) ? "clean" : "wood");
}

static gboolean
has_risk (const ZfDemoFamily *family, const char *risk)
{
  return !family->cleared && family->risks[0] != NULL && strcmp (family->risks[0], risk) == 0;
}

static void
write_living (ZfDemoWriter *writer, const Economy *economy, int year)
{
  static const char *const roads[] = { "concrete", "asphalt", "gravel", "dirt" };
  static const guint weights[] = { 70, 8, 15, 7, 0 };
  static const char *const industries[] = { "beef", "chicken", "corn", "mustard", "pepper", "pig", "pomelo", "rice" };
  JsonObject *fields = json_object_new ();
  ZfRandom *random = writer->random;
  const char *kinds[2] = { industries[zf_random_below (random, 4)], industries[4 + zf_random_below (random, 4)] };
  char day[24];

  zf_demo_put (fields, "household", writer->family->id);
  json_object_set_int_member (fields, "year", year);
  g_snprintf (day, sizeof day, "%d-%02d-%02d", year, zf_demo_between (random, 9, 11), zf_demo_between (random, 1, 28));
  zf_demo_put (fields, "surveyed", day);
  put_whole (fields, "farmland", economy->farmland);
  put_whole (fields, "woodland", zf_demo_between (random, 0, 12));
  put_whole (fields, "returned_forest", economy->returned);
  put_whole (fields, "orchard", economy->orchard);
  put_house (fields, random, has_risk (writer->family, "housing"));
  zf_demo_put (fields, "road_kind", roads[zf_demo_weighted (random, weights)]);
  g_snprintf (day, sizeof day, "%d.%d", zf_demo_between (random, 0, 2), zf_demo_between (random, 1, 9));
  zf_demo_put (fields, "road_distance", day);
  put_supplies (fields, random, has_risk (writer->family, "water"));
  zf_demo_put_flag (fields, "cooperative", zf_random_chance (random, 320));
  zf_demo_put_flag (fields, "leading_firm", zf_random_chance (random, 140));
  zf_demo_put_flag (fields, "leader_driven", zf_random_chance (random, 180));
  zf_demo_put_set (fields, "industry_kinds", kinds, 2);
  zf_save_create (writer->save, "living", NULL, fields);
  json_object_unref (fields);
  writer->stats->livings++;
}

void
zf_demo_write_income (ZfDemoWriter *writer)
{
  Economy economy = economy_of (writer->family, writer->random);
  char today[11];
  int last;

  zf_demo_day (writer->today, today);
  last = atoi (today) - 1;
  for (int i = 0; i < ZF_DEMO_YEARS; i++)
    write_year (writer, &economy, last - ZF_DEMO_YEARS + 1 + i, zf_demo_between (writer->random, 84, 92) + 6 * i);
  write_living (writer, &economy, last);
}
