/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-json.h"
#include "zf-pinyin.h"
#include "zf-xlsform-private.h"

/* The many spellings of an XLSForm: twenty years of tools allowed each its own. The words are those of the XLSForm document and of pyxform's
 * tables of aliases; what stands in no table here stays word for word. */

#define MAX_KIND_NAME 40

static const char *const sheet_names[] = { "survey", "choices", "settings", "kind" };
G_STATIC_ASSERT (G_N_ELEMENTS (sheet_names) == ZF_XLSFORM_N_SHEETS);

/* Headers in lower case with _ for spaces. The ones that stand for themselves are here so that their case does not matter. */
static const struct
{
  ZfXlsformSheet sheet;
  const char *header;
  const char *column;
} columns[] = {
  { ZF_XLSFORM_SURVEY, "type", "type" },
  { ZF_XLSFORM_SURVEY, "command", "type" },
  { ZF_XLSFORM_SURVEY, "name", "name" },
  { ZF_XLSFORM_SURVEY, "tag", "name" },
  { ZF_XLSFORM_SURVEY, "value", "name" },
  { ZF_XLSFORM_SURVEY, "label", "label" },
  { ZF_XLSFORM_SURVEY, "caption", "label" },
  { ZF_XLSFORM_SURVEY, "hint", "hint" },
  { ZF_XLSFORM_SURVEY, "guidance_hint", "guidance_hint" },
  { ZF_XLSFORM_SURVEY, "unit", "unit" },
  { ZF_XLSFORM_SURVEY, "required", "required" },
  { ZF_XLSFORM_SURVEY, "bind::required", "required" },
  { ZF_XLSFORM_SURVEY, "required_message", "required_message" },
  { ZF_XLSFORM_SURVEY, "requiredmsg", "required_message" },
  { ZF_XLSFORM_SURVEY, "bind::jr:requiredmsg", "required_message" },
  { ZF_XLSFORM_SURVEY, "relevant", "relevant" },
  { ZF_XLSFORM_SURVEY, "relevance", "relevant" },
  { ZF_XLSFORM_SURVEY, "bind::relevant", "relevant" },
  { ZF_XLSFORM_SURVEY, "constraint", "constraint" },
  { ZF_XLSFORM_SURVEY, "bind::constraint", "constraint" },
  { ZF_XLSFORM_SURVEY, "constraint_message", "constraint_message" },
  { ZF_XLSFORM_SURVEY, "constraining_message", "constraint_message" },
  { ZF_XLSFORM_SURVEY, "bind::jr:constraintmsg", "constraint_message" },
  { ZF_XLSFORM_SURVEY, "calculation", "calculation" },
  { ZF_XLSFORM_SURVEY, "calculate", "calculation" },
  { ZF_XLSFORM_SURVEY, "bind::calculate", "calculation" },
  { ZF_XLSFORM_SURVEY, "read_only", "read_only" },
  { ZF_XLSFORM_SURVEY, "readonly", "read_only" },
  { ZF_XLSFORM_SURVEY, "bind::readonly", "read_only" },
  { ZF_XLSFORM_SURVEY, "choice_filter", "choice_filter" },
  { ZF_XLSFORM_SURVEY, "default", "default" },
  { ZF_XLSFORM_SURVEY, "appearance", "appearance" },
  { ZF_XLSFORM_SURVEY, "body::appearance", "appearance" },
  { ZF_XLSFORM_SURVEY, "repeat_count", "repeat_count" },
  { ZF_XLSFORM_SURVEY, "count", "repeat_count" },
  { ZF_XLSFORM_SURVEY, "jr:count", "repeat_count" },
  { ZF_XLSFORM_SURVEY, "body::jr:count", "repeat_count" },
  { ZF_XLSFORM_SURVEY, "parameters", "parameters" },
  { ZF_XLSFORM_SURVEY, "trigger", "trigger" },
  { ZF_XLSFORM_SURVEY, "save_to", "save_to" },
  { ZF_XLSFORM_SURVEY, "bind::entities:saveto", "save_to" },
  { ZF_XLSFORM_SURVEY, "class", "class" },
  { ZF_XLSFORM_SURVEY, "image", "media::image" },
  { ZF_XLSFORM_SURVEY, "media::image", "media::image" },
  { ZF_XLSFORM_SURVEY, "big-image", "media::big-image" },
  { ZF_XLSFORM_SURVEY, "media::big-image", "media::big-image" },
  { ZF_XLSFORM_SURVEY, "audio", "media::audio" },
  { ZF_XLSFORM_SURVEY, "media::audio", "media::audio" },
  { ZF_XLSFORM_SURVEY, "video", "media::video" },
  { ZF_XLSFORM_SURVEY, "media::video", "media::video" },
  { ZF_XLSFORM_CHOICES, "list_name", "list_name" },
  { ZF_XLSFORM_CHOICES, "name", "name" },
  { ZF_XLSFORM_CHOICES, "value", "name" },
  { ZF_XLSFORM_CHOICES, "label", "label" },
  { ZF_XLSFORM_CHOICES, "caption", "label" },
  { ZF_XLSFORM_CHOICES, "image", "media::image" },
  { ZF_XLSFORM_CHOICES, "media::image", "media::image" },
  { ZF_XLSFORM_CHOICES, "big-image", "media::big-image" },
  { ZF_XLSFORM_CHOICES, "media::big-image", "media::big-image" },
  { ZF_XLSFORM_CHOICES, "audio", "media::audio" },
  { ZF_XLSFORM_CHOICES, "media::audio", "media::audio" },
  { ZF_XLSFORM_CHOICES, "video", "media::video" },
  { ZF_XLSFORM_CHOICES, "media::video", "media::video" },
  { ZF_XLSFORM_SETTINGS, "form_title", "form_title" },
  { ZF_XLSFORM_SETTINGS, "set_form_title", "form_title" },
  { ZF_XLSFORM_SETTINGS, "title", "form_title" },
  { ZF_XLSFORM_SETTINGS, "form_id", "form_id" },
  { ZF_XLSFORM_SETTINGS, "set_form_id", "form_id" },
  { ZF_XLSFORM_SETTINGS, "id_string", "form_id" },
  { ZF_XLSFORM_SETTINGS, "version", "version" },
  { ZF_XLSFORM_SETTINGS, "default_language", "default_language" },
  { ZF_XLSFORM_SETTINGS, "instance_name", "instance_name" },
  { ZF_XLSFORM_SETTINGS, "style", "style" },
  { ZF_XLSFORM_SETTINGS, "allow_choice_duplicates", "allow_choice_duplicates" },
  { ZF_XLSFORM_KIND, "key", "key" },
  { ZF_XLSFORM_KIND, "value", "value" },
};

/* Columns that exist once a language. */
static const char *const translated[] = { "label", "hint", "guidance_hint", "unit", "required_message", "constraint_message", "form_title",
                                          "media::image", "media::big-image", "media::audio", "media::video", NULL };
/* Before these a single colon parts as two do: label:English. */
static const char *const before_colon[] = { "label", "caption", "hint", "guidance_hint", "unit", "required_message", "constraint_message",
                                            "form_title", "media", "image", "big-image", "audio", "video", "bind", "body", "control",
                                            "instance", NULL };
/* Prefixes of names: what follows them after a colon belongs to them. */
static const char *const prefixes[] = { "jr", "odk", "orx", "entities", NULL };
/* Columns that say yes or no, or (some of them) hold a condition. */
static const char *const yes_no[] = { "required", "read_only", "source", "told", "allow_choice_duplicates", "add_none_option",
                                      "omit_instanceID", "clean_text_values", ZF_XLSFORM_SHARED, NULL };
/* Columns of names: spaces around them are slips. */
static const char *const names[] = { "name", "list_name", "form_id", "version", "key", NULL };
static const char *const yes_words[] = { "yes", "true", "是", NULL };
static const char *const no_words[] = { "no", "false", "否", NULL };

/* The core knows two languages by name; other names stay. zh-Hant and zh-TW are not the same as 中文. */
static const struct
{
  const char *word;
  const char *language;
} languages[] = {
  { "中文", "中文" }, { "简体中文", "中文" }, { "汉语", "中文" }, { "chinese", "中文" }, { "simplified chinese", "中文" },
  { "zh", "中文" }, { "zh-cn", "中文" }, { "zh-hans", "中文" }, { "zh_cn", "中文" },
  { "english", "English" }, { "英文", "English" }, { "英语", "English" }, { "en", "English" }, { "en-us", "English" }, { "en-gb", "English" },
};

/* Types in lower case with spaces for _. */
static const struct
{
  const char *word;
  const char *type;
} types[] = {
  { "text", "text" }, { "string", "text" }, { "add text prompt", "text" },
  { "integer", "integer" }, { "int", "integer" }, { "add integer prompt", "integer" },
  { "decimal", "decimal" }, { "add decimal prompt", "decimal" },
  { "range", "range" },
  { "date", "date" }, { "add date prompt", "date" },
  { "time", "time" }, { "add time prompt", "time" },
  { "datetime", "dateTime" }, { "date time", "dateTime" }, { "add date time prompt", "dateTime" },
  { "note", "note" }, { "add note prompt", "note" },
  { "calculate", "calculate" }, { "calculation", "calculate" }, { "add calculate prompt", "calculate" },
  { "hidden", "hidden" },
  { "acknowledge", "acknowledge" }, { "trigger", "acknowledge" }, { "add acknowledge prompt", "acknowledge" },
  { "geopoint", "geopoint" }, { "location", "geopoint" }, { "gps", "geopoint" }, { "add location prompt", "geopoint" },
  { "geotrace", "geotrace" }, { "geoshape", "geoshape" },
  { "image", "image" }, { "photo", "image" }, { "add image prompt", "image" }, { "add photo prompt", "image" },
  { "audio", "audio" }, { "add audio prompt", "audio" },
  { "video", "video" }, { "add video prompt", "video" },
  { "file", "file" }, { "add file prompt", "file" },
  { "barcode", "barcode" }, { "add barcode prompt", "barcode" },
  { "begin group", "begin_group" }, { "end group", "end_group" },
  { "begin repeat", "begin_repeat" }, { "end repeat", "end_repeat" },
  { "begin lgroup", "begin_repeat" }, { "end lgroup", "end_repeat" },
  { "begin looped group", "begin_repeat" }, { "end looped group", "end_repeat" },
  { "start", "start" }, { "start time", "start" }, { "end", "end" }, { "end time", "end" }, { "today", "today" },
  { "deviceid", "deviceid" }, { "device id", "deviceid" }, { "username", "username" }, { "audit", "audit" },
};

/* Types of early XLSForms that say a condition along with what is asked. */
static const struct
{
  const char *word;
  const char *type;
  const char *appearance;
  const char *constraint;
} shorthands[] = {
  { "phone number", "text", "numbers", "regex(., '^[0-9]*$')" },
  { "percentage", "integer", NULL, ". >= 0 and . <= 100" },
  { "number of days in last month", "integer", NULL, ". >= 0 and . <= 31" },
  { "number of days in last six months", "integer", NULL, ". >= 0 and . <= 183" },
  { "number of days in last year", "integer", NULL, ". >= 0 and . <= 365" },
};

/* Types that name a list; the longer wording of two that begin alike stands first. */
static const struct
{
  const char *word;
  const char *type;
} lists[] = {
  { "add select one prompt using", "select_one" },
  { "add select multiple prompt using", "select_multiple" },
  { "select all that apply from", "select_multiple" },
  { "select all that apply", "select_multiple" },
  { "select one from file", "select_one_from_file" },
  { "select multiple from file", "select_multiple_from_file" },
  { "select one external", "select_one_external" },
  { "select multiple external", "select_multiple_external" },
  { "select one from", "select_one" },
  { "select one using", "select_one" },
  { "select one", "select_one" },
  { "select1", "select_one" },
  { "select multiple from", "select_multiple" },
  { "select multiple using", "select_multiple" },
  { "select multiple", "select_multiple" },
  { "odk:rank", "rank" },
  { "rank", "rank" },
};
static const char *const other_words[] = { "or other", "or specify other", NULL };

const char *
zf_xlsform_sheet_name (ZfXlsformSheet sheet)
{
  g_return_val_if_fail (sheet < ZF_XLSFORM_N_SHEETS, "");
  return sheet_names[sheet];
}

ZfXlsformSheet
zf_xlsform_sheet_find (const char *name)
{
  g_autofree char *wanted = g_strstrip (g_ascii_strdown (name, -1));
  guint i = 0;
  while (i < ZF_XLSFORM_N_SHEETS && strcmp (sheet_names[i], wanted) != 0)
    i++;
  return (ZfXlsformSheet) i;
}

/* Runs of spaces become one @space, none at the ends; a space that a browser brought along is one too. */
static char *
squeeze (const char *text, char space)
{
  char *out = g_malloc (strlen (text) + 1), *end = out;
  gboolean gap = FALSE;
  for (const char *p = text, *next; *p != '\0'; p = next)
    {
      next = g_utf8_next_char (p);
      if (g_unichar_isspace (g_utf8_get_char (p)))
        {
          gap = end > out;
          continue;
        }
      if (gap)
        *end++ = space;
      gap = FALSE;
      memcpy (end, p, (gsize) (next - p));
      end += next - p;
    }
  *end = '\0';
  return out;
}

static char *
lower (const char *text)
{
  return g_ascii_strdown (text, -1);
}

static char *
replace_char (char *text, char from, char to)
{
  for (char *p = text; *p != '\0'; p++)
    if (*p == from)
      *p = to;
  return text;
}

/* "English (en)" → "en" and "English" are looked up; a code that is neither of ours keeps the name from meaning one of them. */
static char *
language_name (const char *text)
{
  g_autofree char *whole = squeeze (text, ' ');
  g_autofree char *word = lower (whole);
  char *open = strrchr (word, '('), *close = strrchr (word, ')');
  gboolean has_code = open != NULL && close != NULL && close > open + 1;
  g_autofree char *code = has_code ? g_strstrip (g_strndup (open + 1, (gsize) (close - open - 1))) : g_strdup (word);
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    if (strcmp (languages[i].word, code) == 0)
      return g_strdup (languages[i].language);
  return g_steal_pointer (&whole);
}

/* Parts of a header: label, English; bind, jr:constraintMsg. */
static GPtrArray *
split_header (const char *header)
{
  g_auto (GStrv) wide = g_strsplit (header, "：", -1);
  g_autofree char *plain = g_strjoinv (":", wide);
  g_autofree char *first = g_strndup (plain, strcspn (plain, ":"));
  g_autofree char *key = squeeze (first, '_');
  g_autofree char *word = lower (key);
  gboolean twofold = strstr (plain, "::") != NULL;
  g_auto (GStrv) raw = g_strsplit (plain, twofold ? "::" : ":", twofold || g_strv_contains (before_colon, word) ? -1 : 1);
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; raw[i] != NULL; i++)
    {
      char *last = parts->len > 0 ? parts->pdata[parts->len - 1] : NULL;
      g_autofree char *part = squeeze (raw[i], ' ');
      if (last != NULL && g_strv_contains (prefixes, last))
        {
          parts->pdata[parts->len - 1] = g_strconcat (last, ":", part, NULL);
          g_free (last);
        }
      else
        g_ptr_array_add (parts, g_steal_pointer (&part));
    }
  return parts;
}

static const char *
find_column (ZfXlsformSheet sheet, const char *header)
{
  g_autofree char *key = squeeze (header, '_');
  g_autofree char *word = lower (key);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (columns[i].sheet == sheet && strcmp (columns[i].header, word) == 0)
      return columns[i].column;
  return NULL;
}

/* @column and the parts that follow it. */
static char *
join_rest (const char *column, GPtrArray *parts, guint from)
{
  g_autoptr (GString) out = g_string_new (column);
  for (guint i = from; i < parts->len; i++)
    {
      g_autofree char *language = g_strv_contains (translated, column) ? language_name (parts->pdata[i]) : NULL;
      g_string_append_printf (out, "::%s", language != NULL ? language : (const char *) parts->pdata[i]);
    }
  return g_strdup (out->str);
}

char *
zf_xlsform_column (ZfXlsformSheet sheet, const char *header)
{
  g_autoptr (GPtrArray) parts = split_header (header);
  const char *first = parts->len > 0 ? parts->pdata[0] : "";
  g_autofree char *word = lower (strcmp (first, "control") == 0 ? "body" : first);
  if (parts->len > 1)
    {
      g_autofree char *pair = g_strconcat (word, "::", parts->pdata[1], NULL);
      const char *column = find_column (sheet, pair);
      if (column != NULL)
        return join_rest (column, parts, 2);
    }
  const char *column = find_column (sheet, word);
  gboolean structural = parts->len > 1 && g_strv_contains (before_colon, word);
  return join_rest (column != NULL ? column : structural ? word : first, parts, 1);
}

gboolean
zf_xlsform_is_weak (ZfXlsformSheet sheet, const char *header)
{
  g_autofree char *word = squeeze (header, '_');
  return sheet == ZF_XLSFORM_CHOICES && g_ascii_strcasecmp (word, "value") == 0;
}

static const char *
yes_or_no (const char *text)
{
  g_autofree char *key = squeeze (text, ' ');
  g_autofree char *word = lower (key);
  return g_strv_contains (yes_words, word) ? "yes" : g_strv_contains (no_words, word) ? "no" : NULL;
}

char *
zf_xlsform_value (const char *column, const char *text)
{
  const char *word = g_strv_contains (yes_no, column) ? yes_or_no (text) : NULL;
  if (word != NULL)
    return g_strdup (word);
  g_autofree char *bare = squeeze (text, ' ');
  if (*bare == '\0' || g_strv_contains (names, column))
    return g_steal_pointer (&bare);
  if (strcmp (column, "type") == 0)
    return zf_xlsform_type (bare);
  if (strcmp (column, "default_language") == 0)
    return language_name (bare);
  return g_strdup (text);
}

/* The words after the list: or_other, or what nobody knows. */
static char *
list_type (const char *type, const char *rest)
{
  const char *space = strchr (rest, ' ');
  if (space == NULL)
    return g_strconcat (type, " ", rest, NULL);
  g_autofree char *list = g_strndup (rest, (gsize) (space - rest));
  g_autofree char *after = replace_char (lower (space + 1), '_', ' ');
  return g_strconcat (type, " ", list, " ", g_strv_contains (other_words, after) ? "or_other" : space + 1, NULL);
}

char *
zf_xlsform_type (const char *text)
{
  g_autofree char *whole = squeeze (text, ' ');
  g_autofree char *word = replace_char (lower (whole), '_', ' ');
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].word, word) == 0)
      return g_strdup (types[i].type);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      gsize n = strlen (lists[i].word);
      if (strncmp (lists[i].word, word, n) == 0 && word[n] == ' ')
        return list_type (lists[i].type, whole + n + 1);
    }
  /* The list is missing: only now, as a list may be called "from". */
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (strcmp (lists[i].word, word) == 0)
      return g_strdup (lists[i].type);
  return g_steal_pointer (&whole);
}

static void
set_unless_there (JsonObject *row, const char *column, const char *text)
{
  if (text != NULL && !json_object_has_member (row, column))
    json_object_set_string_member (row, column, text);
}

gboolean
zf_xlsform_spell_out (JsonObject *row)
{
  g_autofree char *word = replace_char (lower (zf_json_get_string (row, "type", "")), '_', ' ');
  for (guint i = 0; i < G_N_ELEMENTS (shorthands); i++)
    {
      if (strcmp (shorthands[i].word, word) != 0)
        continue;
      json_object_set_string_member (row, "type", shorthands[i].type);
      set_unless_there (row, "appearance", shorthands[i].appearance);
      set_unless_there (row, "constraint", shorthands[i].constraint);
      return TRUE;
    }
  return FALSE;
}

gboolean
zf_xlsform_may_name (const char *type)
{
  static const char *const telling[] = { "text", "integer", "decimal", "range", "date", "time", "dateTime", "barcode", "select_one", "select_multiple", NULL };
  g_autofree char *word = g_strndup (type, strcspn (type, " "));
  return g_strv_contains (telling, word);
}

char *
zf_xlsform_list_of (const char *type)
{
  static const char *const with_list[] = { "select_one", "select_multiple", "rank", NULL };
  g_auto (GStrv) words = g_strsplit (type, " ", 3);
  return words[0] != NULL && words[1] != NULL && g_strv_contains (with_list, words[0]) ? g_strdup (words[1]) : NULL;
}

char *
zf_xlsform_kind_name (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (const char *p = text; *p != '\0' && out->len < MAX_KIND_NAME; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (c < 0x80 && g_ascii_isalnum ((char) c))
        g_string_append_c (out, g_ascii_tolower ((char) c));
      else if (zf_pinyin_is_han (c))
        g_string_append (out, zf_pinyin_char (c));
      else if (out->len > 0 && out->str[out->len - 1] != '_')
        g_string_append_c (out, '_');
    }
  while (out->len > 0 && out->str[out->len - 1] == '_')
    g_string_truncate (out, out->len - 1);
  if (!g_ascii_isalpha (out->str[0]))
    g_string_prepend (out, out->len > 0 ? "form_" : "form");
  return g_strdup (out->str);
}

char *
zf_xlsform_place (const char *sheet, guint row, int column, const char *key)
{
  char letters[8] = { 0 };
  guint at = G_N_ELEMENTS (letters) - 1;
  for (int c = column; c >= 0; c = c / 26 - 1)
    letters[--at] = (char) ('A' + c % 26);
  if (column < 0)
    return g_strdup_printf (_("“%s”, row %u"), sheet, row);
  if (key == NULL)
    return g_strdup_printf (_("“%s”, row %u, column %s"), sheet, row, letters + at);
  return g_strdup_printf (_("“%s”, row %u, column %s `%s`"), sheet, row, letters + at, key);
}
