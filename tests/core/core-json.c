/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-error.h"
#include "zf-json.h"
#include "zf-random.h"

#include <string.h>

static void
assert_refused (const char *text, int code)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = zf_json_parse (text, -1, &error);

  if (node != NULL)
    g_error ("accepted: %s", text);
  g_assert_error (error, ZF_ERROR, code);
}

static void
assert_canonical (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = zf_json_parse (text, -1, &error);
  g_autofree char *canonical = NULL;

  g_assert_no_error (error);
  canonical = zf_json_canonical (node);
  g_assert_cmpstr (canonical, ==, expected);
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "", " ", "{", "[1", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "'a'", "/* c */ 1", "1 2", "01", "+1", "1.0", "1e3", "-", "NaN",
    "true1", "tru", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\u0000\"", "\"a\nb\"", "\"open",
    "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "9007199254740993", "-9007199254740993", "99999999999999999999999",
    "\"\xff\"", "\"\xed\xa0\x80\"", "var x = 1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i], ZF_ERROR_INVALID);
}

static void
test_limits (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GString) many = g_string_new ("[0");
  g_autofree char *brackets = g_strnfill (1000000, '[');
  g_autofree char *at_limit = NULL;
  g_autoptr (JsonNode) fits = NULL;

  assert_refused (brackets, ZF_ERROR_LIMIT);
  for (int i = 0; i < ZF_JSON_MAX_DEPTH; i++)
    g_string_append_c (deep, '[');
  for (int i = 0; i < ZF_JSON_MAX_DEPTH; i++)
    g_string_append_c (deep, ']');
  fits = zf_json_parse (deep->str, -1, NULL);
  g_assert_nonnull (fits);
  at_limit = g_strconcat ("[", deep->str, "]", NULL);
  assert_refused (at_limit, ZF_ERROR_LIMIT);
  for (int i = 0; i < ZF_JSON_MAX_NODES; i++)
    g_string_append (many, ",0");
  g_string_append_c (many, ']');
  assert_refused (many->str, ZF_ERROR_LIMIT);
}

static void
test_canonical (void)
{
  assert_canonical (" { \"b\" : [ 1 , null , true , false ] , \"a\" : \"x\" } ", "{\"a\":\"x\",\"b\":[1,null,true,false]}");
  assert_canonical ("\"\\u5f20\\u56fd\"", "\"张国\"");
  assert_canonical ("\"\\ud83d\\ude00\"", "\"😀\"");
  assert_canonical ("\"a\\/b\\\"\\\\\\n\\t\\u0001\\u007f\"", "\"a/b\\\"\\\\\\n\\t\\u0001\x7f\"");
  assert_canonical ("[9007199254740992,-9007199254740992,-0,0]", "[9007199254740992,-9007199254740992,0,0]");
  assert_canonical ("{\"乙\":1,\"甲\":2,\"b\":3,\"B\":4,\"\":5}", "{\"\":5,\"B\":4,\"b\":3,\"乙\":1,\"甲\":2}");
  assert_canonical ("{}", "{}");
  assert_canonical ("[]", "[]");
}

static JsonNode *
random_value (ZfRandom *random, int depth)
{
  guint pick = zf_random_below (random, depth > 3 ? 4 : 6);

  if (pick == 0)
    return zf_json_null ();
  if (pick == 1)
    return zf_json_int ((gint64) (zf_random_u64 (random) % 18014398509481985u) - ZF_INT_MAX);
  if (pick == 2)
    return json_node_init_boolean (json_node_alloc (), zf_random_chance (random, 500));
  if (pick == 3)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint n = zf_random_below (random, 12); n > 0; n--)
        g_string_append_unichar (text, zf_random_chance (random, 300) ? 1 + zf_random_below (random, 0x7e) : 0x4e00 + zf_random_below (random, 0x5000));
      return zf_json_string (text->str);
    }
  if (pick == 4)
    {
      g_autoptr (JsonArray) array = json_array_new ();

      for (guint n = zf_random_below (random, 5); n > 0; n--)
        json_array_add_element (array, random_value (random, depth + 1));
      return json_node_init_array (json_node_alloc (), array);
    }
  else
    {
      g_autoptr (JsonObject) object = json_object_new ();

      for (guint n = zf_random_below (random, 5); n > 0; n--)
        {
          g_autofree char *name = g_strdup_printf ("k%u", zf_random_below (random, 100));

          json_object_set_member (object, name, random_value (random, depth + 1));
        }
      return json_node_init_object (json_node_alloc (), object);
    }
}

/* What is written is what is read, and equal values have one spelling. */
static void
test_round_trip (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (7);

  for (int i = 0; i < 3000; i++)
    {
      g_autoptr (JsonNode) value = random_value (random, 0);
      g_autofree char *text = zf_json_canonical (value);
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) again = zf_json_parse (text, -1, &error);
      g_autofree char *text_again = NULL;

      g_assert_no_error (error);
      text_again = zf_json_canonical (again);
      g_assert_cmpstr (text, ==, text_again);
      g_assert_true (zf_json_equal (value, again));
    }
}

/* A cut or changed text is refused or read, never more than that. */
static void
test_damage (void)
{
  static const char whole[] = "{\"a\":[1,-2,null,true,\"x\\u5f20\\n\"],\"b\":{\"c\":\"张\"}}";
  g_autoptr (ZfRandom) random = zf_random_new_seeded (8);

  for (gsize n = 0; n < sizeof whole - 1; n++)
    {
      g_autofree char *cut = g_strndup (whole, n);

      assert_refused (cut, ZF_ERROR_INVALID);
    }
  for (int i = 0; i < 20000; i++)
    {
      g_autofree char *text = g_strdup (whole);
      g_autoptr (JsonNode) node = NULL;

      text[zf_random_below (random, sizeof whole - 1)] = (char) zf_random_below (random, 256);
      node = zf_json_parse (text, sizeof whole - 1, NULL);
    }
}

static void
test_equal (void)
{
  g_autoptr (JsonNode) null = zf_json_null ();
  g_autoptr (JsonNode) one = zf_json_int (1);
  g_autoptr (JsonNode) text = zf_json_string ("1");
  g_autoptr (JsonNode) a = zf_json_parse ("{\"x\":1,\"y\":[\"a\"]}", -1, NULL);
  g_autoptr (JsonNode) b = zf_json_parse ("{\"y\":[\"a\"],\"x\":1}", -1, NULL);

  g_assert_true (zf_json_equal (NULL, null));
  g_assert_true (zf_json_equal (NULL, NULL));
  g_assert_false (zf_json_equal (NULL, one));
  g_assert_false (zf_json_equal (one, text));
  g_assert_true (zf_json_equal (a, b));
  g_assert_false (zf_json_equal (a, one));
}

static void
test_getters (void)
{
  g_autoptr (JsonObject) object = zf_json_parse_object ("{\"s\":\"t\",\"i\":4,\"b\":true,\"n\":null,\"o\":{},\"a\":[]}", -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (zf_json_get_string (object, "s", "-"), ==, "t");
  g_assert_cmpstr (zf_json_get_string (object, "i", "-"), ==, "-");
  g_assert_cmpstr (zf_json_get_string (object, "o", "-"), ==, "-");
  g_assert_cmpstr (zf_json_get_string (object, "n", "-"), ==, "-");
  g_assert_cmpint (zf_json_get_int (object, "i", -1), ==, 4);
  g_assert_cmpint (zf_json_get_int (object, "s", -1), ==, -1);
  g_assert_true (zf_json_get_bool (object, "b", FALSE));
  g_assert_nonnull (zf_json_get_object (object, "o"));
  g_assert_null (zf_json_get_object (object, "a"));
  g_assert_nonnull (zf_json_get_array (object, "a"));
  g_assert_null (zf_json_get_array (object, "none"));
  g_assert_null (zf_json_parse_object ("[]", -1, &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_INVALID);
}

static void
test_decimal (void)
{
  static const struct { const char *text, *normal; } cases[] = {
    { "12.30", "12.3" }, { "+5", "5" }, { "-0", "0" }, { "-0.00", "0" }, { "007", "7" }, { ".5", "0.5" }, { "5.", "5" }, { "-1.50", "-1.5" },
    { "123456789012345", "123456789012345" }, { "1234567890123456", NULL }, { "0.1234567890123450", "0.123456789012345" },
    { "", NULL }, { ".", NULL }, { "-", NULL }, { "1e3", NULL }, { "1,000", NULL }, { " 1", NULL }, { "1.2.3", NULL }, { "１", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *normal = zf_decimal_normalize (cases[i].text);

      g_assert_cmpstr (normal, ==, cases[i].normal);
    }
  g_assert_null (zf_decimal_normalize (NULL));
}

static void
test_money (void)
{
  g_autoptr (ZfRandom) random = zf_random_new_seeded (9);
  gint64 fen = 0;

  g_assert_true (zf_money_parse ("12.34", &fen) && fen == 1234);
  g_assert_true (zf_money_parse ("-0.5", &fen) && fen == -50);
  g_assert_true (zf_money_parse ("90071992547409.92", &fen) && fen == ZF_INT_MAX);
  g_assert_false (zf_money_parse ("90071992547409.93", &fen));
  g_assert_false (zf_money_parse ("1.234", &fen));
  g_assert_true (zf_money_parse ("1.230", &fen) && fen == 123);
  g_assert_false (zf_money_parse ("", &fen));
  g_assert_false (zf_money_parse (NULL, &fen));
  for (int i = 0; i < 10000; i++)
    {
      gint64 value = (gint64) (zf_random_u64 (random) >> (11 + zf_random_below (random, 52))) * (zf_random_chance (random, 500) ? 1 : -1);
      g_autofree char *text = zf_money_format (value);
      g_autofree char *normal = zf_decimal_normalize (text);

      g_assert_true (zf_money_parse (text, &fen));
      g_assert_cmpint (fen, ==, value);
      if (ABS (value) < 100000000000000)
        g_assert_cmpstr (text, ==, normal);
    }
}

static void
test_fold (void)
{
  g_autofree char *folded = zf_fold_width ("１２Ａｚ（　）～张，");

  g_assert_cmpstr (folded, ==, "12Az( )~张,");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/refused", test_refused);
  g_test_add_func ("/json/limits", test_limits);
  g_test_add_func ("/json/canonical", test_canonical);
  g_test_add_func ("/json/round-trip", test_round_trip);
  g_test_add_func ("/json/damage", test_damage);
  g_test_add_func ("/json/equal", test_equal);
  g_test_add_func ("/json/getters", test_getters);
  g_test_add_func ("/decimal/normalize", test_decimal);
  g_test_add_func ("/decimal/money", test_money);
  g_test_add_func ("/decimal/fold", test_fold);
  return g_test_run ();
}
