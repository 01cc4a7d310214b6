/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-query-private.h"

#include <string.h>

#include "zf-error.h"
#include "zf-home.h"
#include "zf-homes.h"
#include "zf-json.h"
#include "zf-words.h"

/* So few homes are looked up one by one; of more, the order's index meets a page full sooner. */
#define FEW_HOMES 150

typedef enum
{
  BIND_TEXT,
  BIND_INT,
  BIND_REAL,
} BindType;

typedef struct
{
  BindType type;
  char *text;
  gint64 number;
  double real;
} Bind;

/* What a name stands for. */
typedef struct
{
  char *sql;
  ZfFieldType type;
} Term;

static void
bind_free (gpointer data)
{
  Bind *bind = data;

  g_free (bind->text);
  g_free (bind);
}

static gboolean G_GNUC_PRINTF (2, 3)
refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (ZF_ERROR, ZF_ERROR_INVALID, format, args));
  va_end (args);
  return FALSE;
}

static gboolean
is_child_kind (ZfQueryBuilder *b, const char *name)
{
  return zf_kinds_get (b->kinds, name) != NULL;
}

/* "@n:KIND", "@latest:KIND" */
static gboolean
resolve_tally (ZfQueryBuilder *b, const char *name, Term *term)
{
  gboolean latest = g_str_has_prefix (name, "@latest:");
  const char *kind = strchr (name, ':');

  if ((!latest && !g_str_has_prefix (name, "@n:")) || !is_child_kind (b, kind + 1))
    return FALSE;
  /* A kind that is loaded has a checked name. */
  term->sql = latest ? g_strdup_printf ("(SELECT latest FROM tally WHERE parent = k.id AND kind = '%s')", kind + 1)
                     : g_strdup_printf ("coalesce((SELECT n FROM tally WHERE parent = k.id AND kind = '%s'), 0)", kind + 1);
  term->type = latest ? ZF_FIELD_TEXT : ZF_FIELD_INTEGER;
  return TRUE;
}

/* "PARENTFIELD.FIELD" */
static gboolean
resolve_parent (ZfQueryBuilder *b, const char *name, Term *term)
{
  const char *field = zf_kind_parent_field (b->flat->kind);
  const char *dot = strchr (name, '.');
  const ZfFlatColumn *column;

  if (dot == NULL || b->parent == NULL || strlen (field) != (gsize) (dot - name) || strncmp (name, field, strlen (field)) != 0)
    return FALSE;
  column = zf_flat_column (b->parent, dot + 1);
  if (column == NULL)
    return FALSE;
  b->joins = TRUE;
  term->sql = g_strconcat ("p.", column->sql, NULL);
  term->type = column->type;
  return TRUE;
}

static gboolean
resolve (ZfQueryBuilder *b, const char *name, Term *term)
{
  const ZfFlatColumn *column = zf_flat_column (b->flat, name);

  if (column != NULL)
    {
      term->sql = g_strconcat ("k.", column->sql, NULL);
      term->type = column->type;
      return TRUE;
    }
  if (resolve_tally (b, name, term) || resolve_parent (b, name, term))
    return TRUE;
  return refuse (b->error, "Kind “%s” keeps no column “%s” for lists", b->query->kind, name);
}

static gboolean
parse_bind (ZfFieldType type, const char *value, Bind *bind)
{
  g_autofree char *decimal = NULL;
  char *end = NULL;

  switch (type)
    {
    case ZF_FIELD_INTEGER:
    case ZF_FIELD_MONEY:
    case ZF_FIELD_TIME_MS:
      bind->type = BIND_INT;
      bind->number = g_ascii_strtoll (value, &end, 10);
      return end != value && *end == '\0';
    case ZF_FIELD_DECIMAL:
      bind->type = BIND_REAL;
      decimal = zf_decimal_normalize (value);
      bind->real = decimal != NULL ? g_ascii_strtod (decimal, NULL) : 0;
      return decimal != NULL;
    case ZF_FIELD_SET:
      bind->type = BIND_TEXT;
      bind->text = g_strdup_printf ("|%s|", value);
      return TRUE;
    case ZF_FIELD_TEXT:
    case ZF_FIELD_DATE:
    case ZF_FIELD_TIME:
    case ZF_FIELD_SELECT_ONE:
    case ZF_FIELD_RANK:
    case ZF_FIELD_POINT:
    case ZF_FIELD_REF:
    case ZF_FIELD_MEDIA:
    default:
      bind->type = BIND_TEXT;
      bind->text = g_strdup (value);
      return TRUE;
    }
}

static gboolean
add_bind (ZfQueryBuilder *b, const ZfQueryFilter *filter, ZfFieldType type, const char *value)
{
  Bind *bind = g_new0 (Bind, 1);

  g_ptr_array_add (b->binds, bind);
  return (value != NULL && parse_bind (type, value, bind)) ||
         refuse (b->error, "The filter on “%s” of kind “%s” has a value of the wrong type", filter->name, b->query->kind);
}

/* NE sees an empty value as different, as people do. A set is compared by what it contains. */
static const struct
{
  const char *scalar;
  const char *set;    /* NULL: has no meaning for a set */
} ops[] = {
  [ZF_OP_EQ] = { "%s = ?", "instr(%s, ?) > 0" },
  [ZF_OP_NE] = { "%s IS NOT ?", "coalesce(instr(%s, ?), 0) = 0" },
  [ZF_OP_LT] = { "%s < ?", NULL },
  [ZF_OP_LE] = { "%s <= ?", NULL },
  [ZF_OP_GT] = { "%s > ?", NULL },
  [ZF_OP_GE] = { "%s >= ?", NULL },
  [ZF_OP_NULL] = { "%s IS NULL", "%s IS NULL" },
  [ZF_OP_NOT_NULL] = { "%s IS NOT NULL", "%s IS NOT NULL" },
};

static void
append_op (GString *sql, const char *op, const char *term)
{
  g_autoptr (GString) text = g_string_new (op);

  g_string_replace (text, "%s", term, 1);
  g_string_append (sql, text->str);
}

static gboolean
append_in (ZfQueryBuilder *b, GString *sql, const ZfQueryFilter *filter, const Term *term)
{
  g_auto (GStrv) values = filter->value != NULL ? g_strsplit (filter->value, "\n", -1) : NULL;

  if (values == NULL || *values == NULL)
    {
      g_string_append (sql, "0");
      return TRUE;
    }
  g_string_append (sql, term->type == ZF_FIELD_SET ? "(" : "");
  if (term->type != ZF_FIELD_SET)
    g_string_append_printf (sql, "%s IN (", term->sql);
  for (guint i = 0; values[i] != NULL; i++)
    {
      if (term->type == ZF_FIELD_SET)
        g_string_append_printf (sql, "%sinstr(%s, ?) > 0", i > 0 ? " OR " : "", term->sql);
      else
        g_string_append (sql, i > 0 ? ", ?" : "?");
      if (!add_bind (b, filter, term->type, values[i]))
        return FALSE;
    }
  g_string_append (sql, ")");
  return TRUE;
}

static gboolean
append_filter (ZfQueryBuilder *b, GString *sql, const ZfQueryFilter *filter)
{
  g_autofree char *owned = NULL;
  Term term = { 0 };
  const char *op;

  if (!resolve (b, filter->name, &term))
    return FALSE;
  owned = term.sql;
  g_string_append (sql, " AND ");
  if (filter->op == ZF_OP_IN)
    return append_in (b, sql, filter, &term);
  op = term.type == ZF_FIELD_SET ? ops[filter->op].set : ops[filter->op].scalar;
  if (op == NULL)
    return refuse (b->error, "The set “%s” of kind “%s” has no order to compare by", filter->name, b->query->kind);
  append_op (sql, op, term.sql);
  return filter->op == ZF_OP_NULL || filter->op == ZF_OP_NOT_NULL || add_bind (b, filter, term.type, filter->value);
}

/* SQL of the home's id: this record, its parent, or further up by the parents' flat tables. */
static char *
home_sql (ZfQueryBuilder *b)
{
  guint depth = zf_home_depth (b->kinds, b->flat->kind, NULL);
  const ZfFlat *flat = b->flat;
  char *sql = g_strdup (depth == 0 ? "k.id" : "k.parent");

  for (; depth > 1; depth--)
    {
      char *inner = sql;

      flat = zf_flat_get (b->kinds, zf_kind_parent_kind (flat->kind));
      sql = g_strdup_printf ("(SELECT parent FROM %s WHERE id = %s)", flat->table[ZF_LIVE], inner);
      g_free (inner);
    }
  return sql;
}

static void
bind_text (ZfQueryBuilder *b, char *text)
{
  Bind *bind = g_new0 (Bind, 1);

  bind->type = BIND_TEXT;
  bind->text = text;
  g_ptr_array_add (b->binds, bind);
}

/* What a text finds is a set of numbers of homes: a few go into the query, many are asked one by one while its index is read. */
static void
append_homes (ZfQueryBuilder *b, GString *sql, const ZfHomes *homes)
{
  g_autofree char *home = b->flat->numbered ? NULL : home_sql (b);

  if (zf_homes_n (homes) > FEW_HOMES)
    {
      if (b->flat->numbered)
        g_string_append (sql, " AND zf_found (k.n)");
      else
        g_string_append_printf (sql, " AND zf_found ((SELECT n FROM home WHERE id = %s))", home);
      return;
    }
  if (b->flat->numbered)
    g_string_append (sql, " AND k.n IN (SELECT value FROM json_each (?))");
  else
    g_string_append_printf (sql, " AND %s IN (SELECT id FROM home WHERE n IN (SELECT value FROM json_each (?)))", home);
  bind_text (b, zf_homes_list (homes));
}

static gboolean
append_search (ZfQueryBuilder *b, GString *sql)
{
  g_autofree char *name = NULL;
  g_autofree char *match = b->query->search != NULL ? zf_words_match (b->query->search, &name) : NULL;
  ZfHomes *homes;

  if (match == NULL)
    return TRUE;
  homes = zf_reader_homes (b->reader, b->error);
  if (homes == NULL || !zf_homes_find (homes, zf_reader_db (b->reader), match, b->error))
    return FALSE;
  append_homes (b, sql, homes);
  return TRUE;
}

static gboolean
append_where (ZfQueryBuilder *b, GString *sql)
{
  g_string_append (sql, " WHERE k.head = 1");
  for (guint i = 0; i < b->query->filters->len; i++)
    if (!append_filter (b, sql, b->query->filters->pdata[i]))
      return FALSE;
  return append_search (b, sql);
}

static gboolean
append_terms (ZfQueryBuilder *b, GString *sql, GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++)
    {
      Term term = { 0 };

      if (!resolve (b, names->pdata[i], &term))
        return FALSE;
      g_string_append_printf (sql, "%s%s", i > 0 ? ", " : "", term.sql);
      g_array_append_val (b->types, term.type);
      g_free (term.sql);
    }
  return TRUE;
}

static gboolean
check_groups (ZfQueryBuilder *b)
{
  ZfQuery *query = b->query;

  if (query->columns->len > 0)
    return refuse (b->error, "A grouped query of kind “%s” takes no column such as “%s”", query->kind, (const char *) query->columns->pdata[0]);
  for (guint i = 0; i < query->groups->len; i++)
    {
      const ZfFlatColumn *column = zf_flat_column (b->flat, query->groups->pdata[i]);

      if (column != NULL && column->type == ZF_FIELD_SET)
        return refuse (b->error, "Kind “%s” cannot be grouped by the set “%s”", query->kind, column->name);
    }
  return TRUE;
}

static gboolean
append_columns (ZfQueryBuilder *b, GString *sql)
{
  static const ZfFieldType number = ZF_FIELD_INTEGER;
  ZfQuery *query = b->query;

  if (query->groups->len > 0)
    {
      if (!check_groups (b) || !append_terms (b, sql, query->groups))
        return FALSE;
      g_string_append (sql, ", count(*)");
      g_array_append_val (b->types, number);
      return TRUE;
    }
  if (query->columns->len == 0)
    return refuse (b->error, "A query of kind “%s” names no column", query->kind);
  return append_terms (b, sql, query->columns);
}

static gboolean
is_group (ZfQuery *query, const char *name)
{
  return g_ptr_array_find_with_equal_func (query->groups, name, g_str_equal, NULL);
}

static gboolean
append_order_term (ZfQueryBuilder *b, GString *sql, const ZfQueryOrder *order)
{
  gboolean grouped = b->query->groups->len > 0;
  const char *direction = order->descending ? " DESC" : "";
  Term term = { 0 };

  if (grouped && g_str_equal (order->name, "@count"))
    {
      g_string_append_printf (sql, "count(*)%s, ", direction);
      return TRUE;
    }
  if (grouped && !is_group (b->query, order->name))
    return refuse (b->error, "A grouped query of kind “%s” cannot be ordered by “%s”", b->query->kind, order->name);
  if (!resolve (b, order->name, &term))
    return FALSE;
  g_string_append_printf (sql, "%s%s, ", term.sql, direction);
  g_free (term.sql);
  return TRUE;
}

/* Equal rows go by id in the direction of the last order, so that an index gives the whole order. */
static gboolean
append_order (ZfQueryBuilder *b, GString *sql)
{
  ZfQuery *query = b->query;
  gboolean descending = FALSE;

  g_string_append (sql, " ORDER BY ");
  for (guint i = 0; i < query->orders->len; i++)
    {
      const ZfQueryOrder *order = query->orders->pdata[i];

      if (!append_order_term (b, sql, order))
        return FALSE;
      descending = order->descending;
    }
  for (guint i = 0; query->orders->len == 0 && query->groups->len == 0 && i < b->flat->sort->len; i++)
    g_string_append_printf (sql, "k.%s, ", ((const ZfFlatColumn *) b->flat->sort->pdata[i])->sql);
  if (query->groups->len == 0)
    {
      g_string_append_printf (sql, "k.id%s", descending ? " DESC" : "");
      return TRUE;
    }
  for (guint i = 0; i < query->groups->len; i++)
    g_string_append_printf (sql, "%s%u", i > 0 ? ", " : "", i + 1);
  return TRUE;
}

static char *
from_sql (ZfQueryBuilder *b)
{
  if (!b->joins)
    return g_strdup_printf (" FROM %s k", b->flat->table[ZF_LIVE]);
  return g_strdup_printf (" FROM %s k LEFT JOIN %s p ON p.id = k.parent", b->flat->table[ZF_LIVE], b->parent->table[ZF_LIVE]);
}

gboolean
zf_query_builder_init (ZfQueryBuilder *b, ZfQuery *query, ZfReader *reader, GError **error)
{
  const char *parent;

  b->query = query;
  b->reader = reader;
  b->offset = query->offset;
  b->kinds = zf_reader_kinds (reader);
  b->flat = zf_flat_get (b->kinds, query->kind);
  b->error = error;
  if (b->flat == NULL)
    return refuse (error, "There is no kind “%s”", query->kind);
  parent = zf_kind_parent_kind (b->flat->kind);
  b->parent = parent != NULL ? zf_flat_get (b->kinds, parent) : NULL;
  b->binds = g_ptr_array_new_with_free_func (bind_free);
  b->types = g_array_new (FALSE, FALSE, sizeof (ZfFieldType));
  return TRUE;
}

void
zf_query_builder_clear (ZfQueryBuilder *b)
{
  g_clear_pointer (&b->binds, g_ptr_array_unref);
  g_clear_pointer (&b->types, g_array_unref);
}

static gboolean
is_by_village (ZfQueryBuilder *b)
{
  const ZfQueryOrder *first = b->query->orders->len > 0 ? b->query->orders->pdata[0] : NULL;

  return first != NULL && !first->descending && g_str_equal (first->name, "village") && b->query->filters->len == 0 &&
         b->query->search == NULL && b->query->groups->len == 0 && g_str_equal (b->query->kind, ZF_KIND_HOUSEHOLD);
}

/* Villages whose households all stand before the page are stepped over by their counts: the index between is not read. Those of no
 * village stand first and are few. */
static gboolean
skip_villages (ZfQueryBuilder *b, GString *where)
{
  ZfDb *db = zf_reader_db (b->reader);
  sqlite3_stmt *stmt = zf_db_prepare (db, "SELECT parent, n FROM tally WHERE kind = 'household' ORDER BY parent", b->error);
  gint64 before = zf_db_get_int (db, 0, "SELECT count(*) FROM k_household WHERE head = 1 AND village IS NULL", "");
  g_autofree char *start = NULL;
  gboolean row = FALSE, ok = stmt != NULL;

  while (ok && (ok = zf_db_step (db, stmt, &row, b->error)) && row && before + sqlite3_column_int64 (stmt, 1) <= b->query->offset)
    before += sqlite3_column_int64 (stmt, 1);
  if (ok && row)
    start = g_strdup (zf_db_text (stmt, 0));
  if (stmt != NULL)
    sqlite3_reset (stmt);
  if (ok && !row && before <= b->query->offset)
    g_string_append (where, " AND 0");
  if (start == NULL || before > b->query->offset)
    return ok;
  b->offset = b->query->offset - (guint) before;
  g_string_append (where, " AND k.village >= ?");
  bind_text (b, g_steal_pointer (&start));
  return TRUE;
}

/* Only numbers are put in order and stepped over; the page's rows alone are read in full. */
static char *
page_sql (const char *columns, const char *from, const char *where, const char *order)
{
  return g_strconcat (columns, from, " WHERE k.n IN (SELECT k.n", from, where, order, " LIMIT ? OFFSET ?)", order, NULL);
}

/* Columns and order come first to learn what is joined; the filters' values are the only ones bound, in their order. */
char *
zf_query_builder_select (ZfQueryBuilder *b)
{
  g_autoptr (GString) columns = g_string_new ("SELECT ");
  g_autoptr (GString) where = g_string_new (NULL);
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (GString) groups = g_string_new (NULL);
  g_autofree char *from = NULL;

  if (!append_columns (b, columns) || !append_where (b, where) || !append_order (b, order))
    return NULL;
  if (b->query->offset > 0 && is_by_village (b) && !skip_villages (b, where))
    return NULL;
  for (guint i = 0; i < b->query->groups->len; i++)
    g_string_append_printf (groups, "%s%u", i == 0 ? " GROUP BY " : ", ", i + 1);
  from = from_sql (b);
  if (b->flat->numbered && groups->len == 0 && (b->query->search != NULL || b->query->offset > 0))
    return page_sql (columns->str, from, where->str, order->str);
  return g_strconcat (columns->str, from, where->str, groups->str, order->str, " LIMIT ? OFFSET ?", NULL);
}

char *
zf_query_builder_count (ZfQueryBuilder *b)
{
  g_autoptr (GString) groups = g_string_new (NULL);
  g_autoptr (GString) where = g_string_new (NULL);
  g_autofree char *from = NULL;

  if (b->query->groups->len > 0 && (!check_groups (b) || !append_terms (b, groups, b->query->groups)))
    return NULL;
  if (!append_where (b, where))
    return NULL;
  from = from_sql (b);
  if (groups->len == 0)
    return g_strconcat ("SELECT count(*)", from, where->str, NULL);
  return g_strconcat ("SELECT count(*) FROM (SELECT 1", from, where->str, " GROUP BY ", groups->str, ")", NULL);
}

int
zf_query_builder_bind (ZfQueryBuilder *b, sqlite3_stmt *stmt)
{
  for (guint i = 0; i < b->binds->len; i++)
    {
      const Bind *bind = b->binds->pdata[i];

      if (bind->type == BIND_TEXT)
        zf_db_bind_text (stmt, (int) i + 1, bind->text);
      else if (bind->type == BIND_INT)
        sqlite3_bind_int64 (stmt, (int) i + 1, bind->number);
      else
        sqlite3_bind_double (stmt, (int) i + 1, bind->real);
    }
  return (int) b->binds->len;
}
