/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-household-model.h"

#define PAGE_ROWS 64
/* A screen and what a fast scroll passes; older pages are read again when needed. */
#define PAGES_KEPT 48

struct _ZfHouseholdModel
{
  GObject parent_instance;

  ZfSession *session;
  char *search;
  char *village;
  char *class_;
  guint n;
  guint total;
  GHashTable *pages; /* page number → GPtrArray of ZfHouseholdItem */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZfHouseholdModel, zf_household_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* The code says which list it is from: the two lists share no code. */
static void
filter_class (ZfHouseholdModel *self, ZfQuery *query)
{
  const ZfKind *kind = zf_session_kind (self->session, "household");
  const ZfField *field = kind != NULL ? zf_kind_field (kind, "class") : NULL;
  GPtrArray *choices = field != NULL ? zf_kind_choices (kind, field->list_name) : NULL;

  if (g_str_equal (self->class_, "monitored"))
    {
      zf_query_where (query, "monitored_class", ZF_OP_NOT_NULL, NULL);
      return;
    }
  for (guint i = 0; choices != NULL && i < choices->len; i++)
    {
      const ZfChoice *choice = g_ptr_array_index (choices, i);

      if (g_str_equal (choice->name, self->class_))
        {
          zf_query_where (query, "class", ZF_OP_EQ, self->class_);
          return;
        }
    }
  zf_query_where (query, "monitored_class", ZF_OP_EQ, self->class_);
}

static ZfQuery *
make_query (ZfHouseholdModel *self)
{
  ZfQuery *query = zf_household_item_query ();

  if (self->search != NULL)
    zf_query_search (query, self->search);
  if (self->village != NULL)
    zf_query_where (query, "village", ZF_OP_EQ, self->village);
  if (self->class_ != NULL)
    filter_class (self, query);
  zf_query_order (query, "village", FALSE);
  zf_query_order (query, "group_no", FALSE);
  zf_query_order (query, "head_name", FALSE);
  zf_query_order (query, "id", FALSE);
  return query;
}

static GPtrArray *
load_page (ZfHouseholdModel *self, guint page)
{
  g_autoptr (ZfQuery) query = make_query (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = NULL;
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  zf_query_page (query, page * PAGE_ROWS, PAGE_ROWS);
  rows = zf_query_run (query, zf_session_reader (self->session), &error);
  if (rows == NULL)
    g_warning ("The household list could not be read: %s", error->message);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    g_ptr_array_add (items, zf_household_item_new (self->session, rows, i));
  return items;
}

static GType
get_item_type (GListModel *model)
{
  return ZF_TYPE_HOUSEHOLD_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return ZF_HOUSEHOLD_MODEL (model)->n;
}

static gpointer
get_item (GListModel *model, guint position)
{
  ZfHouseholdModel *self = ZF_HOUSEHOLD_MODEL (model);
  gpointer key = GUINT_TO_POINTER (position / PAGE_ROWS);
  GPtrArray *items = NULL;

  if (position >= self->n)
    return NULL;
  items = g_hash_table_lookup (self->pages, key);
  if (items == NULL)
    {
      if (g_hash_table_size (self->pages) >= PAGES_KEPT)
        g_hash_table_remove_all (self->pages);
      items = load_page (self, position / PAGE_ROWS);
      g_hash_table_insert (self->pages, key, items);
    }
  /* Another process may have taken rows away since they were counted; an empty item stands until the reload. */
  if (position % PAGE_ROWS >= items->len)
    return g_object_new (ZF_TYPE_HOUSEHOLD_ITEM, NULL);
  return g_object_ref (g_ptr_array_index (items, position % PAGE_ROWS));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
zf_household_model_finalize (GObject *object)
{
  ZfHouseholdModel *self = ZF_HOUSEHOLD_MODEL (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->pages, g_hash_table_unref);
  g_free (self->search);
  g_free (self->village);
  g_free (self->class_);
  G_OBJECT_CLASS (zf_household_model_parent_class)->finalize (object);
}

static void
zf_household_model_class_init (ZfHouseholdModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_household_model_finalize;
}

static void
zf_household_model_init (ZfHouseholdModel *self)
{
  self->pages = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
}

ZfHouseholdModel *
zf_household_model_new (ZfSession *session)
{
  ZfHouseholdModel *self = g_object_new (ZF_TYPE_HOUSEHOLD_MODEL, NULL);

  self->session = g_object_ref (session);
  zf_household_model_reload (self);
  return self;
}

static gboolean
set_condition (char **place, const char *value)
{
  if (value != NULL && *value == '\0')
    value = NULL;
  if (g_strcmp0 (*place, value) == 0)
    return FALSE;
  g_free (*place);
  *place = g_strdup (value);
  return TRUE;
}

void
zf_household_model_set_search (ZfHouseholdModel *self, const char *text)
{
  g_return_if_fail (ZF_IS_HOUSEHOLD_MODEL (self));
  if (set_condition (&self->search, text))
    zf_household_model_reload (self);
}

void
zf_household_model_set_village (ZfHouseholdModel *self, const char *village)
{
  g_return_if_fail (ZF_IS_HOUSEHOLD_MODEL (self));
  if (set_condition (&self->village, village))
    zf_household_model_reload (self);
}

void
zf_household_model_set_class (ZfHouseholdModel *self, const char *class_)
{
  g_return_if_fail (ZF_IS_HOUSEHOLD_MODEL (self));
  if (set_condition (&self->class_, class_))
    zf_household_model_reload (self);
}

gboolean
zf_household_model_filtered (ZfHouseholdModel *self)
{
  g_return_val_if_fail (ZF_IS_HOUSEHOLD_MODEL (self), FALSE);
  return self->search != NULL || self->village != NULL || self->class_ != NULL;
}

guint
zf_household_model_total (ZfHouseholdModel *self)
{
  g_return_val_if_fail (ZF_IS_HOUSEHOLD_MODEL (self), 0);
  return self->total;
}

static guint
count (ZfHouseholdModel *self, ZfQuery *query)
{
  g_autoptr (GError) error = NULL;
  gint64 n = zf_query_count (query, zf_session_reader (self->session), &error);

  if (n < 0)
    g_warning ("The households could not be counted: %s", error->message);
  return n < 0 ? 0 : (guint) n;
}

/* The same households as before: only the rows that were read can look different, and the view keeps its place. */
static void
renew_rows (ZfHouseholdModel *self)
{
  g_autoptr (GList) pages = g_hash_table_get_keys (self->pages);

  g_hash_table_remove_all (self->pages);
  for (GList *l = pages; l != NULL; l = l->next)
    {
      guint first = GPOINTER_TO_UINT (l->data) * PAGE_ROWS;
      guint rows = MIN (PAGE_ROWS, self->n - MIN (first, self->n));

      if (rows > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), first, rows, rows);
    }
}

void
zf_household_model_refresh (ZfHouseholdModel *self)
{
  g_autoptr (ZfQuery) query = NULL;

  g_return_if_fail (ZF_IS_HOUSEHOLD_MODEL (self));

  query = make_query (self);
  if (count (self, query) == self->n && self->n > 0)
    renew_rows (self);
  else
    zf_household_model_reload (self);
}

void
zf_household_model_reload (ZfHouseholdModel *self)
{
  g_autoptr (ZfQuery) query = NULL;
  g_autoptr (ZfQuery) all = NULL;
  guint old = 0;

  g_return_if_fail (ZF_IS_HOUSEHOLD_MODEL (self));

  query = make_query (self);
  all = zf_query_new ("household");
  zf_query_column (all, "id");
  old = self->n;
  g_hash_table_remove_all (self->pages);
  /* In two steps: one change of all rows makes the view ask for every row of the new list. */
  self->n = 0;
  if (old > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, old, 0);
  self->n = count (self, query);
  self->total = count (self, all);
  if (self->n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, self->n);
}
