/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-form-private.h"
#include "zf-form-words.h"
#include "zf-json.h"

/* `trigger`: which questions set another one, as the form is read. What happens then is in zf-answers-trigger.c. */

/* What nobody answers cannot be changed by a person; of rows elsewhere, none is the one that is meant. */
static gboolean
may_trigger (ZfFormParts *parts, const ZfFormItem *from, const ZfFormItem *item)
{
  return from != item && from->question.klass == ZF_QUESTION_FIELD && !from->question.hidden && !from->question.read_only
         && (zf_form_parts_holds (parts, from->repeat, item->repeat) || zf_form_parts_holds (parts, item->repeat, from->repeat));
}

static gboolean
add_trigger (ZfFormParts *parts, const char *name, guint i, GError **error)
{
  gpointer index = g_hash_table_lookup (parts->by_name, name);
  ZfFormItem *from = index != NULL ? g_ptr_array_index (parts->items, GPOINTER_TO_UINT (index) - 1) : NULL;
  if (from == NULL || !may_trigger (parts, from, g_ptr_array_index (parts->items, i)))
    return zf_form_structure_error (parts, error, "a trigger must be a question that people answer, of the same row or around it, and not", name);
  g_array_append_val (from->triggers, i);
  return TRUE;
}

gboolean
zf_form_read_trigger (ZfFormParts *parts, guint i, GError **error)
{
  ZfFormItem *item = g_ptr_array_index (parts->items, i);
  const char *text = zf_json_get_string (item->question.row, "trigger", "");
  g_autoptr (GPtrArray) names = zf_form_words_names (text);
  item->triggered = *text != '\0';
  if (!item->triggered)
    return TRUE;
  if (item->question.field == NULL || !zf_form_words_only_names (text))
    return zf_form_structure_error (parts, error, "a trigger names questions as ${name}, and sets an answer:", item->question.name);
  for (guint n = 0; n < names->len; n++)
    if (!add_trigger (parts, names->pdata[n], i, error))
      return FALSE;
  return TRUE;
}
