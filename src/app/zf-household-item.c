/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-household-item.h"

#include <glib/gi18n.h>

#include "zf-fmt.h"

enum
{
  C_ID,
  C_NAME,
  C_NICKNAME,
  C_VILLAGE,
  C_GROUP,
  C_LEVEL,
  C_CLASS,
  C_MONITORED,
  C_PEOPLE,
  C_LAST_VISIT,
};

struct _ZfHouseholdItem
{
  GObject parent_instance;

  char *id;
  char *name;
  char *level;
  char *facts;
  char *last;
};

G_DEFINE_FINAL_TYPE (ZfHouseholdItem, zf_household_item, G_TYPE_OBJECT)

static void
zf_household_item_finalize (GObject *object)
{
  ZfHouseholdItem *self = ZF_HOUSEHOLD_ITEM (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->level);
  g_free (self->facts);
  g_free (self->last);
  G_OBJECT_CLASS (zf_household_item_parent_class)->finalize (object);
}

static void
zf_household_item_class_init (ZfHouseholdItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_household_item_finalize;
}

static void
zf_household_item_init (ZfHouseholdItem *self)
{
}

ZfQuery *
zf_household_item_query (void)
{
  ZfQuery *query = zf_query_new ("household");

  zf_query_columns (query, "id", "head_name", "nickname", "village", "group_no", "level", "class", "monitored_class",
                    "@n:person", "@latest:visit", NULL);
  return query;
}

static const char *
choice_label (ZfSession *session, const char *field_name, const char *code)
{
  const ZfKind *kind = zf_session_kind (session, "household");
  const ZfField *field = kind != NULL ? zf_kind_field (kind, field_name) : NULL;

  if (code == NULL || field == NULL || field->list_name == NULL)
    return code;
  return zf_kind_choice_label (kind, field->list_name, code, zf_session_lang (session));
}

static void
add_fact (GString *facts, const char *fact)
{
  if (fact == NULL || *fact == '\0')
    return;
  if (facts->len > 0)
    g_string_append (facts, " · ");
  g_string_append (facts, fact);
}

/* Village, group, persons, and the class that says more: the monitored one where there is one. */
static char *
make_facts (ZfSession *session, ZfRows *rows, guint row)
{
  g_autoptr (GString) facts = g_string_new (NULL);
  const char *monitored = zf_rows_text (rows, row, C_MONITORED);
  gint64 people = zf_rows_int (rows, row, C_PEOPLE);

  add_fact (facts, zf_session_village_name (session, zf_rows_text (rows, row, C_VILLAGE)));
  if (zf_rows_text (rows, row, C_GROUP) != NULL)
    {
      /* Translators: the number of a group of families within a village */
      g_autofree char *group = g_strdup_printf (_("Group %d"), (int) zf_rows_int (rows, row, C_GROUP));
      add_fact (facts, group);
    }
  if (people > 0)
    {
      g_autofree char *text = zf_fmt_count (ZF_COUNT_PEOPLE, people);
      add_fact (facts, text);
    }
  if (monitored != NULL)
    add_fact (facts, choice_label (session, "monitored_class", monitored));
  else
    add_fact (facts, choice_label (session, "class", zf_rows_text (rows, row, C_CLASS)));
  return g_string_free (g_steal_pointer (&facts), FALSE);
}

static char *
make_last (ZfSession *session, const char *date)
{
  g_autofree char *today = zf_session_today (session);
  g_autofree char *day = NULL;

  if (date == NULL)
    return g_strdup (_("Not visited yet"));
  day = zf_fmt_date (date, today);
  return g_strdup_printf (_("Last time %s"), day);
}

ZfHouseholdItem *
zf_household_item_new (ZfSession *session, ZfRows *rows, guint row)
{
  ZfHouseholdItem *self = g_object_new (ZF_TYPE_HOUSEHOLD_ITEM, NULL);
  const char *name = zf_rows_text (rows, row, C_NAME);
  const char *nickname = zf_rows_text (rows, row, C_NICKNAME);

  self->id = g_strdup (zf_rows_text (rows, row, C_ID));
  if (name == NULL)
    name = _("Not recorded");
  self->name = nickname != NULL ? g_strdup_printf (_("%s (%s)"), name, nickname) : g_strdup (name);
  self->level = g_strdup (zf_rows_text (rows, row, C_LEVEL));
  self->facts = make_facts (session, rows, row);
  self->last = make_last (session, zf_rows_text (rows, row, C_LAST_VISIT));
  return self;
}

ZfHouseholdItem *
zf_household_item_load (ZfSession *session, const char *id)
{
  g_autoptr (ZfQuery) query = zf_household_item_query ();
  g_autoptr (ZfRows) rows = NULL;

  zf_query_where (query, "id", ZF_OP_EQ, id);
  rows = zf_query_run (query, zf_session_reader (session), NULL);
  return rows != NULL && zf_rows_n (rows) > 0 ? zf_household_item_new (session, rows, 0) : NULL;
}

const char *
zf_household_item_id (ZfHouseholdItem *self)
{
  g_return_val_if_fail (ZF_IS_HOUSEHOLD_ITEM (self), NULL);
  return self->id;
}

const char *
zf_household_item_name (ZfHouseholdItem *self)
{
  g_return_val_if_fail (ZF_IS_HOUSEHOLD_ITEM (self), NULL);
  return self->name;
}

const char *
zf_household_item_level (ZfHouseholdItem *self)
{
  g_return_val_if_fail (ZF_IS_HOUSEHOLD_ITEM (self), NULL);
  return self->level;
}

const char *
zf_household_item_facts (ZfHouseholdItem *self)
{
  g_return_val_if_fail (ZF_IS_HOUSEHOLD_ITEM (self), NULL);
  return self->facts;
}

const char *
zf_household_item_last (ZfHouseholdItem *self)
{
  g_return_val_if_fail (ZF_IS_HOUSEHOLD_ITEM (self), NULL);
  return self->last;
}
