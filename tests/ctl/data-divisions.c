/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "zf-divisions.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-kind.h"

static ZfDivisions *
load (void)
{
  g_autoptr (GError) error = NULL;
  ZfDivisions *divisions = zf_divisions_load (zf_data_dir (), &error);

  g_assert_no_error (error);
  return divisions;
}

static guint
count_in (ZfDivisions *divisions, const char *edition)
{
  GPtrArray *villages = zf_divisions_villages (divisions);
  guint n = 0;

  for (guint i = 0; i < villages->len; i++)
    n += zf_divisions_in_edition (g_ptr_array_index (villages, i), edition);
  return n;
}

/* The county plan counts 30 townships and 334 villages and communities; the newest edition has 338. */
static void
test_counts (void)
{
  g_autoptr (ZfDivisions) divisions = load ();

  g_assert_cmpuint (zf_divisions_towns (divisions)->len, ==, 30);
  g_assert_cmpuint (zf_divisions_villages (divisions)->len, ==, 339);
  g_assert_cmpuint (count_in (divisions, "2020-06-30"), ==, 334);
  g_assert_cmpuint (count_in (divisions, zf_divisions_edition (divisions)), ==, 338);
}

/* A village that became a community is still the same village. */
static void
test_chain (void)
{
  g_autoptr (ZfDivisions) divisions = load ();
  const ZfVillage *before = zf_divisions_village (divisions, "500230002201");
  const ZfVillage *after = zf_divisions_village (divisions, "500230002010");
  g_autofree char *id = zf_id_from_key ("village", "500230002201");

  g_assert_nonnull (before);
  g_assert_true (before == after);
  g_assert_cmpstr (after->id, ==, id);
  g_assert_true (zf_divisions_by_id (divisions, id) == after);
  g_assert_cmpstr (after->name, ==, "两汇口社区");
  g_assert_cmpstr (after->code, ==, "500230002010");
  g_assert_cmpstr (after->names[0], ==, "两汇口村");
  g_assert_cmpstr (after->first_edition, ==, "2017-10-31");
  g_assert_true (after->community);
  g_assert_null (zf_divisions_village (divisions, "500230002999"));
}

typedef struct
{
  const char *town, *text;
  ZfVillageMatch match;
  const char *code;   /* of the first candidate */
  guint n;
} Case;

static const Case cases[] = {
  { "名山街道", "两汇口村", ZF_VILLAGE_ONE, "500230002010", 1 },
  { "名山", "两汇口", ZF_VILLAGE_ONE, "500230002010", 1 },
  { "500230002", "两汇口居委会", ZF_VILLAGE_ONE, "500230002010", 1 },
  { NULL, "重庆市丰都县名山街道两汇口社区居委会", ZF_VILLAGE_ONE, "500230002010", 1 },
  { NULL, "丰都县 高家镇 汶溪村民委员会", ZF_VILLAGE_ONE, "500230109008", 1 },
  { NULL, "５００２３０００２２０１", ZF_VILLAGE_ONE, "500230002010", 1 },
  { NULL, "花园社区", ZF_VILLAGE_SEVERAL, NULL, 2 },
  { "双路镇", "花园", ZF_VILLAGE_ONE, NULL, 1 },
  { NULL, "回龙村", ZF_VILLAGE_SEVERAL, NULL, 2 },
  { NULL, "陡蹬子村", ZF_VILLAGE_NEAR, NULL, 1 },
  { "没有这个镇", "两汇口村", ZF_VILLAGE_NEAR, "500230002010", 1 },
  { "高家镇", "两汇口村", ZF_VILLAGE_NONE, NULL, 0 },
  { NULL, "", ZF_VILLAGE_NONE, NULL, 0 },
  { NULL, "村", ZF_VILLAGE_NONE, NULL, 0 },
};

static void
test_find (void)
{
  g_autoptr (ZfDivisions) divisions = load ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) found = NULL;
      ZfVillageMatch match = zf_divisions_find (divisions, cases[i].town, cases[i].text, &found);

      g_test_message ("%s / %s", cases[i].town, cases[i].text);
      g_assert_cmpint (match, ==, cases[i].match);
      g_assert_cmpuint (found->len, ==, cases[i].n);
      if (cases[i].code != NULL)
        g_assert_cmpstr (((ZfVillage *) g_ptr_array_index (found, 0))->code, ==, cases[i].code);
    }
}

/* The plan writes 陡蹬子, the list 陡磴子村: offered, never taken. */
static void
test_near (void)
{
  g_autoptr (ZfDivisions) divisions = load ();
  g_autoptr (GPtrArray) found = NULL;

  g_assert_cmpint (zf_divisions_find (divisions, NULL, "陡蹬子", &found), ==, ZF_VILLAGE_NEAR);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (((ZfVillage *) g_ptr_array_index (found, 0))->name, ==, "陡磴子村");
}

/* What goes into the store are fields of the village kind. */
static void
test_records (void)
{
  g_autoptr (ZfDivisions) divisions = load ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfKinds) kinds = zf_kinds_load (zf_data_dir (), &error);
  const char *codes[] = { "500230002201", "500230109008", NULL };
  g_autoptr (JsonArray) all = zf_divisions_records (divisions, NULL);
  g_autoptr (JsonArray) two = zf_divisions_records (divisions, codes);
  JsonObject *fields = json_object_get_object_member (json_array_get_object_element (two, 0), "fields");
  g_autoptr (GList) names = json_object_get_members (fields);

  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (all), ==, 339);
  g_assert_cmpuint (json_array_get_length (two), ==, 2);
  g_assert_cmpstr (zf_json_get_string (fields, "codes", ""), ==, "500230002201 500230002010");
  for (GList *l = names; l != NULL; l = l->next)
    {
      const ZfKind *kind = zf_kinds_get (kinds, "village");
      const ZfField *field = zf_kind_field (kind, l->data);
      g_autoptr (JsonNode) value = NULL;

      g_assert_nonnull (field);
      value = zf_kind_check_value (kind, field, json_object_get_member (fields, l->data), &error);
      g_assert_no_error (error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/divisions/counts", test_counts);
  g_test_add_func ("/divisions/chain", test_chain);
  g_test_add_func ("/divisions/find", test_find);
  g_test_add_func ("/divisions/near", test_near);
  g_test_add_func ("/divisions/records", test_records);
  return g_test_run ();
}
