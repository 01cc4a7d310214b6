/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-sync-visits.h"

#include <glib/gi18n.h>

#include "zf-fmt.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-page.h"
#include "zf-photos.h"
#include "zf-row.h"

#define MOST_VISITS 20
#define MOST_WAITING 10000

/* Hashes of the photo files that the county does not have yet. */
static GHashTable *
photos_here (ZfSession *session)
{
  GHashTable *here = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) blobs = zf_ledger_blobs (zf_session_reader (session), ZF_BLOB_LOCAL, MOST_WAITING, NULL);

  for (guint i = 0; blobs != NULL && i < blobs->len; i++)
    g_hash_table_add (here, g_strdup (((const ZfBlob *) g_ptr_array_index (blobs, i))->sha256));
  return here;
}

/* What the county put aside is there too: ids of the records. */
static GHashTable *
put_aside (ZfSession *session)
{
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) kept = zf_ledger_quarantined (zf_session_reader (session), NULL);

  for (guint i = 0; kept != NULL && i < kept->len; i++)
    g_hash_table_add (ids, g_strdup (zf_json_get_string (kept->pdata[i], "id", "")));
  return ids;
}

static char *
photo_words (ZfSession *session, const char *household, const char *visit, GHashTable *here)
{
  g_autoptr (GPtrArray) photos = zf_photos_of (session, household, visit);
  guint arrived = 0;

  if (photos->len == 0)
    return NULL;
  for (guint i = 0; i < photos->len; i++)
    arrived += !g_hash_table_contains (here, ((const ZfPhotoItem *) g_ptr_array_index (photos, i))->sha256);
  /* Translators: photos of one visit that the county has, and all of them */
  return g_strdup_printf (_("%u/%u photos"), arrived, photos->len);
}

static void
add_visit (ZfUnfold *list, ZfSession *session, ZfRows *rows, guint i, GHashTable *here, GHashTable *aside)
{
  const char *visit = zf_rows_text (rows, i, 0);
  const char *household = zf_rows_text (rows, i, 2);
  const char *name = zf_rows_text (rows, i, 3);
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (session), visit, NULL);
  gboolean received = (record != NULL && record->rev > 0) || g_hash_table_contains (aside, visit);
  g_autofree char *today = zf_session_today (session);
  g_autofree char *day = zf_fmt_date (zf_rows_text (rows, i, 1), today);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", day, received ? _("Received by the county") : _("On this tablet only"));
  g_autofree char *photos = photo_words (session, household != NULL ? household : "", visit, here);
  GtkWidget *row = zf_row_new (name != NULL ? name : _("Not recorded"), subtitle);
  GtkWidget *icon = gtk_image_new_from_icon_name (received ? "zf-done-symbolic" : "zf-tablet-symbolic");

  zf_row_set_prefix (ZF_ROW (row), icon);
  zf_row_set_note (ZF_ROW (row), photos);
  zf_row_set_target (ZF_ROW (row), "win.household", household);
  zf_unfold_append (list, row);
}

void
zf_sync_visits_fill (ZfUnfold *list, ZfSession *session)
{
  g_autoptr (ZfQuery) query = zf_query_new ("visit");
  g_autoptr (GHashTable) here = photos_here (session);
  g_autoptr (GHashTable) aside = put_aside (session);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = NULL;

  zf_query_columns (query, "id", "date", "parent", "household.head_name", NULL);
  zf_query_order (query, "date", TRUE);
  zf_query_order (query, "id", TRUE);
  zf_query_page (query, 0, MOST_VISITS);
  rows = zf_query_run (query, zf_session_reader (session), &error);
  if (rows == NULL)
    g_warning ("The visits could not be read: %s", error->message);
  zf_unfold_clear (list);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    add_visit (list, session, rows, i, here, aside);
  if (rows == NULL || zf_rows_n (rows) == 0)
    zf_unfold_append (list, zf_line (_("No visits yet"), "dim-label"));
}

/* Why the county could not put it in place, in words; the code itself stands under details only. */
static const char *
why_words (const char *why)
{
  static const struct
  {
    const char *code;
    const char *words;
  } WHYS[] = {
    { "unknown_kind", N_("The county does not know this kind of record yet.") },
    { "unknown_record", N_("The county does not know the household it belongs to.") },
    { "immutable", N_("This record cannot be changed any more.") },
    { "forbidden", N_("This tablet may not change that.") },
    { "late_scope", N_("The household is no longer in this team's villages.") },
    { "schema", N_("It was written by another version of the app.") },
    { "tx", N_("It belongs together with another one that was not taken.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (WHYS); i++)
    if (g_strcmp0 (WHYS[i].code, why) == 0)
      return _(WHYS[i].words);
  return _("The county could not read it.");
}

static char *
name_of (ZfSession *session, const ZfRecord *record)
{
  const char *field = record != NULL ? zf_record_title_field (record) : NULL;

  if (field != NULL)
    return zf_record_display (record, field, zf_session_lang (session));
  return g_strdup (record != NULL ? zf_record_get_string (record, "head_name", "") : "");
}

/* "张国华 · 走访": whose it is, what it is, and its name where it has one of its own. */
static char *
kept_title (ZfSession *session, JsonObject *kept, const ZfRecord *record, const ZfRecord *home)
{
  const ZfKind *kind = zf_session_kind (session, zf_json_get_string (kept, "kind", ""));
  gboolean itself = home != NULL && record != NULL && g_str_equal (home->id, record->id);
  g_autofree char *whose = name_of (session, home);
  g_autofree char *own = name_of (session, itself ? NULL : record);
  const char *parts[] = { whose, kind != NULL ? zf_kind_title (kind, zf_session_lang (session)) : "", own };
  GString *title = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (*parts[i] != '\0')
      g_string_append_printf (title, "%s%s", title->len > 0 ? " · " : "", parts[i]);
  return g_string_free (title, FALSE);
}

/* A tap leads to the household, where it can be looked at and written anew. */
static void
add_kept (ZfUnfold *list, ZfSession *session, JsonObject *kept)
{
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (session), zf_json_get_string (kept, "id", ""), NULL);
  g_autofree char *home_id = record != NULL ? zf_session_home_of (session, record) : NULL;
  g_autoptr (ZfRecord) home = home_id != NULL ? zf_reader_get (zf_session_reader (session), home_id, NULL) : NULL;
  g_autofree char *title = kept_title (session, kept, record, home);
  GtkWidget *row = zf_row_new (title, why_words (zf_json_get_string (kept, "why", NULL)));

  if (home != NULL)
    zf_row_set_target (ZF_ROW (row), "win.household", home->id);
  else
    zf_row_set_tappable (ZF_ROW (row), FALSE);
  zf_unfold_append (list, row);
}

guint
zf_sync_kept_fill (ZfUnfold *list, ZfSession *session)
{
  g_autoptr (GPtrArray) kept = zf_ledger_quarantined (zf_session_reader (session), NULL);
  guint n = kept != NULL ? kept->len : 0;
  g_autofree char *entries = zf_fmt_count (ZF_COUNT_ENTRIES, n);
  g_autofree char *title = g_strdup_printf (_("The county received what it cannot put in place: %s. They are kept."), entries);

  zf_unfold_clear (list);
  zf_unfold_set_title (list, title);
  for (guint i = 0; i < n; i++)
    add_kept (list, session, g_ptr_array_index (kept, i));
  if (n > 0)
    zf_unfold_append (list, zf_line (_("Nothing has to be written again. Tell the county administrator, who has the same list."), "dim-label"));
  gtk_widget_set_visible (GTK_WIDGET (list), n > 0);
  return n;
}
