/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "forms-functions"

#include "zf-expr.h"
#include "zf-form.h"
#include "zf-json.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <math.h>
#include <string.h>

/* The function library against data/functions.json: what ODK's documents say, case by case. */

#define TODAY "2026-11-29"
#define NOW_MS G_GINT64_CONSTANT (1795926896789) /* 2026-11-29T12:34:56.789+08:00 */

typedef struct
{
  guint cases;
  guint passed;
  guint refused;
} Tally;

static JsonObject *
load (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "forms", "data", "functions.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  JsonObject *root = zf_json_parse_object (text, -1, &error);
  g_assert_no_error (error);
  return root;
}

/* The list of colours of ODK's own example. */
static char *
choice_label (gpointer data, const char *question, const char *code, const char *lang)
{
  static const char *const labels[][2] = { { "red", "Red" }, { "green", "Green" }, { "blue", "Blue" } };
  g_assert_cmpstr (lang, ==, "en");
  for (guint i = 0; i < G_N_ELEMENTS (labels) && g_str_equal (question, "set"); i++)
    if (g_str_equal (labels[i][0], code))
      return g_strdup (labels[i][1]);
  return NULL;
}

/* A list of choices as a table. */
static GPtrArray *
choice_list (gpointer data, const char *name)
{
  static const char *const rows[] = { "{\"name\": \"a\", \"label::English\": \"Ann\", \"age\": 29, \"team\": \"red\"}",
                                      "{\"name\": \"b\", \"label::English\": \"Ben\", \"age\": 31, \"team\": \"blue\"}",
                                      "{\"name\": \"c\", \"label::English\": \"Cem\", \"age\": \"40\", \"team\": \"blue\"}" };
  static GPtrArray *people;
  for (guint i = 0; people == NULL || people->len < G_N_ELEMENTS (rows); i++)
    {
      ZfChoice *choice = g_new0 (ZfChoice, 1);
      people = people != NULL ? people : g_ptr_array_new ();
      choice->row = choice->plain = zf_json_parse_object (rows[i], -1, NULL);
      choice->name = zf_json_get_string (choice->row, "name", NULL);
      g_ptr_array_add (people, choice);
    }
  return g_str_equal (name, "people") ? people : NULL;
}

static xmlNode *
node_at (xmlDoc *doc, const char *path)
{
  if (path == NULL)
    return xmlDocGetRootElement (doc);
  xmlXPathContext *context = xmlXPathNewContext (doc);
  xmlXPathObject *object = xmlXPathEvalExpression ((const xmlChar *) path, context);
  xmlNode *node = object != NULL ? xmlXPathNodeSetItem (object->nodesetval, 0) : NULL;
  xmlXPathFreeObject (object);
  xmlXPathFreeContext (context);
  g_assert_nonnull (node);
  return node;
}

static gboolean
evaluate (JsonObject *c, const char *xml, ZfExprValue *value, GError **error)
{
  g_autoptr (ZfExpr) expr = zf_expr_new (zf_json_get_string (c, "expr", NULL), NULL, error);
  if (expr == NULL)
    return FALSE;
  static const ZfExprForm form = { choice_label, NULL, "3.1", "en", choice_list };
  xmlDoc *doc = xmlReadMemory (xml, (int) strlen (xml), NULL, NULL, XML_PARSE_NONET);
  g_assert_nonnull (doc);
  g_autoptr (ZfRandom) random = zf_random_new_seeded (20261129);
  g_autoptr (ZfExprContext) context = zf_expr_context_new (doc, TODAY);
  zf_expr_context_set_now (context, NOW_MS);
  zf_expr_context_set_form (context, &form);
  zf_expr_context_set_random (context, random);
  gboolean ok = zf_expr_eval (expr, context, node_at (doc, zf_json_get_string (c, "self", NULL)), value, error);
  xmlFreeDoc (doc);
  return ok;
}

/* "near" and "within": a number, and how far it may be off. */
static gboolean
is_near (JsonObject *c, double number)
{
  double wanted = g_ascii_strtod (zf_json_get_string (c, "near", ""), NULL);
  return fabs (number - wanted) <= g_ascii_strtod (zf_json_get_string (c, "within", ""), NULL);
}

static gboolean
holds (JsonObject *c, const ZfExprValue *value)
{
  static const char *const names[] = { "number", "string", "boolean", "nodeset", "unknown" };
  if (g_strcmp0 (names[value->type], zf_json_get_string (c, "type", NULL)) != 0)
    return FALSE;
  if (json_object_has_member (c, "near"))
    return is_near (c, value->number);
  return value->type == ZF_EXPR_UNKNOWN || g_strcmp0 (value->text, zf_json_get_string (c, "value", NULL)) == 0;
}

static gboolean
passes (JsonObject *c, const char *xml)
{
  g_autoptr (GError) error = NULL;
  g_auto (ZfExprValue) value = { 0 };
  const char *wanted = zf_json_get_string (c, "error", NULL);
  gboolean ok = evaluate (c, xml, &value, &error);
  gboolean right = ok ? wanted == NULL && holds (c, &value) : wanted != NULL && strstr (error->message, wanted) != NULL;
  if (!right)
    g_test_message ("%s gave %s “%s”", zf_json_get_string (c, "expr", NULL), ok ? "the value" : "the error",
                    ok ? (value.type == ZF_EXPR_UNKNOWN ? "unknown" : value.text) : error->message);
  return right;
}

static void
count_case (GHashTable *tallies, JsonObject *c, gboolean passed)
{
  const char *name = zf_json_get_string (c, "f", NULL);
  Tally *tally = g_hash_table_lookup (tallies, name);
  const ZfExprFunction *function = zf_expr_function (name);
  if (tally == NULL)
    g_hash_table_insert (tallies, g_strdup (name), tally = g_new0 (Tally, 1));
  tally->cases++;
  tally->passed += passed;
  tally->refused += function == NULL || function->refused != NULL;
}

static GHashTable *
run_all (JsonObject *root)
{
  GHashTable *tallies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  JsonArray *cases = json_object_get_array_member (root, "cases");
  JsonObject *documents = json_object_get_object_member (root, "documents");
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *c = json_array_get_object_element (cases, i);
      const char *name = zf_json_get_string (c, "xml", NULL);
      gboolean passed = passes (c, name != NULL ? json_object_get_string_member (documents, name) : "<data/>");
      count_case (tallies, c, passed);
      if (!passed)
        g_test_fail ();
    }
  return tallies;
}

/* Every row of the table has cases; with --verbose the table of README.md is printed. */
static void
test_cases (void)
{
  g_autoptr (JsonObject) root = load ();
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "cases")), >=, 250);
  g_autoptr (GHashTable) tallies = run_all (root);
  const ZfExprFunction *function;
  for (guint i = 0; (function = zf_expr_function_at (i)) != NULL; i++)
    {
      Tally *tally = g_hash_table_lookup (tallies, function->name);
      g_assert_nonnull (tally);
      g_test_message ("| `%s` | %u | %u | %s |", function->name, tally->cases, tally->passed, tally->refused > 0 ? "refused by name" : "");
    }
}

/* Nothing that the public lists name is silently unsupported. */
static void
test_public_names (void)
{
  g_autoptr (JsonObject) root = load ();
  JsonObject *lists = json_object_get_object_member (root, "public");
  g_autoptr (GList) names = json_object_get_members (lists);
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonArray *list = json_object_get_array_member (lists, l->data);
      for (guint i = 0; i < json_array_get_length (list); i++)
        {
          const char *name = json_array_get_string_element (list, i);
          if (zf_expr_function (name) == NULL)
            {
              g_test_message ("%s: %s() is neither offered nor refused by name", (const char *) l->data, name);
              g_test_fail ();
            }
        }
    }
}

/* The same random source gives the same values; two calls differ. */
static void
test_random_source (void)
{
  static const char *const expressions[] = { "uuid()", "random()", "uuid(12)", "join('', randomize(//n))" };
  static const char xml[] = "<d><n>1</n><n>2</n><n>3</n><n>4</n><n>5</n><n>6</n><n>7</n></d>";
  xmlDoc *doc = xmlReadMemory (xml, sizeof xml - 1, NULL, NULL, 0);
  g_assert_nonnull (doc);
  for (guint i = 0; i < G_N_ELEMENTS (expressions); i++)
    {
      g_autoptr (ZfExpr) expr = zf_expr_new (expressions[i], NULL, NULL);
      g_autoptr (ZfExprContext) context = zf_expr_context_new (doc, TODAY);
      ZfExprValue values[3] = { 0 };
      for (guint j = 0; j < 3; j++)
        {
          g_autoptr (ZfRandom) random = zf_random_new_seeded (j < 2 ? 7 : 8);
          zf_expr_context_set_random (context, random);
          g_assert_true (zf_expr_eval (expr, context, xmlDocGetRootElement (doc), &values[j], NULL));
        }
      g_assert_cmpstr (values[0].text, ==, values[1].text);
      g_assert_cmpstr (values[0].text, !=, values[2].text);
      for (guint j = 0; j < 3; j++)
        zf_expr_value_clear (&values[j]);
    }
  xmlFreeDoc (doc);
}

/* A label in Chinese, months and weekdays too. */
static void
test_language (void)
{
  static const ZfExprForm form = { NULL, NULL, NULL, "zh" };
  static const struct { const char *expression; const char *value; } cases[] = {
    { "format-date('2024-02-09', '%b%e日 %a')", "2月9日 周五" }, { "version()", "" }, { "jr:choice-name('a', 'b')", "" },
  };
  xmlDoc *doc = xmlReadMemory ("<d/>", 4, NULL, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZfExpr) expr = zf_expr_new (cases[i].expression, NULL, NULL);
      g_autoptr (ZfExprContext) context = zf_expr_context_new (doc, TODAY);
      g_auto (ZfExprValue) value = { 0 };
      zf_expr_context_set_form (context, &form);
      g_assert_true (zf_expr_eval (expr, context, xmlDocGetRootElement (doc), &value, NULL));
      g_assert_cmpstr (value.text, ==, cases[i].value);
    }
  xmlFreeDoc (doc);
}

static gboolean
only_set (gpointer data, const char *name, ZfXpathType *type)
{
  *type = ZF_XPATH_STRING;
  return g_str_equal (name, "set");
}

static void
test_choice_of_no_question (void)
{
  const ZfXpathScope scope = { only_set, NULL, ZF_XPATH_STRING };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfExpr) fine = zf_expr_new ("jr:choice-name('a', '${set}')", &scope, &error);
  g_assert_no_error (error);
  g_assert_nonnull (fine);
  g_assert_null (zf_expr_new ("1 = jr:choice-name('a', '${sett}')", &scope, &error));
  g_assert_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_EXPRESSION);
  g_assert_cmpstr (error->message, ==, "position 5: there is no question “sett”");
}

/* What grows with every level ends at the limit of steps, and soon. */
static void
test_growth (void)
{
  static const char *const bombs[] = {
    "join(join(join(join(join(join('xxxxxxxxxx', //n), //n), //n), //n), //n), //n)",
    "count(//n[position(.) > 0])", "count(//n[indexed-repeat(//nn, /d, 1, //n, 3000) = 'x'])",
    "count(//n[count(randomize(//n)) > 0])",
    "count(//n[uuid(1024) = uuid(1024)])",
    "count(//n[concat(/, /, /, /) = 'x'][concat(/, /, /, /) = 'x'] | //n[concat(/, /, /, /) = concat(/, /, /)])",
  };
  GString *xml = g_string_new ("<d>");
  for (guint i = 0; i < 3000; i++)
    g_string_append (xml, "<n>0123456789</n>");
  g_string_append (xml, "<nn/></d>");
  for (guint i = 0; i < G_N_ELEMENTS (bombs); i++)
    {
      g_autofree char *type = NULL;
      g_autofree char *value = NULL;
      g_autoptr (GError) error = NULL;
      g_assert_false (zf_expr_eval_text (bombs[i], xml->str, &type, &value, &error));
      g_assert_error (error, ZF_FORM_ERROR, ZF_FORM_ERROR_EXPRESSION);
    }
  g_string_free (xml, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forms/functions/cases", test_cases);
  g_test_add_func ("/forms/functions/public-names", test_public_names);
  g_test_add_func ("/forms/functions/random-source", test_random_source);
  g_test_add_func ("/forms/functions/language", test_language);
  g_test_add_func ("/forms/functions/choice-of-no-question", test_choice_of_no_question);
  g_test_add_func ("/forms/functions/growth", test_growth);
  return g_test_run ();
}
