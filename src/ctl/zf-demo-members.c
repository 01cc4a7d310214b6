/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

/* Who lives together. The weights add up to 1000 and to 4.075 persons a household on average, as in the county plan. */
typedef struct
{
  guint weight;
  gboolean spouse;
  guint kids;           /* of the householder, all with the family's name */
  gboolean son_married; /* the eldest is a son with his wife */
  guint grandchildren;
  guint parents;
  int low, high;        /* age of the householder */
} Pattern;

static const Pattern patterns[] = {
  { 65, FALSE, 0, FALSE, 0, 0, 52, 84 },   /* 1 */
  { 90, TRUE, 0, FALSE, 0, 0, 50, 80 },    /* 2 */
  { 20, FALSE, 1, FALSE, 0, 0, 34, 62 },
  { 20, FALSE, 0, FALSE, 0, 1, 36, 58 },
  { 100, TRUE, 1, FALSE, 0, 0, 30, 60 },   /* 3 */
  { 35, TRUE, 0, FALSE, 0, 1, 38, 58 },
  { 35, FALSE, 2, FALSE, 0, 0, 34, 56 },
  { 115, TRUE, 2, FALSE, 0, 0, 30, 56 },   /* 4 */
  { 70, TRUE, 1, FALSE, 0, 1, 34, 56 },
  { 45, TRUE, 1, TRUE, 0, 0, 48, 66 },
  { 95, TRUE, 2, FALSE, 0, 1, 34, 54 },    /* 5 */
  { 80, TRUE, 1, TRUE, 1, 0, 49, 68 },
  { 35, TRUE, 1, FALSE, 0, 2, 34, 52 },
  { 60, TRUE, 2, FALSE, 0, 2, 34, 52 },    /* 6 */
  { 60, TRUE, 1, TRUE, 2, 0, 50, 68 },
  { 35, TRUE, 1, TRUE, 2, 1, 50, 64 },     /* 7 */
  { 15, TRUE, 3, FALSE, 0, 2, 38, 54 },
  { 25, TRUE, 2, TRUE, 2, 1, 50, 64 },     /* 8 */
};

static ZfDemoPerson *
add (ZfDemoFamily *family, const char *relation, gboolean male, int age)
{
  ZfDemoPerson *person = &family->persons[family->n_persons++];

  person->relation = relation;
  person->male = male;
  person->age = age;
  return person;
}

static void
name_person (ZfDemoPerson *person, ZfRandom *random, const char *surname, int year)
{
  zf_demo_full_name (random, surname, person->male, year - person->age, person->name, sizeof person->name);
}

/* Children come two to five years apart; a married eldest is a son of at least 22. */
static void
add_kids (ZfDemoFamily *family, ZfRandom *random, const Pattern *pattern, const char *surname, int year)
{
  int age = family->persons[0].age - zf_demo_between (random, 21, pattern->son_married ? 25 : 29);
  int son_age = age;

  for (guint i = 0; i < pattern->kids; i++)
    {
      gboolean male = (i == 0 && pattern->son_married) || zf_random_chance (random, 520);

      name_person (add (family, male ? "03" : "04", male, MAX (age, 0)), random, surname, year);
      age -= zf_demo_between (random, 2, 5);
    }
  if (pattern->son_married)
    name_person (add (family, "05", FALSE, MAX (son_age + zf_demo_between (random, -3, 1), 20)), random, zf_demo_surname (random), year);
  age = son_age - zf_demo_between (random, 22, 25);
  for (guint i = 0; i < pattern->grandchildren; i++)
    {
      gboolean male = zf_random_chance (random, 520);

      name_person (add (family, male ? "07" : "08", male, MAX (age, 0)), random, surname, year);
      age -= zf_demo_between (random, 2, 5);
    }
}

static void
add_parents (ZfDemoFamily *family, ZfRandom *random, const Pattern *pattern, const char *surname, int year)
{
  ZfDemoPerson *head = &family->persons[0];
  gboolean of_husband = !head->male && pattern->spouse;
  gboolean mother_first = zf_random_chance (random, 620);
  const char *own = of_husband ? NULL : head->relation;

  for (guint i = 0; i < pattern->parents; i++)
    {
      gboolean male = (i == 0) != mother_first;
      const char *relation = own != NULL ? (male ? "11" : "12") : (male ? "15" : "16");

      name_person (add (family, relation, male, head->age + zf_demo_between (random, 20, 28)), random,
                   male ? surname : zf_demo_surname (random), year);
    }
}

void
zf_demo_members (ZfDemoFamily *family, ZfRandom *random, int year)
{
  const Pattern *pattern = patterns;
  guint at = zf_random_below (random, 1000);
  const char *own = zf_demo_surname (random);
  const char *other = zf_demo_surname (random);
  gboolean male = zf_random_chance (random, 880);
  const char *fathers = own;
  int age;

  while (at >= pattern->weight)
    at -= (pattern++)->weight;
  age = zf_demo_between (random, pattern->low, pattern->high);
  family->n_persons = 0;
  name_person (add (family, "01", male, age), random, own, year);
  if (pattern->spouse)
    {
      int spouse_age = age + (male ? zf_demo_between (random, -5, 1) : zf_demo_between (random, -1, 5));

      name_person (add (family, "02", !male, MAX (spouse_age, 22)), random, other, year);
      fathers = male ? own : other;
    }
  add_kids (family, random, pattern, fathers, year);
  add_parents (family, random, pattern, fathers, year);
}
