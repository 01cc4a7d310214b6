/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-household-place.h"

#include <glib/gi18n.h>

#include "zf-dialogs.h"
#include "zf-fmt.h"
#include "zf-mercator.h"
#include "zf-place-page.h"

/* Codes of the list position_source. */
#define SOURCE_MAP "map"

/* They are one thing: one merge group of the kind. */
static const char *const FIELDS[] = { "lat", "lon", "accuracy", "position_source" };

typedef struct
{
  GtkWidget *from;
  ZfSession *session;
  char *household;
  JsonObject *before;  /* FIELDS as they were */
  char *words;         /* (nullable) what is said when it is saved */
  gboolean back;       /* it is being taken back */
} Placing;

static void
placing_free (Placing *placing)
{
  g_object_unref (placing->from);
  g_object_unref (placing->session);
  g_free (placing->household);
  g_clear_pointer (&placing->before, json_object_unref);
  g_free (placing->words);
  g_free (placing);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Placing, placing_free)

static void
placing_closed (gpointer data, GClosure *closure)
{
  placing_free (data);
}

static void save (Placing *placing, JsonObject *fields);

static void
on_undo (Placing *offered)
{
  Placing *placing = g_new0 (Placing, 1);

  *placing = (Placing) { .from = g_object_ref (offered->from), .session = g_object_ref (offered->session),
                         .household = g_strdup (offered->household), .back = TRUE };
  save (placing, offered->before);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Placing) placing = data;
  g_autoptr (GError) error = NULL;

  if (!zf_store_commit_finish (ZF_STORE (source), result, &error))
    {
      g_warning ("A place of a household was not saved: %s", error->message);
      zf_dialogs_tell (placing->from, _("This could not be saved. Everything stays as it was."), error->message);
    }
  else if (!placing->back)
    {
      GtkWidget *from = placing->from;
      const char *words = placing->words;

      zf_page_offer (from, words, G_CALLBACK (on_undo), g_steal_pointer (&placing), placing_closed);
    }
}

/* Takes @placing over. */
static void
save (Placing *placing, JsonObject *fields)
{
  ZfSave *made = zf_save_new (zf_session_by (placing->session), TRUE);

  zf_save_set (made, "household", placing->household, fields);
  zf_store_commit_async (zf_session_store (placing->session), made, NULL, on_saved, placing);
}

static JsonObject *
fields_now (const ZfRecord *record)
{
  JsonObject *fields = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (FIELDS); i++)
    {
      JsonNode *value = json_object_get_member (record->fields, FIELDS[i]);

      json_object_set_member (fields, FIELDS[i], value != NULL ? json_node_copy (value) : json_node_new (JSON_NODE_NULL));
    }
  return fields;
}

static JsonObject *
fields_at (const ZfSpot *spot)
{
  g_autofree char *text = zf_spot_text (spot);
  g_auto (GStrv) numbers = g_strsplit (text, " ", 2);
  JsonObject *fields = json_object_new ();

  json_object_set_string_member (fields, FIELDS[0], numbers[0]);
  json_object_set_string_member (fields, FIELDS[1], numbers[1]);
  json_object_set_null_member (fields, FIELDS[2]);
  json_object_set_string_member (fields, FIELDS[3], SOURCE_MAP);
  return fields;
}

static char *
moved_words (const ZfRecord *record, const ZfSpot *spot)
{
  g_autofree char *distance = NULL;
  ZfSpot before = { 0 };

  if (!zf_spot_of (record, &before))
    return g_strdup (_("The household has a place now"));
  distance = zf_fmt_distance (zf_ground_metres (before.lat, before.lon, spot->lat, spot->lon, NULL), -1);
  return g_strdup_printf (_("Moved %s"), distance);
}

static void
on_spot (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Placing) placing = data;
  g_autoptr (ZfRecord) record = NULL;
  g_autoptr (JsonObject) fields = NULL;
  ZfSpot spot = { 0 };

  if (!zf_place_page_ask_finish (result, &spot))
    return;
  record = zf_reader_get (zf_session_reader (placing->session), placing->household, NULL);
  if (record == NULL || record->del != NULL)
    return;
  placing->before = fields_now (record);
  placing->words = moved_words (record, &spot);
  fields = fields_at (&spot);
  save (g_steal_pointer (&placing), fields);
}

void
zf_household_place (GtkWidget *from, ZfSession *session, const char *id)
{
  g_autoptr (ZfRecord) record = NULL;
  Placing *placing = NULL;

  g_return_if_fail (GTK_IS_WIDGET (from) && ZF_IS_SESSION (session) && id != NULL);

  record = zf_reader_get (zf_session_reader (session), id, NULL);
  if (record == NULL || record->del != NULL)
    return;
  placing = g_new0 (Placing, 1);
  *placing = (Placing) { .from = g_object_ref (from), .session = g_object_ref (session), .household = g_strdup (id) };
  zf_place_page_ask_async (from, zf_record_get_string (record, "head_name", _("Not recorded")), NULL, id, on_spot, placing);
}
