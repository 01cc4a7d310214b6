/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-form-check-private.h"

#include <glib/gi18n.h>

/* A circle longer than this is left to the compiler. */
#define MAX_WAY 500

static void
tell_circle (ZfFormCheck *check, const ZfCheckQuestion *question, const char *column, GPtrArray *way)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint from = 0;
  g_ptr_array_find (way, question, &from);
  for (guint i = from; i < way->len; i++)
    g_string_append_printf (names, "%s → ", ((ZfCheckQuestion *) way->pdata[i])->name);
  g_string_append (names, question->name);
  const ZfCheckQuestion *last = way->pdata[way->len - 1];
  zf_form_check_fault (check, "survey", last->row, column, _("these depend on each other in a circle: %s"), names->str);
}

/* Goes on to what the expression in @column reads. */
static void
follow (ZfFormCheck *check, JsonObject *object, const char *column, GPtrArray *way)
{
  g_autoptr (ZfExpr) expr = zf_form_check_compile (check, object, column, ZF_XPATH_UNKNOWN, 0, FALSE);
  GPtrArray *reads = expr != NULL ? zf_expr_depends (expr) : NULL;
  for (guint i = 0; reads != NULL && i < reads->len; i++)
    {
      ZfCheckQuestion *next = g_hash_table_lookup (check->names, reads->pdata[i]);
      if (next != NULL && next->seen && !next->done)
        tell_circle (check, next, column, way);
      else if (next != NULL)
        zf_form_check_circles (check, next, way);
    }
}

void
zf_form_check_circles (ZfFormCheck *check, ZfCheckQuestion *question, GPtrArray *way)
{
  if (question->seen || way->len >= MAX_WAY)
    return;
  question->seen = TRUE;
  g_ptr_array_add (way, question);
  if (*zf_form_check_cell (question->object, "trigger") == '\0')
    follow (check, question->object, "calculation", way);
  follow (check, question->object, "relevant", way);
  for (int g = question->group; g >= 0; g = ((ZfCheckGroup *) check->groups->pdata[g])->parent)
    follow (check, ((ZfCheckGroup *) check->groups->pdata[g])->object, "relevant", way);
  g_ptr_array_set_size (way, (int) way->len - 1);
  question->done = TRUE;
}
