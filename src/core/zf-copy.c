/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-copy-private.h"

#include <string.h>

#include "zf-json.h"
#include "zf-ledger-private.h"
#include "zf-words.h"

#define MAX_CLIMB 8

typedef struct
{
  ZfKinds *kinds;
  GArray *items;        /* (element-type ZfCopyItem) in the order of the part */
  GHashTable *by_id;    /* id → index + 1 */
} Making;

static void
item_clear (gpointer data)
{
  ZfCopyItem *item = data;

  if (item->ready == NULL)
    return;
  zf_record_free (item->ready->record);
  g_free (item->ready->cur);
  g_free (item->ready->meta);
  g_free (item->ready->words);
  g_free (item->ready->name);
  g_free (item->ready);
}

static void
copy_clear (gpointer data)
{
  ZfCopy *copy = data;

  g_array_unref (copy->sorted);
  json_array_unref (copy->items);
  g_object_unref (copy->kinds);
}

ZfCopy *
zf_copy_ref (ZfCopy *copy)
{
  return g_atomic_rc_box_acquire (copy);
}

void
zf_copy_unref (ZfCopy *copy)
{
  g_atomic_rc_box_release_full (copy, copy_clear);
}

/* Homes */

static const char *
parent_field (Making *making, JsonObject *item)
{
  JsonObject *f = zf_json_get_object (item, "f");
  const ZfKind *kind = zf_kinds_get (making->kinds, zf_json_get_string (item, "k", ""));
  const char *field = kind != NULL ? zf_kind_parent_field (kind) : NULL;

  return f != NULL && field != NULL ? zf_json_get_string (f, field, NULL) : NULL;
}

/* What @item is applied after; *top: it is a home itself. NULL: nothing, or nobody knows. */
static const char *
above (Making *making, JsonObject *item, gboolean *top)
{
  const char *name = zf_json_get_string (item, "k", "");
  const ZfKind *kind = zf_kinds_get (making->kinds, name);
  JsonObject *f = zf_json_get_object (item, "f");
  const char *survivor = zf_stage_survivor (item);

  *top = FALSE;
  if (strcmp (name, "conflict") == 0)
    return zf_json_get_string (item, "of", "");
  if (survivor != NULL)
    return survivor;
  if (strcmp (name, ZF_KIND_RESOLUTION) == 0)
    return f != NULL ? zf_json_get_string (f, "of", "") : "";
  *top = kind == NULL || zf_kind_parent_kind (kind) == NULL || zf_stage_is_top (making->kinds, kind);
  return *top ? NULL : parent_field (making, item);
}

static ZfCopyItem *
look_up (Making *making, const char *id)
{
  guint place = id != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (making->by_id, id)) : 0;

  return place > 0 ? &g_array_index (making->items, ZfCopyItem, place - 1) : NULL;
}

static gboolean
has_home (Making *making, JsonObject *item)
{
  const ZfKind *kind = zf_kinds_get (making->kinds, zf_json_get_string (item, "k", ""));

  return kind != NULL && zf_kind_parent_kind (kind) != NULL;
}

static void
find_home (Making *making, ZfCopyItem *item)
{
  const ZfCopyItem *at = item;
  gboolean top = FALSE;

  for (item->rank = 0; at != NULL && item->rank < MAX_CLIMB; item->rank++)
    {
      const char *up = above (making, at->item, &top);

      if (top)
        break;
      at = look_up (making, up);
    }
  item->stray = !top;
  item->home = top && has_home (making, at->item) ? at->id : NULL;
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const ZfCopyItem *x = a, *y = b;
  int order = g_strcmp0 (x->home, y->home);

  if (order != 0)
    return order;
  if (x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

/* Records that need no more than being written */

static gboolean
knows_all (const ZfKind *kind, JsonObject *f)
{
  JsonObjectIter iter;
  const char *name = NULL;

  json_object_iter_init (&iter, f);
  while (json_object_iter_next (&iter, &name, NULL))
    if (zf_kind_field (kind, name) == NULL)
      return FALSE;
  return TRUE;
}

/* {"c":[author],"ci":{field:0,…}}, or as the item says who wrote what. */
static char *
meta_of_several (JsonArray *c, JsonObject *ci, JsonObject *f)
{
  g_autoptr (JsonObject) all = ci != NULL ? json_object_ref (ci) : json_object_new ();
  g_autoptr (JsonArray) none = json_array_new ();
  g_autoptr (JsonObject) meta = NULL;

  if (ci == NULL && c != NULL && json_array_get_length (c) > 0)
    zf_meta_credit_first (all, f);
  meta = zf_meta_lay (NULL, c != NULL ? c : none, all);
  return zf_json_canonical_object (meta);
}

/* The same for one author, while the fields stand in the order of their names. NULL: they do not. */
static char *
meta_of_one (JsonObject *author, JsonObject *f)
{
  g_autofree char *text = zf_json_canonical_object (author);
  g_autoptr (GString) out = g_string_sized_new (512);
  JsonObjectIter iter;
  const char *name = NULL, *before = "";

  g_string_append_printf (out, "{\"c\":[%s],\"ci\":{", text);
  json_object_iter_init_ordered (&iter, f);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    {
      if (strcmp (before, name) >= 0)
        return NULL;
      g_string_append_printf (out, "%s\"%s\":0", *before != '\0' ? "," : "", name);
      before = name;
    }
  g_string_append (out, "}}");
  return g_strdup (out->str);
}

static char *
meta_of (JsonObject *item, JsonObject *f)
{
  JsonArray *c = zf_json_get_array (item, "c");
  JsonObject *ci = zf_json_get_object (item, "ci");
  gboolean one = ci == NULL && c != NULL && json_array_get_length (c) == 1 && json_object_get_size (f) > 0;
  char *text = one ? meta_of_one (json_array_get_object_element (c, 0), f) : NULL;

  return text != NULL ? text : meta_of_several (c, ci, f);
}

static ZfReady *
ready_of (Making *making, JsonObject *item)
{
  const char *name = zf_json_get_string (item, "k", "");
  const ZfKind *kind = zf_kinds_get (making->kinds, name);
  const char *id = zf_json_get_string (item, "id", NULL);
  JsonObject *f = zf_json_get_object (item, "f");
  ZfReady *ready;

  if (kind == NULL || id == NULL || f == NULL || json_object_has_member (item, "del") || json_object_has_member (item, "gone") ||
      strcmp (name, ZF_KIND_RESOLUTION) == 0 || !knows_all (kind, f))
    return NULL;
  ready = g_new0 (ZfReady, 1);
  ready->record = g_new0 (ZfRecord, 1);
  ready->record->id = g_strdup (id);
  ready->record->kind = kind;
  ready->record->kind_name = g_strdup (name);
  ready->record->rev = MAX (zf_json_get_int (item, "rev", 1), 1);
  ready->record->fields = json_object_ref (f);
  ready->cur = zf_json_canonical_object (f);
  ready->meta = meta_of (item, f);
  ready->searched = !zf_kind_server_only (kind);
  if (ready->searched)
    ready->words = zf_words_index (kind, f, &ready->name);
  ready->digest = zf_digest_text (id, ready->record->rev, ready->cur);
  return ready;
}

static void
add_item (Making *making, JsonObject *object, guint order)
{
  ZfCopyItem item = { .item = object, .id = zf_json_get_string (object, "id", NULL), .order = order };

  item.ready = ready_of (making, object);
  g_array_append_val (making->items, item);
  if (item.id != NULL)
    g_hash_table_insert (making->by_id, (gpointer) item.id, GUINT_TO_POINTER (making->items->len));
}

ZfCopy *
zf_copy_new (ZfKinds *kinds, JsonArray *items)
{
  ZfCopy *copy = g_atomic_rc_box_new0 (ZfCopy);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = json_array_get_length (items);
  Making making = { kinds, g_array_sized_new (FALSE, TRUE, sizeof (ZfCopyItem), n), by_id };

  g_array_set_clear_func (making.items, item_clear);
  for (guint i = 0; i < n; i++)
    add_item (&making, json_array_get_object_element (items, i), i);
  for (guint i = 0; i < n; i++)
    find_home (&making, &g_array_index (making.items, ZfCopyItem, i));
  g_array_sort (making.items, compare_items);
  copy->kinds = g_object_ref (kinds);
  copy->items = json_array_ref (items);
  copy->sorted = making.items;
  return copy;
}
