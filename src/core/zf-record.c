/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-record.h"

#include <string.h>

#include "zf-json.h"

void
zf_record_free (ZfRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->id);
  g_free (record->kind_name);
  g_free (record->parent);
  g_free (record->village);
  g_free (record->del);
  g_free (record->base_del);
  g_clear_pointer (&record->fields, json_object_unref);
  g_clear_pointer (&record->base, json_object_unref);
  g_clear_pointer (&record->meta, json_object_unref);
  g_clear_pointer (&record->extra, json_object_unref);
  g_free (record);
}

const char *
zf_record_get_string (const ZfRecord *record, const char *field, const char *fallback)
{
  return zf_json_get_string (record->fields, field, fallback);
}

gint64
zf_record_get_int (const ZfRecord *record, const char *field, gint64 fallback)
{
  return zf_json_get_int (record->fields, field, fallback);
}

static gboolean
is_english (const char *lang)
{
  return g_strcmp0 (lang, "en") == 0;
}

static char *
display_money (gint64 fen, const char *lang)
{
  g_autofree char *yuan = zf_money_format (fen);

  return g_strconcat (yuan, "\u00a0", is_english (lang) ? "yuan" : "元", NULL);
}

static char *
display_date (const char *date, const char *lang)
{
  int y, m, d;

  if (is_english (lang) || strlen (date) != 10)
    return g_strdup (date);
  y = (int) g_ascii_strtoll (date, NULL, 10);
  m = (int) g_ascii_strtoll (date + 5, NULL, 10);
  d = (int) g_ascii_strtoll (date + 8, NULL, 10);
  return g_strdup_printf ("%d年%d月%d日", y, m, d);
}

static char *
display_time (gint64 ms, const char *lang)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (ms / 1000);

  if (time == NULL)
    return g_strdup ("");
  return g_date_time_format (time, is_english (lang) ? "%Y-%m-%d %H:%M" : "%Y年%-m月%-d日 %H:%M");
}

static char *
display_set (const ZfKind *kind, const ZfField *field, JsonArray *codes, const char *lang)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (codes); i++)
    {
      JsonNode *code = json_array_get_element (codes, i);

      if (!JSON_NODE_HOLDS_VALUE (code) || json_node_get_string (code) == NULL)
        continue;
      if (out->len > 0)
        g_string_append (out, is_english (lang) ? ", " : "、");
      g_string_append (out, zf_kind_choice_label (kind, field->list_name, json_node_get_string (code), lang));
    }
  return g_string_free (out, FALSE);
}

/* (transfer full): @number and what it is counted in, on one line. */
static char *
with_unit (const ZfField *field, const char *number, const char *lang)
{
  const char *unit = field != NULL && field->row != NULL ? zf_row_text (field->row, "unit", lang) : NULL;
  return unit != NULL ? g_strdup_printf ("%s\u00a0%s", number, unit) : g_strdup (number);
}

static char *
display_int (const ZfField *field, gint64 value, const char *lang)
{
  if (field != NULL && field->type == ZF_FIELD_MONEY)
    return display_money (value, lang);
  if (field != NULL && field->type == ZF_FIELD_TIME_MS)
    return display_time (value, lang);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  return with_unit (field, number, lang);
}

/* In the order of preference. */
static char *
display_rank (const ZfKind *kind, const ZfField *field, const char *value, const char *lang)
{
  g_auto (GStrv) codes = g_strsplit (value, " ", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; codes[i] != NULL; i++)
    g_string_append_printf (out, "%s%u. %s", i > 0 ? " " : "", i + 1, zf_kind_choice_label (kind, field->list_name, codes[i], lang));
  return g_string_free (out, FALSE);
}

/* Degrees as they are stored; the accuracy in whole metres. */
static char *
display_point (const char *value, const char *lang)
{
  g_auto (GStrv) words = g_strsplit (value, " ", -1);
  guint n = g_strv_length (words);

  if (n < 2)
    return g_strdup (value);
  if (n < 4)
    return g_strdup_printf ("%s, %s", words[0], words[1]);
  return g_strdup_printf (g_strcmp0 (lang, "en") == 0 ? "%s, %s (within %.0f\u00a0m)" : "%s, %s（误差约\u00a0%.0f\u00a0米）", words[0], words[1],
                          g_ascii_strtod (words[3], NULL));
}

static char *
display_text (const ZfKind *kind, const ZfField *field, const char *value, const char *lang)
{
  if (field != NULL && field->type == ZF_FIELD_SELECT_ONE)
    return g_strdup (zf_kind_choice_label (kind, field->list_name, value, lang));
  if (field != NULL && field->type == ZF_FIELD_DATE)
    return display_date (value, lang);
  if (field != NULL && field->type == ZF_FIELD_RANK)
    return display_rank (kind, field, value, lang);
  if (field != NULL && field->type == ZF_FIELD_POINT)
    return display_point (value, lang);
  return field != NULL && field->type == ZF_FIELD_DECIMAL ? with_unit (field, value, lang) : g_strdup (value);
}

char *
zf_value_display (const ZfKind *kind, const ZfField *field, JsonNode *value, const char *lang)
{
  if (value == NULL || JSON_NODE_HOLDS_NULL (value))
    return g_strdup ("");
  if (JSON_NODE_HOLDS_VALUE (value))
    {
      if (json_node_get_value_type (value) == G_TYPE_STRING)
        return display_text (kind, field, json_node_get_string (value), lang);
      if (json_node_get_value_type (value) == G_TYPE_INT64)
        return display_int (field, json_node_get_int (value), lang);
    }
  if (JSON_NODE_HOLDS_ARRAY (value) && field != NULL && field->type == ZF_FIELD_SET)
    return display_set (kind, field, json_node_get_array (value), lang);
  return zf_json_canonical (value);
}

char *
zf_record_display (const ZfRecord *record, const char *field, const char *lang)
{
  const ZfField *known = record->kind != NULL ? zf_kind_field (record->kind, field) : NULL;

  return zf_value_display (record->kind, known, json_object_get_member (record->fields, field), lang);
}

const char *
zf_record_title_field (const ZfRecord *record)
{
  if (record->kind == NULL)
    return NULL;
  return zf_record_get_string (record, ZF_INSTANCE_NAME, NULL) != NULL ? ZF_INSTANCE_NAME : zf_kind_label_field (record->kind);
}
