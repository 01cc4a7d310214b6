/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-sync-page.h"

#include <glib/gi18n.h>

#include "zf-action-bar.h"
#include "zf-conflict.h"
#include "zf-fmt.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-photo.h"
#include "zf-row.h"
#include "zf-section.h"
#include "zf-sync-face.h"
#include "zf-sync-packs.h"
#include "zf-sync-visits.h"
#include "zf-unfold.h"

/* In 1024ths, as the setting has it: above ×1.5 of the usual 96. */
#define LARGE_DPI (144 * 1024)

struct _ZfSyncPage
{
  ZfPage parent_instance;

  GtkBox *columns;
  GtkImage *icon;
  GtkLabel *sentence;
  GtkLabel *detail;
  GtkWidget *load;
  GtkProgressBar *rows_bar;
  GtkLabel *rows_note;
  GtkProgressBar *photos_bar;
  GtkLabel *photos_note;
  GtkWidget *stop;
  GtkWidget *again;
  GtkWidget *numbers;
  GtkWidget *here, *way, *received;
  GtkLabel *here_text, *way_text, *received_text;
  ZfSection *attention;
  ZfUnfold *kept;
  ZfSection *packs;
  ZfSection *facts;
  ZfUnfold *visits;
  ZfUnfold *stick;
  ZfUnfold *details;
  GtkWidget *enrol;
  GtkEditable *address;
  GtkEditable *person;
  ZfActionBar *bar;

  ZfSyncService *service;
  ZfSyncDo todo;       /* what the primary button does */
};

G_DEFINE_FINAL_TYPE (ZfSyncPage, zf_sync_page, ZF_TYPE_PAGE)

/* How things stand */

static ZfSyncFacts
read_facts (ZfSyncPage *self, ZfSession *session)
{
  ZfSyncFacts facts = { .status = zf_sync_service_status (self->service) };

  facts.enrolled = zf_sync_service_enrolled (self->service);
  facts.conflicts = zf_conflicts_n_open (session);
  facts.now_ms = zf_session_now_ms (session);
  facts.free_bytes = zf_sync_free_bytes (zf_store_dir (zf_session_store (session)));
  zf_ledger_stands (zf_session_reader (session), facts.stands, NULL);
  zf_sound_stands (zf_session_reader (session), facts.sounds);
  /* A batch that waits for the next run is not on its way. */
  if (!facts.status->running)
    {
      ZfStand *here = &facts.stands[ZF_STAND_HERE];
      ZfStand *way = &facts.stands[ZF_STAND_UNDER_WAY];

      here->visits += way->visits;
      here->households = MAX (here->households, way->households);
      here->photos += way->photos;
      here->changes += way->changes;
      memset (way, 0, sizeof *way);
      facts.sounds[ZF_STAND_HERE] += facts.sounds[ZF_STAND_UNDER_WAY];
      facts.sounds[ZF_STAND_UNDER_WAY] = 0;
    }
  return facts;
}

/* Three columns of large text do not fit side by side into a narrow page. */
static gboolean
is_cramped (ZfSyncPage *self)
{
  int dpi = 0;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);
  return !zf_page_wide (ZF_PAGE (self)) && dpi > LARGE_DPI;
}

static void
show_number (GtkWidget *box, GtkLabel *label, const char *title, const ZfStand *stand, gint64 sounds, gboolean stacked)
{
  g_autofree char *lines = zf_sync_stand_words (stand, sounds, stacked ? " " : "\n");
  g_autofree char *words = zf_sync_stand_words (stand, sounds, " ");
  g_autofree char *spoken = g_strdup_printf ("%s %s", title, words);

  gtk_label_set_text (label, lines);
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
show_bar (GtkProgressBar *bar, GtkLabel *note, double full, const char *words)
{
  gtk_progress_bar_set_fraction (bar, full);
  gtk_label_set_text (note, words);
}

static void
show_face (ZfSyncPage *self, const ZfSyncFacts *facts)
{
  g_autoptr (ZfSyncFace) face = zf_sync_face_new (facts);
  gboolean stacked = is_cramped (self);

  self->todo = face->todo;
  gtk_image_set_from_icon_name (self->icon, face->icon);
  zf_keep_dots (self->sentence, face->sentence);
  gtk_label_set_text (self->detail, face->detail != NULL ? face->detail : "");
  gtk_widget_set_visible (GTK_WIDGET (self->detail), face->detail != NULL);
  gtk_widget_set_visible (self->load, facts->enrolled);
  show_bar (self->rows_bar, self->rows_note, face->rows, face->rows_note);
  show_bar (self->photos_bar, self->photos_note, face->photos, face->photos_note);
  gtk_widget_set_visible (self->stop, facts->status->running && face->todo != ZF_SYNC_DO_STOP);
  gtk_widget_set_visible (self->again, face->todo == ZF_SYNC_DO_EXPORT);
  zf_action_bar_set_primary (self->bar, zf_sync_do_label (face->todo));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->numbers), stacked ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  show_number (self->here, self->here_text, _("On this tablet only"), &facts->stands[ZF_STAND_HERE], facts->sounds[ZF_STAND_HERE], stacked);
  show_number (self->way, self->way_text, _("Going up"), &facts->stands[ZF_STAND_UNDER_WAY], facts->sounds[ZF_STAND_UNDER_WAY], stacked);
  show_number (self->received, self->received_text, _("Received by the county"), &facts->stands[ZF_STAND_RECEIVED], facts->sounds[ZF_STAND_RECEIVED], stacked);
}

/* The rest of the page, which moves seldom */

static void
add_fact (ZfSyncPage *self, const char *title, const char *words)
{
  GtkWidget *row = NULL;

  if (words == NULL)
    return;
  row = zf_row_new (title, words);
  zf_row_set_tappable (ZF_ROW (row), FALSE);
  zf_section_append (self->facts, row);
}

static void
show_facts (ZfSyncPage *self, ZfSession *session, const ZfSyncFacts *facts)
{
  gint64 contact = facts->status->contact_ms;
  g_autofree char *when = contact > 0 ? zf_fmt_moment (contact, facts->now_ms) : zf_fmt_none ();
  g_autofree char *received = zf_sync_received_words (facts->status);
  g_autofree char *room = zf_sync_room_words (facts->free_bytes, zf_ledger_photo_size (zf_session_reader (session)));
  g_autofree char *clock = zf_sync_clock_words (facts->status->skew_ms);

  zf_section_clear (self->facts);
  add_fact (self, _("Clock"), clock);
  add_fact (self, _("Last contact"), when);
  add_fact (self, _("What arrived"), received);
  add_fact (self, _("Storage"), room);
}

static void
show_attention (ZfSyncPage *self, const ZfSyncFacts *facts)
{
  zf_section_clear (self->attention);
  if (facts->conflicts > 0)
    {
      g_autofree char *places = zf_fmt_count (ZF_COUNT_PLACES, facts->conflicts);
      g_autofree char *title = g_strdup_printf (_("To settle: %s"), places);
      GtkWidget *row = zf_row_new (title, _("Another tablet wrote something else. Both are kept."));

      zf_row_set_target (ZF_ROW (row), "win.conflict", "");
      zf_section_append (self->attention, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->attention), facts->conflicts > 0);
}

static void
add_detail (ZfSyncPage *self, const char *words)
{
  zf_unfold_append (self->details, zf_line (words, NULL));
}

static void
show_refused (ZfSyncPage *self, ZfSession *session)
{
  g_auto (GStrv) words = zf_sync_refused_words (session);

  for (guint i = 0; words[i] != NULL; i++)
    add_detail (self, words[i]);
}

/* Numbers of changes and words for the administrator: nobody needs them on the road. */
static void
show_details (ZfSyncPage *self, ZfSession *session, const ZfSyncFacts *facts)
{
  g_autoptr (JsonObject) unsent = zf_ledger_unsent (zf_session_reader (session), NULL);
  g_autofree char *url = zf_store_get_meta (zf_session_store (session), "server_url");
  g_autofree char *changes =
    zf_fmt_count (ZF_COUNT_ENTRIES, facts->stands[ZF_STAND_HERE].changes + facts->stands[ZF_STAND_UNDER_WAY].changes);
  g_autofree char *line = g_strdup_printf (_("Changes: %s"), changes);
  gint64 n_drafts = unsent != NULL ? zf_json_get_int (unsent, "drafts", 0) : 0;

  zf_unfold_clear (self->details);
  add_detail (self, line);
  if (n_drafts > 0)
    {
      g_autofree char *drafts = zf_fmt_count (ZF_COUNT_ENTRIES, n_drafts);
      g_autofree char *words = g_strdup_printf (_("Drafts: %s, they stay on this tablet"), drafts);

      add_detail (self, words);
    }
  if (url != NULL)
    {
      g_autofree char *words = g_strdup_printf (_("County server: %s"), url);

      add_detail (self, words);
    }
  if (facts->status->error != NULL)
    add_detail (self, facts->status->error->message);
  show_refused (self, session);
}

static void
add_stick_row (ZfSyncPage *self, const char *title, const char *words, const char *action)
{
  GtkWidget *row = zf_row_new (title, words);

  zf_row_set_target (ZF_ROW (row), action, "");
  zf_unfold_append (self->stick, row);
}

/* For places without a line, and for the day when a tablet is lost. */
static void
show_stick (ZfSyncPage *self, ZfSession *session, const ZfSyncFacts *facts)
{
  g_autofree char *card = zf_card_words (zf_session_card (session), facts->now_ms);

  zf_unfold_clear (self->stick);
  gtk_widget_set_visible (GTK_WIDGET (self->stick), facts->enrolled);
  add_stick_row (self, _("Export to a USB stick"), _("What is not sent yet, for the county"), "win.stick-out");
  add_stick_row (self, _("Read the county's reply"), _("From the USB stick"), "win.stick-reply");
  add_stick_row (self, _("Back up to a card"), card, "win.stick-card");
  add_stick_row (self, _("Take over a backup"), _("A tablet is lost: go on from its card here"), "win.stick-restore");
}

static void
zf_sync_page_refresh (ZfPage *page)
{
  ZfSyncPage *self = ZF_SYNC_PAGE (page);
  ZfSession *session = zf_page_session (page);
  ZfSyncFacts facts = read_facts (self, session);

  show_face (self, &facts);
  show_attention (self, &facts);
  show_facts (self, session, &facts);
  show_stick (self, session, &facts);
  show_details (self, session, &facts);
  zf_sync_packs_fill (self->packs, session);
  zf_sync_kept_fill (self->kept, session);
  zf_sync_visits_fill (self->visits, session);
  gtk_widget_set_visible (self->enrol, !facts.enrolled);
}

/* While a run goes on only what moves is drawn anew; the rest follows at its end. */
static void
on_service_changed (ZfSyncPage *self)
{
  ZfSession *session = zf_page_session (ZF_PAGE (self));

  if (session == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (zf_sync_service_status (self->service)->running)
    {
      ZfSyncFacts facts = read_facts (self, session);

      show_face (self, &facts);
    }
  else
    zf_page_stale (ZF_PAGE (self));
}

static void
on_packs_changed (ZfSyncPage *self)
{
  ZfSession *session = zf_page_session (ZF_PAGE (self));

  if (session != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    zf_sync_packs_fill (self->packs, session);
}

static void
on_session (ZfSyncPage *self, GParamSpec *pspec, gpointer data)
{
  ZfSession *session = zf_page_session (ZF_PAGE (self));

  if (session == NULL || !g_set_object (&self->service, zf_session_sync (session)))
    return;
  g_signal_connect_object (self->service, "changed", G_CALLBACK (on_service_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (zf_session_card (session), "changed", G_CALLBACK (zf_page_stale), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (zf_session_packs (session), "changed", G_CALLBACK (on_packs_changed), self, G_CONNECT_SWAPPED);
}

static void
on_stop (ZfSyncPage *self)
{
  zf_sync_service_stop (self->service);
}

static void
on_again (ZfSyncPage *self)
{
  zf_sync_service_now (self->service);
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
  if (self->service == NULL)
    return;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    zf_sync_service_now (self->service);
  else
    zf_sync_service_show (self->service, error);
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

/* Making room: photos that stand in the county's backup too need not be here in full. */

static void
free_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  gint64 freed = 0;

  if (zf_photo_free_space (data, ZF_SYNC_ROOM_BYTES, &freed, &error))
    g_task_return_int (task, freed);
  else
    g_task_return_error (task, error);
}

static void
on_freed (GObject *source, GAsyncResult *result, gpointer data)
{
  ZfSyncPage *self = ZF_SYNC_PAGE (source);
  g_autoptr (GError) error = NULL;
  gssize freed = g_task_propagate_int (G_TASK (result), &error);

  zf_action_bar_set_busy (self->bar, FALSE);
  if (self->service == NULL)
    return;
  if (freed > 0)
    {
      g_autofree char *size = g_format_size ((guint64) freed);
      g_autofree char *sentence = g_strdup_printf (_("Made room: %s. The photos are at the county."), size);

      zf_page_toast (GTK_WIDGET (self), sentence);
      zf_sync_service_now (self->service);
    }
  else
    zf_page_toast (GTK_WIDGET (self), _("There is no photo here that could be given up. Delete other files on this tablet."));
}

static void
make_room (ZfSyncPage *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_freed, NULL);

  zf_action_bar_set_busy (self->bar, TRUE);
  g_task_set_task_data (task, g_object_ref (zf_session_store (zf_page_session (ZF_PAGE (self)))), g_object_unref);
  g_task_run_in_thread (task, free_in_thread);
}

static void
on_primary (ZfSyncPage *self)
{
  switch (self->todo)
    {
    case ZF_SYNC_DO_JOIN:
      start_join (self);
      break;
    case ZF_SYNC_DO_RESOLVE:
      gtk_widget_activate_action (GTK_WIDGET (self), "win.conflict", "s", "");
      break;
    case ZF_SYNC_DO_STOP:
      zf_sync_service_stop (self->service);
      break;
    case ZF_SYNC_DO_FREE:
      make_room (self);
      break;
    case ZF_SYNC_DO_EXPORT:
      gtk_widget_activate_action (GTK_WIDGET (self), "win.stick-out", "s", "");
      break;
    case ZF_SYNC_DO_NOW:
    default:
      zf_sync_service_now (self->service);
    }
}

static void
zf_sync_page_lay_out (ZfPage *page, gboolean wide)
{
  ZfSyncPage *self = ZF_SYNC_PAGE (page);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns), wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_box_set_homogeneous (self->columns, wide);
  zf_unfold_set_open (self->visits, wide);
}

static void
zf_sync_page_dispose (GObject *object)
{
  g_clear_object (&ZF_SYNC_PAGE (object)->service);
  G_OBJECT_CLASS (zf_sync_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-sync-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, columns);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, icon);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, sentence);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, detail);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, load);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, rows_bar);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, rows_note);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, photos_bar);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, photos_note);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, stop);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, again);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, numbers);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, here);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, way);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, received);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, here_text);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, way_text);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, received_text);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, attention);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, kept);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, packs);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, facts);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, visits);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, stick);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, details);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, enrol);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, address);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, person);
  gtk_widget_class_bind_template_child (widget_class, ZfSyncPage, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_primary);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
}

static void
zf_sync_page_class_init (ZfSyncPageClass *klass)
{
  g_type_ensure (ZF_TYPE_ACTION_BAR);
  g_type_ensure (ZF_TYPE_SECTION);
  g_type_ensure (ZF_TYPE_UNFOLD);
  G_OBJECT_CLASS (klass)->dispose = zf_sync_page_dispose;
  ZF_PAGE_CLASS (klass)->refresh = zf_sync_page_refresh;
  ZF_PAGE_CLASS (klass)->lay_out = zf_sync_page_lay_out;
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
zf_sync_page_init (ZfSyncPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::session", G_CALLBACK (on_session), NULL);
}
