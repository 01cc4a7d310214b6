/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-demo.h"
#include "zf-divisions.h"

G_BEGIN_DECLS

/* What the files of the generator share. A family is plain facts; records and roster rows are two ways to write them down. */
#define ZF_DEMO_MAX_PERSONS 8
#define ZF_DEMO_YEARS 3
#define ZF_DEMO_VISITS 6
#define ZF_DEMO_ITEMS 5
extern const char *const zf_demo_items[ZF_DEMO_ITEMS];

typedef struct
{
  char name[32];
  char id_number[20];
  char birth[11];
  char phone[12];            /* "" = none */
  gboolean male;
  int age;
  const char *relation, *ethnic, *political, *marital;
  const char *school, *education;       /* one of them NULL */
  char school_name[48];                 /* "" = none */
  gboolean chronic, serious, disabled;
  const char *disease;                  /* NULL = none */
  const char *disability_type, *disability_level;
  const char *self_care, *labour, *left_behind;
  const char *work_area, *work_place, *work_channel;   /* NULL = does not work away */
  int work_months;
  gint64 wage;                          /* 分 a month */
  const char *post;                     /* NULL = none */
  int post_months;
  gboolean lives_here, employee, resident, dibao, tekun, mandarin;
  const char *pension;
} ZfDemoPerson;

typedef struct
{
  const ZfVillage *village;
  guint number;                         /* within the village, from 1 */
  char id[37];
  char code[20];
  char nickname[32];                    /* "" = none */
  char hamlet[32];
  char address[160];
  char phone[12];                       /* "" = none */
  int group_no;
  gboolean lifted, dibao, tekun, relocated, military, no_labour;
  const char *monitored_class;          /* NULL = not monitored */
  gboolean cleared;
  char monitored_since[11], cleared_on[11];
  const char *level;                    /* NULL = not graded */
  const char *risks[2];                 /* of a monitored household; the second may be NULL */
  char helper[32], helper_phone[12], grid[32], grid_phone[12];
  const char *helper_unit;
  gboolean has_position;
  gint32 lat_e6, lon_e6;
  int accuracy;
  guint n_persons;
  ZfDemoPerson persons[ZF_DEMO_MAX_PERSONS];
} ZfDemoFamily;

typedef struct
{
  char *sha256, *source_sha256;
  const char *purpose, *caption;
  int width, height;
  gint64 size;
} ZfDemoPhoto;

/* Chance (zf-demo-chance.c) */

/** zf_demo_random: the stream of one household (or village) for one purpose: nothing else shifts its numbers. */
ZfRandom *zf_demo_random (guint64 seed, const char *code, guint number, guint purpose);
/** zf_demo_between: uniform in [low, high]. */
int zf_demo_between (ZfRandom *random, int low, int high);
/** zf_demo_weighted: index by @weights, which end with 0. */
guint zf_demo_weighted (ZfRandom *random, const guint *weights);
#define ZF_DEMO_PICK(random, array) ((array)[zf_random_below ((random), G_N_ELEMENTS (array))])
/** zf_demo_day: "YYYY-MM-DD" of the day @days after @day (julian). zf_demo_julian: the reverse, 0 when not a date. */
void zf_demo_day (guint32 day, char text[11]);
guint32 zf_demo_julian (const char *text);

/* Names (zf-demo-names.c) */
const char *zf_demo_surname (ZfRandom *random);
void zf_demo_full_name (ZfRandom *random, const char *surname, gboolean male, int birth_year, char *name, gsize size);
void zf_demo_nickname (ZfRandom *random, const char *name, char *nickname, gsize size);
/** zf_demo_phone: 11 digits from a range that no network has. */
void zf_demo_phone (ZfRandom *random, char phone[12]);

/* Words (zf-demo-words.c) */

/** zf_demo_say: appends a remark of 20 to 60 characters about the family to @text. */
void zf_demo_say (ZfRandom *random, const ZfDemoFamily *family, GString *text);
const char *zf_demo_need_text (ZfRandom *random, const char *need);
const char *zf_demo_change_text (ZfRandom *random, const char *change);
const char *zf_demo_risk_text (ZfRandom *random, const char *risk);
const char *zf_demo_plan_text (ZfRandom *random, const char *category);

/* Families (zf-demo-family.c, zf-demo-person.c, zf-demo-county.c) */
typedef struct _ZfDemoCounty ZfDemoCounty;
ZfDemoCounty *zf_demo_county_new (const ZfDemoOptions *options, GError **error);
void zf_demo_county_free (ZfDemoCounty *county);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfDemoCounty, zf_demo_county_free)
/** zf_demo_county_next: the next family in order of villages; FALSE at the end. */
gboolean zf_demo_county_next (ZfDemoCounty *county, ZfDemoFamily *family);
guint32 zf_demo_county_today (ZfDemoCounty *county);
/** zf_demo_county_villages: (transfer full): records of the villages that take part. */
JsonArray *zf_demo_county_villages (ZfDemoCounty *county, guint *n);

/** zf_demo_family_make: fills @family for @village and @number; @used: ID numbers given so far. */
void zf_demo_family_make (ZfDemoFamily *family, const ZfVillage *village, guint number, guint64 seed, guint32 today, GHashTable *used);
/** zf_demo_members: how many members, who they are to each other, how old. */
void zf_demo_members (ZfDemoFamily *family, ZfRandom *random, int year);
/** zf_demo_person_make: everything about a member whose age, sex, relation and name stand. */
void zf_demo_person_make (ZfDemoPerson *person, const ZfDemoFamily *family, ZfRandom *random, guint32 today, GHashTable *used);

/* Records (zf-demo-records.c, zf-demo-visits.c) */
typedef struct
{
  ZfSave *save;
  const ZfDemoFamily *family;
  ZfClock *clock;
  ZfRandom *random;
  GPtrArray *photos;        /* ZfDemoPhoto*; may be empty */
  guint32 today;
  ZfDemoStats *stats;
  guint32 visit_days[ZF_DEMO_VISITS];
  guint32 next_visit;
  const char *items[ZF_DEMO_ITEMS];   /* 五项 as the last visit found them */
  const char *need;                   /* of the last visit */
} ZfDemoWriter;

/** zf_demo_plan_visits: when the family was visited and what the last visit found; the household says the same. */
void zf_demo_plan_visits (ZfDemoWriter *writer);

/** zf_demo_write_family: household and members, then zf_demo_write_income: three years and the living conditions of the last.
 * zf_demo_write_visits: visits, photos, risks, measures. */
void zf_demo_write_family (ZfDemoWriter *writer);
void zf_demo_write_income (ZfDemoWriter *writer);
void zf_demo_write_visits (ZfDemoWriter *writer);
/** zf_demo_write_risks: of a monitored household, with the measures that answer them. */
void zf_demo_write_risks (ZfDemoWriter *writer);
void zf_demo_put (JsonObject *fields, const char *name, const char *value);
/** zf_demo_put_position: lat and lon of the house as canonical decimals. */
void zf_demo_put_position (JsonObject *fields, const ZfDemoFamily *family);
void zf_demo_put_flag (JsonObject *fields, const char *name, gboolean value);
void zf_demo_put_set (JsonObject *fields, const char *name, const char *const *codes, guint n);

/** zf_demo_photo_pool: (element-type ZfDemoPhoto*): pictures of @dir, drawn when missing, put in place in @store; empty without a folder. */
GPtrArray *zf_demo_photo_pool (ZfStore *store, const char *dir, guint64 seed, GError **error);

/* Drawing (zf-demo-draw.c) */
typedef struct _cairo cairo_t;
typedef struct
{
  const char *purpose, *caption;
  void (*draw) (cairo_t *cr, ZfRandom *random);   /* on 400 × 300 units */
} ZfDemoScene;
extern const ZfDemoScene zf_demo_scenes[];
extern const guint zf_demo_n_scenes;

G_END_DECLS
