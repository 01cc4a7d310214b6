/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"
#include "zf-truth.h"
#include "zf-value.h"

typedef struct
{
  const ZfKind *kind;
  JsonArray *records;
} Seed;

/* Values in normal form over what stands there. */
static gboolean
lay_fields (const ZfKind *kind, JsonObject *given, JsonObject *fields, GError **error)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  json_object_iter_init_ordered (&iter, given);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      const ZfField *field = zf_kind_field (kind, name);
      g_autoptr (JsonNode) checked = field != NULL ? zf_kind_check_value (kind, field, value, error) : NULL;

      if (field == NULL)
        g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "Kind “%s” has no field “%s”", zf_kind_name (kind), name);
      if (checked == NULL)
        return FALSE;
      zf_fields_put (fields, name, checked);
    }
  return TRUE;
}

static char *
seed_id (ZfWrite *write, const ZfKind *kind, JsonObject *item, JsonObject *fields)
{
  const char *given = zf_json_get_string (item, "id", NULL);
  char *id = given != NULL ? g_strdup (given) : zf_kind_make_id (kind, fields);

  return id != NULL ? id : zf_id_new (zf_store_clock (write->store), zf_store_random (write->store));
}

static gboolean
seed_record (ZfWrite *write, const ZfKind *kind, JsonObject *item, GError **error)
{
  JsonObject *fields = zf_json_get_object (item, "fields");
  g_autofree char *id = NULL;
  g_autoptr (ZfRecord) before = NULL;
  g_autoptr (ZfRecord) after = NULL;
  g_autoptr (GError) local = NULL;

  if (fields == NULL)
    {
      g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, "A record to be seeded has no fields");
      return FALSE;
    }
  id = seed_id (write, kind, item, fields);
  before = zf_truth_load (write, id, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  after = before != NULL ? zf_truth_copy (before) : zf_truth_new (write, zf_kind_name (kind), id);
  after->rev = MAX (after->rev, 1);
  return lay_fields (kind, fields, after->fields, error) && zf_truth_store_base (write, before, after, error);
}

static gboolean
seed_job (ZfStore *store, ZfDb *db, gpointer data, GError **error)
{
  const Seed *seed = data;
  ZfWrite write;

  zf_write_init (&write, store, db);
  write.from_county = TRUE;
  for (guint i = 0; i < json_array_get_length (seed->records); i++)
    if (!seed_record (&write, seed->kind, json_array_get_object_element (seed->records, i), error))
      return FALSE;
  return TRUE;
}

gboolean
zf_store_seed (ZfStore *self, const char *kind, JsonArray *records, GError **error)
{
  Seed seed = { .records = records };

  g_return_val_if_fail (ZF_IS_STORE (self) && records != NULL, FALSE);

  seed.kind = zf_kinds_get (zf_store_kinds (self), kind);
  if (seed.kind != NULL && zf_kind_server_only (seed.kind))
    return zf_store_write (self, seed_job, &seed, error);
  g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "Kind “%s” is not one that only the county writes", kind);
  return FALSE;
}
