/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-server-review.h"

#include <stdlib.h>

#include "zf-error.h"
#include "zf-form.h"
#include "zf-json.h"
#include "zf-record.h"
#include "zf-server-core-private.h"

#define META_REVIEWED "reviewed"
#define AT_A_TIME 500

typedef struct
{
  ZfServerCore *core;
  ZfReader *reader;
  GHashTable *forms;     /* (element-type utf8 ZfForm): NULL for a kind whose form does not compile */
  char *today;
} Review;

static void
review_clear (Review *self)
{
  g_clear_pointer (&self->reader, zf_reader_free);
  g_clear_pointer (&self->forms, g_hash_table_unref);
  g_free (self->today);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Review, review_clear)

static void
drop_form (gpointer form)
{
  if (form != NULL)
    g_object_unref (form);
}

static ZfForm *
form_of (Review *self, const ZfKind *kind)
{
  gpointer form = NULL;

  if (!g_hash_table_lookup_extended (self->forms, zf_kind_name (kind), NULL, &form))
    {
      form = zf_form_new (kind, NULL);
      g_hash_table_insert (self->forms, g_strdup (zf_kind_name (kind)), form);
    }
  return form;
}

/* (transfer full) (nullable): the answered questions whose rule is broken, as a JSON array. What is missing was missing before. */
static char *
broken_rules (Review *self, const ZfRecord *record)
{
  ZfForm *form = record->del == NULL && record->kind != NULL ? form_of (self, record->kind) : NULL;
  g_autoptr (ZfAnswers) answers = form != NULL ? zf_answers_new (form, record->fields, self->today) : NULL;
  g_autoptr (GPtrArray) names = answers != NULL ? zf_answers_problems (answers) : NULL;
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *broken = json_array_new ();

  json_node_take_array (node, broken);
  for (guint i = 0; names != NULL && i < names->len; i++)
    if (json_object_has_member (record->fields, names->pdata[i]))
      json_array_add_string_element (broken, names->pdata[i]);
  return json_array_get_length (broken) > 0 ? zf_json_canonical (node) : NULL;
}

static ZfRecord *
load (Review *self, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  ZfRecord *record = zf_reader_get (self->reader, id, &local);

  /* One that was quarantined whole is nowhere but in the log. */
  if (record == NULL && !g_error_matches (local, ZF_ERROR, ZF_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&local));
  return record;
}

/* A decision changes the record that it is about. */
static ZfRecord *
load_changed (Review *self, const char *id, GError **error)
{
  g_autoptr (ZfRecord) record = load (self, id, error);
  const char *of = record != NULL && g_str_equal (record->kind_name, "resolution") ? zf_record_get_string (record, "of", NULL) : NULL;

  return of != NULL ? load (self, of, error) : g_steal_pointer (&record);
}

/* One record and what is wrong with it. */
typedef struct
{
  char *id;
  char *fields;     /* (nullable): nothing is */
} Finding;

static void
finding_free (gpointer data)
{
  Finding *finding = data;

  g_free (finding->id);
  g_free (finding->fields);
  g_free (finding);
}

static gboolean
look_at (Review *self, const char *id, GPtrArray *findings, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZfRecord) record = load_changed (self, id, &local);
  Finding *finding;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (record == NULL)
    return TRUE;
  finding = g_new0 (Finding, 1);
  finding->id = g_strdup (record->id);
  finding->fields = broken_rules (self, record);
  g_ptr_array_add (findings, finding);
  return TRUE;
}

static gboolean
write_down (Review *self, GPtrArray *findings, gint64 last, GError **error)
{
  ZfServerStore *store = self->core->store;
  g_autofree char *reviewed = g_strdup_printf ("%" G_GINT64_FORMAT, last);

  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = findings->pdata[i];

      if (!store->verbs->set_review (store, finding->id, finding->fields, error))
        return FALSE;
    }
  return store->verbs->set_meta (store, META_REVIEWED, reviewed, error);
}

/* The county was fed before: what is looked at here is at least as new as the change that led to it. Pushes wait only for the writing. */
static gboolean
review_some (Review *self, gboolean *more, GError **error)
{
  ZfServerStore *store = self->core->store;
  g_autofree char *reviewed = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (finding_free);
  gint64 last;

  if (!store->verbs->get_meta (store, META_REVIEWED, &reviewed, error))
    return FALSE;
  last = reviewed != NULL ? strtoll (reviewed, NULL, 10) : 0;
  ids = store->verbs->merged_since (store, last, AT_A_TIME, &last, error);
  if (ids == NULL)
    return FALSE;
  *more = ids->len == AT_A_TIME;
  for (guint i = 0; i < ids->len; i++)
    if (!look_at (self, ids->pdata[i], findings, error))
      return FALSE;
  return ids->len == 0 ||
         (store->verbs->txn (store, ZF_TXN_BEGIN, error) && zf_server_end (self->core, write_down (self, findings, last, error), error));
}

gboolean
zf_server_review (ZfServerCore *core, ZfStore *county, GError **error)
{
  g_auto (Review) self = { .core = core, .today = zf_clock_today (core->clock) };
  gboolean more = TRUE;

  self.forms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, drop_form);
  self.reader = zf_reader_new (county, error);
  while (more)
    if (self.reader == NULL || !review_some (&self, &more, error))
      return FALSE;
  return TRUE;
}
