/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "../fixtures/fixture-remove.h"
#include "zf-demo.h"
#include "zf-divisions.h"
#include "zf-form.h"
#include "zf-idnumber.h"
#include "zf-json.h"
#include "zf-query.h"

#define HOUSEHOLDS 200
#define SEED 42

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfStore *store;
  ZfDemoStats stats;
} County;

static const char *const villages[] = { "500230002201", "500230109008", "500230105203", NULL };

static ZfDemoOptions
options_of (guint64 seed)
{
  ZfDemoOptions options = { 0 };

  options.households = HOUSEHOLDS;
  options.seed = seed;
  options.villages = villages;
  return options;
}

static void
make (County *county, guint64 seed, gboolean with_photos)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *store = NULL;
  g_autofree char *photos = NULL;
  ZfDemoOptions options = options_of (seed);

  county->dir = g_dir_make_tmp ("zf-demo-XXXXXX", &error);
  g_assert_no_error (error);
  store = g_build_filename (county->dir, "store", NULL);
  photos = g_build_filename (county->dir, "photos", NULL);
  options.photos_dir = with_photos ? photos : NULL;
  county->kinds = zf_kinds_load (zf_data_dir (), &error);
  g_assert_no_error (error);
  county->store = zf_store_create (store, county->kinds, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (zf_demo_fill (county->store, &options, &county->stats, &error));
  g_assert_no_error (error);
}

static void
clear (County *county)
{
  zf_store_close (county->store);
  g_clear_object (&county->store);
  g_clear_object (&county->kinds);
  fixture_remove (county->dir);
  g_free (county->dir);
}

static GPtrArray *
records_of (County *county, const char *kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfQuery) query = zf_query_new (kind);
  g_autoptr (ZfRows) rows = NULL;
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_record_free);

  zf_query_column (query, "id");
  rows = zf_query_run (query, zf_store_reader (county->store), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < zf_rows_n (rows); i++)
    {
      ZfRecord *record = zf_reader_get (zf_store_reader (county->store), zf_rows_text (rows, i, 0), &error);

      g_assert_no_error (error);
      g_ptr_array_add (records, record);
    }
  return records;
}

/* Fields with an answer, the owner's id not counted. */
static guint
answered (const ZfRecord *record)
{
  return json_object_get_size (record->fields) - 1;
}

static void
at_least (County *county, const char *kind, guint fields, guint records)
{
  g_autoptr (GPtrArray) all = records_of (county, kind);

  g_test_message ("%s", kind);
  g_assert_cmpuint (all->len, ==, records);
  for (guint i = 0; i < all->len; i++)
    g_assert_cmpuint (answered (g_ptr_array_index (all, i)), >=, fields);
}

static guint
n_items (const ZfRecord *record)
{
  static const char *const items[] = { "a1", "a2", "a3", "a4", "a5", "b1", "b2", "b3", "b4", "c1", "c2", "c3", "c4", "c5",
                                       "d1", "d2", "d3", "d4", "d5", "d6", "e1", "e2", "e3", "e4" };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    n += json_object_has_member (record->fields, items[i]);
  return n;
}

static void
check_remarks (County *county)
{
  g_autoptr (GPtrArray) visits = records_of (county, "visit");
  guint said = 0;

  for (guint i = 0; i < visits->len; i++)
    {
      const char *text = zf_record_get_string (g_ptr_array_index (visits, i), "said", NULL);

      if (text == NULL)
        continue;
      said++;
      g_assert_cmpint (g_utf8_strlen (text, -1), >=, 20);
      g_assert_cmpint (g_utf8_strlen (text, -1), <=, 60);
    }
  g_assert_cmpuint (said * 2, ==, visits->len);
}

/* As dense as a real county: what the speed figures stand on. */
static void
test_density (County *county)
{
  const ZfDemoStats *stats = &county->stats;
  g_autoptr (GPtrArray) incomes = records_of (county, "income");

  g_assert_cmpuint (stats->villages, ==, 3);
  at_least (county, "household", 25, HOUSEHOLDS);
  at_least (county, "person", 20, stats->persons);
  at_least (county, "visit", 30, 6 * HOUSEHOLDS);
  at_least (county, "living", 15, HOUSEHOLDS);
  at_least (county, "photo", 8, 2 * HOUSEHOLDS);
  g_assert_cmpuint (incomes->len, ==, 3 * HOUSEHOLDS);
  for (guint i = 0; i < incomes->len; i++)
    g_assert_cmpuint (n_items (g_ptr_array_index (incomes, i)), >=, 8);
  check_remarks (county);
  g_assert_cmpfloat ((double) stats->persons / HOUSEHOLDS, >, 3.6);
  g_assert_cmpfloat ((double) stats->persons / HOUSEHOLDS, <, 4.6);
}

/* Every answer would also be taken on the screen: types, constraints, totals. */
static void
test_constraints (County *county)
{
  static const char *const kinds[] = { "household", "person", "visit", "living", "income", "risk", "measure", "photo" };

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ZfForm) form = zf_form_new (zf_kinds_get (county->kinds, kinds[k]), &error);
      g_autoptr (GPtrArray) records = records_of (county, kinds[k]);

      g_assert_no_error (error);
      for (guint i = 0; i < records->len; i += 1 + records->len / 60)
        {
          const ZfRecord *record = g_ptr_array_index (records, i);
          g_autoptr (ZfAnswers) answers = zf_answers_new (form, record->fields, ZF_DEMO_TODAY);
          g_autoptr (GPtrArray) problems = zf_answers_problems (answers);
          g_autoptr (JsonObject) values = zf_answers_values (answers);
          g_autoptr (JsonNode) net = json_object_has_member (values, "net_per_head") ? json_node_copy (json_object_get_member (values, "net_per_head")) : NULL;

          if (problems->len > 0)
            g_test_message ("%s.%s", kinds[k], (char *) g_ptr_array_index (problems, 0));
          g_assert_cmpuint (problems->len, ==, 0);
          if (net != NULL)
            g_assert_true (zf_json_equal (net, json_object_get_member (record->fields, "net_per_head")));
        }
    }
}

/* Right check digits, matching birth and sex, never a real region, never twice. */
static void
test_id_numbers (County *county)
{
  g_autoptr (GPtrArray) persons = records_of (county, "person");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < persons->len; i++)
    {
      const ZfRecord *person = g_ptr_array_index (persons, i);
      const char *number = zf_record_get_string (person, "id_number", "");
      g_autofree char *birth = zf_idnumber_birth (number);

      g_assert_cmpint (zf_idnumber_check (number), ==, ZF_ID_OK);
      g_assert_true (g_str_has_prefix (number, "999999"));
      g_assert_cmpstr (birth, ==, zf_record_get_string (person, "birth", ""));
      g_assert_cmpstr (zf_idnumber_sex (number), ==, zf_record_get_string (person, "sex", ""));
      g_assert_true (g_hash_table_add (seen, (gpointer) number));
    }
}

static int
age_of (const ZfRecord *person)
{
  return atoi (ZF_DEMO_TODAY) - atoi (zf_record_get_string (person, "birth", "0"));
}

/* One householder each, named on the household; a parent is older, a child younger. */
static void
test_families (County *county)
{
  g_autoptr (GPtrArray) persons = records_of (county, "person");
  g_autoptr (GHashTable) heads = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < persons->len; i++)
    {
      const ZfRecord *person = g_ptr_array_index (persons, i);
      const char *relation = zf_record_get_string (person, "relation", "");

      if (strcmp (relation, "01") == 0)
        g_assert_true (g_hash_table_insert (heads, person->parent, (gpointer) person));
    }
  g_assert_cmpuint (g_hash_table_size (heads), ==, HOUSEHOLDS);
  for (guint i = 0; i < persons->len; i++)
    {
      const ZfRecord *person = g_ptr_array_index (persons, i);
      const ZfRecord *head = g_hash_table_lookup (heads, person->parent);
      const char *relation = zf_record_get_string (person, "relation", "");

      g_assert_nonnull (head);
      if (strcmp (relation, "03") == 0 || strcmp (relation, "04") == 0)
        g_assert_cmpint (age_of (head) - age_of (person), >=, 18);
      if (strcmp (relation, "11") == 0 || strcmp (relation, "12") == 0)
        g_assert_cmpint (age_of (person) - age_of (head), >=, 18);
    }
}

/* A place in the right township: within 10 km of its point. */
static void
test_places (County *county)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfDivisions) divisions = zf_divisions_load (zf_data_dir (), &error);
  g_autoptr (GPtrArray) households = records_of (county, "household");
  guint placed = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < households->len; i++)
    {
      const ZfRecord *household = g_ptr_array_index (households, i);
      const ZfVillage *village = zf_divisions_by_id (divisions, household->parent);
      const char *lat = zf_record_get_string (household, "lat", NULL);
      const char *lon = zf_record_get_string (household, "lon", NULL);

      g_assert_nonnull (village);
      if (lat == NULL)
        continue;
      placed++;
      g_assert_cmpfloat (ABS (g_ascii_strtod (lat, NULL) - g_ascii_strtod (village->town->lat, NULL)), <, 0.05);
      g_assert_cmpfloat (ABS (g_ascii_strtod (lon, NULL) - g_ascii_strtod (village->town->lon, NULL)), <, 0.05);
    }
  g_assert_cmpuint (placed, >, HOUSEHOLDS * 8 / 10);
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* All fields of all records, in order of ids: one hash. */
static char *
fingerprint (County *county)
{
  static const char *const kinds[] = { "household", "income", "living", "measure", "person", "risk", "visit" };
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      g_autoptr (GPtrArray) records = records_of (county, kinds[k]);
      g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

      for (guint i = 0; i < records->len; i++)
        {
          const ZfRecord *record = g_ptr_array_index (records, i);
          g_autofree char *fields = zf_json_canonical_object (record->fields);

          g_ptr_array_add (lines, g_strconcat (record->id, " ", fields, "\n", NULL));
        }
      g_ptr_array_sort (lines, by_text);
      for (guint i = 0; i < lines->len; i++)
        g_checksum_update (sum, g_ptr_array_index (lines, i), -1);
    }
  return g_strdup (g_checksum_get_string (sum));
}

/* The same seed gives the same county, another seed another one. */
static void
test_reproducible (void)
{
  County first = { 0 }, second = { 0 }, other = { 0 };
  g_autofree char *a = NULL, *b = NULL, *c = NULL;

  make (&first, SEED, FALSE);
  make (&second, SEED, FALSE);
  make (&other, SEED + 1, FALSE);
  a = fingerprint (&first);
  b = fingerprint (&second);
  c = fingerprint (&other);
  g_assert_cmpstr (a, ==, b);
  g_assert_cmpstr (a, !=, c);
  clear (&first);
  clear (&second);
  clear (&other);
}

/* A village that no list has is an error with a name, and nothing is written. */
static void
test_unknown_village (void)
{
  const char *const codes[] = { "500230999999", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfKinds) kinds = zf_kinds_load (zf_data_dir (), &error);
  g_autofree char *dir = g_dir_make_tmp ("zf-demo-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "roster.xlsx", NULL);
  ZfDemoOptions options = options_of (SEED);

  options.villages = codes;
  g_assert_false (zf_demo_roster (path, kinds, &options, &error));
  g_assert_nonnull (strstr (error->message, "500230999999"));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  fixture_remove (dir);
}

static void
test_county (void)
{
  County county = { 0 };

  make (&county, SEED, TRUE);
  test_density (&county);
  test_constraints (&county);
  test_id_numbers (&county);
  test_families (&county);
  test_places (&county);
  clear (&county);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/county", test_county);
  g_test_add_func ("/demo/reproducible", test_reproducible);
  g_test_add_func ("/demo/unknown-village", test_unknown_village);
  return g_test_run ();
}
