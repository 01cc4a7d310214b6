/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* photo add, photo list, photo get, photo free. */

#include <glib/gi18n.h>
#include <stdio.h>

#include "zf-ctl.h"
#include "zf-error.h"
#include "zf-photo.h"
#include "zf-sync.h"

static int
run_add (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  const char *caption = zf_ctl_value (ctl, "--caption");
  const char *purpose = zf_ctl_value (ctl, "--purpose");

  if (ctl->argc != 2 || zf_ctl_unknown_option (ctl) != NULL)
    return zf_ctl_usage ("--store DIR photo add RECORD FILE [--caption T] [--purpose CODE]");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  id = zf_photo_add (ctl->store, ctl->argv[0], ctl->argv[1], caption, purpose, ctl->by != NULL ? ctl->by : "", &error);
  if (id == NULL)
    return zf_ctl_fail (error);
  puts (id);
  return ZF_CTL_OK;
}

static ZfRows *
photos_where (ZfCtl *ctl, const char *column, const char *record, GError **error)
{
  g_autoptr (ZfQuery) query = zf_query_new ("photo");

  zf_query_columns (query, "id", "sha256", "taken", "purpose", NULL);
  zf_query_where (query, column, ZF_OP_EQ, record);
  zf_query_order (query, "id", FALSE);
  return zf_query_run (query, zf_store_reader (ctl->store), error);
}

static void
print_photo (ZfCtl *ctl, ZfRows *rows, guint row)
{
  static const char *const names[] = { "id", "sha256", "taken", "purpose" };
  g_autoptr (JsonObject) out = json_object_new ();

  for (guint c = 0; c < G_N_ELEMENTS (names); c++)
    {
      const char *text = zf_rows_text (rows, row, c);

      if (!ctl->json)
        printf ("%s%s", c > 0 ? "\t" : "", text != NULL ? text : "");
      else if (text != NULL)
        json_object_set_string_member (out, names[c], text);
    }
  if (ctl->json)
    zf_ctl_print_json (out);
  else
    putchar ('\n');
}

/* A photo belongs to a household and may show one of its records: both ways lead to it. */
static int
run_list (ZfCtl *ctl)
{
  static const char *const columns[] = { "parent", "record" };
  g_autoptr (GError) error = NULL;

  if (ctl->argc != 1 || zf_ctl_unknown_option (ctl) != NULL)
    return zf_ctl_usage ("--store DIR [--json] photo list RECORD");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autoptr (ZfRows) rows = photos_where (ctl, columns[i], ctl->argv[0], &error);

      if (rows == NULL)
        return zf_ctl_fail (error);
      for (guint r = 0; r < zf_rows_n (rows); r++)
        print_photo (ctl, rows, r);
      if (zf_rows_n (rows) > 0)
        break;
    }
  return ZF_CTL_OK;
}

/* The hash of the picture that the record @id shows. */
static char *
picture_of (ZfCtl *ctl, const char *id, GError **error)
{
  g_autoptr (ZfRecord) record = zf_reader_get (zf_store_reader (ctl->store), id, error);
  const char *sha256 = record != NULL ? zf_record_get_string (record, "sha256", NULL) : NULL;

  if (record != NULL && sha256 == NULL)
    g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("This record is not a photo."));
  return g_strdup (sha256);
}

/* Copies the picture to @path; brought from the county first when only its record is here. */
static gboolean
get_picture (ZfCtl *ctl, const char *id, const char *path, GError **error)
{
  g_autofree char *sha256 = picture_of (ctl, id, error);
  g_autofree char *file = sha256 != NULL ? zf_photo_path (zf_store_dir (ctl->store), sha256, FALSE) : NULL;
  g_autofree char *data = NULL;
  gsize len;

  if (file == NULL || (!g_file_test (file, G_FILE_TEST_EXISTS) && !zf_sync_fetch_photo (ctl->store, sha256, NULL, error)))
    return FALSE;
  return g_file_get_contents (file, &data, &len, error) && g_file_set_contents (path, data, (gssize) len, error);
}

static int
run_get (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  const char *path = zf_ctl_value (ctl, "-o");

  if (ctl->argc != 1 || path == NULL || zf_ctl_unknown_option (ctl) != NULL)
    return zf_ctl_usage ("--store DIR photo get PHOTO -o FILE");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  if (!get_picture (ctl, ctl->argv[0], path, &error))
    return zf_ctl_fail (error);
  puts (path);
  return ZF_CTL_OK;
}

static gboolean
read_bytes (const char *text, gint64 *bytes)
{
  guint64 number = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &number, NULL))
    return FALSE;
  *bytes = (gint64) number;
  return TRUE;
}

/* Full pictures that the county's backup holds leave, as far as needed; how many bytes that freed is printed. */
static int
run_free (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  gint64 bytes = 0;
  gint64 freed = 0;

  if (!read_bytes (zf_ctl_value (ctl, "--bytes"), &bytes) || ctl->argc != 0 || zf_ctl_unknown_option (ctl) != NULL)
    return zf_ctl_usage ("--store DIR photo free --bytes N");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  if (!zf_photo_free_space (ctl->store, bytes, &freed, &error))
    return zf_ctl_fail (error);
  printf ("%" G_GINT64_FORMAT "\n", freed);
  return ZF_CTL_OK;
}

const ZfCtlCommand zf_ctl_photo_commands[] = {
  { "photo add", run_add, "RECORD FILE [--caption T] [--purpose CODE]" },
  { "photo list", run_list, "RECORD" },
  { "photo get", run_get, "PHOTO -o FILE" },
  { "photo free", run_free, "--bytes N" },
  { NULL, NULL, NULL },
};
