/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-config.h"

/* form check, form import, form export, form eval, form expr: for people who write forms. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "zf-ctl.h"
#include "zf-error.h"
#include "zf-expr.h"
#include "zf-form-check.h"
#include "zf-form.h"
#include "zf-json.h"
#include "zf-xlsform-media.h"
#include "zf-xlsform-read.h"
#include "zf-xlsform-write.h"

#define IMPORT_WORDS "FILE.xlsx|xls [--parent KIND] [-o FILE.json]"
#define EXPORT_WORDS "FILE.json|KIND -o FILE.xlsx"

/* With a store, what the county published counts too. */
static gboolean
load_kinds (ZfCtl *ctl)
{
  return ctl->store_dir != NULL ? zf_ctl_open (ctl) : zf_ctl_kinds (ctl);
}

/* A fault of a workbook is named by the place that a spreadsheet shows. */
static void
print_fault (const char *file, ZfXlsform *book, const ZfFormFault *fault)
{
  g_autofree char *place = book != NULL && fault->sheet != NULL ? zf_xlsform_place_of (book, fault->sheet, fault->row, fault->column) : NULL;
  g_autofree char *text = place != NULL ? g_strdup_printf (_("%s: %s"), place, fault->message) : zf_form_fault_text (fault);

  fprintf (stderr, "zoufangctl: %s: %s\n", file, text);
}

static int
check_root (ZfCtl *ctl, const char *path, const char *kind_file, JsonObject *root, gsize length, ZfXlsform *book)
{
  g_autoptr (GPtrArray) faults = NULL;
  g_autoptr (ZfForm) form = zf_form_check (ctl->kinds, kind_file, root, length, &faults);
  g_autofree char *name = g_path_get_basename (path);

  for (guint i = 0; i < faults->len; i++)
    print_fault (name, book, faults->pdata[i]);
  if (form == NULL)
    return ZF_CTL_FAILED;
  printf ("%s: %s, %u questions, %u screens\n", zf_kind_name (zf_form_kind (form)), zf_kind_title (zf_form_kind (form), "zh"),
          zf_form_n_questions (form), zf_form_n_pages (form));
  return ZF_CTL_OK;
}

static int
check_workbook (ZfCtl *ctl, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfXlsform) book = zf_xlsform_read (path, ctl->kinds, NULL, &error);
  g_autofree char *kind_file = NULL;
  g_autofree char *text = NULL;

  if (book == NULL)
    return zf_ctl_fail (error);
  /* What would come of it. */
  text = zf_xlsform_text (zf_xlsform_file (book));
  kind_file = g_strconcat (zf_json_get_string (zf_json_get_object (zf_xlsform_file (book), "kind"), "name", ""), ".json", NULL);
  return check_root (ctl, path, kind_file, zf_xlsform_file (book), strlen (text), book);
}

static int
check_file (ZfCtl *ctl, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *name = g_path_get_basename (path);
  GStatBuf st = { 0 };

  if (g_str_has_suffix (path, ".xlsx") || g_str_has_suffix (path, ".xls"))
    return check_workbook (ctl, path);
  node = zf_json_parse_file (path, &error);
  if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node))
    g_set_error (&error, ZF_ERROR, ZF_ERROR_INVALID, "%s: the file is not a JSON object.", name);
  if (error != NULL)
    return zf_ctl_fail (error);
  if (g_stat (path, &st) != 0)
    st.st_size = 0;
  return check_root (ctl, path, name, json_node_get_object (node), (gsize) st.st_size, NULL);
}

static int
run_check (ZfCtl *ctl)
{
  int status = ZF_CTL_OK;

  if (ctl->argc == 0 || zf_ctl_unknown_option (ctl) != NULL)
    return zf_ctl_usage ("form check FILE …");
  if (!zf_ctl_kinds (ctl))
    return ZF_CTL_FAILED;
  for (int i = 0; i < ctl->argc; i++)
    if (check_file (ctl, ctl->argv[i]) != ZF_CTL_OK)
      status = ZF_CTL_FAILED;
  return status;
}

static int
run_import (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfXlsform) form = NULL;
  g_autofree char *text = NULL;
  const char *parent = zf_ctl_value (ctl, "--parent"), *out = zf_ctl_value (ctl, "-o");

  if (ctl->argc != 1 || ctl->argv[0][0] == '-')
    return zf_ctl_usage ("form import " IMPORT_WORDS);
  if (!load_kinds (ctl))
    return ZF_CTL_FAILED;
  form = zf_xlsform_read (ctl->argv[0], ctl->kinds, parent, &error);
  if (form == NULL)
    return zf_ctl_fail (error);
  text = zf_xlsform_text (zf_xlsform_file (form));
  for (guint i = 0; i < zf_xlsform_notes (form)->len; i++)
    fprintf (stderr, "%s\n", (const char *) zf_xlsform_notes (form)->pdata[i]);
  if (out == NULL)
    fputs (text, stdout);
  else if (!g_file_set_contents (out, text, -1, &error))
    return zf_ctl_fail (error);
  return ZF_CTL_OK;
}

/* A kind by its name, as it is in use here, or a file. */
static JsonObject *
find_kind_file (ZfCtl *ctl, const char *word, GError **error)
{
  const ZfKind *kind = zf_kinds_get (ctl->kinds, word);
  g_autoptr (JsonNode) node = kind == NULL ? zf_json_parse_file (word, error) : NULL;

  if (kind != NULL)
    return json_object_ref (zf_kind_file (kind));
  if (node == NULL)
    return NULL;
  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_dup_object (node) : json_object_new ();
}

static int
run_export (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) file = NULL;
  g_autoptr (GPtrArray) left_out = NULL;
  const char *out = zf_ctl_value (ctl, "-o");

  if (ctl->argc != 1 || ctl->argv[0][0] == '-' || out == NULL)
    return zf_ctl_usage ("form export " EXPORT_WORDS);
  if (!load_kinds (ctl))
    return ZF_CTL_FAILED;
  file = find_kind_file (ctl, ctl->argv[0], &error);
  if (file == NULL || !zf_xlsform_write (file, ctl->kinds, out, &error))
    return zf_ctl_fail (error);
  left_out = zf_xlsform_media_left_out (file);
  for (guint i = 0; i < left_out->len; i++)
    {
      g_autofree char *note = g_strdup_printf (_("No row shows the picture “%s”; a workbook leaves it out"), (const char *) left_out->pdata[i]);

      fprintf (stderr, "%s\n", note);
    }
  return ZF_CTL_OK;
}

/* A kind in use by its name, or a file of either sort; faults are told. */
static ZfForm *
find_form (ZfCtl *ctl, const char *word, GError **error)
{
  gboolean sheet = g_str_has_suffix (word, ".xlsx") || g_str_has_suffix (word, ".xls");
  g_autoptr (ZfXlsform) book = sheet ? zf_xlsform_read (word, ctl->kinds, NULL, error) : NULL;
  g_autoptr (JsonObject) file = sheet ? NULL : find_kind_file (ctl, word, error);
  JsonObject *root = book != NULL ? zf_xlsform_file (book) : file;
  g_autoptr (GPtrArray) faults = NULL;
  g_autofree char *kind_file = NULL;
  ZfForm *form = NULL;

  if (root == NULL)
    return NULL;
  kind_file = g_strconcat (zf_json_get_string (zf_json_get_object (root, "kind"), "name", ""), ".json", NULL);
  form = zf_form_check (ctl->kinds, kind_file, root, 0, &faults);
  for (guint i = 0; i < faults->len; i++)
    print_fault (word, book, faults->pdata[i]);
  if (form == NULL)
    g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, _("%s: the form cannot be used"), word);
  return form;
}

static JsonObject *
read_answers (GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char piece[4096];
  gsize n;

  while ((n = fread (piece, 1, sizeof piece, stdin)) > 0)
    g_string_append_len (text, piece, (gssize) n);
  return zf_json_parse_object (text->str, (gssize) text->len, error);
}

/* Rows of repeats are told apart by ids; people number them by their place. */
static void
number_rows (JsonObject *values)
{
  JsonObjectIter iter;
  JsonNode *node;

  json_object_iter_init (&iter, values);
  while (json_object_iter_next (&iter, NULL, &node))
    {
      JsonArray *rows = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

      for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
        {
          JsonNode *row = json_array_get_element (rows, i);
          g_autofree char *number = g_strdup_printf ("%u", i + 1);

          if (!JSON_NODE_HOLDS_OBJECT (row))
            continue;
          number_rows (json_node_get_object (row));
          if (!json_object_has_member (json_node_get_object (row), "id"))
            json_object_set_string_member (json_node_get_object (row), "id", number);
        }
    }
}

/* What was given and is no answer of this form. */
static JsonArray *
list_ignored (ZfForm *form, ZfAnswers *answers, JsonObject *given)
{
  g_autoptr (GList) names = json_object_get_members (given);
  JsonArray *ignored = json_array_new ();

  for (GList *l = names; l != NULL; l = l->next)
    if (zf_form_repeat_row (form, l->data) == NULL && zf_answers_get (answers, l->data) == NULL)
      json_array_add_string_element (ignored, l->data);
  return ignored;
}

static int
run_eval (ZfCtl *ctl)
{
  const char *today = zf_ctl_value (ctl, "--today");
  g_autoptr (ZfClock) clock = zf_clock_new_system ();
  g_autofree char *day = today != NULL ? g_strdup (today) : zf_clock_today (clock);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfForm) form = NULL;
  g_autoptr (JsonObject) given = NULL;
  g_autoptr (ZfAnswers) answers = NULL;
  g_autoptr (JsonObject) report = NULL;

  if (ctl->argc != 1 || ctl->argv[0][0] == '-')
    return zf_ctl_usage ("form eval FORM [--today DATE] < ANSWERS.json");
  if (!load_kinds (ctl))
    return ZF_CTL_FAILED;
  form = find_form (ctl, ctl->argv[0], &error);
  given = form != NULL ? read_answers (&error) : NULL;
  if (given == NULL)
    return zf_ctl_fail (error);
  number_rows (given);
  answers = zf_answers_new_at (form, json_object_get_size (given) > 0 ? given : NULL, day, zf_clock_now_ms (clock));
  zf_answers_calculate (answers);
  report = zf_answers_report (answers, "zh");
  json_object_set_array_member (report, "ignored", list_ignored (form, answers, given));
  zf_ctl_print_json (report);
  return ZF_CTL_OK;
}

static JsonObject *
eval_to_json (const char *expr, const char *xml)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *type = NULL;
  g_autofree char *value = NULL;
  JsonObject *out = json_object_new ();

  if (zf_expr_eval_text (expr, xml, &type, &value, &error))
    {
      json_object_set_string_member (out, "type", type);
      json_object_set_string_member (out, "value", value);
    }
  else
    json_object_set_string_member (out, "error", error->message);
  return out;
}

static JsonObject *
eval_line (const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = zf_json_parse_object (line, -1, &error);
  const char *expr = object != NULL ? zf_json_get_string (object, "expr", NULL) : NULL;
  JsonObject *out = NULL;

  if (expr != NULL)
    return eval_to_json (expr, zf_json_get_string (object, "xml", NULL));
  out = json_object_new ();
  json_object_set_string_member (out, "error", error != NULL ? error->message : "a line needs \"expr\"");
  return out;
}

static int
run_batch (void)
{
  g_autoptr (GInputStream) raw = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (raw);
  g_autoptr (GError) error = NULL;

  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line_utf8 (lines, NULL, NULL, &error);
      g_autoptr (JsonObject) out = NULL;

      if (error != NULL)
        return zf_ctl_fail (error);
      if (line == NULL)
        return ZF_CTL_OK;
      out = eval_line (line);
      zf_ctl_print_json (out);
      fflush (stdout);
    }
}

static int
run_expr (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) out = NULL;
  g_autofree char *xml = NULL;
  const char *file = zf_ctl_value (ctl, "--xml");

  if (zf_ctl_flag (ctl, "--batch") && ctl->argc == 0)
    return run_batch ();
  if (ctl->argc != 1)
    return zf_ctl_usage ("form expr EXPR [--xml FILE] | form expr --batch");
  if (file != NULL && !g_file_get_contents (file, &xml, NULL, &error))
    return zf_ctl_fail (error);
  out = eval_to_json (ctl->argv[0], xml);
  zf_ctl_print_json (out);
  return json_object_has_member (out, "error") ? ZF_CTL_FAILED : ZF_CTL_OK;
}

const ZfCtlCommand zf_ctl_form_commands[] = {
  { "form check", run_check, "FILE …" },
  { "form import", run_import, IMPORT_WORDS },
  { "form export", run_export, EXPORT_WORDS },
  { "form eval", run_eval, "FORM [--today DATE] < ANSWERS.json" },
  { "form expr", run_expr, "EXPR [--xml FILE] | --batch" },
  { NULL, NULL, NULL },
};
