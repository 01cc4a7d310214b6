/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* ZfDb: one SQLite connection of one thread, private to the core (and, by copying nothing, the model for the map's pack reader and the
 * server's store). Prepared statements are cached by their SQL text (a literal); values are bound, never printed into SQL. */
typedef struct _ZfDb ZfDb;

/** zf_db_open: opens or makes @path. Writable: WAL, synchronous=FULL, foreign_keys off (no foreign keys used), temp_store=MEMORY,
 * cell_size_check, trusted_schema off, DEFENSIVE, busy timeout 15 s; every pragma is read back and a difference is an error.
 * Read-only: query_only, 32 MB cache. */
ZfDb *zf_db_open (const char *path, gboolean writable, GError **error);
/** zf_db_open_vfs: the same through a named file layer of SQLite; @vfs (nullable): NULL = the machine's own. */
ZfDb *zf_db_open_vfs (const char *path, gboolean writable, const char *vfs, GError **error);
/** zf_db_exists, zf_db_erase: whether a database stands at @path; removes it with its log. */
gboolean zf_db_exists (const char *path, const char *vfs);
void zf_db_erase (const char *path, const char *vfs);
void zf_db_close (ZfDb *db);
sqlite3 *zf_db_handle (ZfDb *db);

/** zf_db_prepare: (transfer none): the cached statement for @sql, reset and with bindings cleared. NULL + error. */
sqlite3_stmt *zf_db_prepare (ZfDb *db, const char *sql, GError **error);
/** zf_db_bind: binds from index 1 by format: s text (NULL = null), i gint64, b GBytes*, n json text of JsonNode* (NULL/null = null). */
void zf_db_bind (sqlite3_stmt *stmt, const char *format, ...);
/** zf_db_bind_text: one value (nullable). A statement that lacks a value because there was no memory for it fails when it is run. */
void zf_db_bind_text (sqlite3_stmt *stmt, int index, const char *text);
/** zf_db_step: TRUE and *row says whether a row stands there; FALSE + error. The statement is reset after its last row; who stops
 * earlier calls sqlite3_reset, else the connection keeps seeing that moment. */
gboolean zf_db_step (ZfDb *db, sqlite3_stmt *stmt, gboolean *row, GError **error);
/** zf_db_next: zf_db_step for a loop over rows: TRUE while a row stands there. After the loop *ok says that it was all of them; FALSE + error. */
gboolean zf_db_next (ZfDb *db, sqlite3_stmt *stmt, gboolean *ok, GError **error);
/** zf_db_run: prepare, bind, step to the end. zf_db_exec: several statements without values (schema). */
gboolean zf_db_run (ZfDb *db, GError **error, const char *sql, const char *format, ...);
gboolean zf_db_exec (ZfDb *db, const char *sql, GError **error);
/** zf_db_empty_log: moves the log's pages into the database file and empties the log, without waiting for anybody: what a reader elsewhere still looks at
 * stays in the log, for the next time. */
gboolean zf_db_empty_log (ZfDb *db, GError **error);
/** zf_db_get_int: first column of the first row, @fallback when there is none. zf_db_get_text: (transfer full) (nullable). */
gint64 zf_db_get_int (ZfDb *db, gint64 fallback, const char *sql, const char *format, ...);
char *zf_db_get_text (ZfDb *db, const char *sql, const char *format, ...);
/** zf_db_text: column as text, NULL when null. */
const char *zf_db_text (sqlite3_stmt *stmt, int column);

/** BEGIN IMMEDIATE remembers where it was opened; a nested begin is an error. */
gboolean zf_db_begin_at (ZfDb *db, const char *where, GError **error);
#define zf_db_begin(db, error) zf_db_begin_at (db, G_STRLOC, error)
/** zf_db_view: all that is read up to the commit is of one moment; the commit fails when anything of it could not be read. */
gboolean zf_db_view_at (ZfDb *db, const char *where, GError **error);
#define zf_db_view(db, error) zf_db_view_at (db, G_STRLOC, error)
gboolean zf_db_commit (ZfDb *db, GError **error);
void zf_db_rollback (ZfDb *db);
/** zf_db_recover: rolls back a transaction that could not be when it failed; each begin does it. One that is open stays. */
void zf_db_recover (ZfDb *db);

/** zf_db_set_error: SQLite's result code as ZfError with a plain sentence; SQL text may be logged, values never. */
void zf_db_set_error (ZfDb *db, int code, GError **error);

/* For the other files of the core: the reader's connection and kinds (zf-store.h declares ZfReader). */
struct _ZfReader;
ZfDb *zf_reader_db (struct _ZfReader *reader);
struct _ZfKinds;
G_END_DECLS
