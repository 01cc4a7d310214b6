/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-kind.h"

#include <string.h>

#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"

/* Each check gives the normal form (transfer full), or NULL: the caller says which kind and field, never the value. */

static const char *
as_text (JsonNode *value)
{
  return JSON_NODE_HOLDS_VALUE (value) ? json_node_get_string (value) : NULL;
}

static gboolean
is_int (JsonNode *value)
{
  return JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_INT64
         && json_node_get_int (value) <= ZF_INT_MAX && json_node_get_int (value) >= -ZF_INT_MAX;
}

static JsonNode *
check_text (const ZfKind *kind, const ZfField *field, JsonNode *value)
{
  const char *text = as_text (value);

  return text != NULL && g_utf8_validate (text, -1, NULL) ? json_node_copy (value) : NULL;
}

static JsonNode *
check_int (const ZfKind *kind, const ZfField *field, JsonNode *value)
{
  return is_int (value) ? json_node_copy (value) : NULL;
}

static JsonNode *
check_integer (const ZfKind *kind, const ZfField *field, JsonNode *value)
{
  gint64 number;

  if (as_text (value) != NULL)
    return zf_integer_parse (as_text (value), &number) ? zf_json_int (number) : NULL;
  return check_int (kind, field, value);
}

static JsonNode *
check_decimal (const ZfKind *kind, const ZfField *field, JsonNode *value)
{
  g_autofree char *printed = is_int (value) ? g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (value)) : NULL;
  g_autofree char *normal = zf_decimal_normalize (printed != NULL ? printed : as_text (value));

  return normal != NULL ? zf_json_string (normal) : NULL;
}

static JsonNode *
check_date (const ZfKind *kind, const ZfField *field, JsonNode *value)
{
  const char *text = as_text (value);
  int y, m, d;

  if (text == NULL || strlen (text) != 10 || text[4] != '-' || text[7] != '-')
    return NULL;
  for (int i = 0; i < 10; i++)
    {
      if (i != 4 && i != 7 && !g_ascii_isdigit (text[i]))
        return NULL;
    }
  y = (int) g_ascii_strtoull (text, NULL, 10);
  m = (int) g_ascii_strtoull (text + 5, NULL, 10);
  d = (int) g_ascii_strtoull (text + 8, NULL, 10);
  if (y < 1800 || !g_date_valid_dmy ((GDateDay) d, (GDateMonth) m, (GDateYear) y))
    return NULL;
  return json_node_copy (value);
}

static gboolean
is_choice (const ZfKind *kind, const ZfField *field, const char *code)
{
  GPtrArray *list = zf_kind_choices (kind, field->list_name);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      if (strcmp (((ZfChoice *) g_ptr_array_index (list, i))->name, code) == 0)
        return TRUE;
    }
  return FALSE;
}

static JsonNode *
check_select_one (const ZfKind *kind, const ZfField *field, JsonNode *value)
{
  g_autofree char *printed = is_int (value) ? g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (value)) : NULL;
  const char *code = printed != NULL ? printed : as_text (value);

  return code != NULL && is_choice (kind, field, code) ? zf_json_string (code) : NULL;
}

static int
compare_codes (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Codes of a set as JSON array, or as XForms text separated by spaces; NULL when an element is no text. */
static GPtrArray *
set_codes (JsonNode *value)
{
  g_autoptr (GPtrArray) codes = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;
  g_auto (GStrv) words = as_text (value) != NULL ? g_strsplit (as_text (value), " ", -1) : NULL;

  if (array == NULL && words == NULL)
    return NULL;
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      if (*words[i] != '\0')
        g_ptr_array_add (codes, g_strdup (words[i]));
    }
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *code = as_text (json_array_get_element (array, i));

      if (code == NULL)
        return NULL;
      g_ptr_array_add (codes, g_strdup (code));
    }
  g_ptr_array_sort (codes, compare_codes);
  return g_steal_pointer (&codes);
}

static JsonNode *
check_set (const ZfKind *kind, const ZfField *field, JsonNode *value)
{
  g_autoptr (GPtrArray) codes = set_codes (value);
  g_autoptr (JsonArray) sorted = json_array_new ();
  const char *last = NULL;

  if (codes == NULL)
    return NULL;
  for (guint i = 0; i < codes->len; i++)
    {
      const char *code = g_ptr_array_index (codes, i);

      if (!is_choice (kind, field, code))
        return NULL;
      if (g_strcmp0 (code, last) != 0)
        json_array_add_string_element (sorted, code);
      last = code;
    }
  if (json_array_get_length (sorted) == 0)
    return zf_json_null ();
  return json_node_init_array (json_node_alloc (), sorted);
}

static JsonNode *
check_ref (const ZfKind *kind, const ZfField *field, JsonNode *value)
{
  return zf_id_is_valid (as_text (value)) ? json_node_copy (value) : NULL;
}

/* Seconds may be a fraction and a zone may follow, as ODK writes times: the minute or second of the day is kept. */
static JsonNode *
check_time (const ZfKind *kind, const ZfField *field, JsonNode *value)
{
  static const char pattern[] = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(\\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?$";
  const char *text = as_text (value);
  g_autofree char *normal = NULL;

  if (text == NULL || !g_regex_match_simple (pattern, text, 0, 0))
    return NULL;
  normal = g_strndup (text, strlen (text) > 5 && text[5] == ':' && strncmp (text + 5, ":00", 3) != 0 ? 8 : 5);
  return zf_json_string (normal);
}

static JsonNode *
check_rank (const ZfKind *kind, const ZfField *field, JsonNode *value)
{
  GPtrArray *list = zf_kind_choices (kind, field->list_name);
  g_auto (GStrv) words = as_text (value) != NULL ? g_strsplit (as_text (value), " ", -1) : NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = words != NULL ? g_strv_length (words) : 0;

  if (list == NULL || n != list->len)
    return NULL;
  for (guint i = 0; i < n; i++)
    if (!is_choice (kind, field, words[i]) || !g_hash_table_add (seen, words[i]))
      return NULL;
  return json_node_copy (value);
}

static gboolean
is_within (const char *decimal, double least, double most)
{
  double number = g_ascii_strtod (decimal, NULL);

  return number >= least && number <= most;
}

static JsonNode *
check_point (const ZfKind *kind, const ZfField *field, JsonNode *value)
{
  static const double most[] = { 90, 180, 100000, 1000000 };
  g_auto (GStrv) words = as_text (value) != NULL ? g_strsplit (as_text (value), " ", -1) : NULL;
  g_autoptr (GStrvBuilder) normal = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  g_autofree char *text = NULL;
  guint n = words != NULL ? g_strv_length (words) : 0;

  if (n < 2 || n > G_N_ELEMENTS (most))
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *decimal = zf_decimal_normalize (words[i]);

      if (decimal == NULL || !is_within (decimal, i == 3 ? 0 : -most[i], most[i]))
        return NULL;
      g_strv_builder_add (normal, decimal);
    }
  parts = g_strv_builder_end (normal);
  text = g_strjoinv (" ", parts);
  return zf_json_string (text);
}

static const struct
{
  JsonNode *(*check) (const ZfKind *kind, const ZfField *field, JsonNode *value);
  const char *wanted;
} checks[] = {
  [ZF_FIELD_TEXT] = { check_text, "text" },
  [ZF_FIELD_INTEGER] = { check_integer, "a whole number" },
  [ZF_FIELD_DECIMAL] = { check_decimal, "a decimal number" },
  [ZF_FIELD_MONEY] = { check_int, "an amount in whole 分" },
  [ZF_FIELD_DATE] = { check_date, "a date like 2026-01-31" },
  [ZF_FIELD_SELECT_ONE] = { check_select_one, "a code of its list" },
  [ZF_FIELD_SET] = { check_set, "codes of its list" },
  [ZF_FIELD_REF] = { check_ref, "the id of a record" },
  [ZF_FIELD_TIME_MS] = { check_int, "a time in milliseconds" },
  [ZF_FIELD_TIME] = { check_time, "a time like 14:05" },
  [ZF_FIELD_RANK] = { check_rank, "every code of its list, once" },
  [ZF_FIELD_POINT] = { check_point, "a position: latitude and longitude" },
  [ZF_FIELD_MEDIA] = { check_ref, "the id of a photo record" },
};

JsonNode *
zf_kind_check_value (const ZfKind *kind, const ZfField *field, JsonNode *value, GError **error)
{
  JsonNode *normal;

  g_return_val_if_fail (kind != NULL && field != NULL, NULL);

  if (value == NULL || JSON_NODE_HOLDS_NULL (value) || g_strcmp0 (as_text (value), "") == 0)
    return zf_json_null ();
  normal = checks[field->type].check (kind, field, value);
  if (normal == NULL)
    g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "The field %s of %s must be %s.", field->name, zf_kind_name (kind),
                 checks[field->type].wanted);
  return normal;
}

char *
zf_kind_make_id (const ZfKind *kind, JsonObject *fields)
{
  const char *const *key = zf_kind_key (kind);
  g_autoptr (GString) text = NULL;

  if (key == NULL)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; key[i] != NULL; i++)
    {
      JsonNode *value = json_object_get_member (fields, key[i]);
      g_autofree char *spelt = NULL;

      if (value == NULL || JSON_NODE_HOLDS_NULL (value))
        return NULL;
      spelt = as_text (value) != NULL ? g_strdup (as_text (value)) : zf_json_canonical (value);
      if (i > 0)
        g_string_append_c (text, 0x1f);
      g_string_append (text, spelt);
    }
  return zf_id_from_key (zf_kind_name (kind), text->str);
}
