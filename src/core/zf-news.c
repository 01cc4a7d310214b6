/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-news.h"

/* More ids of one kind than this are told as "many": a list reloads anyway. */
#define MAX_IDS 500

struct _ZfNews
{
  GObject *owner;
  ZfNewsFunc func;
  GMainContext *context;
  GHashTable *noted;      /* worker's: kind → set of ids, of the open transaction */
  GMutex lock;
  GHashTable *waiting;    /* under `lock`: of committed transactions */
  GSource *source;        /* under `lock`: will tell them */
};

static GHashTable *
table_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
}

ZfNews *
zf_news_new (GObject *owner, ZfNewsFunc func)
{
  ZfNews *news = g_new0 (ZfNews, 1);

  news->owner = owner;
  news->func = func;
  news->context = g_main_context_ref_thread_default ();
  news->noted = table_new ();
  news->waiting = table_new ();
  g_mutex_init (&news->lock);
  return news;
}

/* The empty id stands for "many". */
static void
add (GHashTable *table, const char *kind, const char *id)
{
  GHashTable *ids = g_hash_table_lookup (table, kind);

  if (ids == NULL)
    {
      ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_insert (table, g_strdup (kind), ids);
    }
  if (g_hash_table_contains (ids, ""))
    return;
  if (id == NULL || *id == '\0' || g_hash_table_size (ids) >= MAX_IDS)
    {
      g_hash_table_remove_all (ids);
      id = "";
    }
  g_hash_table_add (ids, g_strdup (id));
}

void
zf_news_note (ZfNews *news, const char *kind, const char *id)
{
  add (news->noted, kind, id);
}

void
zf_news_drop (ZfNews *news)
{
  g_hash_table_remove_all (news->noted);
}

static void
tell_kind (ZfNews *news, const char *kind, GHashTable *ids)
{
  g_autofree const char **list = NULL;

  g_hash_table_remove (ids, "");
  list = (const char **) g_hash_table_get_keys_as_array (ids, NULL);
  news->func (kind, list, news->owner);
}

static gboolean
on_source (gpointer data)
{
  ZfNews *news = data;
  g_autoptr (GObject) owner = g_object_ref (news->owner);
  g_autoptr (GHashTable) told = NULL;
  GHashTableIter iter;
  gpointer kind, ids;

  g_mutex_lock (&news->lock);
  told = g_steal_pointer (&news->waiting);
  news->waiting = table_new ();
  g_clear_pointer (&news->source, g_source_unref);
  g_mutex_unlock (&news->lock);

  g_hash_table_iter_init (&iter, told);
  while (g_hash_table_iter_next (&iter, &kind, &ids))
    tell_kind (news, kind, ids);
  return G_SOURCE_REMOVE;
}

static void
schedule (ZfNews *news)
{
  if (news->source != NULL)
    return;
  news->source = g_idle_source_new ();
  g_source_set_priority (news->source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (news->source, "zf-store changed");
  g_source_set_callback (news->source, on_source, news, NULL);
  g_source_attach (news->source, news->context);
}

static void
move_all (GHashTable *from, GHashTable *to)
{
  GHashTableIter kinds, ids;
  gpointer kind, set, id;

  g_hash_table_iter_init (&kinds, from);
  while (g_hash_table_iter_next (&kinds, &kind, &set))
    {
      g_hash_table_iter_init (&ids, set);
      while (g_hash_table_iter_next (&ids, &id, NULL))
        add (to, kind, id);
    }
  g_hash_table_remove_all (from);
}

void
zf_news_tell (ZfNews *news)
{
  if (g_hash_table_size (news->noted) == 0)
    return;
  g_mutex_lock (&news->lock);
  move_all (news->noted, news->waiting);
  schedule (news);
  g_mutex_unlock (&news->lock);
}

void
zf_news_mute (ZfNews *news)
{
  g_mutex_lock (&news->lock);
  if (news->source != NULL)
    g_source_destroy (news->source);
  g_clear_pointer (&news->source, g_source_unref);
  g_mutex_unlock (&news->lock);
}

void
zf_news_free (ZfNews *news)
{
  zf_news_mute (news);
  g_hash_table_unref (news->noted);
  g_hash_table_unref (news->waiting);
  g_main_context_unref (news->context);
  g_mutex_clear (&news->lock);
  g_free (news);
}
