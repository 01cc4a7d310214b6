/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-today-page.h"

#include <glib/gi18n.h>

#include "zf-action-bar.h"
#include "zf-draft.h"
#include "zf-fmt.h"
#include "zf-household-item.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-photo.h"
#include "zf-level-chip.h"
#include "zf-row.h"
#include "zf-section.h"
#include "zf-seldom.h"

#define GO_TODAY 8
#define LAST_VISITS 6

struct _ZfTodayPage
{
  ZfPage parent_instance;

  GtkStack *stack;
  GtkBox *columns;
  ZfSection *drafts;
  ZfSection *go;
  ZfSection *unsent;
  ZfSection *visits;
  ZfActionBar *bar;

  char *first;   /* household of the first row, for the primary button */
};

G_DEFINE_FINAL_TYPE (ZfTodayPage, zf_today_page, ZF_TYPE_PAGE)

/* (transfer full): of the record, or of the one that it belongs to. */
static char *
owner_name (ZfSession *session, const char *id)
{
  g_autoptr (ZfRecord) record = id != NULL ? zf_reader_get (zf_session_reader (session), id, NULL) : NULL;
  const char *name = record != NULL ? zf_record_get_string (record, "head_name", zf_record_get_string (record, "name", NULL)) : NULL;

  if (name != NULL || record == NULL || record->parent == NULL)
    return g_strdup (name != NULL ? name : "");
  return owner_name (session, record->parent);
}

static void
on_draft (ZfRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (row), "win.add", "(ss)", g_object_get_data (G_OBJECT (row), "zf-kind"),
                              g_object_get_data (G_OBJECT (row), "zf-parent"));
}

static void
add_draft (ZfTodayPage *self, ZfSession *session, const ZfDraft *draft)
{
  const ZfKind *kind = zf_session_kind (session, draft->kind);
  const char *edits = zf_draft_edits (draft);
  g_autofree char *name = owner_name (session, draft->parent);
  g_autofree char *when = zf_fmt_moment (draft->updated_ms, zf_session_now_ms (session));
  g_autofree char *title = NULL;
  GtkWidget *row = NULL;

  if (kind == NULL)
    return;
  /* Translators: a name, then a kind of form such as Visit */
  title = g_strdup_printf (edits != NULL ? _("%s: change of %s not finished") : _("%s: %s not finished"), name, zf_kind_title (kind, zf_session_lang (session)));
  row = zf_row_new (title, when);
  zf_row_set_note (ZF_ROW (row), edits != NULL ? _("Go on changing") : _("Continue"));
  zf_section_append (self->drafts, row);
  if (edits != NULL)
    {
      zf_row_set_target (ZF_ROW (row), "win.edit", edits);
      return;
    }
  g_object_set_data_full (G_OBJECT (row), "zf-kind", g_strdup (draft->kind), g_free);
  g_object_set_data_full (G_OBJECT (row), "zf-parent", g_strdup (draft->parent != NULL ? draft->parent : ""), g_free);
  g_signal_connect (row, "activated", G_CALLBACK (on_draft), NULL);
}

static void
fill_drafts (ZfTodayPage *self, ZfSession *session)
{
  g_autoptr (GPtrArray) drafts = zf_draft_list (zf_session_reader (session), NULL, NULL);

  zf_section_clear (self->drafts);
  for (guint i = 0; drafts != NULL && i < drafts->len; i++)
    add_draft (self, session, g_ptr_array_index (drafts, i));
  gtk_widget_set_visible (GTK_WIDGET (self->drafts), drafts != NULL && drafts->len > 0);
}

/* Only a dated next visit says where to go; ranking comes with the due list. */
static void
fill_go (ZfTodayPage *self, ZfSession *session)
{
  g_autoptr (ZfQuery) query = zf_household_item_query ();
  g_autoptr (ZfRows) rows = NULL;
  g_autofree char *today = zf_session_today (session);

  zf_query_column (query, "next_visit");
  zf_query_where (query, "next_visit", ZF_OP_NOT_NULL, NULL);
  zf_query_order (query, "next_visit", FALSE);
  zf_query_order (query, "id", FALSE);
  zf_query_page (query, 0, GO_TODAY);
  rows = zf_query_run (query, zf_session_reader (session), NULL);
  zf_section_clear (self->go);
  g_clear_pointer (&self->first, g_free);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    {
      g_autoptr (ZfHouseholdItem) item = zf_household_item_new (session, rows, i);
      g_autofree char *due = zf_fmt_due (zf_rows_text (rows, i, 10), today);
      g_autofree char *subtitle = g_strdup_printf ("%s\n%s", zf_household_item_facts (item), due);
      GtkWidget *row = zf_row_new (zf_household_item_name (item), subtitle);

      zf_row_set_prefix (ZF_ROW (row), zf_level_chip_new (zf_household_item_level (item)));
      zf_row_set_target (ZF_ROW (row), "win.household", zf_household_item_id (item));
      zf_section_append (self->go, row);
      if (self->first == NULL)
        self->first = g_strdup (zf_household_item_id (item));
    }
  if (self->first == NULL)
    zf_section_say (self->go, _("No household is due today. Go and see a group that was not visited."));
}

/* (transfer full): visits, photos, and audio notes when there are. */
static char *
here_words (ZfSession *session, gint64 visits, gint64 files)
{
  gint64 sounds[ZF_STAND_N] = { 0 };
  gint64 notes = 0;
  g_autofree char *visit_text = zf_fmt_count (ZF_COUNT_VISITS, visits);
  g_autofree char *photo_text = NULL;
  g_autofree char *sound_text = NULL;

  zf_sound_stands (zf_session_reader (session), sounds);
  notes = MIN (sounds[ZF_STAND_HERE] + sounds[ZF_STAND_UNDER_WAY], files);
  photo_text = zf_fmt_count (ZF_COUNT_PHOTOS, files - notes);
  sound_text = zf_fmt_count (ZF_COUNT_SOUNDS, notes);
  if (notes == 0)
    return g_strdup_printf (_("On this tablet only: %s, %s"), visit_text, photo_text);
  /* Translators: visits, photos, audio notes */
  return g_strdup_printf (_("On this tablet only: %s, %s, %s"), visit_text, photo_text, sound_text);
}

static void
fill_unsent (ZfTodayPage *self, ZfSession *session)
{
  g_autoptr (JsonObject) unsent = zf_ledger_unsent (zf_session_reader (session), NULL);
  gint64 visits = unsent != NULL ? zf_json_get_int (unsent, "visit", 0) : 0;
  gint64 photos = unsent != NULL ? zf_json_get_int (unsent, "photos", 0) : 0;
  gint64 changes = unsent != NULL ? zf_json_get_int (unsent, "changes", 0) : 0;
  g_autofree char *title = NULL;
  GtkWidget *row = NULL;

  zf_section_clear (self->unsent);
  title = changes == 0 && photos == 0 ? g_strdup (_("Everything is at the county")) : here_words (session, visits, photos);
  row = zf_row_new (title, NULL);
  zf_row_set_target (ZF_ROW (row), "win.tab", "sync");
  zf_section_append (self->unsent, row);
}

static void
add_visit (ZfTodayPage *self, ZfSession *session, ZfRows *rows, guint i, const char *today)
{
  const ZfKind *kind = zf_session_kind (session, "visit");
  const ZfField *field = zf_kind_field (kind, "mode");
  g_autofree char *day = zf_fmt_date (zf_rows_text (rows, i, 1), today);
  g_autofree char *subtitle = NULL;
  const char *name = zf_rows_text (rows, i, 4);
  const char *mode = zf_rows_text (rows, i, 2);
  GtkWidget *row = NULL;

  if (mode != NULL && field != NULL)
    mode = zf_kind_choice_label (kind, field->list_name, mode, zf_session_lang (session));
  subtitle = g_strdup_printf ("%s%s%s", day, mode != NULL ? " · " : "", mode != NULL ? mode : "");
  row = zf_row_new (name != NULL ? name : _("Not recorded"), subtitle);
  zf_row_set_target (ZF_ROW (row), "win.household", zf_rows_text (rows, i, 3));
  zf_section_append (self->visits, row);
}

static void
fill_visits (ZfTodayPage *self, ZfSession *session)
{
  g_autoptr (ZfQuery) query = zf_query_new ("visit");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = NULL;
  g_autofree char *today = zf_session_today (session);

  zf_query_columns (query, "id", "date", "mode", "parent", "household.head_name", NULL);
  zf_query_order (query, "date", TRUE);
  zf_query_order (query, "id", TRUE);
  zf_query_page (query, 0, LAST_VISITS);
  rows = zf_query_run (query, zf_session_reader (session), &error);
  if (rows == NULL)
    g_warning ("The last visits could not be read: %s", error->message);
  zf_section_clear (self->visits);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    add_visit (self, session, rows, i, today);
  if (rows == NULL || zf_rows_n (rows) == 0)
    zf_section_say (self->visits, _("No visits yet"));
}

static gboolean
any_household (ZfSession *session)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  g_autoptr (ZfRows) rows = NULL;

  zf_query_column (query, "id");
  zf_query_page (query, 0, 1);
  rows = zf_query_run (query, zf_session_reader (session), NULL);
  return rows != NULL && zf_rows_n (rows) > 0;
}

static void
zf_today_page_refresh (ZfPage *page)
{
  ZfTodayPage *self = ZF_TODAY_PAGE (page);
  ZfSession *session = zf_page_session (page);
  gboolean any = any_household (session);

  fill_drafts (self, session);
  fill_go (self, session);
  fill_unsent (self, session);
  fill_visits (self, session);
  gtk_stack_set_visible_child_name (self->stack, any ? "page" : "empty");
  zf_action_bar_set_primary (self->bar, !any ? NULL : self->first != NULL ? _("Start the next household") : _("See the households"));
}

static void
on_primary (ZfTodayPage *self)
{
  if (self->first != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.household", "s", self->first);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.tab", "s", "households");
}

static void
zf_today_page_lay_out (ZfPage *page, gboolean wide)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (ZF_TODAY_PAGE (page)->columns),
                                  wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_box_set_homogeneous (ZF_TODAY_PAGE (page)->columns, wide);
}

static void
zf_today_page_finalize (GObject *object)
{
  g_free (ZF_TODAY_PAGE (object)->first);
  G_OBJECT_CLASS (zf_today_page_parent_class)->finalize (object);
}

static void
zf_today_page_class_init (ZfTodayPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ZF_TYPE_ACTION_BAR);
  g_type_ensure (ZF_TYPE_SECTION);
  g_type_ensure (ZF_TYPE_SELDOM);
  G_OBJECT_CLASS (klass)->finalize = zf_today_page_finalize;
  ZF_PAGE_CLASS (klass)->refresh = zf_today_page_refresh;
  ZF_PAGE_CLASS (klass)->lay_out = zf_today_page_lay_out;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-today-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfTodayPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ZfTodayPage, columns);
  gtk_widget_class_bind_template_child (widget_class, ZfTodayPage, drafts);
  gtk_widget_class_bind_template_child (widget_class, ZfTodayPage, go);
  gtk_widget_class_bind_template_child (widget_class, ZfTodayPage, unsent);
  gtk_widget_class_bind_template_child (widget_class, ZfTodayPage, visits);
  gtk_widget_class_bind_template_child (widget_class, ZfTodayPage, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_primary);
}

static void
zf_today_page_init (ZfTodayPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
