/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-xlsx-parts.h"

#define MAX_SMALL_PART ((guint64) 64 << 20)
#define MAX_STRINGS ((guint64) 256 << 20)
#define MAX_SHEETS 1000
#define MAX_STYLES 65536
#define PACKAGE_RELATIONS "_rels/.rels"

/* One row of a relationships part. */
typedef struct
{
  char *type;     /* last path element of the type URI: worksheet, styles, sharedStrings, officeDocument */
  char *target;   /* path inside the archive */
} Relation;

static void
relation_free (gpointer data)
{
  Relation *relation = data;
  g_free (relation->type);
  g_free (relation->target);
  g_free (relation);
}

static void
sheet_info_free (gpointer data)
{
  ZfXlsxSheetInfo *info = data;
  g_free (info->name);
  g_free (info->part);
  g_free (info);
}

/* "../x/y.xml" as seen from the folder of @base. */
static char *
resolve_target (const char *base, const char *target)
{
  if (*target == '/')
    return g_strdup (target + 1);
  g_autofree char *folder = g_path_get_dirname (base);
  g_autofree char *joined = g_strcmp0 (folder, ".") == 0 ? g_strdup (target) : g_build_filename (folder, target, NULL);
  g_autofree char *absolute = g_canonicalize_filename (joined, "/");
  return g_strdup (absolute + 1);
}

static char *
relations_part (const char *of)
{
  g_autofree char *folder = g_path_get_dirname (of);
  g_autofree char *name = g_path_get_basename (of);
  g_autofree char *file = g_strconcat (name, ".rels", NULL);
  if (*of == '\0')
    return g_strdup (PACKAGE_RELATIONS);
  if (g_strcmp0 (folder, ".") == 0)
    return g_build_filename ("_rels", file, NULL);
  return g_build_filename (folder, "_rels", file, NULL);
}

/* Relations of a part by their id; @of "" stands for the package itself. */
static GHashTable *
read_relations (ZfXlsxPackage *package, const char *of, GError **error)
{
  g_autofree char *name = relations_part (of);
  g_autoptr (ZfXlsxPart) part = zf_xlsx_part_open (package, name, MAX_SMALL_PART, error);
  if (part == NULL)
    return NULL;
  g_autoptr (GHashTable) relations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, relation_free);
  GError *local = NULL;
  while (zf_xlsx_part_next (part, &local))
    {
      if (!zf_xlsx_part_begins (part, "Relationship"))
        continue;
      g_autofree char *type = zf_xlsx_part_attribute (part, "Type");
      g_autofree char *target = zf_xlsx_part_attribute (part, "Target");
      char *id = zf_xlsx_part_attribute (part, "Id");
      if (id == NULL || type == NULL || target == NULL)
        {
          g_free (id);
          continue;
        }
      const char *slash = strrchr (type, '/');
      Relation *relation = g_new0 (Relation, 1);
      relation->type = g_strdup (slash != NULL ? slash + 1 : type);
      relation->target = resolve_target (of, target);
      g_hash_table_replace (relations, id, relation);
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return NULL;
    }
  return g_steal_pointer (&relations);
}

static const char *
find_relation (GHashTable *relations, const char *type)
{
  GHashTableIter iter;
  gpointer value = NULL;
  g_hash_table_iter_init (&iter, relations);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (strcmp (((Relation *) value)->type, type) == 0)
      return ((Relation *) value)->target;
  return NULL;
}

/* A workbook entry becomes a sheet when its relation is a worksheet; chart sheets and dialogs hold no rows. */
static void
add_sheet (ZfXlsxBook *book, ZfXlsxPart *part, GHashTable *relations)
{
  g_autofree char *id = zf_xlsx_part_attribute (part, "id");
  g_autofree char *state = zf_xlsx_part_attribute (part, "state");
  Relation *relation = id != NULL ? g_hash_table_lookup (relations, id) : NULL;
  if (relation == NULL || strcmp (relation->type, "worksheet") != 0 || book->sheets->len >= MAX_SHEETS)
    return;
  ZfXlsxSheetInfo *info = g_new0 (ZfXlsxSheetInfo, 1);
  info->name = zf_xlsx_part_attribute (part, "name");
  if (info->name == NULL)
    info->name = g_strdup ("");
  info->part = g_strdup (relation->target);
  info->hidden = g_strcmp0 (state, "hidden") == 0 || g_strcmp0 (state, "veryHidden") == 0;
  g_ptr_array_add (book->sheets, info);
}

static gboolean
is_true (const char *text)
{
  return g_strcmp0 (text, "1") == 0 || g_strcmp0 (text, "true") == 0 || g_strcmp0 (text, "on") == 0;
}

static gboolean
read_workbook (ZfXlsxBook *book, const char *name, GHashTable *relations, GError **error)
{
  g_autoptr (ZfXlsxPart) part = zf_xlsx_part_open (book->package, name, MAX_SMALL_PART, error);
  if (part == NULL)
    return FALSE;
  GError *local = NULL;
  while (zf_xlsx_part_next (part, &local))
    {
      if (zf_xlsx_part_begins (part, "workbookPr"))
        {
          g_autofree char *value = zf_xlsx_part_attribute (part, "date1904");
          book->date_1904 = is_true (value);
        }
      else if (zf_xlsx_part_begins (part, "sheet"))
        add_sheet (book, part, relations);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

static int
hex_escape (const char *text)
{
  if (text[0] != '_' || text[1] != 'x')
    return -1;
  int code = 0;
  for (int i = 2; i < 6; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);
      if (digit < 0)
        return -1;
      code = code * 16 + digit;
    }
  return text[6] == '_' ? code : -1;
}

void
zf_xlsx_append_text (GString *out, const char *text)
{
  for (const char *escape = strstr (text, "_x"); escape != NULL; escape = strstr (text, "_x"))
    {
      int code = hex_escape (escape);
      g_string_append_len (out, text, escape - text);
      /* Only control characters: an escaped surrogate or NUL has no place in a text of ours. */
      if (code == '_' || (code > 0 && code < 0x20))
        g_string_append_c (out, (char) code);
      else
        g_string_append_len (out, escape, code < 0 ? 2 : 7);
      text = escape + (code < 0 ? 2 : 7);
    }
  g_string_append (out, text);
}

/* Plain text or runs of rich text; the reading aid of East Asian text (rPh) is no part of the value. */
static gboolean
read_strings (ZfXlsxBook *book, const char *name, GError **error)
{
  g_autoptr (ZfXlsxPart) part = zf_xlsx_part_open (book->package, name, MAX_STRINGS, error);
  if (part == NULL)
    return FALSE;
  gboolean in_text = FALSE, in_phonetic = FALSE;
  GError *local = NULL;
  while (zf_xlsx_part_next (part, &local))
    {
      if (zf_xlsx_part_begins (part, "si"))
        {
          guint32 at = (guint32) book->string_text->len;
          g_array_append_val (book->string_at, at);
        }
      if (zf_xlsx_part_begins (part, "t"))
        in_text = TRUE;
      else if (zf_xlsx_part_begins (part, "rPh"))
        in_phonetic = TRUE;
      else if (in_text && !in_phonetic && zf_xlsx_part_text (part) != NULL)
        zf_xlsx_append_text (book->string_text, zf_xlsx_part_text (part));
      if (zf_xlsx_part_ends (part, "t"))
        in_text = FALSE;
      if (zf_xlsx_part_ends (part, "rPh"))
        in_phonetic = FALSE;
      if (zf_xlsx_part_ends (part, "si"))
        g_string_append_c (book->string_text, '\0');
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

/* Built-in number formats that show a day: the common ones and those of the Chinese editions. */
static gboolean
is_builtin_date (guint64 id)
{
  return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) || id == 57 || id == 58;
}

/* A format code that shows a year or a day outside quotes, colours and conditions. "[h]" and "mm:ss" alone are durations. */
static gboolean
is_date_code (const char *code)
{
  gboolean quoted = FALSE, bracket = FALSE;
  for (const char *p = code; *p != '\0'; p++)
    {
      if (*p == '"')
        quoted = !quoted;
      else if (quoted)
        continue;
      else if (*p == '\\' || *p == '_' || *p == '*')
        p += p[1] != '\0';
      else if (*p == '[' || *p == ']')
        bracket = *p == '[';
      else if (*p == ';' && !bracket)
        return FALSE;
      else if (!bracket && strchr ("yYdDeE", *p) != NULL && !((*p == 'E' || *p == 'e') && (p[1] == '+' || p[1] == '-')))
        return g_ascii_strncasecmp (p, "e", 1) != 0 || p[1] != 'n';
    }
  return FALSE;
}

static void
add_cell_style (ZfXlsxBook *book, ZfXlsxPart *part, GHashTable *formats)
{
  g_autofree char *id = zf_xlsx_part_attribute (part, "numFmtId");
  const char *code = id != NULL ? g_hash_table_lookup (formats, id) : NULL;
  gboolean date = code != NULL ? is_date_code (code) : id != NULL && is_builtin_date (g_ascii_strtoull (id, NULL, 10));
  if (book->date_styles->len < MAX_STYLES)
    g_array_append_val (book->date_styles, date);
}

static gboolean
read_styles (ZfXlsxBook *book, const char *name, GError **error)
{
  g_autoptr (ZfXlsxPart) part = zf_xlsx_part_open (book->package, name, MAX_SMALL_PART, error);
  if (part == NULL)
    return FALSE;
  g_autoptr (GHashTable) formats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gboolean in_cell_styles = FALSE;
  GError *local = NULL;
  while (zf_xlsx_part_next (part, &local))
    {
      if (zf_xlsx_part_begins (part, "numFmt"))
        {
          char *id = zf_xlsx_part_attribute (part, "numFmtId");
          char *code = zf_xlsx_part_attribute (part, "formatCode");
          g_hash_table_replace (formats, id != NULL ? id : g_strdup (""), code != NULL ? code : g_strdup (""));
        }
      else if (zf_xlsx_part_begins (part, "cellXfs"))
        in_cell_styles = TRUE;
      else if (in_cell_styles && zf_xlsx_part_begins (part, "xf"))
        add_cell_style (book, part, formats);
      if (zf_xlsx_part_ends (part, "cellXfs"))
        in_cell_styles = FALSE;
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

static gboolean
fail_no_workbook (GError **error)
{
  g_set_error_literal (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The file is an archive but not a workbook"));
  return FALSE;
}

/* Workbook, then the two shared parts, where there are such. */
static gboolean
read_book (ZfXlsxBook *book, GError **error)
{
  if (!zf_xlsx_package_has (book->package, PACKAGE_RELATIONS))
    return fail_no_workbook (error);
  g_autoptr (GHashTable) package = read_relations (book->package, "", error);
  if (package == NULL)
    return FALSE;
  const char *workbook = find_relation (package, "officeDocument");
  if (workbook == NULL || !zf_xlsx_package_has (book->package, workbook))
    return fail_no_workbook (error);
  g_autoptr (GHashTable) relations = read_relations (book->package, workbook, error);
  if (relations == NULL || !read_workbook (book, workbook, relations, error))
    return FALSE;
  const char *strings = find_relation (relations, "sharedStrings");
  if (strings != NULL && !read_strings (book, strings, error))
    return FALSE;
  const char *styles = find_relation (relations, "styles");
  return styles == NULL || read_styles (book, styles, error);
}

ZfXlsxBook *
zf_xlsx_book_open (const char *path, GError **error)
{
  ZfXlsxPackage *package = zf_xlsx_package_open (path, error);
  if (package == NULL)
    return NULL;
  g_autoptr (ZfXlsxBook) book = g_new0 (ZfXlsxBook, 1);
  book->package = package;
  book->sheets = g_ptr_array_new_with_free_func (sheet_info_free);
  book->string_text = g_string_new (NULL);
  book->string_at = g_array_new (FALSE, FALSE, sizeof (guint32));
  book->date_styles = g_array_new (FALSE, FALSE, sizeof (gboolean));
  return read_book (book, error) ? g_steal_pointer (&book) : NULL;
}

void
zf_xlsx_book_free (ZfXlsxBook *book)
{
  if (book == NULL)
    return;
  g_ptr_array_unref (book->sheets);
  g_string_free (book->string_text, TRUE);
  g_array_unref (book->string_at);
  g_array_unref (book->date_styles);
  zf_xlsx_package_close (book->package);
  g_free (book);
}

const char *
zf_xlsx_book_string (ZfXlsxBook *book, guint64 index)
{
  if (index >= book->string_at->len)
    return NULL;
  return book->string_text->str + g_array_index (book->string_at, guint32, index);
}
