/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-kind-private.h"

#include <math.h>
#include <string.h>

#include "zf-error.h"
#include "zf-json.h"

/* Survey types of the XLSForm document that this version knows, and what they store. 0: nothing. */
static const struct
{
  const char *word;
  ZfFieldType type;
} types[] = {
  { "text", ZF_FIELD_TEXT },
  { "barcode", ZF_FIELD_TEXT },
  { "hidden", ZF_FIELD_TEXT },
  { "acknowledge", ZF_FIELD_TEXT },
  { "integer", ZF_FIELD_INTEGER },
  { "decimal", ZF_FIELD_DECIMAL },
  { "range", ZF_FIELD_DECIMAL },
  { "date", ZF_FIELD_DATE },
  { "time", ZF_FIELD_TIME },
  { "dateTime", ZF_FIELD_TIME_MS },
  { "select_one", ZF_FIELD_SELECT_ONE },
  { "select_multiple", ZF_FIELD_SET },
  { "rank", ZF_FIELD_RANK },
  { "geopoint", ZF_FIELD_POINT },
  { "image", ZF_FIELD_MEDIA },
  { "audio", ZF_FIELD_MEDIA },
  { "file", ZF_FIELD_MEDIA },
  { "start", ZF_FIELD_TIME_MS },
  { "end", ZF_FIELD_TIME_MS },
  { "today", ZF_FIELD_DATE },
  { "deviceid", ZF_FIELD_TEXT },
  { "username", ZF_FIELD_TEXT },
  { "email", ZF_FIELD_TEXT },
  { "phonenumber", ZF_FIELD_TEXT },
  { "subscriberid", ZF_FIELD_TEXT },
  { "simserial", ZF_FIELD_TEXT },
  { "audit", 0 },
  { "calculate", ZF_FIELD_TEXT },
  { "note", 0 },
  { ZF_TYPE_REPEAT, 0 },
  { "begin_group", 0 },
  { "begin group", 0 },
  { "end_group", 0 },
  { "end group", 0 },
};

/* What a calculation may say of its result. */
static const struct
{
  const char *word;
  ZfFieldType type;
} results[] = {
  { "string", ZF_FIELD_TEXT },
  { "text", ZF_FIELD_TEXT },
  { "int", ZF_FIELD_INTEGER },
  { "integer", ZF_FIELD_INTEGER },
  { "decimal", ZF_FIELD_DECIMAL },
  { "money", ZF_FIELD_MONEY },
  { "date", ZF_FIELD_DATE },
  { "time", ZF_FIELD_TIME },
  { "dateTime", ZF_FIELD_TIME_MS },
};

static gboolean
has_word (const char *text, const char *word)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);

  return g_strv_contains ((const char *const *) words, word);
}

static gboolean
parse_result (JsonObject *row, ZfFieldType *type, const char *where, GError **error)
{
  const char *word = zf_json_get_string (row, "bind::type", zf_json_get_string (row, "calc_type", "text"));

  for (gsize i = 0; i < G_N_ELEMENTS (results); i++)
    {
      if (strcmp (results[i].word, word) == 0)
        {
          *type = results[i].type;
          return TRUE;
        }
    }
  g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: a calculation cannot give “%s”.", where, word);
  return FALSE;
}

/* "select_one LIST", "rank LIST": the word before the list, and the list. */
static char *
split_list (const char *text, char **list_name)
{
  g_auto (GStrv) words = NULL;

  if (!g_str_has_prefix (text, "select_") && !g_str_has_prefix (text, "rank"))
    return g_strdup (text);
  words = g_strsplit (text, " ", 2);
  *list_name = g_strdup (words[0] != NULL && words[1] != NULL ? g_strstrip (words[1]) : "");
  return g_strdup (words[0]);
}

/* A range whose ends and step are whole numbers gives whole numbers. */
static gboolean
is_whole_range (JsonObject *row)
{
  double start, end, step;

  zf_field_range (row, &start, &end, &step);
  return start == floor (start) && end == floor (end) && step == floor (step);
}

void
zf_field_range (JsonObject *row, double *start, double *end, double *step)
{
  g_auto (GStrv) words = g_strsplit_set (zf_json_get_string (row, "parameters", ""), " ,;\t", -1);
  const struct
  {
    const char *name;
    double *value;
    double fallback;
  } parameters[] = { { "start=", start, 1 }, { "end=", end, 10 }, { "step=", step, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      *parameters[i].value = parameters[i].fallback;
      for (gsize w = 0; words[w] != NULL; w++)
        if (g_str_has_prefix (words[w], parameters[i].name))
          *parameters[i].value = g_ascii_strtod (words[w] + strlen (parameters[i].name), NULL);
    }
}

/* What the rest of the row says more closely. */
static ZfFieldType
refine (ZfFieldType type, const char *word, JsonObject *row)
{
  if (strcmp (word, "range") == 0)
    return is_whole_range (row) ? ZF_FIELD_INTEGER : ZF_FIELD_DECIMAL;
  if (type == ZF_FIELD_DECIMAL && has_word (zf_json_get_string (row, "appearance", ""), "money"))
    return ZF_FIELD_MONEY;
  return type;
}

gboolean
zf_field_type_parse (JsonObject *row, ZfFieldType *type, char **list_name, const char *where, GError **error)
{
  const char *text = zf_json_get_string (row, "type", "");
  g_autofree char *list = NULL;
  g_autofree char *word = split_list (text, &list);
  gsize i = 0;

  while (i < G_N_ELEMENTS (types) && strcmp (types[i].word, word) != 0)
    i++;
  if (i == G_N_ELEMENTS (types))
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "%s: the type “%s” is unknown.", where, text);
      return FALSE;
    }
  *type = types[i].type;
  *list_name = g_steal_pointer (&list);
  if (strcmp (word, "calculate") == 0 && !parse_result (row, type, where, error))
    return FALSE;
  *type = refine (*type, word, row);
  return TRUE;
}
