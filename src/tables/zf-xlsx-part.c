/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gi18n.h>
#include <string.h>

#include "zf-xlsx-archive.h"
#include "zf-xlsx-parts.h"

/* A small file may be all zeros and still be honest; only a large one is held to the ratio. */
#define MAX_RATIO 200
#define RATIO_FLOOR ((guint64) 64 << 20)
#define MAX_TOTAL ((guint64) 1 << 30)
#define MAX_ENTRIES 10000
#define BLOCK 65536
#define HEAD 4096

struct _ZfXlsxPart
{
  struct archive *archive;
  xmlTextReaderPtr xml;
  char *name;
  guint64 bytes;
  guint64 max_bytes;
  GString *head;     /* the first bytes, where a DOCTYPE would stand */
  GError *error;     /* what went wrong inside libxml2's read callback */
};

typedef struct archive ZfArchive;
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
  g_autoptr (ZfArchive) archive = archive_read_new ();
  archive_read_support_format_zip_seekable (archive);
  if (archive_read_open_filename (archive, path, BLOCK) != ARCHIVE_OK)
    {
      fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is incomplete or damaged"));
      return NULL;
    }
  return g_steal_pointer (&archive);
}

static gboolean
same_name (struct archive_entry *entry, const char *name)
{
  const char *path = archive_entry_pathname (entry);
  if (path == NULL)
    return FALSE;
  g_autofree char *plain = g_strdelimit (g_strdup (*path == '/' ? path + 1 : path), "\\", '/');
  return g_ascii_strcasecmp (plain, name) == 0;
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

gboolean
zf_xlsx_archive_check (const char *path, guint64 file_size, GError **error)
{
  g_autoptr (ZfArchive) archive = open_archive (path, error);
  if (archive == NULL)
    return FALSE;
  struct archive_entry *entry = NULL;
  guint64 total = 0;
  for (guint n = 0;; n++)
    {
      if (!next_entry (archive, &entry, error))
        return FALSE;
      if (entry == NULL)
        break;
      if (archive_entry_is_encrypted (entry))
        return fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is protected by a password"));
      total += (guint64) MAX (archive_entry_size (entry), 0);
      if (n >= MAX_ENTRIES || total > MAX_TOTAL)
        return fail (error, ZF_TABLE_ERROR_LIMIT, _("The workbook unpacks to more than is safe to read"));
    }
  if (total > RATIO_FLOOR && total / MAX (file_size, 1) > MAX_RATIO)
    return fail (error, ZF_TABLE_ERROR_LIMIT, _("The workbook unpacks to more than is safe to read"));
  return TRUE;
}

gboolean
zf_xlsx_archive_has (const char *path, const char *name)
{
  g_autoptr (ZfArchive) archive = open_archive (path, NULL);
  struct archive_entry *entry = NULL;
  while (archive != NULL && next_entry (archive, &entry, NULL) && entry != NULL)
    if (same_name (entry, name))
      return TRUE;
  return FALSE;
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

static gboolean
seek_part (ZfArchive *archive, const char *name, GError **error)
{
  struct archive_entry *entry = NULL;
  do
    if (!next_entry (archive, &entry, error))
      return FALSE;
  while (entry != NULL && !same_name (entry, name));
  if (entry != NULL)
    return TRUE;
  g_set_error (error, ZF_TABLE_ERROR, ZF_TABLE_ERROR_FORMAT, _("The workbook is damaged: its part “%s” is missing"), name);
  return FALSE;
}

ZfXlsxPart *
zf_xlsx_part_open (const char *path, const char *name, guint64 max_bytes, GError **error)
{
  g_autoptr (ZfArchive) archive = open_archive (path, error);
  if (archive == NULL || !seek_part (archive, name, error))
    return NULL;
  g_autoptr (ZfXlsxPart) part = g_new0 (ZfXlsxPart, 1);
  part->archive = g_steal_pointer (&archive);
  part->name = g_strdup (name);
  part->head = g_string_new (NULL);
  part->max_bytes = max_bytes;
  part->xml = xmlReaderForIO (read_bytes, NULL, part, NULL, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
  if (part->xml == NULL)
    {
      fail (error, ZF_TABLE_ERROR_FORMAT, _("The workbook is incomplete or damaged"));
      return NULL;
    }
  xmlTextReaderSetStructuredErrorHandler (part->xml, ignore_xml_message, NULL);
  return g_steal_pointer (&part);
}

void
zf_xlsx_part_close (ZfXlsxPart *part)
{
  if (part == NULL)
    return;
  g_clear_pointer (&part->xml, xmlFreeTextReader);
  zf_archive_close (part->archive);
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
