/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

#include <string.h>

#include "zf-id.h"

/* Which measures answer which risk. */
static const struct
{
  const char *risk, *category, *item, *development;
} answers[] = {
  { "illness", "health", "health_aid", "not_applicable" },
  { "school", "education_other", "education_other_rain_dew", "not_yet" },
  { "disability", "security", "security_disability", "not_applicable" },
  { "disaster", "industry", "industry_award", "doing" },
  { "accident", "social", "social_donation", "not_yet" },
  { "industry", "industry", "industry_skill", "doing" },
  { "work", "job", "job_export", "doing" },
  { "labour", "security", "security_dibao", "not_applicable" },
  { "housing", "housing", "housing_repair", "not_yet" },
  { "water", "water", "water_pipe", "not_yet" },
};

static guint
answer_to (const char *risk)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (answers) && strcmp (answers[i].risk, risk) != 0)
    i++;
  return i;
}

static char *
write_risk (ZfDemoWriter *writer, guint rank, guint32 start)
{
  const ZfDemoFamily *family = writer->family;
  const char *kind = family->risks[rank];
  JsonObject *fields = json_object_new ();
  char *id = zf_id_new (writer->clock, writer->random);
  char day[11];

  zf_demo_put (fields, "household", family->id);
  zf_demo_put (fields, "type", kind);
  if (strcmp (kind, "disaster") == 0)
    zf_demo_put (fields, "disaster_kind", "flood");
  json_object_set_int_member (fields, "rank", rank + 1);
  zf_demo_day (start, day);
  zf_demo_put (fields, "start", day);
  zf_demo_put (fields, "description", zf_demo_risk_text (writer->random, kind));
  zf_demo_put (fields, "severity", zf_random_chance (writer->random, 300) ? "heavy" : "middle");
  json_object_set_int_member (fields, "yearly_cost", 100000 * zf_demo_between (writer->random, 3, 40));
  zf_demo_put (fields, "found_by", zf_random_chance (writer->random, 550) ? "cadre" : "self");
  zf_demo_put (fields, "status", family->cleared ? "closed" : zf_random_chance (writer->random, 350) ? "eased" : "open");
  if (family->cleared)
    {
      zf_demo_put (fields, "closed_on", family->cleared_on);
      zf_demo_put (fields, "closed_how", "help");
    }
  zf_save_create (writer->save, "risk", id, fields);
  json_object_unref (fields);
  writer->stats->risks++;
  return id;
}

static void
put_progress (ZfDemoWriter *writer, JsonObject *fields, guint32 start)
{
  gboolean done = writer->family->cleared || zf_random_chance (writer->random, 550);
  char day[11];

  zf_demo_put (fields, "status", done ? "done" : "doing");
  zf_demo_put (fields, "effect", done ? "good" : "early");
  if (!done)
    return;
  zf_demo_day (start + 20 + zf_random_below (writer->random, 60), day);
  zf_demo_put (fields, "done_on", day);
  zf_demo_put (fields, "effect_text", "落实以后家里开支缓过来了，继续走访看稳不稳");
}

static void
write_measure (ZfDemoWriter *writer, const char *risk_id, guint answer, guint32 start)
{
  const ZfDemoFamily *family = writer->family;
  JsonObject *fields = json_object_new ();
  g_autofree char *id = zf_id_new (writer->clock, writer->random);
  char day[11];

  zf_demo_put (fields, "household", family->id);
  zf_demo_put (fields, "category", answers[answer].category);
  zf_demo_put (fields, "item", answers[answer].item);
  zf_demo_put (fields, "risk", risk_id);
  zf_demo_put (fields, "plan", zf_demo_plan_text (writer->random, answers[answer].category));
  zf_demo_put (fields, "target", "全家");
  zf_demo_put (fields, "responsible", family->helper);
  zf_demo_put (fields, "responsible_phone", family->helper_phone);
  zf_demo_day (start, day);
  zf_demo_put (fields, "start", day);
  zf_demo_day (start + 90 + zf_random_below (writer->random, 270), day);
  zf_demo_put (fields, "due", day);
  json_object_set_int_member (fields, "money", 10000 * zf_demo_between (writer->random, 0, 80));
  zf_demo_put (fields, "development", answers[answer].development);
  put_progress (writer, fields, start);
  zf_save_create (writer->save, "measure", id, fields);
  json_object_unref (fields);
  writer->stats->measures++;
}

void
zf_demo_write_risks (ZfDemoWriter *writer)
{
  const ZfDemoFamily *family = writer->family;
  guint32 since = zf_demo_julian (family->monitored_since);

  for (guint i = 0; i < G_N_ELEMENTS (family->risks) && family->risks[i] != NULL; i++)
    {
      g_autofree char *risk = write_risk (writer, i, since - 20 - zf_random_below (writer->random, 40));
      guint answer = answer_to (family->risks[i]);

      write_measure (writer, risk, answer, since + zf_random_below (writer->random, 30));
      if (i == 0 && zf_random_chance (writer->random, 300))
        write_measure (writer, risk, (answer + 1 + zf_random_below (writer->random, 8)) % G_N_ELEMENTS (answers),
                       since + 30 + zf_random_below (writer->random, 60));
    }
}
