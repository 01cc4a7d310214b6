/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-form-check-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-json.h"
#include "zf-kind-private.h"

static gboolean
is_name (const char *name)
{
  return (g_ascii_isalpha (*name) || *name == '_') && name[strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

static void
take_name (ZfFormCheck *check, guint row, const char *name, ZfCheckQuestion *question)
{
  gpointer first = NULL;
  if (*name == '\0')
    zf_form_check_fault (check, "survey", row, "name", "%s", _("the row has no name"));
  else if (!is_name (name))
    zf_form_check_fault (check, "survey", row, "name", _("“%s” is no name: letters, digits and _ only, a letter first"), name);
  else if (g_hash_table_lookup_extended (check->names, name, NULL, &first))
    zf_form_check_fault (check, "survey", row, "name", _("the name “%s” stands there already"), name);
  else
    g_hash_table_insert (check->names, g_strdup (name), question);
}

static ZfXpathType
xpath_type (ZfFieldType type, gboolean calculate)
{
  if (type == ZF_FIELD_INTEGER || type == ZF_FIELD_DECIMAL || type == ZF_FIELD_MONEY)
    return ZF_XPATH_NUMBER;
  if (type == ZF_FIELD_DATE || type == ZF_FIELD_TIME_MS)
    return ZF_XPATH_DATE;
  return calculate ? ZF_XPATH_UNKNOWN : ZF_XPATH_STRING;
}

/* "select_one LIST or_other" without its last word. */
char *
zf_form_check_plain_type (const char *type)
{
  static const char *const other = " or_other";
  gsize n = strlen (type), tail = strlen (other);
  return g_str_has_prefix (type, "select_") && g_str_has_suffix (type, other) ? g_strndup (type, n - tail) : g_strdup (type);
}

/* What other collectors ask of the telephone by itself. */
static const char *const unasked[] = { "deviceid", "username", "email", "phonenumber", "subscriberid", "simserial", "audit", NULL };

gboolean
zf_form_check_is_unasked (const char *type)
{
  return g_strv_contains (unasked, type);
}

static void
check_type (ZfFormCheck *check, ZfCheckQuestion *question)
{
  g_autofree char *type = zf_form_check_plain_type (zf_form_check_cell (question->object, "type"));
  g_autoptr (JsonObject) row = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *list = NULL;
  ZfFieldType field = 0;
  const char *const columns[] = { "bind::type", "calc_type", "appearance", "parameters" };
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (json_object_has_member (question->object, columns[i]))
      json_object_set_string_member (row, columns[i], zf_form_check_cell (question->object, columns[i]));
  json_object_set_string_member (row, "type", type);
  gboolean calculate = strcmp (type, "calculate") == 0;
  if (*type == '\0')
    zf_form_check_fault (check, "survey", question->row, "type", "%s", _("the row has no type"));
  else if (!zf_field_type_parse (row, &field, &list, "", &error) && calculate)
    zf_form_check_fault (check, "survey", question->row, "bind::type", "%s", _("a calculation has no such result"));
  else if (error != NULL)
    zf_form_check_fault (check, "survey", question->row, "type", _("the type “%s” is not supported"), type);
  else if (list != NULL && *list == '\0')
    zf_form_check_fault (check, "survey", question->row, "type", "%s", _("the type must name a list of choices"));
  else if (list != NULL && !zf_form_check_has_list (check, list))
    zf_form_check_fault (check, "survey", question->row, "type", _("there is no list “%s”"), list);
  else if (field == ZF_FIELD_RANK && g_hash_table_contains (check->doubled, list))
    zf_form_check_fault (check, "survey", question->row, "type", _("nothing can be ranked in the list “%s”, where a choice stands twice"), list);
  if (zf_form_check_is_unasked (type))
    zf_form_check_note (check, "survey", question->row, "type", _("nothing is recorded here; who wrote a record is kept with it anyway"));
  question->type = xpath_type (field, calculate);
}

static ZfCheckQuestion *
add_question (ZfFormCheck *check, guint row, JsonObject *object)
{
  ZfCheckQuestion *question = g_new0 (ZfCheckQuestion, 1);
  question->row = row;
  question->name = zf_form_check_cell (object, "name");
  question->object = object;
  question->group = check->group;
  g_ptr_array_add (check->questions, question);
  return question;
}

static void
open_group (ZfFormCheck *check, guint row, JsonObject *object, gboolean repeat)
{
  ZfCheckGroup *group = g_new0 (ZfCheckGroup, 1);
  group->row = row;
  group->object = object;
  group->repeat = repeat;
  group->parent = check->group;
  if (repeat)
    take_name (check, row, zf_form_check_cell (object, "name"), NULL);
  check->group = (int) check->groups->len;
  g_ptr_array_add (check->groups, group);
}

static void
close_group (ZfFormCheck *check, guint row, gboolean repeat)
{
  const ZfCheckGroup *group = check->group >= 0 ? check->groups->pdata[check->group] : NULL;
  if (group == NULL)
    {
      zf_form_check_fault (check, "survey", row, "type", "%s", _("something ends here that did not begin"));
      return;
    }
  if (group->repeat != repeat)
    zf_form_check_fault (check, "survey", row, "type", repeat ? _("a repeat ends here, but the group “%s” is open") : _("a group ends here, but the repeat “%s” is open"),
               zf_form_check_cell (group->object, "name"));
  check->group = group->parent;
}

static const struct
{
  const char *type;
  gboolean begins, repeat;
} brackets[] = {
  { "begin_group", TRUE, FALSE }, { "end_group", FALSE, FALSE }, { "begin_repeat", TRUE, TRUE }, { "end_repeat", FALSE, TRUE },
};

static gboolean
read_bracket (ZfFormCheck *check, guint row, JsonObject *object)
{
  g_autofree char *type = g_strdelimit (g_strdup (zf_form_check_cell (object, "type")), " ", '_');
  for (guint i = 0; i < G_N_ELEMENTS (brackets); i++)
    {
      if (strcmp (brackets[i].type, type) != 0)
        continue;
      if (brackets[i].begins)
        open_group (check, row, object, brackets[i].repeat);
      else
        close_group (check, row, brackets[i].repeat);
      return TRUE;
    }
  return FALSE;
}

void
zf_form_check_survey (ZfFormCheck *check)
{
  for (guint i = 0; i < json_array_get_length (check->survey); i++)
    {
      JsonObject *object = zf_form_check_row (check, check->survey, "survey", i);
      if (object == NULL || read_bracket (check, i, object))
        continue;
      ZfCheckQuestion *question = add_question (check, i, object);
      check_type (check, question);
      take_name (check, i, question->name, question);
    }
  for (int i = check->group; i >= 0; i = ((ZfCheckGroup *) check->groups->pdata[i])->parent)
    zf_form_check_fault (check, "survey", ((ZfCheckGroup *) check->groups->pdata[i])->row, "type", "%s", _("this begins here and does not end"));
}

/* A name that settings or short forms of rows bring. */
static void
imply (ZfFormCheck *check, const char *name, const char *suffix)
{
  g_autofree char *whole = g_strconcat (name, suffix, NULL);
  if (!g_hash_table_contains (check->names, whole))
    g_hash_table_insert (check->names, g_steal_pointer (&whole), NULL);
}

void
zf_form_check_implied_names (ZfFormCheck *check)
{
  JsonObject *kind = zf_json_get_object (check->root, "kind");
  JsonObject *parent = kind != NULL ? zf_json_get_object (kind, "parent") : NULL;
  if (parent != NULL)
    imply (check, zf_json_get_string (parent, "field", ""), "");
  if (kind != NULL && zf_json_get_bool (kind, "append_only", FALSE))
    {
      imply (check, "supersedes", "");
      imply (check, "why", "");
    }
  for (guint i = 0; i < check->questions->len; i++)
    {
      const ZfCheckQuestion *question = check->questions->pdata[i];
      if (g_str_has_suffix (zf_form_check_cell (question->object, "type"), " or_other"))
        imply (check, question->name, "_other");
      if (strcmp (zf_form_check_cell (question->object, "source"), "yes") == 0)
        imply (check, question->name, "__src");
    }
}

/* The repeat that is @group or holds it, -1 none. */
static int
repeat_around (ZfFormCheck *check, int group)
{
  while (group >= 0 && !((ZfCheckGroup *) check->groups->pdata[group])->repeat)
    group = ((ZfCheckGroup *) check->groups->pdata[group])->parent;
  return group;
}

gboolean
zf_form_check_in_repeat (ZfFormCheck *check, const ZfCheckQuestion *question)
{
  return repeat_around (check, question->group) >= 0;
}

static gboolean
holds (ZfFormCheck *check, int outer, int inner)
{
  while (inner >= 0 && inner != outer)
    inner = repeat_around (check, ((ZfCheckGroup *) check->groups->pdata[inner])->parent);
  return inner == outer;
}

/* One stands in the rows of the other, or in rows of those. */
gboolean
zf_form_check_share_rows (ZfFormCheck *check, const ZfCheckQuestion *a, const ZfCheckQuestion *b)
{
  int x = repeat_around (check, a->group), y = repeat_around (check, b->group);
  return holds (check, x, y) || holds (check, y, x);
}
