/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-change-id.h"

#include <string.h>

#include "zf-id.h"
#include "zf-json.h"

char *
zf_change_id (const char *epoch, const char *text)
{
  g_autofree char *key = g_strconcat (epoch, "\n", text, NULL);

  return zf_id_from_key ("change", key);
}

char *
zf_change_tx (const char *epoch, gint64 lsn)
{
  g_autofree char *key = g_strdup_printf ("%s\n%" G_GINT64_FORMAT, epoch, lsn);

  return zf_id_from_key ("tx", key);
}

static void
put_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

void
zf_change_text (GString *out, const ZfChangeText *change)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *head = NULL;

  put_text (object, "cid", change->cid);
  put_text (object, "tx", change->tx);
  put_text (object, "k", change->kind);
  put_text (object, "id", change->id);
  put_text (object, "op", change->op);
  put_text (object, "by", change->by);
  json_object_set_int_member (object, "lsn", change->lsn);
  json_object_set_int_member (object, "b", change->base);
  json_object_set_int_member (object, "sv", change->sv);
  json_object_set_int_member (object, "at", change->at);
  head = zf_json_canonical_object (object);
  g_string_append_len (out, head, (gssize) strlen (head) - 1);
  g_string_append_printf (out, ",\"f\":%s}", change->f);
}
