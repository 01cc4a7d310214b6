/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

#include <string.h>

#include "zf-id.h"

const char *const zf_demo_items[ZF_DEMO_ITEMS] = { "housing", "education", "medical", "water", "food" };

#define DAY_MS G_GINT64_CONSTANT (86400000)
#define UNIX_JULIAN 719163u   /* 1970-01-01 */

void
zf_demo_plan_visits (ZfDemoWriter *writer)
{
  static const char *const needs[] = { "none", "refund", "job", "repair", "water", "skill", "sales", "doctor", "school", "post", "errand", "care", "loan" };
  static const guint weights[] = { 66, 4, 4, 3, 2, 3, 3, 3, 3, 2, 3, 2, 2, 0 };
  const ZfDemoFamily *family = writer->family;
  gboolean often = family->monitored_class != NULL && !family->cleared;
  guint32 interval = often ? 30 : 90;
  guint32 day = writer->today - zf_random_below (writer->random, interval + 8);

  writer->next_visit = day + interval;
  for (guint i = ZF_DEMO_VISITS; i-- > 0;)
    {
      writer->visit_days[i] = day;
      day -= interval - 6 + zf_random_below (writer->random, 12);
    }
  for (guint i = 0; i < ZF_DEMO_ITEMS; i++)
    {
      gboolean touched = often && strcmp (family->risks[0], zf_demo_items[i]) == 0;

      writer->items[i] = touched || zf_random_chance (writer->random, 6) ? "check" : "yes";
    }
  writer->need = needs[zf_demo_weighted (writer->random, weights)];
}

static void
put_one (ZfRandom *random, JsonObject *fields, const char *name, const char *code, const char *other, guint per_mille)
{
  zf_demo_put (fields, name, zf_random_chance (random, per_mille) ? other : code);
}

static void
put_situation (ZfDemoWriter *writer, JsonObject *fields, guint visit, const char *date)
{
  const ZfDemoFamily *family = writer->family;
  guint who = family->n_persons > 1 && zf_random_chance (writer->random, 300) ? 1 : 0;
  gboolean home = zf_random_chance (writer->random, 880);
  char visitors[72];

  zf_demo_put (fields, "mode", home ? "home" : "phone");
  zf_demo_put (fields, "date", date);
  g_snprintf (visitors, sizeof visitors, "%s、%s", family->helper, family->grid);
  zf_demo_put (fields, "visitors", visitors);
  zf_demo_put (fields, "respondent", family->persons[who].name);
  zf_demo_put (fields, "respondent_relation", family->persons[who].relation);
  if (!home)
    zf_demo_put (fields, "called_phone", family->phone);
  json_object_set_int_member (fields, "people_home", zf_demo_between (writer->random, 1, (int) family->n_persons));
}

static void
put_items (ZfDemoWriter *writer, JsonObject *fields, gboolean last)
{
  static const char *const cases[] = { "crack", "weary", "unpaid", "little", "clothes" };
  gboolean pupil = FALSE;

  for (guint i = 0; i < ZF_DEMO_ITEMS; i++)
    {
      const char *status = last || zf_random_chance (writer->random, 800) ? writer->items[i] : "yes";
      char name[40];

      g_snprintf (name, sizeof name, "item_%s", zf_demo_items[i]);
      zf_demo_put (fields, name, status);
      g_snprintf (name, sizeof name, "%s_case", zf_demo_items[i]);
      if (strcmp (status, "yes") != 0)
        zf_demo_put_set (fields, name, &cases[i], 1);
    }
  for (guint i = 0; i < writer->family->n_persons; i++)
    pupil |= writer->family->persons[i].age >= 6 && writer->family->persons[i].age < 16;
  zf_demo_put (fields, "school", pupil ? "all" : "no_child");
  put_one (writer->random, fields, "insured", "all", "missing", 30);
  json_object_set_int_member (fields, "water_cut_days", zf_random_chance (writer->random, 90) ? zf_demo_between (writer->random, 1, 9) : 0);
}

static void
put_changes (ZfDemoWriter *writer, JsonObject *fields)
{
  static const char *const changes[] = { "none", "work", "hospital", "more", "fewer", "disaster", "industry", "other" };
  static const guint weights[] = { 78, 6, 6, 1, 1, 2, 3, 3, 0 };
  ZfRandom *random = writer->random;
  const char *change = changes[zf_demo_weighted (random, weights)];
  gboolean loss = strcmp (change, "disaster") == 0 || strcmp (change, "industry") == 0;
  int out = 0;

  for (guint i = 0; i < writer->family->n_persons; i++)
    out += !writer->family->persons[i].lives_here;
  zf_demo_put_set (fields, "changes", &change, 1);
  zf_demo_put (fields, "change_text", zf_demo_change_text (random, change));
  put_one (random, fields, "income_trend", "same", zf_random_chance (random, 600) ? "up" : "down", 340);
  json_object_set_int_member (fields, "workers_out", out);
  put_one (random, fields, "work", out > 0 ? "steady" : "nobody", "unsteady", out > 0 ? 100 : 0);
  put_one (random, fields, "industry", loss ? "loss" : "good", loss ? "loss" : "poor", 90);
  if (loss)
    json_object_set_int_member (fields, "loss_amount", 10000 * zf_demo_between (random, 3, 60));
  json_object_set_int_member (fields, "self_paid", strcmp (change, "hospital") == 0 ? 10000 * zf_demo_between (random, 5, 90) : 0);
  json_object_set_int_member (fields, "compensation", 0);
  put_one (random, fields, "pressure", "none", "some", 260);
  put_one (random, fields, "debt", "no", "yes", 50);
}

static void
put_needs (ZfDemoWriter *writer, JsonObject *fields, guint visit)
{
  static const char *const policies[] = { "declare", "fraud", "job", "medical" };
  ZfRandom *random = writer->random;
  gboolean last = visit == ZF_DEMO_VISITS - 1;
  const char *need = last ? writer->need : "none";
  gboolean measures = writer->family->monitored_class != NULL;
  g_autoptr (GString) said = g_string_new (NULL);

  zf_demo_put_set (fields, "needs", &need, 1);
  zf_demo_put (fields, "need_text", zf_demo_need_text (random, need));
  if (visit % 2 == 1)
    zf_demo_say (random, writer->family, said);
  zf_demo_put (fields, "said", said->str);
  put_one (random, fields, "last_need", "no_need", "done", 200);
  zf_demo_put (fields, "measures", measures ? "all" : "no_measure");
  zf_demo_put_set (fields, "policies", policies + zf_random_below (random, 3), 2);
  put_one (random, fields, "leaflet", "yes", "no", 60);
  zf_demo_put (fields, "phone", writer->family->phone);
  json_object_set_int_member (fields, "population_living", writer->family->n_persons);
  zf_demo_put (fields, "risk_found", "no");
}

static void
put_end (ZfDemoWriter *writer, JsonObject *fields, guint visit)
{
  static const char *const signs[] = { "signed", "thumb", "refused" };
  static const guint weights[] = { 93, 5, 2, 0 };
  gboolean phone = strcmp (json_object_get_string_member (fields, "mode"), "phone") == 0;
  guint32 next = visit + 1 < ZF_DEMO_VISITS ? writer->visit_days[visit + 1] : writer->next_visit;
  char day[11];

  zf_demo_put (fields, "sign", phone ? "phone" : signs[zf_demo_weighted (writer->random, weights)]);
  zf_demo_day (next, day);
  zf_demo_put (fields, "next_visit", day);
  put_one (writer->random, fields, "entered_later", "no", "yes", 40);
  /* No pad stood before an invented family: what is signed is signed on paper. */
  if (strcmp (json_object_get_string_member (fields, "sign"), "signed") == 0)
    zf_demo_put (fields, "entered_later", "yes");
}

static char *
write_visit (ZfDemoWriter *writer, guint visit)
{
  JsonObject *fields = json_object_new ();
  char *id = zf_id_new (writer->clock, writer->random);
  char date[11];

  zf_demo_day (writer->visit_days[visit], date);
  zf_demo_put (fields, "household", writer->family->id);
  put_situation (writer, fields, visit, date);
  put_items (writer, fields, visit == ZF_DEMO_VISITS - 1);
  put_changes (writer, fields);
  put_needs (writer, fields, visit);
  put_end (writer, fields, visit);
  zf_save_create (writer->save, "visit", id, fields);
  json_object_unref (fields);
  writer->stats->visits++;
  return id;
}

/* Between nine and three in the afternoon of that day in China. */
static gint64
photo_time (ZfDemoWriter *writer, guint visit)
{
  return ((gint64) writer->visit_days[visit] - UNIX_JULIAN) * DAY_MS + (gint64) zf_demo_between (writer->random, 60, 420) * 60000;
}

static void
write_photo (ZfDemoWriter *writer, const char *visit_id, guint visit)
{
  JsonObject *fields;
  const ZfDemoPhoto *photo;
  g_autofree char *id = NULL;

  if (writer->photos->len == 0)
    return;
  fields = json_object_new ();
  photo = g_ptr_array_index (writer->photos, zf_random_below (writer->random, writer->photos->len));
  id = zf_id_new (writer->clock, writer->random);
  zf_demo_put (fields, "household", writer->family->id);
  zf_demo_put (fields, "record", visit_id);
  zf_demo_put (fields, "sha256", photo->sha256);
  zf_demo_put (fields, "source_sha256", photo->source_sha256);
  zf_demo_put (fields, "purpose", photo->purpose);
  zf_demo_put (fields, "caption", photo->caption);
  json_object_set_int_member (fields, "width", photo->width);
  json_object_set_int_member (fields, "height", photo->height);
  json_object_set_int_member (fields, "size", photo->size);
  json_object_set_int_member (fields, "taken", photo_time (writer, visit));
  if (writer->family->has_position)
    zf_demo_put_position (fields, writer->family);
  zf_save_create (writer->save, "photo", id, fields);
  json_object_unref (fields);
  writer->stats->photos++;
}

void
zf_demo_write_visits (ZfDemoWriter *writer)
{
  for (guint i = 0; i < ZF_DEMO_VISITS; i++)
    {
      g_autofree char *id = write_visit (writer, i);

      if (i == ZF_DEMO_VISITS - 1 || i == ZF_DEMO_VISITS - 3)
        write_photo (writer, id, i);
    }
  if (writer->family->monitored_class != NULL)
    zf_demo_write_risks (writer);
}
