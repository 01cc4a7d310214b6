/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-form-check-private.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
lookup (gpointer data, const char *name, ZfXpathType *type)
{
  ZfFormCheck *check = data;
  gpointer question = NULL;
  gboolean found = g_hash_table_lookup_extended (check->names, name, NULL, &question);
  *type = question != NULL ? ((ZfCheckQuestion *) question)->type : ZF_XPATH_UNKNOWN;
  return found;
}

static gboolean
names_list (gpointer data, const char *name)
{
  return zf_form_check_has_list (data, name);
}

static gboolean
names_group (gpointer data, const char *name)
{
  const ZfFormCheck *check = data;
  for (guint i = 0; i < check->groups->len; i++)
    if (strcmp (zf_form_check_cell (((const ZfCheckGroup *) check->groups->pdata[i])->object, "name"), name) == 0)
      return TRUE;
  return FALSE;
}

ZfXpathScope
zf_form_check_scope (ZfFormCheck *check, ZfXpathType self)
{
  return (ZfXpathScope) { .lookup = lookup, .data = check, .self_type = self, .list = names_list, .group = names_group };
}

/* (transfer full) (nullable): the expression in @column; NULL when there is none or, noted as a fault, it is wrong. */
ZfExpr *
zf_form_check_compile (ZfFormCheck *check, JsonObject *object, const char *column, ZfXpathType self, guint row, gboolean tell)
{
  ZfXpathScope scope = zf_form_check_scope (check, self);
  const char *text = zf_form_check_cell (object, column);
  g_autoptr (GError) error = NULL;
  ZfExpr *expr = *text != '\0' ? zf_expr_new (text, &scope, &error) : NULL;
  if (error != NULL && tell)
    zf_form_check_fault (check, "survey", row, column, "%s", error->message);
  return expr;
}

static void
check_expression (ZfFormCheck *check, JsonObject *object, const char *column, ZfXpathType self, guint row)
{
  g_autoptr (ZfExpr) expr = zf_form_check_compile (check, object, column, self, row, TRUE);
}

/* ${last-saved#name} alone is the one thing that is no expression and has a name. */
static void
check_computed_default (ZfFormCheck *check, const ZfCheckQuestion *question)
{
  const char *text = zf_form_check_cell (question->object, "default");
  g_autoptr (GRegex) last = g_regex_new ("^\\s*\\$\\{\\s*last-saved#([A-Za-z_][A-Za-z0-9_]*)\\s*\\}\\s*$", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  if (!g_regex_match (last, text, 0, &match))
    {
      if (zf_form_check_is_computed (text))
        check_expression (check, question->object, "default", question->type, question->row);
      return;
    }
  g_autofree char *name = g_match_info_fetch (match, 1);
  if (zf_form_check_in_repeat (check, question))
    zf_form_check_fault (check, "survey", question->row, "default", "%s", _("an answer of the last record cannot be filled into a repeat"));
  if (!g_hash_table_contains (check->names, name))
    zf_form_check_fault (check, "survey", question->row, "default", _("there is no question “%s”"), name);
}

void
zf_form_check_expressions (ZfFormCheck *check, const ZfCheckQuestion *question)
{
  JsonObject *object = question->object;
  check_expression (check, object, "relevant", question->type, question->row);
  check_expression (check, object, "check", question->type, question->row);
  check_expression (check, object, "constraint", question->type, question->row);
  check_expression (check, object, "calculation", question->type, question->row);
  check_expression (check, object, "choice_filter", ZF_XPATH_STRING, question->row);
  if (!zf_form_check_says_yes_or_no (zf_form_check_cell (object, "required")))
    check_expression (check, object, "required", question->type, question->row);
  check_computed_default (check, question);
  zf_form_check_trigger (check, question);
  if (strcmp (zf_form_check_cell (object, "type"), "calculate") == 0 && *zf_form_check_cell (object, "calculation") == '\0' && *zf_form_check_cell (object, "trigger") == '\0')
    zf_form_check_fault (check, "survey", question->row, "calculation", "%s", _("the calculation is missing"));
}

void
zf_form_check_group_expressions (ZfFormCheck *check, const ZfCheckGroup *group)
{
  check_expression (check, group->object, "relevant", ZF_XPATH_UNKNOWN, group->row);
  if (group->repeat)
    check_expression (check, group->object, "repeat_count", ZF_XPATH_UNKNOWN, group->row);
}
