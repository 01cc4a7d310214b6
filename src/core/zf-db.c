/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-db.h"

#include <errno.h>
#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-plant.h"

#define BUSY_TIMEOUT_MS 15000
#define N_RECENT 256
#define QUICK_LOOKS 500
#define SLOW_LOOK_MS 10

/* Ownership: one thread opens, uses and closes a ZfDb; nothing here locks. */
struct _ZfDb
{
  sqlite3 *handle;
  GHashTable *statements;   /* SQL text → sqlite3_stmt */
  sqlite3_stmt *recent[N_RECENT];   /* some of them, by the address of their text: a literal has always the same */
  const char *vfs;          /* NULL: SQLite's own */
  GThread *owner;
  const char *begun_at;     /* where the open transaction began, NULL when none is open */
  int spoilt;               /* result with which something failed in the open transaction, whoever asked: what came after it was built on a guess */
};

/* A statement of this thread that lacks a value: there was no memory to bind it. */
static _Thread_local sqlite3_stmt *unbound;
/* A value that was there could not be handed out in this thread. */
static _Thread_local gboolean unread;

typedef struct
{
  const char *set;
  const char *get;
  gint64 expected;
} Pragma;

static const Pragma writer_pragmas[] = {
  { "PRAGMA journal_mode = WAL", NULL, 0 },
  { "PRAGMA synchronous = FULL", "PRAGMA synchronous", 2 },
  { "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", 2 },
  { "PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", 1 },
  { "PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", 0 },
  { "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys", 0 },
  { "PRAGMA cache_size = -16384", "PRAGMA cache_size", -16384 },
};

static const Pragma reader_pragmas[] = {
  { "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", 2 },
  { "PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", 1 },
  { "PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", 0 },
  { "PRAGMA cache_size = -32768", "PRAGMA cache_size", -32768 },
  { "PRAGMA query_only = ON", "PRAGMA query_only", 1 },
};

static const struct
{
  int sqlite;
  ZfError code;
  const char *sentence;
} meanings[] = {
  { SQLITE_FULL, ZF_ERROR_FULL, "The disk is full; nothing was saved" },
  { SQLITE_BUSY, ZF_ERROR_BUSY, "Another program is using the store" },
  { SQLITE_LOCKED, ZF_ERROR_BUSY, "Another program is using the store" },
  { SQLITE_CORRUPT, ZF_ERROR_CORRUPT, "The store file is damaged" },
  { SQLITE_NOTADB, ZF_ERROR_CORRUPT, "The store file is not a database" },
  { SQLITE_IOERR, ZF_ERROR_IO, "The store file could not be read or written" },
  { SQLITE_CANTOPEN, ZF_ERROR_IO, "The store file could not be opened" },
  { SQLITE_READONLY, ZF_ERROR_IO, "The store file may not be written" },
  { SQLITE_PERM, ZF_ERROR_IO, "The store file may not be opened" },
  { SQLITE_NOMEM, ZF_ERROR_FAILED, "There is not enough memory" },
  { SQLITE_TOOBIG, ZF_ERROR_LIMIT, "A value is too large to be stored" },
  { SQLITE_INTERRUPT, ZF_ERROR_FAILED, "The work was interrupted" },
};

/* What says nothing about the statement itself, and everything about what is read after it. */
static gboolean
is_grave (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_NOMEM:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CORRUPT:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
disk_is_full (ZfDb *db)
{
  int number = db != NULL ? sqlite3_system_errno (db->handle) : 0;

  return number == ENOSPC || number == EDQUOT;
}

void
zf_db_set_error (ZfDb *db, int code, GError **error)
{
  int number = errno;
  int primary = code & 0xff;

  if (primary == SQLITE_IOERR && disk_is_full (db))
    primary = SQLITE_FULL;
  /* SQLite takes a read that fails for a broken file system; the file is not known to be damaged before it was read. */
  if (primary == SQLITE_CORRUPT && number == EIO)
    primary = SQLITE_IOERR;
  if (db != NULL && db->begun_at != NULL && is_grave (code))
    db->spoilt = code;
  g_debug ("SQLite result %d: %s", code, sqlite3_errstr (code));
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (meanings[i].sqlite == primary)
      {
        g_set_error_literal (error, ZF_ERROR, meanings[i].code, meanings[i].sentence);
        return;
      }
  g_set_error (error, ZF_ERROR, ZF_ERROR_FAILED, "The store refused a statement (SQLite result %d)", code);
}

static gboolean
pragma_apply (ZfDb *db, const Pragma *pragma, GError **error)
{
  if (!zf_db_exec (db, pragma->set, error))
    return FALSE;
  if (pragma->get != NULL && zf_db_get_int (db, G_MININT64, pragma->get, "") != pragma->expected)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_FAILED, "The store did not take its setting “%s”", pragma->set);
      return FALSE;
    }
  return TRUE;
}

static gboolean
pragmas_apply (ZfDb *db, const Pragma *pragmas, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!pragma_apply (db, &pragmas[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
check_wal (ZfDb *db, GError **error)
{
  g_autofree char *mode = zf_db_get_text (db, "PRAGMA journal_mode", "");

  if (g_strcmp0 (mode, "wal") == 0)
    return TRUE;
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_IO, "This folder cannot hold a store: its file system has no shared memory files");
  return FALSE;
}

/* What a process that died has written may be whole and yet only in the machine's memory: before anybody is shown it, and told that it is
 * kept, it is on the disk. A checkpoint syncs the log first. */
static gboolean
settle_log (ZfDb *db, GError **error)
{
  zf_crash_point ("checkpoint");
  return zf_db_exec (db, "PRAGMA wal_checkpoint (PASSIVE)", error);
}

/* So that giving up needs no memory that is not there. */
static gboolean
prepare_rollback (ZfDb *db, GError **error)
{
  return zf_db_prepare (db, "ROLLBACK", error) != NULL;
}

/* SQLite's own way of waiting looks again after up to 100 ms, and seldom meets the gap between two slices of another process's sync. */
static int
wait_for_turn (void *data, int n)
{
  int ms = n < QUICK_LOOKS ? 1 : SLOW_LOOK_MS;

  if (QUICK_LOOKS + (n - QUICK_LOOKS) * SLOW_LOOK_MS >= BUSY_TIMEOUT_MS)
    return 0;
  sqlite3_sleep (ms);
  return 1;
}

static int
set_patience (ZfDb *db)
{
  return db->vfs == NULL ? sqlite3_busy_handler (db->handle, wait_for_turn, NULL) : sqlite3_busy_timeout (db->handle, BUSY_TIMEOUT_MS);
}

gboolean
zf_db_empty_log (ZfDb *db, GError **error)
{
  gboolean emptied;
  int rc = sqlite3_busy_handler (db->handle, NULL, NULL);

  if (rc != SQLITE_OK)
    {
      zf_db_set_error (db, rc, error);
      return FALSE;
    }
  emptied = zf_db_exec (db, "PRAGMA wal_checkpoint (TRUNCATE)", error);
  rc = set_patience (db);
  if (emptied && rc != SQLITE_OK)
    zf_db_set_error (db, rc, error);
  return emptied && rc == SQLITE_OK;
}

static gboolean
set_up (ZfDb *db, gboolean writable, GError **error)
{
  int rc = sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);

  if (rc == SQLITE_OK)
    rc = set_patience (db);
  if (rc != SQLITE_OK)
    {
      zf_db_set_error (db, rc, error);
      return FALSE;
    }
  if (!writable)
    return pragmas_apply (db, reader_pragmas, G_N_ELEMENTS (reader_pragmas), error);
  return pragmas_apply (db, writer_pragmas, G_N_ELEMENTS (writer_pragmas), error) && check_wal (db, error) && settle_log (db, error) &&
         prepare_rollback (db, error) && (!ZF_PLANT (SKIP_FSYNC) || zf_db_exec (db, "PRAGMA synchronous = OFF", error));
}

ZfDb *
zf_db_open (const char *path, gboolean writable, GError **error)
{
  return zf_db_open_vfs (path, writable, NULL, error);
}

gboolean
zf_db_exists (const char *path, const char *vfs)
{
  sqlite3_vfs *files = sqlite3_vfs_find (vfs);
  g_autofree char *full = g_malloc0 ((gsize) files->mxPathname + 1);
  int found = 0;

  return files->xFullPathname (files, path, files->mxPathname + 1, full) == SQLITE_OK &&
         files->xAccess (files, full, SQLITE_ACCESS_EXISTS, &found) == SQLITE_OK && found != 0;
}

void
zf_db_erase (const char *path, const char *vfs)
{
  static const char *const endings[] = { "", "-wal", "-shm" };
  sqlite3_vfs *files = sqlite3_vfs_find (vfs);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *file = g_strconcat (path, endings[i], NULL);

      files->xDelete (files, file, 0);
    }
}

ZfDb *
zf_db_open_vfs (const char *path, gboolean writable, const char *vfs, GError **error)
{
  /* A reader too opens for writing: WAL readers write the shared memory file; query_only keeps them from the data. */
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (writable ? SQLITE_OPEN_CREATE : 0);
  ZfDb *db = g_new0 (ZfDb, 1);
  int rc;

  g_return_val_if_fail (path != NULL, NULL);

  db->owner = g_thread_self ();
  db->vfs = vfs;
  db->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sqlite3_finalize);
  rc = sqlite3_open_v2 (path, &db->handle, flags, vfs);
  if (rc != SQLITE_OK)
    zf_db_set_error (NULL, rc, error);
  if (rc != SQLITE_OK || !set_up (db, writable, error))
    {
      zf_db_close (db);
      return NULL;
    }
  return db;
}

void
zf_db_close (ZfDb *db)
{
  if (db == NULL)
    return;
  if (db->begun_at != NULL)
    zf_db_rollback (db);
  g_hash_table_unref (db->statements);
  if (sqlite3_close (db->handle) != SQLITE_OK)
    g_critical ("A statement outlived its connection");
  g_free (db);
}

sqlite3 *
zf_db_handle (ZfDb *db)
{
  return db->handle;
}

/* Hashing a long text costs more than a short statement. */
static sqlite3_stmt *
find_statement (ZfDb *db, const char *sql)
{
  sqlite3_stmt **recent = &db->recent[((gsize) sql >> 3) % N_RECENT];

  if (*recent == NULL || strcmp (sqlite3_sql (*recent), sql) != 0)
    *recent = g_hash_table_lookup (db->statements, sql);
  return *recent;
}

sqlite3_stmt *
zf_db_prepare (ZfDb *db, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = find_statement (db, sql);
  int rc;

  g_assert (db->owner == g_thread_self ());

  if (stmt != NULL)
    {
      sqlite3_reset (stmt);
      sqlite3_clear_bindings (stmt);
      if (unbound == stmt)
        unbound = NULL;
      return stmt;
    }
  rc = sqlite3_prepare_v3 (db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
  if (rc != SQLITE_OK)
    {
      g_debug ("Cannot prepare “%s”: %s", sql, sqlite3_errmsg (db->handle));
      zf_db_set_error (db, rc, error);
      return NULL;
    }
  if (unbound == stmt)
    unbound = NULL;
  g_hash_table_insert (db->statements, g_strdup (sql), stmt);
  return stmt;
}

static int
bind_json (sqlite3_stmt *stmt, int index, JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return sqlite3_bind_null (stmt, index);
  return sqlite3_bind_text (stmt, index, zf_json_canonical (node), -1, g_free);
}

static int
bind_bytes (sqlite3_stmt *stmt, int index, GBytes *bytes)
{
  gsize size = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (bytes == NULL)
    return sqlite3_bind_null (stmt, index);
  return sqlite3_bind_blob64 (stmt, index, data != NULL ? data : "", size, SQLITE_TRANSIENT);
}

static void
bind_valist (sqlite3_stmt *stmt, const char *format, va_list args)
{
  for (int i = 1; *format != '\0'; i++, format++)
    {
      int rc = SQLITE_OK;

      switch (*format)
        {
        case 's':
          rc = sqlite3_bind_text (stmt, i, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
          break;
        case 'i':
          rc = sqlite3_bind_int64 (stmt, i, va_arg (args, gint64));
          break;
        case 'b':
          rc = bind_bytes (stmt, i, va_arg (args, GBytes *));
          break;
        case 'n':
          rc = bind_json (stmt, i, va_arg (args, JsonNode *));
          break;
        default:
          g_assert_not_reached ();
        }
      if (rc != SQLITE_OK)
        unbound = stmt;
    }
}

void
zf_db_bind (sqlite3_stmt *stmt, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  bind_valist (stmt, format, args);
  va_end (args);
}

void
zf_db_bind_text (sqlite3_stmt *stmt, int index, const char *text)
{
  if (sqlite3_bind_text (stmt, index, text, -1, SQLITE_TRANSIENT) != SQLITE_OK)
    unbound = stmt;
}

/* An input/output error, even of a question, makes SQLite roll the transaction back by itself; whatever ran then would be a transaction of its own,
 * and a save would stand in part. */
static int
lost (ZfDb *db)
{
  if (db->begun_at == NULL)
    return SQLITE_OK;
  if (unread)
    return SQLITE_NOMEM;
  return sqlite3_get_autocommit (db->handle) ? SQLITE_IOERR : db->spoilt;
}

gboolean
zf_db_step (ZfDb *db, sqlite3_stmt *stmt, gboolean *row, GError **error)
{
  int rc = stmt == unbound ? SQLITE_NOMEM : lost (db);

  if (rc == SQLITE_OK)
    rc = sqlite3_step (stmt);
  if (row != NULL)
    *row = rc == SQLITE_ROW;
  if (rc == SQLITE_ROW)
    return TRUE;
  if (rc != SQLITE_DONE)
    {
      g_debug ("Statement failed: %s", sqlite3_sql (stmt));
      zf_db_set_error (db, rc, error);
    }
  /* A statement left standing would hold this connection's view of the data. */
  sqlite3_reset (stmt);
  return rc == SQLITE_DONE;
}

gboolean
zf_db_next (ZfDb *db, sqlite3_stmt *stmt, gboolean *ok, GError **error)
{
  gboolean row = FALSE;

  *ok = zf_db_step (db, stmt, &row, error);
  return row;
}

static gboolean
run_to_end (ZfDb *db, sqlite3_stmt *stmt, GError **error)
{
  gboolean row = TRUE;

  while (row)
    if (!zf_db_step (db, stmt, &row, error))
      return FALSE;
  return TRUE;
}

gboolean
zf_db_run (ZfDb *db, GError **error, const char *sql, const char *format, ...)
{
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, error);
  va_list args;

  if (stmt == NULL)
    return FALSE;
  va_start (args, format);
  bind_valist (stmt, format, args);
  va_end (args);
  return run_to_end (db, stmt, error);
}

gboolean
zf_db_exec (ZfDb *db, const char *sql, GError **error)
{
  int rc = lost (db);

  if (rc == SQLITE_OK)
    rc = sqlite3_exec (db->handle, sql, NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    return TRUE;
  g_debug ("Statement failed: %s", sqlite3_errmsg (db->handle));
  zf_db_set_error (db, rc, error);
  return FALSE;
}

/* The first row of a query, or NULL; the caller resets the statement. Who asks takes no row for an answer: after a failure nothing of the open
 * transaction may stand. */
static sqlite3_stmt *
first_row (ZfDb *db, const char *sql, const char *format, va_list args)
{
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *stmt = zf_db_prepare (db, sql, &error);
  gboolean row = FALSE;

  if (stmt != NULL)
    {
      bind_valist (stmt, format, args);
      zf_db_step (db, stmt, &row, &error);
    }
  /* The caller goes on with what it falls back to, and says itself what does not work. */
  if (error != NULL)
    {
      g_debug ("%s", error->message);
      db->spoilt = SQLITE_IOERR;
    }
  return row ? stmt : NULL;
}

gint64
zf_db_get_int (ZfDb *db, gint64 fallback, const char *sql, const char *format, ...)
{
  sqlite3_stmt *stmt;
  va_list args;

  va_start (args, format);
  stmt = first_row (db, sql, format, args);
  va_end (args);
  if (stmt != NULL)
    {
      if (sqlite3_column_type (stmt, 0) != SQLITE_NULL)
        fallback = sqlite3_column_int64 (stmt, 0);
      sqlite3_reset (stmt);
    }
  return fallback;
}

char *
zf_db_get_text (ZfDb *db, const char *sql, const char *format, ...)
{
  sqlite3_stmt *stmt;
  char *text = NULL;
  va_list args;

  va_start (args, format);
  stmt = first_row (db, sql, format, args);
  va_end (args);
  if (stmt != NULL)
    {
      text = g_strdup (zf_db_text (stmt, 0));
      sqlite3_reset (stmt);
    }
  return text;
}

const char *
zf_db_text (sqlite3_stmt *stmt, int column)
{
  const char *text = (const char *) sqlite3_column_text (stmt, column);

  if (text == NULL && sqlite3_column_type (stmt, column) != SQLITE_NULL)
    unread = TRUE;
  return text;
}

void
zf_db_recover (ZfDb *db)
{
  if (db->begun_at == NULL)
    zf_db_rollback (db);
}

static gboolean
begin (ZfDb *db, const char *sql, const char *where, GError **error)
{
  if (db->begun_at != NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_FAILED, "A transaction begun at %s is still open at %s", db->begun_at, where);
      return FALSE;
    }
  zf_db_recover (db);
  if (!zf_db_run (db, error, sql, ""))
    return FALSE;
  db->begun_at = where;
  db->spoilt = SQLITE_OK;
  unread = FALSE;
  return TRUE;
}

gboolean
zf_db_begin_at (ZfDb *db, const char *where, GError **error)
{
  return begin (db, "BEGIN IMMEDIATE", where, error);
}

gboolean
zf_db_view_at (ZfDb *db, const char *where, GError **error)
{
  return begin (db, "BEGIN", where, error);
}

gboolean
zf_db_commit (ZfDb *db, GError **error)
{
  g_return_val_if_fail (db->begun_at != NULL, FALSE);

  if (!zf_db_run (db, error, "COMMIT", ""))
    {
      zf_db_rollback (db);
      return FALSE;
    }
  db->begun_at = NULL;
  return TRUE;
}

void
zf_db_rollback (ZfDb *db)
{
  g_autoptr (GError) error = NULL;

  db->begun_at = NULL;
  /* SQLite rolls back by itself after some errors (disk full, input/output). */
  if (sqlite3_get_autocommit (db->handle))
    return;
  if (!zf_db_run (db, &error, "ROLLBACK", ""))
    g_warning ("A transaction could not be rolled back: %s", error->message);
}
