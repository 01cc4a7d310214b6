/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "zf-lazy.h"
#include "zf-xlsx-parts.h"

/* A small file may be all zeros and still be honest; only a large one is held to the ratio. */
#define MAX_RATIO 200
#define RATIO_FLOOR ((guint64) 64 << 20)
#define MAX_TOTAL ((guint64) 1 << 30)
#define MAX_ENTRIES 10000
#define BLOCK 16384
#define HEAD 4096

typedef struct archive ZfArchive;

struct _ZfXlsxPackage
{
  char *path;
  GPtrArray *names;     /* of the entries, in the order in which the archive gives them; as plain_name has them */
  ZfArchive *archive;   /* NULL until a part is read */
  guint next;           /* index of the entry that comes next */
  xmlTextReaderPtr xml; /* for one part after the other: making one takes longer than reading a small part */
};

struct _ZfXlsxPart
{
  ZfArchive *archive;    /* of the package */
  xmlTextReaderPtr xml;  /* of the package */
  char *name;
  guint64 bytes;
  guint64 max_bytes;
  GString *head;     /* the first bytes, where a DOCTYPE would stand */
  GError *error;     /* what went wrong inside libxml2's read callback */
};

static void
zf_archive_close (ZfArchive *archive)
{
  archive_read_free (archive);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfArchive, zf_archive_close)

static gboolean
fail (GError **error, int code, const char *message)
{
  g_set_error_literal (error, ZF_TABLE_ERROR, code, message);
  return FALSE;
}

/* Only the reader that begins at the zip's table of contents: without it a cut-off file would seem whole. */
static ZfArchive *
open_archive (const char *path, GError **error)
{
  g_autoptr (ZfArchive) archive = NULL;
  if (!zf_lazy_load ("libarchive", error))
    return NULL;
  archive = archive_read_new ();
  archive_read_support_format_zip_seekable (archive);
  if (archive_read_open_filename (archive, path, BLOCK) != ARCHIVE_OK)
    {
      fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is incomplete or damaged"));
      return NULL;
    }
  return g_steal_pointer (&archive);
}

/* "/xl\\Workbook.xml" → "xl/workbook.xml" */
static char *
plain_name (const char *path)
{
  return g_strdelimit (g_ascii_strdown (*path == '/' ? path + 1 : path, -1), "\\", '/');
}

/* The next entry; *entry = NULL after the last. */
static gboolean
next_entry (ZfArchive *archive, struct archive_entry **entry, GError **error)
{
  int result = archive_read_next_header (archive, entry);
  if (result == ARCHIVE_EOF)
    *entry = NULL;
  else if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
    return fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is incomplete or damaged"));
  return TRUE;
}

/* Adds the name of one entry and its size to @total. */
static gboolean
check_entry (ZfXlsxPackage *package, struct archive_entry *entry, guint64 *total, GError **error)
{
  const char *path = archive_entry_pathname (entry);
  if (archive_entry_is_encrypted (entry))
    return fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is protected by a password"));
  *total += (guint64) MAX (archive_entry_size (entry), 0);
  if (package->names->len >= MAX_ENTRIES || *total > MAX_TOTAL)
    return fail (error, ZF_TABLE_ERROR_LIMIT, _("The workbook unpacks to more than is safe to read"));
  g_ptr_array_add (package->names, path != NULL ? plain_name (path) : g_strdup (""));
  return TRUE;
}

static gboolean
check_package (ZfXlsxPackage *package, guint64 file_size, GError **error)
{
  g_autoptr (ZfArchive) archive = open_archive (package->path, error);
  struct archive_entry *entry = NULL;
  guint64 total = 0;
  if (archive == NULL)
    return FALSE;
  do
    if (!next_entry (archive, &entry, error) || (entry != NULL && !check_entry (package, entry, &total, error)))
      return FALSE;
  while (entry != NULL);
  if (total > RATIO_FLOOR && total / MAX (file_size, 1) > MAX_RATIO)
    return fail (error, ZF_TABLE_ERROR_LIMIT, _("The workbook unpacks to more than is safe to read"));
  return TRUE;
}

ZfXlsxPackage *
zf_xlsx_package_open (const char *path, GError **error)
{
  GStatBuf status;
  if (g_stat (path, &status) != 0)
    {
      g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_IO, _("The file cannot be opened: %s"), g_strerror (errno));
      return NULL;
    }
  g_autoptr (ZfXlsxPackage) package = g_new0 (ZfXlsxPackage, 1);
  package->path = g_strdup (path);
  package->names = g_ptr_array_new_with_free_func (g_free);
  return check_package (package, (guint64) status.st_size, error) ? g_steal_pointer (&package) : NULL;
}

void
zf_xlsx_package_close (ZfXlsxPackage *package)
{
  if (package == NULL)
    return;
  g_clear_pointer (&package->xml, xmlFreeTextReader);
  g_clear_pointer (&package->archive, zf_archive_close);
  g_ptr_array_unref (package->names);
  g_free (package->path);
  g_free (package);
}

/* Index of the part @name. */
static gboolean
find_part (ZfXlsxPackage *package, const char *name, guint *index)
{
  g_autofree char *plain = plain_name (name);
  return g_ptr_array_find_with_equal_func (package->names, plain, g_str_equal, index);
}

gboolean
zf_xlsx_package_has (ZfXlsxPackage *package, const char *name)
{
  return find_part (package, name, NULL);
}

#define DOCTYPE_MESSAGE _("The workbook is refused: it declares entities, which no honest workbook does")

/* Refused before the parser sees its declarations. */
static gboolean
declares_entities (ZfXlsxPart *part, const char *bytes, gsize n)
{
  if (part->head->len >= HEAD)
    return FALSE;
  g_string_append_len (part->head, bytes, (gssize) n);
  return g_strstr_len (part->head->str, (gssize) part->head->len, "<!DOCTYPE") != NULL;
}

static int
read_bytes (void *context, char *buffer, int len)
{
  ZfXlsxPart *part = context;
  la_ssize_t n = archive_read_data (part->archive, buffer, (size_t) len);
  if (n < 0)
    {
      if (part->error == NULL)
        fail (&part->error, ZF_TABLE_ERROR_FORMAT, _("The workbook is incomplete or damaged"));
      return -1;
    }
  part->bytes += (guint64) n;
  if (part->bytes > part->max_bytes)
    {
      if (part->error == NULL)
        fail (&part->error, ZF_TABLE_ERROR_LIMIT, _("The workbook unpacks to more than is safe to read"));
      return -1;
    }
  if (declares_entities (part, buffer, (gsize) n))
    {
      if (part->error == NULL)
        fail (&part->error, ZF_TABLE_ERROR_FORMAT, DOCTYPE_MESSAGE);
      return -1;
    }
  return (int) n;
}

static void
ignore_xml_message (void *user_data, xmlErrorPtr message)
{
  /* The reader's result says that it failed; the parser's own text could quote values. */
}

/* Goes on to the entry at @index, from the beginning where it lies behind already. */
static gboolean
seek_entry (ZfXlsxPackage *package, guint index, GError **error)
{
  struct archive_entry *entry = NULL;
  if (package->archive == NULL || package->next > index)
    {
      g_clear_pointer (&package->archive, zf_archive_close);
      package->archive = open_archive (package->path, error);
      package->next = 0;
    }
  if (package->archive == NULL)
    return FALSE;
  for (; package->next <= index; package->next++)
    {
      if (!next_entry (package->archive, &entry, error))
        return FALSE;
      if (entry == NULL)   /* another file by now */
        return fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is incomplete or damaged"));
    }
  return TRUE;
}

static gboolean
seek_part (ZfXlsxPackage *package, const char *name, GError **error)
{
  guint index = 0;
  if (find_part (package, name, &index))
    return seek_entry (package, index, error);
  g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The workbook is damaged: its part “%s” is missing"), name);
  return FALSE;
}

static gboolean
begin_xml (ZfXlsxPackage *package, ZfXlsxPart *part)
{
  const int options = XML_PARSE_NONET | XML_PARSE_COMPACT;
  if (package->xml == NULL)
    package->xml = xmlReaderForIO (read_bytes, NULL, part, NULL, NULL, options);
  else if (xmlReaderNewIO (package->xml, read_bytes, NULL, part, NULL, NULL, options) != 0)
    return FALSE;
  if (package->xml == NULL)
    return FALSE;
  xmlTextReaderSetStructuredErrorHandler (package->xml, ignore_xml_message, NULL);
  part->xml = package->xml;
  return TRUE;
}

ZfXlsxPart *
zf_xlsx_part_open (ZfXlsxPackage *package, const char *name, guint64 max_bytes, GError **error)
{
  if (!seek_part (package, name, error))
    return NULL;
  g_autoptr (ZfXlsxPart) part = g_new0 (ZfXlsxPart, 1);
  part->archive = package->archive;
  part->name = g_strdup (name);
  part->head = g_string_new (NULL);
  part->max_bytes = max_bytes;
  if (begin_xml (package, part))
    return g_steal_pointer (&part);
  fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is incomplete or damaged"));
  return NULL;
}

void
zf_xlsx_part_close (ZfXlsxPart *part)
{
  if (part == NULL)
    return;
  if (part->xml != NULL)
    xmlTextReaderClose (part->xml);
  g_clear_error (&part->error);
  g_string_free (part->head, TRUE);
  g_free (part->name);
  g_free (part);
}

gboolean
zf_xlsx_part_next (ZfXlsxPart *part, GError **error)
{
  int result = xmlTextReaderRead (part->xml);
  if (part->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&part->error));
      return FALSE;
    }
  if (result < 0)
    {
      g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The workbook is damaged: its part “%s” is not valid XML"), part->name);
      return FALSE;
    }
  if (result == 1 && xmlTextReaderNodeType (part->xml) == XML_READER_TYPE_DOCUMENT_TYPE)
    return fail (error, ZF_TABLE_ERROR_FORMAT, DOCTYPE_MESSAGE);
  return result == 1;
}

int
zf_xlsx_part_type (ZfXlsxPart *part)
{
  return xmlTextReaderNodeType (part->xml);
}

const char *
zf_xlsx_part_tag (ZfXlsxPart *part)
{
  const xmlChar *name = xmlTextReaderConstLocalName (part->xml);
  return name != NULL ? (const char *) name : "";
}

gboolean
zf_xlsx_part_begins (ZfXlsxPart *part, const char *tag)
{
  return zf_xlsx_part_type (part) == XML_READER_TYPE_ELEMENT && strcmp (zf_xlsx_part_tag (part), tag) == 0;
}

gboolean
zf_xlsx_part_ends (ZfXlsxPart *part, const char *tag)
{
  int type = zf_xlsx_part_type (part);
  if (type != XML_READER_TYPE_END_ELEMENT && !(type == XML_READER_TYPE_ELEMENT && xmlTextReaderIsEmptyElement (part->xml)))
    return FALSE;
  return strcmp (zf_xlsx_part_tag (part), tag) == 0;
}

char *
zf_xlsx_part_attribute (ZfXlsxPart *part, const char *name)
{
  char *value = NULL;
  for (int more = xmlTextReaderMoveToFirstAttribute (part->xml); more == 1 && value == NULL;
       more = xmlTextReaderMoveToNextAttribute (part->xml))
    if (strcmp (zf_xlsx_part_tag (part), name) == 0 && !xmlTextReaderIsNamespaceDecl (part->xml))
      value = g_strdup ((const char *) xmlTextReaderConstValue (part->xml));
  xmlTextReaderMoveToElement (part->xml);
  return value;
}

const char *
zf_xlsx_part_text (ZfXlsxPart *part)
{
  int type = zf_xlsx_part_type (part);
  if (type != XML_READER_TYPE_TEXT && type != XML_READER_TYPE_CDATA && type != XML_READER_TYPE_SIGNIFICANT_WHITESPACE)
    return NULL;
  return (const char *) xmlTextReaderConstValue (part->xml);
}

xmlTextReaderPtr
zf_xlsx_part_reader (ZfXlsxPart *part)
{
  return part->xml;
}
