/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Villages whole: made when asked for, kept for a week, parts as files. */
#include <string.h>

#include "zf-error.h"
#include "zf-home.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-plant.h"
#include "zf-schema.h"
#include "zf-server-core-private.h"
#include "zf-wire-snapshot.h"

#define KEEP_MS (7 * 24 * G_GINT64_CONSTANT (3600000))
/* So many changes later the feed after a snapshot is longer than making a new one is worth. */
#define STALE_ROWS 200
#define MAX_DEPTH 16

typedef struct
{
  ZfServerCore *core;
  ZfSnapshotWriter *writer;
  ZfSnapshot *snapshot;
  char *open;              /* (nullable): record whose fields are being written */
  gboolean ended;          /* the record at hand is no living one */
  gboolean asked;          /* there are open conflicts in the village at hand */
  GArray *written;         /* (element-type Written): records of the part being written */
} Making;

typedef struct
{
  char *id;
  gboolean first;          /* of its home */
} Written;

static void
written_clear (gpointer data)
{
  g_free (((Written *) data)->id);
}

static char *
part_path (ZfServerCore *core, const char *scope, gint64 seq, gint64 n)
{
  return g_strdup_printf ("%s/snapshots/%s/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, core->dir,
                          g_str_equal (scope, ZF_SCOPE_COMMON) ? "common" : scope, seq, n);
}

/* @whole: no home of the part goes on in another one. */
static gboolean
store_part (Making *making, GBytes *bytes, gboolean whole, GError **error)
{
  guint n = json_array_get_length (making->snapshot->parts) + 1;
  g_autofree char *path = part_path (making->core, making->snapshot->scope, making->snapshot->seq, n);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  JsonObject *part = json_object_new ();

  json_object_set_int_member (part, "n", n);
  json_object_set_int_member (part, "size", (gint64) g_bytes_get_size (bytes));
  json_object_set_string_member (part, "sha256", sha256);
  if (whole)
    json_object_set_boolean_member (part, "whole", TRUE);
  json_array_add_object_element (making->snapshot->parts, part);
  return zf_files_write (making->core->files, path, bytes, error);
}

static gboolean
put_part (const ZfFeedRow *row, gpointer data)
{
  Making *making = data;
  const ZfKind *kind = zf_kinds_get (making->core->kinds, row->kind);

  making->ended = row->del != NULL;
  if (making->ended)
    return FALSE;
  if (g_strcmp0 (making->open, row->id) != 0)
    {
      zf_snapshot_writer_record (making->writer, row->kind, row->id, row->record_rev, kind != NULL ? zf_kind_key (kind) : NULL);
      g_free (making->open);
      making->open = g_strdup (row->id);
    }
  zf_snapshot_writer_fields (making->writer, row->f, row->by, row->at);
  return TRUE;
}

/* Columns have no place for why a record ended. */
static gboolean
put_ended (Making *making, const char *id, GError **error)
{
  g_autoptr (GString) out = g_string_new ("{");
  gboolean found;

  if (!zf_server_put_record (making->core, id, out, &found, error))
    return FALSE;
  g_string_append_c (out, '}');
  zf_snapshot_writer_item (making->writer, out->str);
  return TRUE;
}

/* Open questions come with their record. */
static gboolean
write_conflicts (Making *making, const char *id, GError **error)
{
  ZfServerStore *store = making->core->store;
  g_autoptr (GPtrArray) list = store->verbs->conflicts_of (store, id, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const ZfConflict *conflict = list->pdata[i];
      g_autoptr (GString) out = g_string_new ("{");

      if (!conflict->open)
        continue;
      if (!zf_server_put_conflict (making->core, conflict->id, out, error))
        return FALSE;
      g_string_append_c (out, '}');
      zf_snapshot_writer_item (making->writer, out->str);
    }
  return list != NULL;
}

static gboolean
write_record (Making *making, const char *id, GError **error)
{
  making->ended = FALSE;
  g_clear_pointer (&making->open, g_free);
  return making->core->store->verbs->parts_of (making->core->store, id, put_part, making, error) &&
         (!making->ended || put_ended (making, id, error)) && (!making->asked || write_conflicts (making, id, error));
}

static const Written *
written_at (Making *making, guint i)
{
  return &g_array_index (making->written, Written, i);
}

static gboolean
write_records (Making *making, guint from, guint to, GError **error)
{
  for (guint i = from; i < to; i++)
    if (!write_record (making, written_at (making, i)->id, error))
      return FALSE;
  return TRUE;
}

static gboolean
is_border (Making *making, guint at)
{
  return at == making->written->len || written_at (making, at)->first;
}

/* Where to cut, at the border of a home if there is one. */
static guint
middle_of (Making *making, guint from, guint to)
{
  guint middle = from + (to - from) / 2;

  for (guint away = 0; away < to - from; away++)
    {
      if (middle + away < to && is_border (making, middle + away))
        return middle + away;
      if (middle > from + away && is_border (making, middle - away))
        return middle - away;
    }
  return middle;
}

/* Records that hardly shrink: what is too large for one part is written again in halves. */
static gboolean
store_records (Making *making, guint from, guint to, GError **error)
{
  g_autoptr (GBytes) bytes = zf_snapshot_writer_end (making->writer);
  guint middle = middle_of (making, from, to);

  if (g_bytes_get_size (bytes) <= ZF_SNAPSHOT_MAX_PART || middle == from)
    return store_part (making, bytes, is_border (making, from) && is_border (making, to), error);
  return write_records (making, from, middle, error) && store_records (making, from, middle, error) &&
         write_records (making, middle, to, error) && store_records (making, middle, to, error);
}

static gboolean
end_part (Making *making, GError **error)
{
  gboolean ok = zf_snapshot_writer_is_empty (making->writer) || store_records (making, 0, making->written->len, error);

  g_array_set_size (making->written, 0);
  g_clear_pointer (&making->open, g_free);
  return ok;
}

/* What a record hangs below, as far as it is of the same village. */
static const char *
home_of (GHashTable *parents, const char *id)
{
  for (guint i = 0; i < MAX_DEPTH; i++)
    {
      const char *parent = g_hash_table_lookup (parents, id);

      if (parent == NULL || !g_hash_table_contains (parents, parent))
        break;
      id = parent;
    }
  return id;
}

static int
compare_homes (gconstpointer a, gconstpointer b, gpointer data)
{
  const ZfStanding *x = *(ZfStanding *const *) a, *y = *(ZfStanding *const *) b;
  int order = strcmp (home_of (data, x->id), home_of (data, y->id));

  return order != 0 ? order : strcmp (x->id, y->id);
}

/* A home and all that hangs below it come one after the other. */
static GHashTable *
sort_by_home (GPtrArray *standing)
{
  GHashTable *parents = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < standing->len; i++)
    g_hash_table_insert (parents, ((ZfStanding *) standing->pdata[i])->id, ((ZfStanding *) standing->pdata[i])->parent);
  g_ptr_array_sort_with_data (standing, compare_homes, parents);
  return parents;
}

static gboolean
has_open_conflicts (Making *making, const char *village, GError **error)
{
  ZfServerStore *store = making->core->store;
  g_autoptr (GPtrArray) ids = store->verbs->open_in (store, village, error);

  making->asked = ids != NULL && ids->len > 0;
  return ids != NULL;
}

static gboolean
put_records (Making *making, const char *village, GError **error)
{
  ZfServerStore *store = making->core->store;
  g_autoptr (GPtrArray) standing = has_open_conflicts (making, village, error) ? store->verbs->standing (store, village, error) : NULL;
  g_autoptr (GHashTable) parents = standing != NULL ? sort_by_home (standing) : NULL;
  const char *home = NULL;

  for (guint i = 0; standing != NULL && i < standing->len; i++)
    {
      const char *id = ((ZfStanding *) standing->pdata[i])->id;
      const char *here = home_of (parents, id);
      Written written = { g_strdup (id), g_strcmp0 (home, here) != 0 };

      if (written.first && zf_snapshot_writer_is_full (making->writer) && !end_part (making, error))
        {
          written_clear (&written);
          return FALSE;
        }
      home = here;
      g_array_append_val (making->written, written);
      if (!write_records (making, making->written->len - 1, making->written->len, error))
        return FALSE;
    }
  return standing != NULL;
}

static gboolean
put_scope (Making *making, GError **error)
{
  ZfServerStore *store = making->core->store;
  g_autoptr (GPtrArray) villages = NULL;

  if (!g_str_equal (making->snapshot->scope, ZF_SCOPE_ALL))
    return put_records (making, making->snapshot->scope, error);
  villages = store->verbs->villages (store, error);
  for (guint i = 0; villages != NULL && i < villages->len; i++)
    if (!put_records (making, villages->pdata[i], error))
      return FALSE;
  return villages != NULL;
}

static gboolean
make_parts (Making *making, GError **error)
{
  ZfServerStore *store = making->core->store;
  gboolean ok;

  /* All that is read is of one moment: the one that `seq` names. */
  if (!store->verbs->txn (store, ZF_TXN_VIEW, error))
    return FALSE;
  making->snapshot->seq = store->verbs->head (store);
  ok = put_scope (making, error) && end_part (making, error);
  return store->verbs->txn (store, ZF_TXN_LEAVE, ok ? error : NULL) && ok;
}

static gboolean
drop_old (ZfServerCore *core, GError **error)
{
  g_autoptr (GPtrArray) old = core->store->verbs->old_snapshots (core->store, zf_clock_now_ms (core->clock) - KEEP_MS, error);

  for (guint i = 0; old != NULL && i < old->len; i++)
    {
      const ZfSnapshot *snapshot = old->pdata[i];

      if (!core->store->verbs->drop_snapshot (core->store, snapshot->scope, snapshot->seq, error))
        return FALSE;
      for (guint n = 1; n <= json_array_get_length (snapshot->parts); n++)
        {
          g_autofree char *path = part_path (core, snapshot->scope, snapshot->seq, n);

          zf_files_remove (core->files, path, NULL);
        }
    }
  return old != NULL;
}

static gboolean
publish (ZfServerCore *core, const ZfSnapshot *snapshot, GError **error)
{
  zf_crash_point ("snapshot-publish");
  if (!core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error))
    return FALSE;
  return zf_server_end (core, core->store->verbs->put_snapshot (core->store, snapshot, error) && drop_old (core, error), error);
}

static ZfSnapshot *
make (ZfServerCore *core, const char *scope, GError **error)
{
  g_autoptr (ZfSnapshot) snapshot = g_new0 (ZfSnapshot, 1);
  g_autoptr (ZfSnapshotWriter) writer = zf_snapshot_writer_new ();
  g_autoptr (GArray) written = g_array_new (FALSE, FALSE, sizeof (Written));
  Making making = { .core = core, .writer = writer, .snapshot = snapshot, .written = written };
  gboolean ok;

  g_array_set_clear_func (written, written_clear);
  snapshot->scope = g_strdup (scope);
  snapshot->made_ms = zf_clock_now_ms (core->clock);
  snapshot->parts = json_array_new ();
  ok = make_parts (&making, error) && publish (core, snapshot, error);
  g_free (making.open);
  return ok ? g_steal_pointer (&snapshot) : NULL;
}

/* A copy older than what the tablet brought itself would show it its own record as it was before its own change. */
static gboolean
is_of_use (ZfServerCore *core, const ZfDevice *device, const ZfSnapshot *snapshot)
{
  const ZfServerStoreVerbs *verbs = core->store->verbs;

  return zf_clock_now_ms (core->clock) - snapshot->made_ms < KEEP_MS / 2 &&
         verbs->feed_since (core->store, snapshot->scope, snapshot->seq, STALE_ROWS) < STALE_ROWS &&
         verbs->brought_until (core->store, device->id) <= snapshot->seq;
}

static ZfSnapshot *
find_or_make (ZfServerCore *core, const ZfDevice *device, const char *scope, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfSnapshot) snapshot = core->store->verbs->snapshot (core->store, scope, 0, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (snapshot != NULL && is_of_use (core, device, snapshot))
    return g_steal_pointer (&snapshot);
  return make (core, scope, error);
}

static ZfSyncResponse *
answer_list (ZfServerCore *core, const ZfSnapshot *snapshot)
{
  GString *out = g_string_new ("{");
  g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), snapshot->parts);
  g_autofree char *parts = zf_json_canonical (node);

  zf_wire_put_member (out, "scope", snapshot->scope);
  zf_wire_put_int (out, "seq", snapshot->seq + (ZF_PLANT (SNAPSHOT_SEQ_HIGH) ? 5 : 0));
  zf_wire_put_int (out, "schema", ZF_WIRE_SCHEMA);
  zf_wire_put_member (out, "server_epoch", core->server_epoch);
  g_string_append_printf (out, ",\"parts\":%s", parts);
  zf_wire_put_int (out, "until_ms", snapshot->made_ms + KEEP_MS);
  g_string_append_c (out, '}');
  return zf_server_answer (core, 200, ZF_WIRE_TYPE_JSON, g_string_free_to_bytes (out));
}

/* A tablet uses each part as it comes: what stands in any of them may be named as a base from now on. */
static gboolean
note_delivery (ZfServerCore *core, const ZfDevice *device, const char *scope, gint64 seq, GError **error)
{
  if (g_str_equal (scope, ZF_SCOPE_COMMON))
    return TRUE;
  if (!core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error))
    return FALSE;
  return zf_server_end (core,
                        core->store->verbs->deliver (core->store, device->id, g_str_equal (scope, ZF_SCOPE_ALL) ? "" : scope, seq, error),
                        error);
}

static ZfSyncResponse *
answer_part (ZfServerCore *core, const ZfDevice *device, const char *scope, gint64 seq, gint64 n, GError **error)
{
  g_autofree char *path = part_path (core, scope, seq, n);
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfSnapshot) snapshot = core->store->verbs->snapshot (core->store, scope, seq, &local);
  g_autoptr (GBytes) bytes = snapshot != NULL ? zf_files_read (core->files, path, &local) : NULL;

  if (snapshot == NULL || g_error_matches (local, ZF_ERROR, ZF_ERROR_NOT_FOUND))
    zf_problem_set (error, ZF_PROBLEM_SNAPSHOT_GONE);
  else if (bytes == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (n > 1 || note_delivery (core, device, scope, seq, error))
    return zf_server_answer (core, 200, ZF_SNAPSHOT_TYPE, g_steal_pointer (&bytes));
  return NULL;
}

/* Who may see every village asks for one that there is: a copy's parts stand in a folder of its name. */
static gboolean
is_village (ZfServerCore *core, const ZfDevice *device, const char *scope)
{
  g_autoptr (ZfEntity) entity = zf_id_is_valid (scope) ? core->store->verbs->load (core->store, scope, NULL) : NULL;

  return entity != NULL ? g_str_equal (entity->kind, ZF_KIND_VILLAGE) : !device->everywhere && zf_id_is_valid (scope);
}

static gboolean
may_have (ZfServerCore *core, const ZfDevice *device, const char *scope)
{
  if (g_str_equal (scope, ZF_SCOPE_ALL))
    return device->everywhere;
  return g_str_equal (scope, ZF_SCOPE_COMMON) || (zf_device_covers (device, scope) && is_village (core, device, scope));
}

/* GET /v1/snapshot/SCOPE, GET /v1/snapshot/SCOPE/SEQ/N */
ZfSyncResponse *
zf_server_snapshot (ZfServerCore *core, const ZfDevice *device, const ZfSyncRequest *request, GError **error)
{
  g_auto (GStrv) words = g_strsplit (request->path + strlen ("/v1/snapshot/"), "/", 4);
  guint n = g_strv_length (words);
  g_autoptr (ZfSnapshot) snapshot = NULL;
  guint64 seq = 0, part = 0;

  if ((n != 1 && n != 3) || !may_have (core, device, words[0]) ||
      (n == 3 && (!g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXINT64, &seq, NULL) ||
                  !g_ascii_string_to_unsigned (words[2], 10, 1, G_MAXINT32, &part, NULL))))
    {
      zf_problem_set (error, ZF_PROBLEM_NOT_FOUND);
      return NULL;
    }
  if (n == 3)
    return answer_part (core, device, words[0], (gint64) seq, (gint64) part, error);
  snapshot = find_or_make (core, device, words[0], error);
  return snapshot != NULL ? answer_list (core, snapshot) : NULL;
}
