/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

#include <string.h>

#include "zf-idnumber.h"

/* No place has this region: such a number is nobody's. */
#define NO_REGION "999999"

static const char *const diseases_chronic[] = { "hypertension", "diabetes", "copd", "arthritis", "gastric", "heart", "hypertension" };
static const char *const diseases_serious[] = { "cancer", "stroke", "uremia", "heart", "mental" };

/* Birthday: so that the age in whole years holds on @today. */
static void
lay_birth (ZfDemoPerson *person, ZfRandom *random, guint32 today)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, today);
  g_date_subtract_years (&date, (guint) person->age);
  zf_demo_day (g_date_get_julian (&date) - zf_random_below (random, 365), person->birth);
}

/* A number once given out moves the running number on, as an office would. */
static void
lay_id_number (ZfDemoPerson *person, ZfRandom *random, GHashTable *used)
{
  guint serial = zf_random_below (random, 499) * 2 + 2 - (person->male ? 1 : 0);
  char *number = person->id_number;

  do
    {
      g_snprintf (number, sizeof person->id_number, NO_REGION "%.4s%.2s%.2s%03u", person->birth, person->birth + 5, person->birth + 8, serial % 1000u);
      number[17] = zf_idnumber_check_char (number);
      number[18] = '\0';
      serial = serial + 2 > 999 ? (person->male ? 1 : 2) : serial + 2;
    }
  while (!g_hash_table_add (used, g_strdup (number)));
}

static const char *
school_of (int age, ZfRandom *random)
{
  static const char *const upper[] = { "high1", "high2", "high3", "vocational1", "vocational2", "vocational3" };
  static const char *const higher[] = { "college1", "college2", "college3", "bachelor1", "bachelor2", "bachelor3", "bachelor4" };
  static const char *const junior[] = { "grade7", "grade8", "grade9" };
  static const guint vocational[] = { 58, 42, 0 };

  if (age < 3)
    return "preschool_age";
  if (age < 6)
    return "kindergarten";
  if (age < 12)
    return "primary";
  if (age < 15)
    return junior[age - 12];
  if (age < 18)
    return upper[3 * zf_demo_weighted (random, vocational) + (guint) (age - 15)];
  if (age < 22 && zf_random_chance (random, 480))
    return higher[zf_demo_weighted (random, vocational) == 0 ? MIN ((guint) age - 18, 2) : 3 + (guint) (age - 18)];
  return NULL;
}

static void
lay_school (ZfDemoPerson *person, const ZfDemoFamily *family, ZfRandom *random)
{
  static const char *const by_age[] = { "bachelor", "college", "senior", "junior", "primary", "illiterate" };
  static const guint young[] = { 8, 18, 24, 48, 2, 0 };
  static const guint middle[] = { 1, 3, 10, 54, 31, 1, 0 };
  static const guint old[] = { 1, 1, 3, 17, 58, 20, 0 };
  static const char *const towns_school[] = { "小学", "初级中学", "中心小学校" };

  person->school = school_of (person->age, random);
  if (person->school == NULL)
    person->education = by_age[zf_demo_weighted (random, person->age < 32 ? young : person->age < 58 ? middle : old)];
  else if (person->age >= 6 && person->age < 15)
    g_snprintf (person->school_name, sizeof person->school_name, "%s%s", family->village->town->name,
                towns_school[person->age >= 12 ? 1 : zf_random_below (random, 2) * 2]);
  else if (person->age >= 15)
    g_strlcpy (person->school_name, person->age < 18 ? "丰都县高中学校" : "重庆市内高校", sizeof person->school_name);
}

static void
lay_health (ZfDemoPerson *person, ZfRandom *random)
{
  static const char *const types[] = { "limb", "limb", "hearing", "sight", "intellect", "mental", "speech", "multiple" };
  static const char *const levels[] = { "1", "2", "3", "3", "4", "4" };
  guint often = person->age >= 60 ? 430 : person->age >= 40 ? 130 : 12;

  person->chronic = zf_random_chance (random, often);
  person->serious = !person->chronic && zf_random_chance (random, person->age >= 40 ? 28 : 6);
  if (person->chronic)
    person->disease = ZF_DEMO_PICK (random, diseases_chronic);
  else if (person->serious)
    person->disease = ZF_DEMO_PICK (random, diseases_serious);
  person->disabled = zf_random_chance (random, person->age >= 60 ? 90 : 28);
  if (person->disabled)
    {
      person->disability_type = ZF_DEMO_PICK (random, types);
      person->disability_level = ZF_DEMO_PICK (random, levels);
    }
  person->self_care = "full";
  if (person->age >= 82 || (person->disabled && person->disability_level[0] <= '2'))
    person->self_care = zf_random_chance (random, 250) ? "none" : "part";
  if (person->age < 3)
    person->self_care = "none";
}

static const char *
labour_of (const ZfDemoPerson *person, ZfRandom *random)
{
  gboolean severe = person->disabled && person->disability_level[0] <= '2';

  if (person->age < 16 || person->school != NULL || person->age >= 72)
    return "none";
  if (severe || (person->serious && zf_random_chance (random, 400)))
    return "lost";
  if (person->age >= 60 || person->disabled || person->serious)
    return "weak";
  return zf_random_chance (random, 170) ? "skilled" : "ordinary";
}

static void
lay_work (ZfDemoPerson *person, ZfRandom *random)
{
  static const char *const areas[] = { "province", "city", "county", "town" };
  static const guint weights[] = { 46, 20, 22, 12, 0 };
  static const char *const far[] = { "广东省东莞市", "浙江省宁波市", "福建省泉州市", "江苏省苏州市", "广东省佛山市", "浙江省温州市" };
  static const char *const city[] = { "重庆市渝北区", "重庆市涪陵区", "重庆市巴南区", "重庆市忠县" };
  static const char *const channels[] = { "self", "self", "self", "labour_export", "local_firm", "flexible", "workshop" };
  gboolean able = strcmp (person->labour, "ordinary") == 0 || strcmp (person->labour, "skilled") == 0;
  guint area;

  if (!able || !zf_random_chance (random, person->age < 50 ? 740 : 480))
    return;
  area = zf_demo_weighted (random, weights);
  person->work_area = areas[area];
  person->work_place = area == 0 ? ZF_DEMO_PICK (random, far) : area == 1 ? ZF_DEMO_PICK (random, city) : "重庆市丰都县";
  person->work_channel = ZF_DEMO_PICK (random, channels);
  person->work_months = zf_demo_between (random, 6, 11);
  person->wage = 100 * (gint64) (50 * zf_demo_between (random, area == 0 ? 66 : 48, area == 0 ? 130 : 96));
}

static void
lay_post (ZfDemoPerson *person, ZfRandom *random)
{
  static const char *const posts[] = { "cleaning", "forest", "road", "river", "care", "security" };

  if (person->work_area != NULL || strcmp (person->labour, "weak") != 0 || person->age >= 70 || !zf_random_chance (random, 140))
    return;
  person->post = ZF_DEMO_PICK (random, posts);
  person->post_months = zf_demo_between (random, 6, 12);
}

static void
lay_security (ZfDemoPerson *person, const ZfDemoFamily *family, ZfRandom *random)
{
  person->employee = person->work_area != NULL && zf_random_chance (random, 170);
  person->resident = !person->employee && !zf_random_chance (random, 12);
  person->pension = person->age < 16 || person->school != NULL ? "none" : person->employee ? "employee" : "resident";
  person->dibao = family->dibao;
  person->tekun = family->tekun;
}

static const char *
marital_of (const ZfDemoPerson *person, const ZfDemoFamily *family, ZfRandom *random)
{
  static const char *const married[] = { "02", "05", "11", "12", "15", "16" };
  gboolean with_spouse = family->n_persons > 1 && strcmp (family->persons[1].relation, "02") == 0;

  if (strcmp (person->relation, "01") == 0)
    return with_spouse ? "20" : person->age >= 60 ? "30" : zf_random_chance (random, 500) ? "40" : "30";
  for (guint i = 0; i < G_N_ELEMENTS (married); i++)
    if (strcmp (person->relation, married[i]) == 0)
      return i >= 2 && zf_random_chance (random, 350) ? "30" : "20";
  return person->age >= 28 ? "20" : "10";
}

void
zf_demo_person_make (ZfDemoPerson *person, const ZfDemoFamily *family, ZfRandom *random, guint32 today, GHashTable *used)
{
  static const char *const politics[] = { "mass", "league", "member" };
  static const guint young[] = { 78, 20, 2, 0 };
  static const guint grown[] = { 93, 1, 6, 0 };

  lay_birth (person, random, today);
  lay_id_number (person, random, used);
  lay_school (person, family, random);
  lay_health (person, random);
  person->labour = labour_of (person, random);
  lay_work (person, random);
  lay_post (person, random);
  lay_security (person, family, random);
  person->marital = marital_of (person, family, random);
  person->political = person->age < 14 ? "mass" : politics[zf_demo_weighted (random, person->age < 28 ? young : grown)];
  person->mandarin = person->age >= 5 && (person->age < 60 || zf_random_chance (random, 300));
  person->lives_here = person->work_area == NULL || strcmp (person->work_area, "town") == 0;
  if (person->age >= 16 && zf_random_chance (random, person->age < 70 ? 820 : 380))
    zf_demo_phone (random, person->phone);
}
