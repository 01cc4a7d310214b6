/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Who works where. A row of `assignment` says one of three things: a device has a village by itself (team NULL; village NULL: every village), a
 * team has a village (device ''), a device is of a team (village NULL). Rows are closed, never removed. */
#include "zf-db.h"
#include "zf-server-store-sqlite.h"

static ZfDb *
db_of (ZfServerStore *self)
{
  return ((ZfServerSqlite *) self)->db;
}

#define SCOPE_SQL                                                                                                       \
  "SELECT village FROM assignment WHERE device = ?1 AND team IS NULL AND to_seq IS NULL"                                \
  " UNION SELECT t.village FROM assignment m JOIN assignment t ON t.team = m.team AND t.device = '' AND t.to_seq IS NULL" \
  " WHERE m.device = ?1 AND m.team IS NOT NULL AND m.to_seq IS NULL ORDER BY 1"

gboolean
zf_sqlite_load_scope (ZfServerStore *self, ZfDevice *device, GError **error)
{
  ZfDb *db = db_of (self);
  g_autoptr (GStrvBuilder) villages = g_strv_builder_new ();
  sqlite3_stmt *stmt = zf_db_prepare (db, SCOPE_SQL, error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return FALSE;
  zf_db_bind (stmt, "s", device->id);
  while (zf_db_next (db, stmt, &ok, error))
    {
      const char *village = zf_db_text (stmt, 0);

      if (village == NULL)
        device->everywhere = TRUE;
      else
        g_strv_builder_add (villages, village);
    }
  device->villages = g_strv_builder_end (villages);
  return ok;
}

static GPtrArray *
read_names (ZfDb *db, const char *sql, const char *value, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, error);
  gboolean ok = FALSE;

  if (stmt == NULL)
    return NULL;
  if (value != NULL)
    zf_db_bind (stmt, "s", value);
  while (zf_db_next (db, stmt, &ok, error))
    g_ptr_array_add (list, g_strdup (zf_db_text (stmt, 0)));
  return ok ? g_steal_pointer (&list) : NULL;
}

GPtrArray *
zf_sqlite_find_device (ZfServerStore *self, const char *name, GError **error)
{
  return read_names (db_of (self), "SELECT id FROM device WHERE id = ?1 OR name = ?1 ORDER BY enrolled", name, error);
}

ZfDevice *
zf_sqlite_device (ZfServerStore *self, const char *id, GError **error)
{
  ZfDb *db = db_of (self);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT id, name, app, suspended, scope_epoch FROM device WHERE id = ?", error);
  g_autoptr (ZfDevice) device = NULL;
  gboolean row;

  if (stmt == NULL)
    return NULL;
  zf_db_bind (stmt, "s", id);
  if (!zf_db_step (db, stmt, &row, error) || !row)
    return NULL;
  device = g_new0 (ZfDevice, 1);
  device->id = g_strdup (zf_db_text (stmt, 0));
  device->name = g_strdup (zf_db_text (stmt, 1));
  device->app = g_strdup (zf_db_text (stmt, 2));
  device->suspended = sqlite3_column_int (stmt, 3) != 0;
  device->scope_epoch = sqlite3_column_int64 (stmt, 4);
  sqlite3_reset (stmt);
  return zf_sqlite_load_scope (self, device, error) ? g_steal_pointer (&device) : NULL;
}

gboolean
zf_sqlite_put_team (ZfServerStore *self, const char *name, gint64 at, gboolean *made, GError **error)
{
  ZfDb *db = db_of (self);

  *made = zf_db_get_int (db, 0, "SELECT 1 FROM team WHERE name = ?", "s", name) == 0;
  return !*made || zf_db_run (db, error, "INSERT INTO team VALUES (?, ?)", "si", name, at);
}

gboolean
zf_sqlite_assign (ZfServerStore *self, const char *team, const char *device, const char *village, gboolean on, GError **error)
{
  ZfDb *db = db_of (self);
  gint64 seq = ((ZfServerSqlite *) self)->seq;
  const char *who = device != NULL ? device : "";

  if (!zf_db_run (db, error,
                  "UPDATE assignment SET to_seq = ? WHERE team IS ? AND device = ? AND village IS ? AND to_seq IS NULL", "isss", seq, team,
                  who, village))
    return FALSE;
  return !on || zf_db_run (db, error, "INSERT INTO assignment (device, team, village, from_seq) VALUES (?, ?, ?, ?)", "sssi", who, team,
                           village, seq);
}

gboolean
zf_sqlite_unassign (ZfServerStore *self, const char *device, GError **error)
{
  return zf_db_run (db_of (self), error, "UPDATE assignment SET to_seq = ? WHERE device = ? AND to_seq IS NULL", "is",
                    ((ZfServerSqlite *) self)->seq, device);
}

#define OF_TEAM "SELECT device FROM assignment WHERE team = ? AND device <> '' AND to_seq IS NULL ORDER BY device"
#define HAS_TEAM "SELECT village FROM assignment WHERE team = ? AND device = '' AND to_seq IS NULL ORDER BY village"

GPtrArray *
zf_sqlite_team_devices (ZfServerStore *self, const char *team, GError **error)
{
  return read_names (db_of (self), OF_TEAM, team, error);
}

static gboolean
put_names (JsonObject *object, const char *member, GPtrArray *names)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; names != NULL && i < names->len; i++)
    json_array_add_string_element (array, names->pdata[i]);
  json_object_set_array_member (object, member, array);
  return names != NULL;
}

JsonArray *
zf_sqlite_teams (ZfServerStore *self, GError **error)
{
  ZfDb *db = db_of (self);
  g_autoptr (JsonArray) teams = json_array_new ();
  g_autoptr (GPtrArray) names = read_names (db, "SELECT name FROM team ORDER BY name", NULL, error);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *name = names->pdata[i];
      g_autoptr (GPtrArray) villages = read_names (db, HAS_TEAM, name, error);
      g_autoptr (GPtrArray) devices = villages != NULL ? read_names (db, OF_TEAM, name, error) : NULL;
      JsonObject *team = json_object_new ();

      json_array_add_object_element (teams, team);
      json_object_set_string_member (team, "name", name);
      if (!put_names (team, "villages", villages) || !put_names (team, "devices", devices))
        return NULL;
    }
  return names != NULL ? g_steal_pointer (&teams) : NULL;
}

gboolean
zf_sqlite_next_scope (ZfServerStore *self, const char *device, GError **error)
{
  return zf_db_run (db_of (self), error, "UPDATE device SET scope_epoch = scope_epoch + 1 WHERE id = ?", "s", device);
}
