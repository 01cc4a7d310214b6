/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-life.h"

#include "zf-id.h"

/* Code of 户主 in the list relation. */
#define RELATION_HEAD "01"

static ZfSave *
save_new (ZfSession *session)
{
  return zf_save_new (zf_session_by (session), TRUE);
}

static void
set_strings (ZfSave *save, const char *kind, const char *id, ...) G_GNUC_NULL_TERMINATED;

/* Pairs of field and value until NULL. */
static void
set_strings (ZfSave *save, const char *kind, const char *id, ...)
{
  g_autoptr (JsonObject) fields = json_object_new ();
  const char *field = NULL;
  va_list args;

  va_start (args, id);
  while ((field = va_arg (args, const char *)) != NULL)
    json_object_set_string_member (fields, field, va_arg (args, const char *));
  va_end (args);
  zf_save_set (save, kind, id, fields);
}

/* What a new household shares with the one that it leaves; everything else has to be asked there. */
static JsonObject *
split_fields (const ZfRecord *from, const ZfRecord *head)
{
  static const char *const SHARED[] = { "village", "group_no", "hamlet", "address", "class", "lat", "lon", "accuracy",
                                        "position_source", "helper_name", "helper_phone", "helper_unit" };
  JsonObject *fields = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (SHARED); i++)
    {
      JsonNode *value = json_object_get_member (from->fields, SHARED[i]);

      if (value != NULL)
        json_object_set_member (fields, SHARED[i], json_node_copy (value));
    }
  json_object_set_string_member (fields, "head_name", zf_record_get_string (head, "name", ""));
  return fields;
}

ZfSave *
zf_life_split (ZfSession *session, const char *household, GPtrArray *persons, char **new_id)
{
  ZfStore *store = zf_session_store (session);
  ZfReader *reader = zf_session_reader (session);
  g_autoptr (ZfRecord) from = zf_reader_get (reader, household, NULL);
  g_autoptr (ZfRecord) head = zf_reader_get (reader, g_ptr_array_index (persons, 0), NULL);
  g_autoptr (ZfSave) save = save_new (session);
  g_autoptr (JsonObject) fields = NULL;

  if (from == NULL || head == NULL)
    return NULL;
  *new_id = zf_id_new (zf_store_clock (store), zf_store_random (store));
  fields = split_fields (from, head);
  zf_save_create (save, "household", *new_id, fields);
  for (guint i = 0; i < persons->len; i++)
    {
      const char *person = g_ptr_array_index (persons, i);

      if (i == 0)
        set_strings (save, "person", person, "household", *new_id, "relation", RELATION_HEAD, NULL);
      else
        set_strings (save, "person", person, "household", *new_id, NULL);
    }
  return g_steal_pointer (&save);
}

ZfSave *
zf_life_merge (ZfSession *session, const char *household, const char *into)
{
  ZfSave *save = save_new (session);

  zf_save_merge_into (save, "household", household, into);
  return save;
}

ZfSave *
zf_life_move (ZfSession *session, const char *household, const char *village)
{
  ZfSave *save = save_new (session);

  set_strings (save, "household", household, "village", village, NULL);
  return save;
}

ZfSave *
zf_life_end (ZfSession *session, const char *household, const char *reason)
{
  ZfSave *save = save_new (session);

  zf_save_delete (save, "household", household, reason);
  return save;
}

ZfSave *
zf_life_person_leaves (ZfSession *session, const char *person, const char *change)
{
  ZfSave *save = save_new (session);
  g_autofree char *today = zf_session_today (session);

  set_strings (save, "person", person, "member_change", change, "member_change_on", today, NULL);
  zf_save_delete (save, "person", person, "ended");
  return save;
}

ZfSave *
zf_life_person_moves (ZfSession *session, const char *person, const char *household)
{
  ZfSave *save = save_new (session);

  set_strings (save, "person", person, "household", household, NULL);
  return save;
}
