/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-expr-functions.h"
#include "zf-form-private.h"
#include "zf-json.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Stored value ↔ text. The text is what expressions see and what stands in an entry: 元 for money, never a double in between. */

static char *
set_text (JsonNode *value)
{
  g_autoptr (GString) out = g_string_new (NULL);
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "", json_array_get_string_element (array, i));
  return g_strdup (out->str);
}

char *
zf_answer_text (const ZfField *field, JsonNode *value)
{
  if (value == NULL || JSON_NODE_HOLDS_NULL (value))
    return g_strdup ("");
  if (field != NULL && field->type == ZF_FIELD_SET)
    return set_text (value);
  if (!JSON_NODE_HOLDS_VALUE (value))
    return g_strdup ("");
  if (json_node_get_value_type (value) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (value));
  if (field != NULL && field->type == ZF_FIELD_MONEY)
    return zf_money_format (json_node_get_int (value));
  if (field != NULL && field->type == ZF_FIELD_TIME_MS)
    return zf_expr_moment_text (json_node_get_int (value));
  return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (value));
}

/* Typed text */

static JsonNode *
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, ZF_FORM_ERROR, ZF_FORM_ERROR_ANSWER, sentence);
  return NULL;
}

/* "12,000" is twelve thousand; a comma anywhere else is a slip. */
static char *
without_thousands (const char *text)
{
  if (!g_regex_match_simple ("^-?[0-9]{1,3}(,[0-9]{3})+(\\.[0-9]*)?$", text, 0, 0))
    return g_strdup (text);
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  return g_strjoinv ("", parts);
}

static JsonNode *
parse_integer (const char *text, GError **error)
{
  gint64 number = 0;
  g_autofree char *plain = without_thousands (text);
  g_autofree char *normal = zf_decimal_normalize (plain);
  if (normal == NULL || strchr (normal, '.') != NULL)
    return refuse (error, _("This needs a whole number."));
  number = g_ascii_strtoll (normal, NULL, 10);
  return zf_json_int (number);
}

static JsonNode *
parse_decimal (const char *text, GError **error)
{
  g_autofree char *plain = without_thousands (text);
  g_autofree char *normal = zf_decimal_normalize (plain);
  return normal != NULL ? zf_json_string (normal) : refuse (error, _("This needs a number."));
}

static JsonNode *
parse_money (const char *text, GError **error)
{
  gint64 fen = 0;
  g_autofree char *plain = without_thousands (text);
  if (zf_money_parse (plain, &fen))
    return zf_json_int (fen);
  g_autofree char *normal = zf_decimal_normalize (plain);
  return refuse (error, normal != NULL ? _("An amount has at most two decimal places.") : _("This needs an amount in yuan."));
}

/* People write 2026-1-5, 2026/1/5, 2026.1.5, 20260105 and 2026年1月5日. */
static JsonNode *
parse_date (const char *text, GError **error)
{
  static const char pattern[] = "^([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|\\.([0-9]{1,2})\\.([0-9]{1,2})|([0-9]{2})([0-9]{2})|年([0-9]{1,2})月([0-9]{1,2})日?)$";
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_DUPNAMES, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  double days;
  if (!g_regex_match (regex, text, 0, &match))
    return refuse (error, _("This needs a date like 2026-01-31."));
  int parts[3], n = 0;
  for (int i = 1; i < g_match_info_get_match_count (match) && n < 3; i++)
    {
      g_autofree char *part = g_match_info_fetch (match, i);
      if (part != NULL && *part != '\0')
        parts[n++] = (int) g_ascii_strtoll (part, NULL, 10);
    }
  g_autofree char *iso = g_strdup_printf ("%04d-%02d-%02d", parts[0], n > 1 ? parts[1] : 0, n > 2 ? parts[2] : 0);
  return zf_expr_date (iso, &days) ? zf_json_string (iso) : refuse (error, _("There is no such date."));
}

static JsonNode *
parse_moment (const char *text, GError **error)
{
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  g_autofree char *iso = g_strdup (text);
  g_strdelimit (iso, " ", 'T');
  g_autofree char *whole = strlen (iso) == 16 ? g_strconcat (iso, ":00", NULL) : g_strdup (iso);
  g_autoptr (GDateTime) moment = g_date_time_new_from_iso8601 (whole, here);
  if (moment == NULL)
    return refuse (error, _("This needs a date and a time like 2026-01-31 14:05."));
  return zf_json_int (g_date_time_to_unix (moment) * 1000 + g_date_time_get_microsecond (moment) / 1000);
}

/* People write 8:30, 08:30, 8点30 and 0830. */
static JsonNode *
parse_time (const char *text, GError **error)
{
  g_autoptr (GRegex) regex =
    g_regex_new ("^([0-9]{1,2})(?:[:.]([0-9]{2})(?::([0-9]{2}))?|点(?:([0-9]{1,2})分?)?|([0-9]{2}))(\\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?$", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  int parts[3] = { 0, 0, 0 };
  static const int groups[] = { 1, 2, 4, 5, 3 }, places[] = { 0, 1, 1, 1, 2 };
  if (!g_regex_match (regex, text, 0, &match))
    return refuse (error, _("This needs a time like 14:05."));
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      g_autofree char *part = g_match_info_fetch (match, groups[i]);
      if (part != NULL && *part != '\0')
        parts[places[i]] = (int) g_ascii_strtoll (part, NULL, 10);
    }
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59)
    return refuse (error, _("There is no such time."));
  g_autofree char *time = parts[2] > 0 ? g_strdup_printf ("%02d:%02d:%02d", parts[0], parts[1], parts[2]) : g_strdup_printf ("%02d:%02d", parts[0], parts[1]);
  return zf_json_string (time);
}

/* "29.86, 107.73" as well as ODK's "29.86 107.73 0 15". */
static JsonNode *
parse_point (const char *text, GError **error)
{
  g_auto (GStrv) words = g_regex_split_simple ("[\\s,，;]+", text, 0, 0);
  g_autofree char *joined = g_strjoinv (" ", words);
  static const char pattern[] = "^-?[0-9.]+ -?[0-9.]+( -?[0-9.]+( [0-9.]+)?)?$";
  return g_regex_match_simple (pattern, joined, 0, 0) ? zf_json_string (joined) : refuse (error, _("This needs a latitude and a longitude like 29.86, 107.73."));
}

static JsonNode *
parse_by_type (const ZfField *field, const char *text, GError **error)
{
  g_autofree char *folded = zf_fold_width (text);
  g_strstrip (folded);
  switch (field->type)
    {
    case ZF_FIELD_INTEGER: return parse_integer (folded, error);
    case ZF_FIELD_DECIMAL: return parse_decimal (folded, error);
    case ZF_FIELD_MONEY: return parse_money (folded, error);
    case ZF_FIELD_DATE: return parse_date (folded, error);
    case ZF_FIELD_TIME_MS: return parse_moment (folded, error);
    case ZF_FIELD_TIME: return parse_time (folded, error);
    case ZF_FIELD_POINT: return parse_point (folded, error);
    case ZF_FIELD_TEXT:
    case ZF_FIELD_SELECT_ONE:
    case ZF_FIELD_SET:
    case ZF_FIELD_RANK:
    case ZF_FIELD_REF:
    case ZF_FIELD_MEDIA:
    default: return zf_json_string (text);
    }
}

static const char *
why_not_stored (ZfFieldType type)
{
  if (type == ZF_FIELD_SELECT_ONE || type == ZF_FIELD_SET)
    return _("This answer is not in the list.");
  if (type == ZF_FIELD_RANK)
    return _("Every answer of the list needs a place, once.");
  if (type == ZF_FIELD_POINT)
    return _("There is no such place: latitude −90 to 90, longitude −180 to 180.");
  return _("This answer cannot be stored.");
}

JsonNode *
zf_answer_parse (const ZfKind *kind, const ZfField *field, const char *text, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  if (*trimmed == '\0')
    return zf_json_null ();
  g_autoptr (JsonNode) parsed = parse_by_type (field, trimmed, error);
  if (parsed == NULL)
    return NULL;
  JsonNode *value = zf_kind_check_value (kind, field, parsed, NULL);
  if (value != NULL)
    return value;
  return refuse (error, why_not_stored (field->type));
}

/* Calculated values */

static char *
number_result (const ZfField *field, const ZfExprValue *value)
{
  gint64 fen = 0;
  double number = value->number;
  if (field->type == ZF_FIELD_MONEY)
    return zf_expr_fen (number, &fen) ? zf_money_format (fen) : NULL;
  return zf_expr_number_text (field->type == ZF_FIELD_INTEGER ? trunc (number) : number);
}

static char *
result_text (const ZfField *field, const ZfExprValue *value)
{
  gboolean counted = field->type == ZF_FIELD_INTEGER || field->type == ZF_FIELD_DECIMAL || field->type == ZF_FIELD_MONEY;
  if (counted)
    return number_result (field, value);
  if (value->type == ZF_EXPR_NUMBER)
    return field->type == ZF_FIELD_DATE ? zf_expr_date_text (value->number) : zf_expr_number_text (value->number);
  return g_strdup (value->text);
}

JsonNode *
zf_answer_from_expr (const ZfKind *kind, const ZfField *field, const ZfExprValue *value)
{
  if (value->type == ZF_EXPR_UNKNOWN)
    return NULL;
  g_autofree char *text = result_text (field, value);
  if (text == NULL || *text == '\0')
    return NULL;
  JsonNode *node = zf_answer_parse (kind, field, text, NULL);
  if (node != NULL && JSON_NODE_HOLDS_NULL (node))
    g_clear_pointer (&node, json_node_unref);
  return node;
}
