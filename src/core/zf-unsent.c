/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-unsent.h"

#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-ledger-private.h"
#include "zf-truth.h"

/* Reading */

static JsonObject *
change_of_row (sqlite3_stmt *stmt, GError **error)
{
  static const char *const texts[] = { NULL, "cid", "tx", "k", "id", "op", NULL, "se", NULL, NULL, "by" };
  static const struct
  {
    const char *member;
    int column;
  } numbers[] = { { "lsn", 0 }, { "b", 6 }, { "sv", 8 }, { "at", 9 } };
  JsonObject *f = zf_json_parse_object (zf_db_text (stmt, 11), -1, error);
  JsonObject *change;

  if (f == NULL)
    return NULL;
  change = json_object_new ();
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL && zf_db_text (stmt, (int) i) != NULL)
      json_object_set_string_member (change, texts[i], zf_db_text (stmt, (int) i));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    json_object_set_int_member (change, numbers[i].member, sqlite3_column_int64 (stmt, numbers[i].column));
  json_object_set_object_member (change, "f", f);
  return change;
}

GPtrArray *
zf_unsent_changes (ZfReader *reader, gint64 lsn, guint limit, GError **error)
{
  ZfDb *db = zf_reader_db (reader);
  g_autofree char *epoch = zf_meta_get (db, "epoch");
  g_autofree char *server_epoch = zf_meta_get (db, "server_epoch");
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  sqlite3_stmt *stmt = zf_db_prepare (db,
                                      "SELECT lsn, change_id, tx, kind, id, op, base_rev, ifnull (base_epoch, ?4), sv, at, by, f FROM change "
                                      "WHERE epoch = ?1 AND lsn > ?2 AND state IN (0, 1) ORDER BY lsn LIMIT ?3",
                                      error);
  gboolean row = TRUE;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "siis", epoch, lsn, (gint64) limit, server_epoch);
  while (row)
    {
      JsonObject *change;

      if (!zf_db_step (db, stmt, &row, error))
        return NULL;
      if (!row)
        break;
      change = change_of_row (stmt, error);
      if (change == NULL)
        {
          sqlite3_reset (stmt);
          return NULL;
        }
      g_ptr_array_add (changes, change);
    }
  return g_steal_pointer (&changes);
}

/* Taking over */

typedef struct
{
  JsonArray *changes;
  ZfWrite write;
  char *epoch;
  char *server_epoch;
  gint64 lsn;            /* of the last row */
  guint n;
} Adopt;

static gboolean
no_row (GError **error)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "A saved change is not what it should be; nothing was taken over");
  return FALSE;
}

static gboolean
is_op (const char *op)
{
  static const char *const ops[] = { "add", "set", "del", "undel", "merge", NULL };

  return op != NULL && g_strv_contains (ops, op);
}

static gboolean
check_row (JsonObject *change)
{
  const char *cid = zf_json_get_string (change, "cid", NULL);
  const char *id = zf_json_get_string (change, "id", NULL);

  return cid != NULL && zf_id_is_valid (cid) && id != NULL && zf_id_is_valid (id) && zf_json_get_string (change, "k", NULL) != NULL &&
         is_op (zf_json_get_string (change, "op", NULL)) && zf_json_get_object (change, "f") != NULL && zf_json_get_int (change, "b", -1) >= 0;
}

static gboolean
insert_row (Adopt *adopt, JsonObject *change, GError **error)
{
  const char *se = zf_json_get_string (change, "se", NULL);
  g_autofree char *f = zf_json_canonical_object (zf_json_get_object (change, "f"));

  return zf_db_run (adopt->write.db, error,
                    "INSERT INTO change (lsn, epoch, change_id, tx, kind, id, op, base_rev, base_epoch, f, at, by, sv) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                    "issssssissisi", ++adopt->lsn, adopt->epoch, zf_json_get_string (change, "cid", NULL),
                    zf_json_get_string (change, "tx", NULL), zf_json_get_string (change, "k", NULL), zf_json_get_string (change, "id", NULL),
                    zf_json_get_string (change, "op", NULL), zf_json_get_int (change, "b", 0),
                    g_strcmp0 (se, adopt->server_epoch) != 0 ? se : NULL, f, zf_json_get_int (change, "at", 0),
                    zf_json_get_string (change, "by", ""), zf_json_get_int (change, "sv", 1));
}

/* The record shows what its rows say now, on the county's state as far as this tablet knows it. */
static gboolean
settle (Adopt *adopt, const char *kind, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) before = zf_truth_load (&adopt->write, id, &local);
  g_autoptr (ZfRecord) after = NULL;
  g_autoptr (JsonObject) base = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  after = before != NULL ? zf_truth_copy (before) : zf_truth_new (&adopt->write, kind, id);
  base = before != NULL ? zf_truth_base (before) : json_object_new ();
  return zf_truth_settle (&adopt->write, after, base, error) && zf_truth_store (&adopt->write, before, after, error);
}

static gboolean
adopt_one (Adopt *adopt, JsonObject *change, GError **error)
{
  if (!check_row (change))
    return no_row (error);
  if (zf_db_get_int (adopt->write.db, 0, "SELECT 1 FROM change WHERE change_id = ?1", "s", zf_json_get_string (change, "cid", NULL)) == 1)
    return TRUE;
  adopt->n++;
  return insert_row (adopt, change, error) &&
         settle (adopt, zf_json_get_string (change, "k", NULL), zf_json_get_string (change, "id", NULL), error);
}

static gboolean
adopt_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Adopt *adopt = data;
  gboolean ok = TRUE;

  zf_write_init (&adopt->write, store, db);
  adopt->epoch = zf_meta_get (db, "epoch");
  adopt->server_epoch = zf_meta_get (db, "server_epoch");
  adopt->lsn = zf_ledger_last_in (db, adopt->epoch);
  for (guint i = 0; ok && i < json_array_get_length (adopt->changes); i++)
    {
      JsonNode *node = json_array_get_element (adopt->changes, i);

      ok = JSON_NODE_HOLDS_OBJECT (node) ? adopt_one (adopt, json_node_get_object (node), error) : no_row (error);
    }
  g_clear_pointer (&adopt->epoch, g_free);
  g_clear_pointer (&adopt->server_epoch, g_free);
  return ok;
}

gboolean
zf_unsent_adopt (ZfStore *store, JsonArray *changes, guint *n, GError **error)
{
  Adopt adopt = { .changes = changes };

  if (!zf_store_write (store, adopt_job, &adopt, error))
    return FALSE;
  *n += adopt.n;
  return TRUE;
}

typedef struct
{
  const ZfDraft *draft;
  gboolean taken;
} Take;

static gboolean
draft_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  Take *take = data;
  const ZfDraft *draft = take->draft;
  g_autofree char *answers = zf_draft_text (draft);
  g_autofree char *seen = zf_json_canonical_object (draft->seen);

  if (!zf_db_run (db, error,
                  "INSERT OR IGNORE INTO draft (id, kind, parent, form_version, by, created, updated, answers, seen) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                  "sssssiiss", draft->id, draft->kind, draft->parent, draft->form_version, draft->by, draft->created_ms,
                  draft->updated_ms, answers, seen))
    return FALSE;
  take->taken = sqlite3_changes (zf_db_handle (db)) > 0;
  if (take->taken)
    zf_store_note (store, "draft", draft->id);
  return TRUE;
}

gboolean
zf_unsent_adopt_draft (ZfStore *store, const ZfDraft *draft, gboolean *taken, GError **error)
{
  Take take = { .draft = draft };

  if (!zf_store_write (store, draft_job, &take, error))
    return FALSE;
  *taken = take.taken;
  return TRUE;
}
