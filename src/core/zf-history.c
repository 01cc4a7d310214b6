/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-history.h"

#include <string.h>

#include "zf-json.h"
#include "zf-store-private.h"

/* Corrections of corrections that are followed back. */
#define MAX_CHAIN 50

void
zf_event_free (ZfEvent *event)
{
  if (event == NULL)
    return;
  g_free (event->id);
  g_free (event->op);
  g_free (event->by);
  g_free (event->why);
  json_object_unref (event->fields);
  g_free (event);
}

static ZfEvent *
add_event (GPtrArray *events, const ZfRecord *record, const char *op, JsonObject *said)
{
  ZfEvent *event = g_new0 (ZfEvent, 1);

  event->id = g_strdup (record->id);
  event->kind = record->kind;
  event->op = g_strdup (op);
  event->at_ms = said != NULL ? zf_json_get_int (said, "at", 0) : 0;
  event->by = g_strdup (said != NULL ? zf_json_get_string (said, "by", "") : "");
  event->fields = json_object_new ();
  g_ptr_array_add (events, event);
  return event;
}

static void
put_pair (JsonObject *fields, const char *name, JsonNode *old, JsonNode *value)
{
  JsonArray *pair = json_array_new ();

  if (old != NULL)
    json_array_add_element (pair, json_node_copy (old));
  json_array_add_element (pair, value != NULL ? json_node_copy (value) : zf_json_null ());
  json_object_set_array_member (fields, name, pair);
}

/* This tablet's own log */

static void
copy_member (JsonObject *object, const char *name, JsonNode *value, gpointer data)
{
  json_object_set_member (data, name, json_node_copy (value));
}

/* Adds the events of the log; the ids of their changes go into @cids. */
static gboolean
add_log (GPtrArray *events, ZfReader *reader, const ZfRecord *record, GHashTable *cids, GError **error)
{
  g_autoptr (GPtrArray) rows = zf_reader_history (reader, record->id, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      JsonObject *row = rows->pdata[i];
      const char *op = zf_json_get_string (row, "op", "set");
      ZfEvent *event = add_event (events, record, op, row);

      g_hash_table_add (cids, g_strdup (zf_json_get_string (row, "cid", "")));
      if (strcmp (op, "set") == 0)
        json_object_foreach_member (zf_json_get_object (row, "f"), copy_member, event->fields);
    }
  return rows != NULL;
}

/* What others wrote */

static void
add_fields_of (ZfEvent *event, const ZfRecord *record, gint64 author)
{
  JsonObject *ci = zf_json_get_object (record->meta, "ci");
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  json_object_iter_init_ordered (&iter, record->fields);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (ci != NULL && zf_json_get_int (ci, name, 0) == author)
      put_pair (event->fields, name, NULL, value);
  if (ci == NULL)
    return;
  /* What they took away. */
  json_object_iter_init_ordered (&iter, ci);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (!json_object_has_member (record->fields, name) && zf_json_get_int (ci, name, -1) == author)
      put_pair (event->fields, name, NULL, NULL);
}

static void
add_authors (GPtrArray *events, const ZfRecord *record, GHashTable *cids)
{
  JsonArray *authors = record->meta != NULL ? zf_json_get_array (record->meta, "c") : NULL;

  for (guint i = 0; authors != NULL && i < json_array_get_length (authors); i++)
    {
      JsonNode *node = json_array_get_element (authors, i);
      JsonObject *author = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      gboolean first = json_array_get_length (authors) == 1 && record->rev <= 1;
      ZfEvent *event = NULL;

      if (author == NULL || g_hash_table_contains (cids, zf_json_get_string (author, "cid", "")))
        continue;
      event = add_event (events, record, first ? "add" : "set", author);
      if (!first)
        add_fields_of (event, record, i);
    }
}

/* Corrections */

static void
diff_fields (JsonObject *before, JsonObject *after, JsonObject *into)
{
  g_autoptr (JsonObject) names = json_object_new ();
  g_autoptr (JsonNode) none = zf_json_null ();
  JsonObjectIter iter;
  const char *name = NULL;

  json_object_foreach_member (before, copy_member, names);
  json_object_foreach_member (after, copy_member, names);
  json_object_iter_init_ordered (&iter, names);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    {
      JsonNode *old = json_object_get_member (before, name);
      JsonNode *value = json_object_get_member (after, name);

      if (strcmp (name, "supersedes") != 0 && strcmp (name, "why") != 0 && !zf_json_equal (old, value))
        put_pair (into, name, old != NULL ? old : none, value);
    }
}

/* The first event of a record that corrects @old says what it made different. */
static void
tell_correction (GPtrArray *events, guint from, const ZfRecord *record, const ZfRecord *old)
{
  ZfEvent *event = from < events->len ? events->pdata[from] : add_event (events, record, "correct", NULL);

  g_free (event->op);
  event->op = g_strdup ("correct");
  g_free (event->why);
  event->why = g_strdup (zf_record_get_string (record, "why", NULL));
  json_object_unref (event->fields);
  event->fields = json_object_new ();
  diff_fields (old->fields, record->fields, event->fields);
}

/* Rows of repeats */

static gboolean add_record (GPtrArray *events, ZfReader *reader, const char *id, const ZfRecord *newer, guint depth, GError **error);

static GPtrArray *
ids_below (ZfReader *reader, const char *id, const char *kind, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (zf_reader_db (reader), "SELECT id FROM record WHERE parent = ?1 AND kind = ?2 ORDER BY id", error);
  gboolean more = stmt != NULL;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "ss", id, kind);
  while (more)
    {
      if (!zf_db_step (zf_reader_db (reader), stmt, &more, error))
        return NULL;
      if (more)
        g_ptr_array_add (ids, g_strdup (zf_db_text (stmt, 0)));
    }
  return g_steal_pointer (&ids);
}

/* (nullable) (element-type utf8): rows of all own repeats, also those that were taken out since. */
static GPtrArray *
own_rows (ZfReader *reader, const ZfRecord *record, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  JsonArray *survey = zf_kind_survey (record->kind);

  for (guint i = 0; i < json_array_get_length (survey); i++)
    {
      JsonObject *row = json_array_get_object_element (survey, i);
      GPtrArray *ids = NULL;

      if (strcmp (zf_json_get_string (row, "type", ""), ZF_TYPE_REPEAT) != 0 || zf_json_get_bool (row, "known", FALSE))
        continue;
      ids = ids_below (reader, record->id, zf_json_get_string (row, "kind", ""), error);
      if (ids == NULL)
        return NULL;
      g_ptr_array_extend_and_steal (rows, ids);
    }
  return g_steal_pointer (&rows);
}

/* (transfer full): what a row says, with the rows below it; not which record it belongs to. */
static char *
content_of (ZfReader *reader, const char *id, guint depth)
{
  g_autoptr (ZfRecord) row = zf_reader_get (reader, id, NULL);
  g_autoptr (GPtrArray) below = row != NULL && row->kind != NULL && depth < MAX_CHAIN ? own_rows (reader, row, NULL) : NULL;
  g_autoptr (JsonObject) fields = json_object_new ();
  g_autofree char *own = NULL;
  GString *text = NULL;

  if (below == NULL)
    return g_strdup (id);
  json_object_foreach_member (row->fields, copy_member, fields);
  json_object_remove_member (fields, zf_kind_parent_field (row->kind));
  own = zf_json_canonical_object (fields);
  text = g_string_new (own);
  for (guint i = 0; i < below->len; i++)
    {
      g_autofree char *content = content_of (reader, below->pdata[i], depth + 1);

      g_string_append_printf (text, "[%s]", content);
    }
  return g_string_free (text, FALSE);
}

/* (nullable): what the rows of @record say. */
static GHashTable *
contents_below (ZfReader *reader, const ZfRecord *record)
{
  g_autoptr (GPtrArray) rows = record != NULL ? own_rows (reader, record, NULL) : NULL;
  GHashTable *contents = rows != NULL ? g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) : NULL;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    g_hash_table_add (contents, content_of (reader, rows->pdata[i], 0));
  return contents;
}

/* A correction is written whole, with all its rows: those that say the same before and after did neither come nor go. */
static void
drop_same (GPtrArray *events, guint from, const char *content, GHashTable *before, GHashTable *after)
{
  gboolean stood = before != NULL && g_hash_table_contains (before, content);
  gboolean stays = after != NULL && g_hash_table_contains (after, content);

  for (guint i = events->len; i-- > from;)
    {
      gboolean gone = strcmp (((ZfEvent *) events->pdata[i])->op, "del") == 0;

      if (gone ? stays : stood)
        g_ptr_array_remove_index (events, i);
    }
}

/* @older: what the record corrects, @newer: what corrects it; both nullable. */
static gboolean
add_rows (GPtrArray *events, ZfReader *reader, const ZfRecord *record, const ZfRecord *older, const ZfRecord *newer, guint depth, GError **error)
{
  g_autoptr (GPtrArray) rows = own_rows (reader, record, error);
  g_autoptr (GHashTable) before = contents_below (reader, older);
  g_autoptr (GHashTable) after = contents_below (reader, newer);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      g_autofree char *content = content_of (reader, rows->pdata[i], 0);
      guint from = events->len;

      if (!add_record (events, reader, rows->pdata[i], NULL, depth, error))
        return FALSE;
      drop_same (events, from, content, before, after);
    }
  return rows != NULL;
}

/* Reasons */

/* The change that was saved with the reason; where others have overwritten all of it since, the reason alone is left. */
static void
tell_reason (GPtrArray *events, guint from, const ZfRecord *record, const ZfEvent *given, const char *why)
{
  ZfEvent *event = NULL;

  for (guint i = from; i < events->len && event == NULL; i++)
    {
      ZfEvent *other = events->pdata[i];

      if (other->at_ms == given->at_ms && strcmp (other->by, given->by) == 0 && strcmp (other->id, record->id) == 0)
        event = other;
    }
  if (event == NULL)
    {
      event = add_event (events, record, "set", NULL);
      event->at_ms = given->at_ms;
      g_free (event->by);
      event->by = g_strdup (given->by);
    }
  g_free (event->why);
  event->why = g_strdup (why);
}

static gboolean
add_reason (GPtrArray *events, guint from, ZfReader *reader, const ZfRecord *record, const char *id, GError **error)
{
  g_autoptr (ZfRecord) reason = zf_reader_get (reader, id, error);
  g_autoptr (GPtrArray) given = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_event_free);
  g_autoptr (GHashTable) cids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (reason == NULL)
    return FALSE;
  if (strcmp (zf_record_get_string (reason, "of", ""), record->id) != 0)
    return TRUE;
  if (!add_log (given, reader, reason, cids, error))
    return FALSE;
  add_authors (given, reason, cids);
  if (given->len > 0)
    tell_reason (events, from, record, given->pdata[0], zf_record_get_string (reason, "why", ""));
  return TRUE;
}

const char *
zf_reason_place (ZfKinds *kinds, const ZfRecord *record)
{
  const ZfKind *kind = kinds != NULL ? zf_kinds_get (kinds, ZF_REASON_KIND) : NULL;
  const char *above = kind != NULL ? zf_kind_parent_kind (kind) : NULL;

  g_return_val_if_fail (record != NULL, NULL);
  if (above == NULL || record->kind == NULL || zf_kind_append_only (record->kind))
    return NULL;
  if (strcmp (above, record->kind_name) == 0)
    return record->id;
  return g_strcmp0 (above, zf_kind_parent_kind (record->kind)) == 0 ? record->parent : NULL;
}

static gboolean
add_reasons (GPtrArray *events, guint from, ZfReader *reader, const ZfRecord *record, GError **error)
{
  const char *place = zf_reason_place (zf_reader_kinds (reader), record);
  g_autoptr (GPtrArray) ids = NULL;

  if (place == NULL)
    return TRUE;
  ids = ids_below (reader, place, ZF_REASON_KIND, error);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!add_reason (events, from, reader, record, ids->pdata[i], error))
      return FALSE;
  return ids != NULL;
}

static gboolean
add_record (GPtrArray *events, ZfReader *reader, const char *id, const ZfRecord *newer, guint depth, GError **error)
{
  g_autoptr (ZfRecord) record = zf_reader_get (reader, id, error);
  g_autoptr (GHashTable) cids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (ZfRecord) old = NULL;
  const char *corrected = NULL;
  guint from = events->len;

  if (record == NULL || depth > MAX_CHAIN)
    return record != NULL;
  if (!add_log (events, reader, record, cids, error))
    return FALSE;
  add_authors (events, record, cids);
  if (record->kind == NULL)
    return TRUE;
  if (!add_reasons (events, from, reader, record, error))
    return FALSE;
  corrected = zf_kind_append_only (record->kind) ? zf_record_get_string (record, "supersedes", NULL) : NULL;
  old = corrected != NULL ? zf_reader_get (reader, corrected, NULL) : NULL;
  if (old != NULL)
    tell_correction (events, from, record, old);
  return add_rows (events, reader, record, old, newer, depth + 1, error) && (old == NULL || add_record (events, reader, corrected, record, depth + 1, error));
}

static int
compare_events (const void *a, const void *b)
{
  const ZfEvent *left = *(const ZfEvent *const *) a;
  const ZfEvent *right = *(const ZfEvent *const *) b;

  return (left->at_ms < right->at_ms) - (left->at_ms > right->at_ms);
}

GPtrArray *
zf_history_read (ZfReader *reader, const char *id, GError **error)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_event_free);

  g_return_val_if_fail (reader != NULL && id != NULL, NULL);

  if (!add_record (events, reader, id, NULL, 0, error))
    return NULL;
  g_ptr_array_sort (events, compare_events);
  return g_steal_pointer (&events);
}
