/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-session.h"

#include "zf-error.h"
#include "zf-photo-edit.h"

/* Long enough to gather the slices of a sync, short enough to look immediate after a tap. */
#define GATHER_MS 60
/* Another process (the command line, a second window) may write to the same store. */
#define POLL_SECONDS 2

struct _ZfSession
{
  GObject parent_instance;

  ZfStore *store;
  ZfSyncService *sync;
  ZfCard *card;
  ZfPackService *packs;
  GHashTable *forms;      /* kind → ZfForm */
  GPtrArray *former;      /* ZfForm that pages may still show */
  guint n_holding;        /* forms that are being filled in */
  gboolean published;     /* forms may have come since they were looked at */
  gboolean taking;
  GHashTable *villages;   /* id → name */
  char *by;
  gboolean demo;
  guint gather_id;
  guint poll_id;
};

enum
{
  CHANGED,
  TROUBLE,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfSession, zf_session, G_TYPE_OBJECT)

static gboolean
on_gathered (gpointer data)
{
  ZfSession *self = data;

  self->gather_id = 0;
  g_hash_table_remove_all (self->villages);
  g_signal_emit (self, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* Forms of the county, at a moment when nobody fills one in and no sync is under way */

static void
keep_form (gpointer key, gpointer form, gpointer former)
{
  g_ptr_array_add (former, g_object_ref (form));
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer data)
{
  ZfSession *self = ZF_SESSION (source);
  g_autoptr (GError) error = NULL;
  gboolean taken = g_task_propagate_boolean (G_TASK (result), &error);

  self->taking = FALSE;
  if (error != NULL)
    g_warning ("What the county published could not be taken: %s", error->message);
  if (self->store == NULL || !taken)
    return;
  g_hash_table_foreach (self->forms, keep_form, self->former);
  g_hash_table_remove_all (self->forms);
  zf_session_touch (self);
}

static void
take_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  gboolean taken = FALSE;

  if (zf_store_take_published (data, &taken, &error))
    g_task_return_boolean (task, taken);
  else
    g_task_return_error (task, error);
}

static void
take_published (ZfSession *self)
{
  g_autoptr (GTask) task = NULL;

  if (!self->published || self->taking || self->n_holding > 0 || zf_sync_service_status (self->sync)->running)
    return;
  self->published = FALSE;
  self->taking = TRUE;
  task = g_task_new (self, NULL, on_taken, NULL);
  g_task_set_task_data (task, g_object_ref (self->store), g_object_unref);
  g_task_run_in_thread (task, take_in_thread);
}

static void
on_sync_done (ZfSession *self)
{
  take_published (self);
}

/* Another program that brought something does not say what. */
static gboolean
may_publish (const char *kind)
{
  return g_str_equal (kind, "form") || g_str_equal (kind, "codelist") || g_str_equal (kind, "*");
}

static void
on_store_changed (ZfStore *store, const char *kind, GStrv ids, ZfSession *self)
{
  zf_session_touch (self);
  self->published = self->published || may_publish (kind);
  take_published (self);
}

static gboolean
on_poll (gpointer data)
{
  ZfSession *self = data;

  zf_store_poll (self->store);
  return G_SOURCE_CONTINUE;
}

static void
zf_session_dispose (GObject *object)
{
  ZfSession *self = ZF_SESSION (object);

  g_clear_handle_id (&self->gather_id, g_source_remove);
  g_clear_handle_id (&self->poll_id, g_source_remove);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_pointer (&self->forms, g_hash_table_unref);
  g_clear_pointer (&self->former, g_ptr_array_unref);
  g_clear_pointer (&self->villages, g_hash_table_unref);
  g_clear_object (&self->packs);
  g_clear_object (&self->sync);
  g_clear_object (&self->card);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (zf_session_parent_class)->dispose (object);
}

static void
zf_session_finalize (GObject *object)
{
  g_free (ZF_SESSION (object)->by);
  G_OBJECT_CLASS (zf_session_parent_class)->finalize (object);
}

static void
zf_session_class_init (ZfSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = zf_session_dispose;
  object_class->finalize = zf_session_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[TROUBLE] = g_signal_new ("trouble", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
zf_session_init (ZfSession *self)
{
  self->forms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->former = g_ptr_array_new_with_free_func (g_object_unref);
  self->villages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

ZfSession *
zf_session_new (ZfStore *store)
{
  ZfSession *self = NULL;
  g_autofree char *demo = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (ZF_IS_STORE (store), NULL);

  if (!zf_photo_finish_edits (store, &error))
    g_warning ("A photo file that was covered is not removed yet: %s", error->message);
  g_clear_error (&error);

  self = g_object_new (ZF_TYPE_SESSION, NULL);
  self->store = g_object_ref (store);
  self->sync = zf_sync_service_new (store);
  self->card = zf_card_new (store);
  self->packs = zf_pack_service_new (store, self->sync);
  g_signal_connect_object (self->sync, "done", G_CALLBACK (on_sync_done), self, G_CONNECT_SWAPPED);
  self->by = zf_store_get_meta (store, "by");
  if (!zf_photo_sweep (store, self->by, &error))
    g_warning ("A photo that no answer names is not taken away yet: %s", error->message);
  demo = zf_store_get_meta (store, "demo");
  self->demo = g_strcmp0 (demo, "1") == 0;
  self->poll_id = g_timeout_add_seconds (POLL_SECONDS, on_poll, self);
  g_signal_connect (store, "changed", G_CALLBACK (on_store_changed), self);
  return self;
}

ZfStore *
zf_session_store (ZfSession *self)
{
  g_return_val_if_fail (ZF_IS_SESSION (self), NULL);
  return self->store;
}

ZfSyncService *
zf_session_sync (ZfSession *self)
{
  g_return_val_if_fail (ZF_IS_SESSION (self), NULL);
  return self->sync;
}

ZfCard *
zf_session_card (ZfSession *self)
{
  g_return_val_if_fail (ZF_IS_SESSION (self), NULL);
  return self->card;
}

ZfPackService *
zf_session_packs (ZfSession *self)
{
  g_return_val_if_fail (ZF_IS_SESSION (self), NULL);
  return self->packs;
}

void
zf_session_hold_forms (ZfSession *self)
{
  g_return_if_fail (ZF_IS_SESSION (self));
  self->n_holding++;
}

void
zf_session_release_forms (ZfSession *self)
{
  g_return_if_fail (ZF_IS_SESSION (self) && self->n_holding > 0);
  self->n_holding--;
  if (self->store != NULL)
    take_published (self);
}

ZfReader *
zf_session_reader (ZfSession *self)
{
  g_return_val_if_fail (ZF_IS_SESSION (self), NULL);
  return zf_store_reader (self->store);
}

ZfKinds *
zf_session_kinds (ZfSession *self)
{
  g_return_val_if_fail (ZF_IS_SESSION (self), NULL);
  return zf_store_kinds (self->store);
}

const ZfKind *
zf_session_kind (ZfSession *self, const char *name)
{
  return zf_kinds_get (zf_session_kinds (self), name);
}

const char *
zf_session_lang (ZfSession *self)
{
  const char *const *names = g_get_language_names ();

  return g_str_has_prefix (names[0], "zh") ? "zh" : "en";
}

const char *
zf_session_by (ZfSession *self)
{
  g_return_val_if_fail (ZF_IS_SESSION (self), "");
  return self->by != NULL ? self->by : "";
}

char *
zf_session_today (ZfSession *self)
{
  return zf_clock_today (zf_store_clock (self->store));
}

gint64
zf_session_now_ms (ZfSession *self)
{
  return zf_clock_now_ms (zf_store_clock (self->store));
}

gboolean
zf_session_is_demo (ZfSession *self)
{
  g_return_val_if_fail (ZF_IS_SESSION (self), FALSE);
  return self->demo;
}

ZfForm *
zf_session_form (ZfSession *self, const char *kind, GError **error)
{
  ZfForm *form = g_hash_table_lookup (self->forms, kind);
  const ZfKind *declared = NULL;

  if (form != NULL)
    return form;
  declared = zf_session_kind (self, kind);
  if (declared == NULL)
    {
      g_set_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, "there is no form named %s", kind);
      return NULL;
    }
  form = zf_form_new (declared, error);
  if (form != NULL)
    g_hash_table_insert (self->forms, g_strdup (kind), form);
  return form;
}

ZfForm *
zf_session_form_version (ZfSession *self, const char *kind, const char *version, GError **error)
{
  const ZfKind *declared = zf_kinds_version (zf_session_kinds (self), kind, version);
  g_autofree char *key = NULL;
  ZfForm *form;

  if (declared == NULL || declared == zf_session_kind (self, kind))
    return zf_session_form (self, kind, error);
  key = g_strdup_printf ("%s %s", kind, version);
  form = g_hash_table_lookup (self->forms, key);
  if (form == NULL && (form = zf_form_new (declared, error)) != NULL)
    g_hash_table_insert (self->forms, g_steal_pointer (&key), form);
  return form;
}

const char *
zf_session_village_name (ZfSession *self, const char *village)
{
  const char *name = NULL;
  g_autoptr (ZfRecord) record = NULL;

  if (village == NULL || *village == '\0')
    return "";
  name = g_hash_table_lookup (self->villages, village);
  if (name != NULL)
    return name;
  record = zf_reader_get (zf_session_reader (self), village, NULL);
  name = record != NULL ? zf_record_get_string (record, "name", "") : "";
  g_hash_table_insert (self->villages, g_strdup (village), g_strdup (name));
  return g_hash_table_lookup (self->villages, village);
}

/* Two steps up are enough: a ledger of a person of a household. */
char *
zf_session_home_of (ZfSession *self, const ZfRecord *record)
{
  g_autoptr (ZfRecord) parent = NULL;

  g_return_val_if_fail (ZF_IS_SESSION (self) && record != NULL, NULL);
  if (g_strcmp0 (record->kind_name, "household") == 0)
    return g_strdup (record->id);
  parent = record->parent != NULL ? zf_reader_get (zf_session_reader (self), record->parent, NULL) : NULL;
  if (parent == NULL)
    return NULL;
  return g_strdup (g_strcmp0 (parent->kind_name, "household") == 0 ? parent->id : parent->parent);
}

void
zf_session_touch (ZfSession *self)
{
  g_return_if_fail (ZF_IS_SESSION (self));
  if (self->gather_id == 0)
    self->gather_id = g_timeout_add (GATHER_MS, on_gathered, self);
}

void
zf_session_trouble (ZfSession *self, const char *sentence)
{
  g_return_if_fail (ZF_IS_SESSION (self) && sentence != NULL);
  g_signal_emit (self, signals[TROUBLE], 0, sentence);
}
