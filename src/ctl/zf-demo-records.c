/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

#include <stdlib.h>
#include <string.h>

#include "zf-id.h"
#include "zf-json.h"

void
zf_demo_put (JsonObject *fields, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    json_object_set_string_member (fields, name, value);
}

void
zf_demo_put_flag (JsonObject *fields, const char *name, gboolean value)
{
  json_object_set_string_member (fields, name, value ? "yes" : "no");
}

void
zf_demo_put_set (JsonObject *fields, const char *name, const char *const *codes, guint n)
{
  JsonArray *array = json_array_sized_new (n);

  for (guint i = 0; i < n; i++)
    json_array_add_string_element (array, codes[i]);
  json_object_set_array_member (fields, name, array);
}

static void
put_degrees (JsonObject *fields, const char *name, gint32 e6)
{
  g_autofree char *text = g_strdup_printf ("%d.%06d", e6 / 1000000, abs (e6 % 1000000));
  g_autofree char *canonical = zf_decimal_normalize (text);

  json_object_set_string_member (fields, name, canonical);
}

void
zf_demo_put_position (JsonObject *fields, const ZfDemoFamily *family)
{
  put_degrees (fields, "lat", family->lat_e6);
  put_degrees (fields, "lon", family->lon_e6);
}

static void
put_house_position (JsonObject *fields, const ZfDemoFamily *family)
{
  char accuracy[8];

  if (!family->has_position)
    return;
  zf_demo_put_position (fields, family);
  g_snprintf (accuracy, sizeof accuracy, "%d", family->accuracy % 1000);
  json_object_set_string_member (fields, "accuracy", accuracy);
  json_object_set_string_member (fields, "position_source", "device");
}

/* Household */

static void
put_flags (JsonObject *fields, const ZfDemoFamily *family)
{
  const char *flags[4] = { NULL };
  guint n = 0;

  if (family->dibao)
    flags[n++] = "dibao";
  if (family->military)
    flags[n++] = "military";
  if (family->relocated)
    flags[n++] = "relocated";
  if (family->tekun)
    flags[n++] = "tekun";
  if (n > 0)
    zf_demo_put_set (fields, "flags", flags, n);
}

static void
put_monitoring (JsonObject *fields, const ZfDemoFamily *family)
{
  const char *risks[2] = { family->risks[0], family->risks[1] };
  guint n = risks[1] != NULL ? 2 : 1;

  zf_demo_put (fields, "level", family->level);
  if (family->monitored_class == NULL)
    return;
  if (n == 2 && strcmp (risks[0], risks[1]) > 0)
    risks[0] = family->risks[1], risks[1] = family->risks[0];
  zf_demo_put (fields, "monitored_class", family->monitored_class);
  zf_demo_put (fields, "monitored_since", family->monitored_since);
  zf_demo_put_set (fields, "risk_kinds", risks, n);
  zf_demo_put_flag (fields, "risk_cleared", family->cleared);
  if (!family->cleared)
    return;
  zf_demo_put (fields, "cleared_on", family->cleared_on);
  zf_demo_put (fields, "cleared_how", "help");
  zf_demo_put (fields, "contact_name", family->helper);
  zf_demo_put (fields, "contact_phone", family->helper_phone);
}

static void
put_items (JsonObject *fields, ZfDemoWriter *writer)
{
  for (guint i = 0; i < ZF_DEMO_ITEMS; i++)
    {
      char name[40];
      char day[11];

      g_snprintf (name, sizeof name, "item_%s", zf_demo_items[i]);
      zf_demo_put (fields, name, writer->items[i]);
      g_snprintf (name, sizeof name, "item_%s_since", zf_demo_items[i]);
      zf_demo_day (writer->visit_days[0] - 100 - zf_random_below (writer->random, 1500), day);
      zf_demo_put (fields, name, day);
    }
}

static void
write_household (ZfDemoWriter *writer)
{
  const ZfDemoFamily *family = writer->family;
  JsonObject *fields = json_object_new ();
  char day[11];

  zf_demo_put (fields, "village", family->village->id);
  zf_demo_put (fields, "code", family->code);
  zf_demo_put (fields, "head_name", family->persons[0].name);
  zf_demo_put (fields, "nickname", family->nickname);
  json_object_set_int_member (fields, "group_no", family->group_no);
  zf_demo_put (fields, "hamlet", family->hamlet);
  zf_demo_put (fields, "address", family->address);
  zf_demo_put (fields, "phone", family->phone);
  zf_demo_put (fields, "class", family->lifted ? "lifted" : "ordinary");
  if (family->lifted)
    zf_demo_put (fields, "policy_enjoyed", "yes");
  put_flags (fields, family);
  json_object_set_int_member (fields, "population_registered", family->n_persons);
  json_object_set_int_member (fields, "population_living", family->n_persons);
  put_monitoring (fields, family);
  zf_demo_put_flag (fields, "no_labour", family->no_labour);
  zf_demo_day (writer->next_visit, day);
  zf_demo_put (fields, "next_visit", day);
  zf_demo_put_set (fields, "needs", &writer->need, 1);
  put_items (fields, writer);
  zf_demo_put (fields, "helper_name", family->helper);
  zf_demo_put (fields, "helper_phone", family->helper_phone);
  zf_demo_put (fields, "helper_unit", family->helper_unit);
  zf_demo_put (fields, "grid_name", family->grid);
  zf_demo_put (fields, "grid_phone", family->grid_phone);
  zf_demo_put_flag (fields, "resettled", family->relocated);
  put_house_position (fields, family);
  zf_save_create (writer->save, "household", family->id, fields);
  json_object_unref (fields);
}

/* Members */

static void
put_health (JsonObject *fields, const ZfDemoPerson *person)
{
  const char *health[3] = { NULL };
  guint n = 0;

  if (person->chronic)
    health[n++] = "chronic";
  if (person->disabled)
    health[n++] = "disabled";
  if (person->serious)
    health[n++] = "serious";
  if (n == 0)
    health[n++] = "healthy";
  zf_demo_put_set (fields, "health", health, n);
  if (person->disease != NULL)
    zf_demo_put_set (fields, "disease", &person->disease, 1);
  if (person->chronic && (strcmp (person->disease, "hypertension") == 0 || strcmp (person->disease, "diabetes") == 0))
    zf_demo_put_set (fields, "signed_disease", &person->disease, 1);
  zf_demo_put (fields, "disability_type", person->disability_type);
  zf_demo_put (fields, "disability_level", person->disability_level);
  zf_demo_put (fields, "self_care", person->self_care);
}

static void
put_work (JsonObject *fields, const ZfDemoPerson *person)
{
  zf_demo_put (fields, "labour", person->labour);
  if (person->work_area != NULL)
    {
      zf_demo_put (fields, "work_area", person->work_area);
      zf_demo_put (fields, "work_place", person->work_place);
      zf_demo_put (fields, "work_channel", person->work_channel);
      json_object_set_int_member (fields, "work_months", person->work_months);
      json_object_set_int_member (fields, "work_wage", person->wage);
    }
  if (person->post != NULL)
    {
      zf_demo_put (fields, "post_kind", person->post);
      json_object_set_int_member (fields, "post_months", person->post_months);
    }
}

static void
put_security (JsonObject *fields, const ZfDemoPerson *person, const ZfDemoFamily *family)
{
  zf_demo_put_flag (fields, "resident_medical", person->resident);
  zf_demo_put_flag (fields, "employee_medical", person->employee);
  zf_demo_put_flag (fields, "serious_insurance", person->resident || person->employee);
  zf_demo_put_flag (fields, "commercial_insurance", FALSE);
  zf_demo_put_flag (fields, "medical_aid", person->serious && family->lifted);
  zf_demo_put (fields, "pension_kind", person->pension);
  zf_demo_put_flag (fields, "dibao", person->dibao);
  zf_demo_put_flag (fields, "tekun", person->tekun);
  zf_demo_put_flag (fields, "relocated", family->relocated);
}

static void
write_person (ZfDemoWriter *writer, const ZfDemoPerson *person)
{
  JsonObject *fields = json_object_new ();
  g_autofree char *id = zf_id_new (writer->clock, writer->random);

  zf_demo_put (fields, "household", writer->family->id);
  zf_demo_put (fields, "name", person->name);
  zf_demo_put (fields, "relation", person->relation);
  zf_demo_put (fields, "id_type", "1");
  zf_demo_put (fields, "id_number", person->id_number);
  zf_demo_put (fields, "sex", person->male ? "1" : "2");
  zf_demo_put (fields, "birth", person->birth);
  zf_demo_put (fields, "ethnic", person->ethnic);
  zf_demo_put (fields, "political", person->political);
  zf_demo_put (fields, "marital", person->marital);
  zf_demo_put (fields, "phone", person->phone);
  zf_demo_put_flag (fields, "lives_here", person->lives_here);
  zf_demo_put (fields, "left_behind", person->left_behind);
  zf_demo_put_flag (fields, "mandarin", person->mandarin);
  zf_demo_put (fields, "school_status", person->school);
  zf_demo_put (fields, "school_name", person->school_name);
  zf_demo_put (fields, "education", person->education);
  put_health (fields, person);
  put_work (fields, person);
  put_security (fields, person, writer->family);
  zf_save_create (writer->save, "person", id, fields);
  json_object_unref (fields);
  writer->stats->persons++;
}

void
zf_demo_write_family (ZfDemoWriter *writer)
{
  const ZfDemoFamily *family = writer->family;

  write_household (writer);
  writer->stats->households++;
  writer->stats->monitored += family->monitored_class != NULL;
  for (guint i = 0; i < family->n_persons; i++)
    write_person (writer, &family->persons[i]);
  zf_demo_write_income (writer);
}
