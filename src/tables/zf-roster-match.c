/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-json.h"
#include "zf-query.h"
#include "zf-record.h"
#include "zf-roster-private.h"

#define HEAD_RELATION "01"

typedef struct
{
  char *id;
  char *village;
  char *code;
  GPtrArray *persons;     /* Person, not owned */
  gboolean code_twice;    /* another live household has this number too */
} Home;

typedef struct
{
  char *id;
  Home *home;
  char *name;
  char *id_number;
  char *birth;
  gboolean head;
} Person;

/* The store's households and persons as they stood when the import began; read once, since every row asks. */
struct _ZfRosterMatch
{
  ZfReader *reader;
  const char *source;
  GHashTable *homes;      /* id → Home */
  GHashTable *by_code;    /* household number → Home */
  GHashTable *by_head;    /* village, ID number of the head → Home */
  GHashTable *persons;    /* id → Person */
  GHashTable *by_number;  /* ID number → Person */
  GHashTable *claimed;    /* record ids that rows were matched to */
};

static void
home_free (gpointer data)
{
  Home *home = data;
  g_free (home->id);
  g_free (home->village);
  g_free (home->code);
  g_ptr_array_unref (home->persons);
  g_free (home);
}

static void
person_free (gpointer data)
{
  Person *person = data;
  g_free (person->id);
  g_free (person->name);
  g_free (person->id_number);
  g_free (person->birth);
  g_free (person);
}

static char *
head_key (const char *village, const char *id_number)
{
  return g_strjoin ("\n", village, id_number, NULL);
}

static gboolean
load_homes (ZfRosterMatch *self, GError **error)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  zf_query_columns (query, "id", "parent", "code", NULL);
  g_autoptr (ZfRows) rows = zf_query_run (query, self->reader, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < zf_rows_n (rows); i++)
    {
      Home *home = g_new0 (Home, 1);
      home->id = g_strdup (zf_rows_text (rows, i, 0));
      home->village = g_strdup (zf_rows_text (rows, i, 1));
      home->code = g_strdup (zf_rows_text (rows, i, 2));
      home->persons = g_ptr_array_new ();
      g_hash_table_insert (self->homes, home->id, home);
      Home *same = home->code != NULL ? g_hash_table_lookup (self->by_code, home->code) : NULL;
      if (same != NULL)
        same->code_twice = TRUE;
      else if (home->code != NULL)
        g_hash_table_insert (self->by_code, home->code, home);
    }
  return TRUE;
}

static void
add_person (ZfRosterMatch *self, Person *person)
{
  g_hash_table_insert (self->persons, person->id, person);
  if (person->id_number != NULL)
    g_hash_table_insert (self->by_number, person->id_number, person);
  if (person->home == NULL)
    return;
  g_ptr_array_add (person->home->persons, person);
  if (person->head && person->id_number != NULL && person->home->village != NULL)
    g_hash_table_insert (self->by_head, head_key (person->home->village, person->id_number), person->home);
}

static gboolean
load_persons (ZfRosterMatch *self, GError **error)
{
  g_autoptr (ZfQuery) query = zf_query_new ("person");
  zf_query_columns (query, "id", "parent", "name", "id_number", "birth", "relation", NULL);
  g_autoptr (ZfRows) rows = zf_query_run (query, self->reader, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < zf_rows_n (rows); i++)
    {
      Person *person = g_new0 (Person, 1);
      const char *parent = zf_rows_text (rows, i, 1);
      person->id = g_strdup (zf_rows_text (rows, i, 0));
      person->home = parent != NULL ? g_hash_table_lookup (self->homes, parent) : NULL;
      person->name = g_strdup (zf_rows_text (rows, i, 2));
      person->id_number = g_strdup (zf_rows_text (rows, i, 3));
      person->birth = g_strdup (zf_rows_text (rows, i, 4));
      person->head = g_strcmp0 (zf_rows_text (rows, i, 5), HEAD_RELATION) == 0;
      add_person (self, person);
    }
  return TRUE;
}

ZfRosterMatch *
zf_roster_match_load (ZfReader *reader, const char *source, GError **error)
{
  g_autoptr (ZfRosterMatch) self = g_new0 (ZfRosterMatch, 1);
  self->reader = reader;
  self->source = source;
  self->homes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, home_free);
  self->by_code = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_head = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->persons = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, person_free);
  self->by_number = g_hash_table_new (g_str_hash, g_str_equal);
  self->claimed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!load_homes (self, error) || !load_persons (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
zf_roster_match_free (ZfRosterMatch *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_code);
  g_hash_table_unref (self->by_head);
  g_hash_table_unref (self->by_number);
  g_hash_table_unref (self->persons);
  g_hash_table_unref (self->homes);
  g_hash_table_unref (self->claimed);
  g_free (self);
}

static char *
hash (const char *kind, const char *a, const char *b, const char *c)
{
  g_autofree char *text = g_strjoin ("\x1f", kind, a != NULL ? a : "", b != NULL ? b : "", c != NULL ? c : "", NULL);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

char *
zf_roster_match_household_key (ZfRosterHousehold *household)
{
  if (household->code != NULL)
    return hash ("household", household->code, NULL, NULL);
  return hash ("household", household->village, household->head_id, NULL);
}

char *
zf_roster_match_person_key (const char *household_key, JsonObject *person)
{
  const char *number = zf_json_get_string (person, "id_number", NULL);
  if (number != NULL)
    return hash ("person", household_key, number, NULL);
  return hash ("person", household_key, zf_json_get_string (person, "name", NULL), zf_json_get_string (person, "birth", NULL));
}

/* The record that this source's row was matched to before, even if people changed since what it would be found by. */
static char *
known_record (ZfRosterMatch *self, const char *key)
{
  char *id = NULL;
  JsonObject *base = zf_reader_import_base (self->reader, self->source, key, &id);
  g_clear_pointer (&base, json_object_unref);
  return id;
}

/* Follows records that were merged into another; *gone: it is there, but deleted. */
static char *
follow (ZfRosterMatch *self, GHashTable *live, char *id, gboolean *gone)
{
  *gone = FALSE;
  for (guint hops = 0; id != NULL && !g_hash_table_contains (live, id); hops++)
    {
      g_autofree char *at = g_steal_pointer (&id);
      g_autoptr (ZfRecord) record = zf_reader_get (self->reader, at, NULL);
      if (record == NULL || hops > 8)
        return NULL;
      if (record->del != NULL && g_str_has_prefix (record->del, "merged:"))
        id = g_strdup (record->del + strlen ("merged:"));
      else
        *gone = TRUE;
    }
  return id;
}

gboolean
zf_roster_match_household (ZfRosterMatch *self, ZfRosterHousehold *household, const char *key, char **id, const char **reason)
{
  gboolean gone = FALSE;
  *id = NULL;
  *reason = NULL;
  if (household->code == NULL && household->head_id == NULL)
    *reason = _("Neither a household number nor the head’s ID number is given");
  else if ((*id = follow (self, self->homes, known_record (self, key), &gone)) != NULL)
    return TRUE;
  else if (gone)
    *reason = _("This household was ended here");
  if (*reason != NULL)
    return FALSE;
  Home *home = household->code != NULL ? g_hash_table_lookup (self->by_code, household->code) : NULL;
  g_autofree char *head = household->head_id != NULL ? head_key (household->village, household->head_id) : NULL;
  if (home != NULL && home->code_twice)
    *reason = _("Several households here have this household number");
  else if (home == NULL && head != NULL && (home = g_hash_table_lookup (self->by_head, head)) != NULL && home->code != NULL
           && household->code != NULL)
    *reason = _("The head’s ID number is recorded here under another household number");
  *id = home != NULL && *reason == NULL ? g_strdup (home->id) : NULL;
  return *reason == NULL;
}

static gboolean
same_person (const Person *person, JsonObject *fields)
{
  const char *birth = zf_json_get_string (fields, "birth", NULL);
  return g_strcmp0 (person->name, zf_json_get_string (fields, "name", NULL)) == 0
         && (birth == NULL || person->birth == NULL || strcmp (birth, person->birth) == 0);
}

static Person *
find_by_name (Home *home, JsonObject *fields, gboolean *several)
{
  Person *found = NULL;
  *several = FALSE;
  for (guint i = 0; home != NULL && i < home->persons->len; i++)
    {
      Person *person = g_ptr_array_index (home->persons, i);
      if (!same_person (person, fields))
        continue;
      *several = *several || found != NULL;
      found = person;
    }
  return found;
}

gboolean
zf_roster_match_person (ZfRosterMatch *self, const char *home_id, JsonObject *fields, const char *key, char **id, gboolean *gone,
                        const char **reason)
{
  const char *number = zf_json_get_string (fields, "id_number", NULL);
  Home *home = home_id != NULL ? g_hash_table_lookup (self->homes, home_id) : NULL;
  gboolean several = FALSE;
  *reason = NULL;
  *id = follow (self, self->persons, known_record (self, key), gone);
  if (*id != NULL)
    return TRUE;
  Person *person = number != NULL ? g_hash_table_lookup (self->by_number, number) : NULL;
  if (*gone)
    *reason = _("This person was taken out here");
  else if (person != NULL && person->home != home)
    *reason = _("This person is recorded here in another household");
  else if (person == NULL && (person = find_by_name (home, fields, &several)) != NULL && several)
    *reason = _("Several persons of this household have this name");
  if (*reason != NULL)
    return FALSE;
  *id = person != NULL ? g_strdup (person->id) : NULL;
  return TRUE;
}

guint
zf_roster_match_n_persons (ZfRosterMatch *self, const char *home_id)
{
  Home *home = home_id != NULL ? g_hash_table_lookup (self->homes, home_id) : NULL;
  return home != NULL ? home->persons->len : 0;
}

gboolean
zf_roster_match_claim (ZfRosterMatch *self, const char *id)
{
  return g_hash_table_add (self->claimed, g_strdup (id));
}
