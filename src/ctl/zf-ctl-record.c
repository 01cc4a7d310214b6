/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* put, get, list, search, history: commands about records. */

#include <stdio.h>
#include <string.h>

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <unistd.h>

#include "zf-ctl.h"
#include "zf-error.h"
#include "zf-form.h"
#include "zf-json.h"
#include "zf-sync.h"

/* put: every kind's form is compiled once a run. */
typedef struct
{
  ZfCtl *ctl;
  GHashTable *forms;   /* kind → ZfForm */
} Putter;

static ZfForm *
form_of (Putter *putter, const char *kind_name, GError **error)
{
  ZfForm *form = g_hash_table_lookup (putter->forms, kind_name);
  const ZfKind *kind = NULL;

  if (form != NULL)
    return form;
  kind = zf_kinds_get (putter->ctl->kinds, kind_name);
  if (kind == NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, _("There is no kind “%s”."), kind_name);
      return NULL;
    }
  form = zf_form_new (kind, error);
  if (form != NULL)
    g_hash_table_insert (putter->forms, g_strdup (kind_name), form);
  return form;
}

static char *
put_line (Putter *putter, const char *line, GError **error)
{
  g_autoptr (JsonObject) object = zf_json_parse_object (line, -1, error);
  const char *kind = NULL;
  JsonObject *set = NULL;
  ZfForm *form = NULL;

  if (object == NULL)
    return NULL;
  kind = zf_json_get_string (object, "kind", NULL);
  set = zf_json_get_object (object, "set");
  if (kind == NULL || set == NULL)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, _("A line needs \"kind\" and \"set\"."));
      return NULL;
    }
  form = form_of (putter, kind, error);
  if (form == NULL)
    return NULL;
  return zf_form_put (form, putter->ctl->store, zf_json_get_string (object, "id", NULL),
                      zf_json_get_string (object, "parent", NULL), set,
                      putter->ctl->by != NULL ? putter->ctl->by : "", error);
}

static GDataInputStream *
open_lines (const char *path, GError **error)
{
  g_autoptr (GInputStream) raw = NULL;
  GDataInputStream *lines = NULL;

  if (path == NULL || strcmp (path, "-") == 0)
    raw = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  else
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);

      raw = G_INPUT_STREAM (g_file_read (file, NULL, error));
    }
  if (raw == NULL)
    return NULL;
  lines = g_data_input_stream_new (raw);
  g_data_input_stream_set_newline_type (lines, G_DATA_STREAM_NEWLINE_TYPE_ANY);
  return lines;
}

/* One reported line = one durable save: the id is printed and flushed only after the commit. */
static gboolean
put_all (Putter *putter, GDataInputStream *lines, guint *refused, GError **error)
{
  guint n = 0;

  for (;;)
    {
      g_autofree char *line = NULL;
      g_autofree char *id = NULL;
      g_autoptr (GError) line_error = NULL;
      g_autoptr (GError) read_error = NULL;
      gsize len = 0;

      line = g_data_input_stream_read_line (lines, &len, NULL, &read_error);
      if (read_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&read_error));
          return FALSE;
        }
      if (line == NULL)
        return TRUE;
      n++;
      if (g_utf8_validate (line, (gssize) len, NULL))
        {
          if (*g_strstrip (line) == '\0')
            continue;
          id = put_line (putter, line, &line_error);
        }
      else
        g_set_error_literal (&line_error, ZF_ERROR, ZF_ERROR_INVALID, _("The line is not UTF-8 text."));
      if (id == NULL)
        {
          fprintf (stderr, "zoufangctl: %u: %s\n", n, line_error->message);
          (*refused)++;
          continue;
        }
      puts (id);
      fflush (stdout);
    }
}

static int
run_put (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  Putter putter = { .ctl = ctl };
  guint refused = 0;
  gboolean ok;

  if (ctl->argc > 1 || zf_ctl_unknown_option (ctl) != NULL)
    return zf_ctl_usage ("--store DIR put [FILE] [--by PERSON]");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  lines = open_lines (ctl->argc == 1 ? ctl->argv[0] : NULL, &error);
  if (lines == NULL)
    return zf_ctl_fail (error);
  putter.forms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  ok = put_all (&putter, lines, &refused, &error);
  g_hash_table_unref (putter.forms);
  if (!ok)
    return zf_ctl_fail (error);
  return refused == 0 ? ZF_CTL_OK : ZF_CTL_FAILED;
}

static JsonObject *
record_to_json (const ZfRecord *record)
{
  JsonObject *out = json_object_new ();

  json_object_set_string_member (out, "id", record->id);
  json_object_set_string_member (out, "kind", record->kind_name);
  if (record->parent != NULL)
    json_object_set_string_member (out, "parent", record->parent);
  if (record->village != NULL)
    json_object_set_string_member (out, "village", record->village);
  json_object_set_int_member (out, "rev", record->rev);
  if (record->del != NULL)
    json_object_set_string_member (out, "del", record->del);
  json_object_set_object_member (out, "fields", json_object_ref (record->fields));
  return out;
}

static int
run_get (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRecord) record = NULL;
  g_autoptr (JsonObject) out = NULL;

  if (ctl->argc != 1 || zf_ctl_unknown_option (ctl) != NULL)
    return zf_ctl_usage ("--store DIR get ID");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  record = zf_reader_get (zf_store_reader (ctl->store), ctl->argv[0], &error);
  if (record == NULL)
    return zf_ctl_fail (error);
  out = record_to_json (record);
  zf_ctl_print_json (out);
  return ZF_CTL_OK;
}

/* The columns of a listing: id, parent, village and what the kind keeps in its flat table. */
static GPtrArray *
list_columns (const ZfKind *kind)
{
  GPtrArray *names = g_ptr_array_new ();

  g_ptr_array_add (names, (gpointer) "id");
  g_ptr_array_add (names, (gpointer) "parent");
  g_ptr_array_add (names, (gpointer) "village");
  for (guint i = 0; i < zf_kind_n_fields (kind); i++)
    {
      const ZfField *field = zf_kind_field_at (kind, i);

      if (field->column)
        g_ptr_array_add (names, (gpointer) field->name);
    }
  return names;
}

static void
print_row (ZfCtl *ctl, ZfRows *rows, guint row, GPtrArray *names)
{
  g_autoptr (JsonObject) out = json_object_new ();

  for (guint c = 0; c < names->len; c++)
    {
      const char *text = zf_rows_text (rows, row, c);

      if (!ctl->json)
        printf ("%s%s", c > 0 ? "\t" : "", text != NULL ? text : "");
      else if (text != NULL)
        json_object_set_string_member (out, g_ptr_array_index (names, c), text);
    }
  if (ctl->json)
    zf_ctl_print_json (out);
  else
    putchar ('\n');
}

static gboolean
add_filters (ZfCtl *ctl, ZfQuery *query)
{
  const char *filter = NULL;

  while ((filter = zf_ctl_value (ctl, "--where")) != NULL)
    {
      g_auto (GStrv) parts = g_strsplit (filter, "=", 2);

      if (g_strv_length (parts) != 2)
        return FALSE;
      zf_query_where (query, parts[0], ZF_OP_EQ, parts[1]);
    }
  return TRUE;
}

static int
run_list (ZfCtl *ctl)
{
  static const char words[] = "--store DIR [--json] list KIND [--where F=V …] [--limit N]";
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfQuery) query = NULL;
  g_autoptr (ZfRows) rows = NULL;
  g_autoptr (GPtrArray) names = NULL;
  const char *limit = zf_ctl_value (ctl, "--limit");
  const ZfKind *kind = NULL;

  if (ctl->argc < 1 || (limit != NULL && !g_ascii_string_to_unsigned (limit, 10, 0, G_MAXINT, NULL, NULL)))
    return zf_ctl_usage (words);
  query = zf_query_new (ctl->argv[0]);
  if (!add_filters (ctl, query) || ctl->argc != 1)
    return zf_ctl_usage (words);
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  kind = zf_kinds_get (ctl->kinds, ctl->argv[0]);
  if (kind == NULL)
    {
      fprintf (stderr, _("zoufangctl: There is no kind “%s”.\n"), ctl->argv[0]);
      return ZF_CTL_FAILED;
    }
  names = list_columns (kind);
  for (guint i = 0; i < names->len; i++)
    zf_query_column (query, g_ptr_array_index (names, i));
  zf_query_order (query, "id", FALSE);
  if (limit != NULL)
    zf_query_page (query, 0, (guint) g_ascii_strtoull (limit, NULL, 10));
  rows = zf_query_run (query, zf_store_reader (ctl->store), &error);
  if (rows == NULL)
    return zf_ctl_fail (error);
  for (guint r = 0; r < zf_rows_n (rows); r++)
    print_row (ctl, rows, r, names);
  return ZF_CTL_OK;
}

static int
run_search (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = NULL;

  if (ctl->argc != 1 || zf_ctl_unknown_option (ctl) != NULL)
    return zf_ctl_usage ("--store DIR [--json] search TEXT");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  hits = zf_search (zf_store_reader (ctl->store), ctl->argv[0], 200, &error);
  if (hits == NULL)
    return zf_ctl_fail (error);
  for (guint i = 0; i < hits->len; i++)
    {
      const ZfHit *hit = g_ptr_array_index (hits, i);
      g_autoptr (JsonObject) out = json_object_new ();

      if (!ctl->json)
        {
          printf ("%s\t%s\t%s\n", hit->id, hit->kind, hit->home);
          continue;
        }
      json_object_set_string_member (out, "id", hit->id);
      json_object_set_string_member (out, "kind", hit->kind);
      json_object_set_string_member (out, "home", hit->home);
      zf_ctl_print_json (out);
    }
  return ZF_CTL_OK;
}

static int
run_history (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  gboolean online = zf_ctl_flag (ctl, "--online");

  if (ctl->argc != 1 || zf_ctl_unknown_option (ctl) != NULL)
    return zf_ctl_usage ("--store DIR [--json] history ID [--online]");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  rows = online ? zf_sync_history (ctl->store, ctl->argv[0], NULL, &error) :
                  zf_reader_history (zf_store_reader (ctl->store), ctl->argv[0], &error);
  if (rows == NULL)
    return zf_ctl_fail (error);
  if (rows->len == 0)
    {
      /* Pulled records have no own changes; an id that stands for nothing is a mistake. */
      g_autoptr (ZfRecord) record = zf_reader_get (zf_store_reader (ctl->store), ctl->argv[0], &error);

      if (record == NULL)
        return zf_ctl_fail (error);
    }
  for (guint i = 0; i < rows->len; i++)
    zf_ctl_print_json (g_ptr_array_index (rows, i));
  return ZF_CTL_OK;
}

const ZfCtlCommand zf_ctl_record_commands[] = {
  { "put", run_put, "[FILE] [--by PERSON]" },
  { "get", run_get, "ID" },
  { "list", run_list, "KIND [--where F=V …] [--limit N]" },
  { "search", run_search, "TEXT" },
  { "history", run_history, "ID [--online]" },
  { NULL, NULL, NULL },
};
