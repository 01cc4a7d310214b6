/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-sync-page.h"

#include <glib/gi18n.h>

#include "zf-action-bar.h"
#include "zf-fmt.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-row.h"
#include "zf-section.h"
#include "zf-sync.h"

struct _ZfSyncPage
{
  ZfPage parent_instance;

  GtkBox *columns;
  GtkImage *icon;
  GtkLabel *sentence;
  GtkLabel *arrived;
  GtkWidget *progress;
  GtkProgressBar *rows_bar;
  GtkProgressBar *photos_bar;
  ZfSection *numbers;
  ZfSection *attention;
  ZfSection *county;
  GtkWidget *enrol;
  GtkEditable *address;
  GtkEditable *person;
  ZfActionBar *bar;

  GCancellable *cancellable;   /* while a sync runs */
  char *result;                /* sentence of the last one */
  char *result_details;
  gboolean failed;
};

G_DEFINE_FINAL_TYPE (ZfSyncPage, zf_sync_page, ZF_TYPE_PAGE)

static gboolean
is_enrolled (ZfSession *session)
{
  g_autofree char *token = zf_store_get_meta (zf_session_store (session), "token");

  return token != NULL && *token != '\0';
}

/* What is only here, in the words people count in. */

typedef struct
{
  gint64 changes, visits, photos, drafts;
} Unsent;

static Unsent
read_unsent (ZfSession *session)
{
  g_autoptr (JsonObject) object = zf_ledger_unsent (zf_session_reader (session), NULL);
  Unsent unsent = { 0 };

  if (object == NULL)
    return unsent;
  unsent.changes = zf_json_get_int (object, "changes", 0);
  unsent.visits = zf_json_get_int (object, "visit", zf_json_get_int (object, "visits", 0));
  unsent.photos = zf_json_get_int (object, "photos", 0);
  unsent.drafts = zf_json_get_int (object, "drafts", 0);
  return unsent;
}

static void
add_number (ZfSyncPage *self, const char *title, const char *subtitle)
{
  GtkWidget *row = zf_row_new (title, subtitle);

  zf_row_set_tappable (ZF_ROW (row), FALSE);
  zf_section_append (self->numbers, row);
}

static void
show_numbers (ZfSyncPage *self, const Unsent *unsent)
{
  g_autofree char *visits = zf_fmt_count (ZF_COUNT_VISITS, unsent->visits);
  g_autofree char *photos = zf_fmt_count (ZF_COUNT_PHOTOS, unsent->photos);
  g_autofree char *changes = zf_fmt_count (ZF_COUNT_ENTRIES, unsent->changes);
  g_autofree char *details = g_strdup_printf (_("Changes: %s"), changes);
  /* Translators: how many visits, how many photos */
  g_autofree char *title = g_strdup_printf (_("Visits %s · photos %s"), visits, photos);

  zf_section_clear (self->numbers);
  add_number (self, title, details);
  if (unsent->drafts > 0)
    {
      g_autofree char *drafts = zf_fmt_count (ZF_COUNT_ENTRIES, unsent->drafts);
      g_autofree char *line = g_strdup_printf (_("Drafts: %s, they stay on this tablet"), drafts);

      add_number (self, line, NULL);
    }
}

static void
show_attention (ZfSyncPage *self, ZfSession *session)
{
  g_autoptr (GPtrArray) conflicts = zf_ledger_conflicts (zf_session_reader (session), TRUE, NULL);
  g_autoptr (GPtrArray) kept = zf_ledger_quarantined (zf_session_reader (session), NULL);
  guint n_conflicts = conflicts != NULL ? conflicts->len : 0;
  guint n_kept = kept != NULL ? kept->len : 0;

  zf_section_clear (self->attention);
  if (n_conflicts > 0)
    {
      g_autofree char *places = zf_fmt_count (ZF_COUNT_PLACES, n_conflicts);
      g_autofree char *line = g_strdup_printf (_("Another tablet wrote something else: %s. Both are kept."), places);

      zf_section_append (self->attention, zf_line (line, NULL));
    }
  if (n_kept > 0)
    {
      g_autofree char *entries = zf_fmt_count (ZF_COUNT_ENTRIES, n_kept);
      g_autofree char *line = g_strdup_printf (_("The county received what it cannot put in place: %s. They are kept."), entries);

      zf_section_append (self->attention, zf_line (line, NULL));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->attention), n_conflicts + n_kept > 0);
}

static void
show_county (ZfSyncPage *self, ZfSession *session)
{
  g_autofree char *url = zf_store_get_meta (zf_session_store (session), "server_url");
  GtkWidget *row = NULL;

  zf_section_clear (self->county);
  row = zf_row_new (url != NULL ? url : _("Not recorded"), NULL);
  zf_row_set_tappable (ZF_ROW (row), FALSE);
  zf_section_append (self->county, row);
}

static const char *
standing_sentence (gboolean enrolled, const Unsent *unsent)
{
  if (!enrolled)
    return _("This tablet is not joined to a county yet");
  if (unsent->changes == 0 && unsent->photos == 0)
    return _("Everything is at the county");
  return _("Some of it is only on this tablet");
}

static void
show_sentence (ZfSyncPage *self, gboolean enrolled, const Unsent *unsent)
{
  gboolean here = unsent->changes > 0 || unsent->photos > 0;
  const char *icon = self->failed ? "zf-offline-symbolic" : here || !enrolled ? "zf-tablet-symbolic" : "zf-done-symbolic";

  gtk_image_set_from_icon_name (self->icon, icon);
  gtk_label_set_text (self->sentence, self->failed && self->result != NULL ? self->result : standing_sentence (enrolled, unsent));
  gtk_label_set_text (self->arrived, self->result_details != NULL ? self->result_details : "");
  gtk_widget_set_visible (GTK_WIDGET (self->arrived), self->result_details != NULL);
}

static void
zf_sync_page_refresh (ZfPage *page)
{
  ZfSyncPage *self = ZF_SYNC_PAGE (page);
  ZfSession *session = zf_page_session (page);
  gboolean enrolled = is_enrolled (session);
  gboolean running = self->cancellable != NULL;
  Unsent unsent = read_unsent (session);

  show_numbers (self, &unsent);
  show_attention (self, session);
  show_county (self, session);
  gtk_widget_set_visible (self->progress, running);
  gtk_widget_set_visible (self->enrol, !enrolled);
  if (running)
    return;
  show_sentence (self, enrolled, &unsent);
  zf_action_bar_set_primary (self->bar, enrolled ? _("Sync now") : _("Join the county"));
}

/* Running */

static double
fraction (guint done, guint all)
{
  return all > 0 ? MIN ((double) done / all, 1.0) : 1.0;
}

static const char *
phase_sentence (ZfSyncPhase phase)
{
  switch (phase)
    {
    case ZF_SYNC_PUSHING:
      return _("Sending visits and changes");
    case ZF_SYNC_PULLING:
      return _("Fetching from the county");
    case ZF_SYNC_APPLYING:
      return _("Putting what arrived in place");
    case ZF_SYNC_PHOTOS:
      return _("Sending photos");
    case ZF_SYNC_DONE:
    default:
      return _("Nearly done");
    }
}

static void
on_progress (const ZfSyncProgress *progress, gpointer data)
{
  ZfSyncPage *self = data;

  if (self->cancellable == NULL)
    return;
  gtk_label_set_text (self->sentence, phase_sentence (progress->phase));
  gtk_progress_bar_set_fraction (self->rows_bar, fraction (progress->pushed, progress->to_push));
  gtk_progress_bar_set_fraction (self->photos_bar, progress->phase < ZF_SYNC_PHOTOS ? 0 : fraction (progress->photos, progress->to_photos));
}

static char *
arrived_words (const ZfSyncProgress *progress)
{
  g_autofree char *sent = zf_fmt_count (ZF_COUNT_ENTRIES, progress->pushed);
  g_autofree char *photos = zf_fmt_count (ZF_COUNT_PHOTOS, progress->photos);
  g_autofree char *received = zf_fmt_count (ZF_COUNT_ENTRIES, progress->pulled);

  return g_strdup_printf (_("The county received %s and %s. From the county came %s."), sent, photos, received);
}

static void
on_synced (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfSyncPage) self = data;
  ZfSyncProgress progress = { 0 };
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->result, g_free);
  g_clear_pointer (&self->result_details, g_free);
  self->failed = !zf_sync_run_finish (ZF_STORE (source), result, &progress, &error);
  if (self->failed)
    self->result = zf_sync_explain (error);
  else
    self->result_details = arrived_words (&progress);
  if (zf_page_session (ZF_PAGE (self)) == NULL)
    return;
  zf_session_touch (zf_page_session (ZF_PAGE (self)));
  zf_page_stale (ZF_PAGE (self));
}

static void
start_sync (ZfSyncPage *self)
{
  if (self->cancellable != NULL)
    {
      g_cancellable_cancel (self->cancellable);
      return;
    }
  self->cancellable = g_cancellable_new ();
  gtk_progress_bar_set_fraction (self->rows_bar, 0);
  gtk_progress_bar_set_fraction (self->photos_bar, 0);
  gtk_widget_set_visible (self->progress, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->arrived), FALSE);
  gtk_label_set_text (self->sentence, _("Looking for the county"));
  zf_action_bar_set_primary (self->bar, _("Stop here, go on next time"));
  zf_sync_run_async (zf_session_store (zf_page_session (ZF_PAGE (self))), self->cancellable, on_progress, self, on_synced,
                     g_object_ref (self));
}

/* Joining a county: the network is asked in a thread, as in a sync. */

typedef struct
{
  ZfStore *store;
  char *address;
  char *person;
} Join;

static void
join_free (Join *join)
{
  g_object_unref (join->store);
  g_free (join->address);
  g_free (join->person);
  g_free (join);
}

static void
join_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Join *join = data;
  GError *error = NULL;

  if (zf_sync_enrol (join->store, join->address, join->person, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_joined (GObject *source, GAsyncResult *result, gpointer data)
{
  ZfSyncPage *self = ZF_SYNC_PAGE (source);
  g_autoptr (GError) error = NULL;

  zf_action_bar_set_busy (self->bar, FALSE);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      zf_page_stale (ZF_PAGE (self));
      start_sync (self);
      return;
    }
  g_free (self->result);
  self->result = zf_sync_explain (error);
  self->failed = TRUE;
  zf_page_stale (ZF_PAGE (self));
}

static void
start_join (ZfSyncPage *self)
{
  const char *address = gtk_editable_get_text (self->address);
  g_autoptr (GTask) task = NULL;
  Join *join = NULL;

  if (*address == '\0')
    {
      zf_page_toast (GTK_WIDGET (self), _("Type the address and code that the county gave you."));
      return;
    }
  join = g_new0 (Join, 1);
  join->store = g_object_ref (zf_session_store (zf_page_session (ZF_PAGE (self))));
  join->address = g_strdup (address);
  join->person = g_strdup (gtk_editable_get_text (self->person));
  zf_action_bar_set_busy (self->bar, TRUE);
  task = g_task_new (self, NULL, on_joined, NULL);
  g_task_set_source_tag (task, start_join);
  g_task_set_task_data (task, join, (GDestroyNotify) join_free);
  g_task_run_in_thread (task, join_in_thread);
}

static void
on_primary (ZfSyncPage *self)
{
  if (is_enrolled (zf_page_session (ZF_PAGE (self))))
    start_sync (self);
  else
    start_join (self);
}

static void
zf_sync_page_lay_out (ZfPage *page, gboolean wide)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (ZF_SYNC_PAGE (page)->columns),
                                  wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_box_set_homogeneous (ZF_SYNC_PAGE (page)->columns, wide);
}

static void
zf_sync_page_dispose (GObject *object)
{
  ZfSyncPage *self = ZF_SYNC_PAGE (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->result, g_free);
  g_clear_pointer (&self->result_details, g_free);
  G_OBJECT_CLASS (zf_sync_page_parent_class)->dispose (object);
}

static void
zf_sync_page_class_init (ZfSyncPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ZF_TYPE_ACTION_BAR);
  g_type_ensure (ZF_TYPE_SECTION);
  G_OBJECT_CLASS (klass)->dispose = zf_sync_page_dispose;
  ZF_PAGE_CLASS (klass)->refresh = zf_sync_page_refresh;
  ZF_PAGE_CLASS (klass)->lay_out = zf_sync_page_lay_out;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-sync-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, columns);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, icon);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, sentence);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, arrived);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, progress);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, rows_bar);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, photos_bar);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, numbers);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, attention);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, county);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, enrol);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, address);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, person);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_primary);
}

static void
zf_sync_page_init (ZfSyncPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
