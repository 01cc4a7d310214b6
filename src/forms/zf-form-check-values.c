/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-form-check-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-form-appearance.h"
#include "zf-form-private.h"
#include "zf-form-words.h"
#include "zf-json.h"

/* A word of `appearance` that changes nothing here, misspelt or not. */
static void
note_appearance (ZfFormCheck *check, guint row, JsonObject *object)
{
  g_auto (GStrv) words = g_strsplit_set (zf_form_check_cell (object, "appearance"), " \t", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !zf_form_appearance_known (zf_form_check_cell (object, "type"), words[i]))
      zf_form_check_fault (check, "survey", row, "appearance", _("“%s” changes nothing here"), words[i])->harmless = TRUE;
}

static gboolean
is_word (const char *text, const char *const *words)
{
  g_autofree char *word = g_ascii_strdown (text, -1);
  return g_strv_contains (words, word);
}

static const char *const yes_or_no[] = { "", "yes", "true", "true()", "no", "false", "false()", NULL };
static const char *const classes[] = { "", "more", NULL };
/* Columns with few words, and what to say of another. */
static const struct
{
  const char *column;
  const char *const *words;
  const char *message;
} few[] = {
  { "read_only", yes_or_no, N_("only yes or no can stand here") },
  { "class", classes, N_("only “more” can stand here") },
};

gboolean
zf_form_check_says_yes_or_no (const char *text)
{
  return is_word (text, yes_or_no);
}

/* Words that name a question which is not there. */
static void
check_words (ZfFormCheck *check, guint row, JsonObject *object)
{
  g_autoptr (GList) columns = json_object_get_members (object);
  for (GList *l = columns; l != NULL; l = l->next)
    {
      g_autoptr (GPtrArray) names = zf_form_words_names (zf_form_words_is_column (l->data) ? zf_form_check_cell (object, l->data) : "");
      for (guint i = 0; i < names->len; i++)
        if (!g_hash_table_contains (check->names, names->pdata[i]))
          zf_form_check_fault (check, "survey", row, l->data, _("there is no question “%s”"), (const char *) names->pdata[i]);
    }
}

/* Some record of @kind is meant: that of a keyed kind of the same owner whose key is answered here, or one that a field of the form names. */
static gboolean
names_record (ZfFormCheck *check, const ZfKind *kind, const char *owner)
{
  const char *const *key = zf_kind_key (kind);
  JsonObject *settings = zf_json_get_object (check->root, "kind");
  JsonObject *refs = settings != NULL ? zf_json_get_object (settings, "refs") : NULL;
  g_autoptr (GList) values = refs != NULL ? json_object_get_values (refs) : NULL;
  gboolean keyed = key != NULL && g_strcmp0 (zf_kind_parent_kind (kind), owner) == 0;
  for (guint i = 0; keyed && key[i] != NULL; i++)
    keyed = g_str_equal (key[i], zf_kind_parent_field (kind)) || g_hash_table_contains (check->names, key[i]);
  for (GList *l = values; l != NULL && !keyed; l = l->next)
    keyed = JSON_NODE_HOLDS_VALUE (l->data) && g_strcmp0 (json_node_get_string (l->data), zf_kind_name (kind)) == 0;
  return keyed;
}

/* FIELD of the parent, or KIND.FIELD. */
static void
check_save_to (ZfFormCheck *check, const ZfCheckQuestion *question)
{
  const char *target = zf_form_check_cell (question->object, "save_to"), *dot = strchr (target, '.');
  JsonObject *settings = zf_json_get_object (check->root, "kind");
  JsonObject *parent = settings != NULL ? zf_json_get_object (settings, "parent") : NULL;
  const char *owner = parent != NULL ? zf_json_get_string (parent, "kind", "") : "";
  g_autofree char *name = dot != NULL ? g_strndup (target, (gsize) (dot - target)) : g_strdup (owner);
  const ZfKind *kind = zf_kinds_get (check->kinds, name);
  if (*target == '\0')
    return;
  if (zf_form_check_in_repeat (check, question))
    zf_form_check_fault (check, "survey", question->row, "save_to", "%s", _("this cannot stand in a repeat"));
  else if (kind == NULL && *name == '\0')
    zf_form_check_fault (check, "survey", question->row, "save_to", "%s", _("the record has no owner that the answer could go to"));
  else if (kind == NULL)
    zf_form_check_fault (check, "survey", question->row, "save_to", _("there is no kind “%s”"), name);
  else if (zf_kind_field (kind, dot != NULL ? dot + 1 : target) == NULL)
    zf_form_check_fault (check, "survey", question->row, "save_to", _("the kind “%s” has no field “%s”"), name, dot != NULL ? dot + 1 : target);
  else if (g_strcmp0 (name, owner) != 0 && !names_record (check, kind, owner))
    zf_form_check_fault (check, "survey", question->row, "save_to", _("nothing here says which record of “%s” is meant"), name);
}

gboolean
zf_form_check_is_computed (const char *text)
{
  return strstr (text, "${") != NULL || g_regex_match_simple ("[a-z0-9-]\\(", text, 0, 0);
}

static void
check_default (ZfFormCheck *check, const ZfCheckQuestion *question)
{
  const char *text = zf_form_check_cell (question->object, "default");
  g_autofree char *type = zf_form_check_plain_type (zf_form_check_cell (question->object, "type"));
  const char *list = g_str_has_prefix (type, "select_one ") ? type + strlen ("select_one ") : NULL;
  if (list != NULL && *text != '\0' && !zf_form_check_is_computed (text) && zf_form_check_has_list (check, list) && !zf_form_check_has_choice (check, list, text))
    zf_form_check_fault (check, "survey", question->row, "default", _("the list “%s” has no choice “%s”"), list, text);
}

static gboolean
people_answer (const ZfCheckQuestion *question)
{
  static const char *const by_themselves[] = { "calculate", "note", "hidden", "start", "end", "today", NULL };
  JsonObject *row = question->object;
  return !g_strv_contains (by_themselves, zf_form_check_cell (row, "type")) && !zf_form_check_is_unasked (zf_form_check_cell (row, "type")) && strstr (zf_form_check_cell (row, "appearance"), "hidden") == NULL &&
         !zf_form_says_yes (zf_form_check_cell (row, "read_only"));
}

void
zf_form_check_trigger (ZfFormCheck *check, const ZfCheckQuestion *question)
{
  const char *text = zf_form_check_cell (question->object, "trigger");
  g_autoptr (GPtrArray) names = zf_form_words_names (text);
  if (!zf_form_words_only_names (text))
    zf_form_check_fault (check, "survey", question->row, "trigger", "%s", _("only names of questions as ${name} can stand here"));
  for (guint i = 0; i < names->len; i++)
    {
      const ZfCheckQuestion *from = g_hash_table_lookup (check->names, names->pdata[i]);
      if (!g_hash_table_contains (check->names, names->pdata[i]))
        zf_form_check_fault (check, "survey", question->row, "trigger", _("there is no question “%s”"), (const char *) names->pdata[i]);
      else if (from == NULL || from == question || !people_answer (from))
        zf_form_check_fault (check, "survey", question->row, "trigger", _("nobody answers “%s” there, so it cannot set this answer"), (const char *) names->pdata[i]);
      else if (!zf_form_check_share_rows (check, from, question))
        zf_form_check_fault (check, "survey", question->row, "trigger", _("“%s” stands in other rows: which of them is meant is not certain"), (const char *) names->pdata[i]);
    }
}

void
zf_form_check_values (ZfFormCheck *check, const ZfCheckQuestion *question)
{
  for (guint i = 0; i < G_N_ELEMENTS (few); i++)
    if (!is_word (zf_form_check_cell (question->object, few[i].column), few[i].words))
      zf_form_check_fault (check, "survey", question->row, few[i].column, "%s", _(few[i].message));
  zf_form_check_columns (check, question->row, question->object);
  check_words (check, question->row, question->object);
  zf_form_check_media (check, "survey", question->row, question->object, TRUE);
  note_appearance (check, question->row, question->object);
  check_save_to (check, question);
  check_default (check, question);
}

void
zf_form_check_group_values (ZfFormCheck *check, const ZfCheckGroup *group)
{
  zf_form_check_columns (check, group->row, group->object);
  check_words (check, group->row, group->object);
  zf_form_check_media (check, "survey", group->row, group->object, FALSE);
  note_appearance (check, group->row, group->object);
}
