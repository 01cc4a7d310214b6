/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-idnumber.h"
#include "zf-json.h"
#include "zf-roster-private.h"
#include "zf-sheet-private.h"

/* A spreadsheet keeps fifteen digits of a number. */
#define EXACT_DIGITS 15

struct _ZfRosterValues
{
  GHashTable *choices;   /* ZfField* → GHashTable: plain label → code */
};

ZfRosterValues *
zf_roster_values_new (void)
{
  ZfRosterValues *self = g_new0 (ZfRosterValues, 1);
  self->choices = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_hash_table_unref);
  return self;
}

void
zf_roster_values_free (ZfRosterValues *self)
{
  g_hash_table_unref (self->choices);
  g_free (self);
}

static void
add_spelling (GHashTable *table, const char *text, const char *code)
{
  char *plain = zf_roster_plain (text);
  if (*plain != '\0' && !g_hash_table_contains (table, plain))
    g_hash_table_insert (table, plain, (gpointer) code);
  else
    g_free (plain);
}

static void
add_aliases (GHashTable *table, const ZfChoice *choice)
{
  g_auto (GStrv) aliases = g_strsplit (zf_json_get_string (choice->row, "alias", ""), " ", -1);
  for (char **alias = aliases; *alias != NULL; alias++)
    add_spelling (table, *alias, choice->name);
}

/* Labels win over other spellings, and both over codes. */
static GHashTable *
choices_of (ZfRosterValues *self, const ZfKind *kind, const ZfField *field)
{
  GHashTable *table = g_hash_table_lookup (self->choices, field);
  if (table != NULL)
    return table;
  table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *list = zf_kind_choices (kind, field->list_name);
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      ZfChoice *choice = g_ptr_array_index (list, i);
      add_spelling (table, zf_row_text (choice->plain, "label", "zh") != NULL ? zf_row_text (choice->plain, "label", "zh") : choice->name, choice->name);
    }
  for (guint i = 0; list != NULL && i < list->len; i++)
    add_aliases (table, g_ptr_array_index (list, i));
  for (guint i = 0; list != NULL && i < list->len; i++)
    add_spelling (table, ((ZfChoice *) g_ptr_array_index (list, i))->name, ((ZfChoice *) g_ptr_array_index (list, i))->name);
  g_hash_table_insert (self->choices, (gpointer) field, table);
  return table;
}

static gboolean
means_nothing (const char *plain)
{
  static const char *const words[] = { "", "/", "-", "--", "—", "——", "无", "\\", "空", NULL };
  return g_strv_contains (words, plain);
}

static const char *
find_choice (GHashTable *table, const char *plain)
{
  const char *code = g_hash_table_lookup (table, plain);
  if (code == NULL && strcmp (plain, "TRUE") == 0)
    code = g_hash_table_lookup (table, "是");
  if (code == NULL && strcmp (plain, "FALSE") == 0)
    code = g_hash_table_lookup (table, "否");
  return code;
}

static JsonNode *
read_choice (GHashTable *table, const char *plain, const char **reason)
{
  const char *code = find_choice (table, plain);
  if (code != NULL)
    return zf_json_string (code);
  if (!means_nothing (plain))
    *reason = _("This value is not in the list of this column");
  return NULL;
}

static int
compare_codes (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static JsonNode *
make_set (GPtrArray *codes)
{
  JsonArray *array = json_array_sized_new (codes->len);
  g_ptr_array_sort (codes, compare_codes);
  for (guint i = 0; i < codes->len; i++)
    if (i == 0 || strcmp (g_ptr_array_index (codes, i), g_ptr_array_index (codes, i - 1)) != 0)
      json_array_add_string_element (array, g_ptr_array_index (codes, i));
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, array);
  return node;
}

static JsonNode *
read_set (GHashTable *table, const char *text, const char **reason)
{
  g_autofree char *whole = zf_roster_plain (text);
  g_autoptr (GPtrArray) codes = g_ptr_array_new ();
  if (find_choice (table, whole) == NULL && means_nothing (whole))
    return NULL;
  g_autoptr (GRegex) separators = g_regex_new ("[、,;/|]", 0, 0, NULL);
  g_auto (GStrv) parts = find_choice (table, whole) != NULL ? g_strsplit (whole, "\n", 1) : g_regex_split (separators, whole, 0);
  for (char **part = parts; *part != NULL; part++)
    {
      const char *code = find_choice (table, *part);
      if (code != NULL)
        g_ptr_array_add (codes, (gpointer) code);
      else if (**part != '\0')
        {
          *reason = _("This value is not in the list of this column");
          return NULL;
        }
    }
  return codes->len > 0 ? make_set (codes) : NULL;
}

/* "5.00231E+17" and long numbers: the last digits are gone. */
static gboolean
lost_digits (const ZfCell *cell, const char *plain)
{
  const char *e = strpbrk (plain, "Ee");
  if (e != NULL && e > plain && strspn (plain, "0123456789.") == (gsize) (e - plain) && (e[1] == '+' || g_ascii_isdigit (e[1])))
    return TRUE;
  return cell->type == ZF_CELL_NUMBER && strspn (plain, "0123456789") > EXACT_DIGITS;
}

char *
zf_roster_values_digits (const ZfCell *cell, const char **reason)
{
  g_autofree char *plain = zf_roster_plain (cell->text);
  if (*plain == '\'')
    memmove (plain, plain + 1, strlen (plain));
  if (means_nothing (plain))
    return NULL;
  if (!lost_digits (cell, plain))
    return g_steal_pointer (&plain);
  *reason = _("This number was stored as a numeric value and lost its last digits; enter it as text");
  return NULL;
}

static const char *
id_reason (ZfIdVerdict verdict)
{
  static const char *const reasons[] = {
    [ZF_ID_LENGTH] = N_("The ID number does not have 18 digits"),
    [ZF_ID_CHARACTER] = N_("The ID number holds a character that does not belong there"),
    [ZF_ID_DATE] = N_("The ID number holds a birth date that does not exist"),
    [ZF_ID_CHECK] = N_("The last character of the ID number does not fit the others"),
    [ZF_ID_ROUNDED] = N_("This number was stored as a numeric value and lost its last digits; enter it as text"),
  };
  return verdict < G_N_ELEMENTS (reasons) && reasons[verdict] != NULL ? _(reasons[verdict]) : NULL;
}

char *
zf_roster_values_id_number (const ZfCell *cell, const char **reason)
{
  g_autofree char *digits = zf_roster_values_digits (cell, reason);
  if (digits == NULL)
    return NULL;
  ZfIdVerdict verdict = zf_idnumber_check (digits);
  if (verdict == ZF_ID_EMPTY)
    return NULL;
  *reason = id_reason (verdict);
  return *reason == NULL ? zf_idnumber_normalize (digits) : NULL;
}

/* Up to three runs of digits; *rest tells what follows the last. */
static guint
read_numbers (const char *text, int numbers[3], gsize widths[3])
{
  guint n = 0;
  for (const char *p = text; *p != '\0' && n < 3;)
    {
      gsize width = strspn (p, "0123456789");
      if (width == 0)
        {
          p = g_utf8_next_char (p);
          continue;
        }
      numbers[n] = width <= 8 ? atoi (p) : 0;
      widths[n++] = width;
      p += width;
    }
  return n;
}

static char *
make_date (int year, int month, int day)
{
  if (year < 1850 || year > 2200 || month < 1 || month > 12 || day < 1 || !g_date_valid_dmy ((GDateDay) MIN (day, 99), (GDateMonth) month, (GDateYear) year))
    return NULL;
  return g_strdup_printf ("%04d-%02d-%02d", year, month, day);
}

static char *
date_from_text (const char *plain, gboolean month_only)
{
  int n[3] = { 0 };
  gsize w[3] = { 0 };
  guint count = read_numbers (plain, n, w);
  if (!g_ascii_isdigit (*plain))
    return NULL;
  if (w[0] == 8)
    return make_date (n[0] / 10000, n[0] / 100 % 100, n[0] % 100);
  if (w[0] == 6 && count == 1 && month_only)
    return make_date (n[0] / 100, n[0] % 100, 1);
  if (w[0] != 4 || count < 2 || w[1] > 2)
    return NULL;
  if (count == 2)
    return month_only ? make_date (n[0], n[1], 1) : NULL;
  /* "2020-01-0200:00:00": the time stands right behind the day once spaces are gone */
  return make_date (n[0], n[1], w[2] > 2 ? n[2] / (w[2] == 4 ? 100 : 10) : n[2]);
}

char *
zf_roster_values_date (const ZfCell *cell, gboolean month_only)
{
  g_autofree char *plain = zf_roster_plain (cell->text);
  if (cell->type == ZF_CELL_DATE)
    return date_from_text (plain, month_only);
  gsize digits = strspn (plain, "0123456789");
  gboolean serial = cell->type == ZF_CELL_NUMBER || (digits == 5 && plain[5] == '\0');
  double value = g_ascii_strtod (plain, NULL);
  /* Days since 1900: from 1954 on they have five digits. */
  if (serial && value >= 367 && value < 100000)
    return zf_sheet_serial_date (value, FALSE);
  return date_from_text (plain, month_only);
}

static JsonNode *
read_date (const ZfKind *kind, const ZfCell *cell, const char *plain, const char **reason)
{
  if (means_nothing (plain))
    return NULL;
  g_autofree char *date = zf_roster_values_date (cell, strcmp (zf_kind_name (kind), "household") == 0);
  if (date != NULL)
    return zf_json_string (date);
  *reason = _("This is not a date");
  return NULL;
}

/* 十 = 10, 十二 = 12, 二十三 = 23; -1 when it is something else. */
static int
chinese_number (const char *text)
{
  static const char *const digits[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九" };
  int tens = 0, ones = 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      guint k = 0;
      while (k < G_N_ELEMENTS (digits) && !g_str_has_prefix (p, digits[k]))
        k++;
      if (g_str_has_prefix (p, "十") && tens == 0)
        {
          tens = ones > 0 ? ones : 1;
          ones = 0;
        }
      else if (k < G_N_ELEMENTS (digits) && ones == 0)
        ones = (int) k + 1;
      else
        return -1;
    }
  return tens * 10 + ones > 0 ? tens * 10 + ones : -1;
}

static char *
strip_unit (const char *plain)
{
  static const char *const units[] = { "个月", "村民小组", "小组", "组", "社", "月", "人", "元", "岁", NULL };
  const char *begin = g_str_has_prefix (plain, "第") ? plain + strlen ("第") : plain;
  for (const char *const *unit = units; *unit != NULL; unit++)
    if (g_str_has_suffix (begin, *unit))
      return g_strndup (begin, strlen (begin) - strlen (*unit));
  return g_strdup (begin);
}

static JsonNode *
read_integer (const char *plain, const char **reason)
{
  g_autofree char *bare = strip_unit (plain);
  gint64 value = 0;
  if (means_nothing (plain))
    return NULL;
  if (g_ascii_string_to_signed (bare, 10, G_MININT32, G_MAXINT32, &value, NULL))
    return zf_json_int (value);
  if (chinese_number (bare) > 0)
    return zf_json_int (chinese_number (bare));
  *reason = _("This is not a whole number");
  return NULL;
}

static JsonNode *
read_decimal (const ZfField *field, const char *plain, const char **reason)
{
  if (means_nothing (plain))
    return NULL;
  g_autofree char *bare = strip_unit (plain);
  g_auto (GStrv) parts = g_strsplit (bare, ",", -1);
  g_autofree char *joined = g_strjoinv ("", parts);
  gint64 fen = 0;
  if (field->type == ZF_FIELD_MONEY && zf_money_parse (joined, &fen))
    return zf_json_int (fen);
  g_autofree char *decimal = field->type == ZF_FIELD_DECIMAL ? zf_decimal_normalize (joined) : NULL;
  if (decimal != NULL)
    return zf_json_string (decimal);
  *reason = _("This is not a number");
  return NULL;
}

static gboolean
has_latin (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_isalpha (*p))
      return TRUE;
  return FALSE;
}

/* Fields whose text follows a rule of its own. Names: "张 三" is 张三, but "Anna Li" stays. */
static JsonNode *
read_text (const ZfField *field, const ZfCell *cell, const char *plain, const char **reason)
{
  g_autofree char *text = NULL;
  if (means_nothing (plain))
    return NULL;
  if (strcmp (field->name, "id_number") == 0)
    text = zf_roster_values_id_number (cell, reason);
  else if (strcmp (field->name, "code") == 0 || strcmp (field->name, "bank_account") == 0)
    text = zf_roster_values_digits (cell, reason);
  else if (g_str_has_suffix (field->name, "phone"))
    {
      text = g_strdup (plain);
      if (!zf_phone_check (plain))
        *reason = _("This is not a phone number");
    }
  else if (g_str_has_suffix (field->name, "name") && !has_latin (plain))
    text = g_strdup (plain);
  else
    text = g_strstrip (g_strdup (cell->text));
  return *reason == NULL && text != NULL && *text != '\0' ? zf_json_string (text) : NULL;
}

JsonNode *
zf_roster_values_read (ZfRosterValues *self, const ZfKind *kind, const ZfField *field, const ZfCell *cell, const char **reason)
{
  *reason = NULL;
  if (cell->type == ZF_CELL_EMPTY)
    return NULL;
  if (cell->type == ZF_CELL_ERROR)
    {
      *reason = _("The formula in this cell gives an error");
      return NULL;
    }
  g_autofree char *plain = zf_roster_plain (cell->text);
  switch (field->type)
    {
    case ZF_FIELD_SELECT_ONE:
      return read_choice (choices_of (self, kind, field), plain, reason);
    case ZF_FIELD_SET:
      return read_set (choices_of (self, kind, field), cell->text, reason);
    case ZF_FIELD_DATE:
      return read_date (kind, cell, plain, reason);
    case ZF_FIELD_INTEGER:
      return read_integer (plain, reason);
    case ZF_FIELD_DECIMAL:
    case ZF_FIELD_MONEY:
      return read_decimal (field, plain, reason);
    case ZF_FIELD_TEXT:
      return read_text (field, cell, plain, reason);
    case ZF_FIELD_REF:
    case ZF_FIELD_TIME_MS:
    case ZF_FIELD_TIME:
    case ZF_FIELD_RANK:
    case ZF_FIELD_POINT:
    case ZF_FIELD_MEDIA:
    default:
      return NULL;
    }
}
