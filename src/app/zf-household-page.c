/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-household-page.h"

#include <glib/gi18n.h>

#include "zf-action-bar.h"
#include "zf-conflict.h"
#include "zf-draft.h"
#include "zf-fmt.h"
#include "zf-household-sections.h"
#include "zf-level-chip.h"
#include "zf-photo-strip.h"
#include "zf-row.h"

struct _ZfHouseholdPage
{
  ZfPage parent_instance;

  GtkStack *stack;
  GtkBox *columns;
  GtkLabel *name;
  GtkLabel *place;
  ZfLevelChip *level;
  GtkLabel *reason;
  GtkLabel *facts;
  GtkLabel *phone;
  GtkFlowBox *items;
  ZfSection *unfinished;
  ZfSection *disputed;
  ZfSection *last;
  ZfSection *to_do;
  ZfSection *members;
  ZfSection *risks;
  ZfSection *incomes;
  ZfSection *timeline;
  ZfPhotoStrip *photos;
  GtkBox *ledgers;
  ZfSection *add_ledger;
  ZfSection *more;
  ZfActionBar *bar;

  char *id;
  char *title;
  char *subtitle;
};

enum
{
  PROP_0,
  PROP_TITLE,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (ZfHouseholdPage, zf_household_page, ZF_TYPE_PAGE)

static void
set_text (GtkLabel *label, const char *text)
{
  zf_keep_dots (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static char *
place_of (ZfSession *session, const ZfRecord *record)
{
  g_autoptr (ZfRecord) village = NULL;
  g_autofree char *group = NULL;
  const char *town = "";

  if (record->village != NULL)
    village = zf_reader_get (zf_session_reader (session), record->village, NULL);
  if (village != NULL)
    town = zf_record_get_string (village, "town_name", "");
  if (zf_record_get_int (record, "group_no", 0) > 0)
    group = g_strdup_printf (_("Group %d"), (int) zf_record_get_int (record, "group_no", 0));
  return g_strstrip (g_strdup_printf ("%s %s %s", town, zf_session_village_name (session, record->village),
                                      group != NULL ? group : ""));
}

static void
show_facts (ZfHouseholdPage *self, ZfSession *session, const ZfRecord *record)
{
  const char *lang = zf_session_lang (session);
  g_autofree char *class_ = zf_record_display (record, "class", lang);
  g_autofree char *monitored = zf_record_display (record, "monitored_class", lang);
  g_autofree char *flags = zf_record_display (record, "flags", lang);
  const char *parts[] = { class_, monitored, flags };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (*parts[i] != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", parts[i]);
  set_text (self->facts, text->str);
}

static void
show_head (ZfHouseholdPage *self, ZfSession *session, const ZfRecord *record)
{
  g_free (self->title);
  g_free (self->subtitle);
  self->title = g_strdup (zf_record_get_string (record, "head_name", _("Not recorded")));
  self->subtitle = place_of (session, record);
  set_text (self->name, self->title);
  set_text (self->place, self->subtitle);
  zf_level_chip_set_level (self->level, zf_record_get_string (record, "level", NULL));
  set_text (self->reason, zf_record_get_string (record, "level_reason", NULL));
  set_text (self->phone, zf_record_get_string (record, "phone", NULL));
  show_facts (self, session, record);
  zf_section_items (self->items, session, record);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
}

/* What two wrote differently about this family stands above everything else of it. */
static void
show_disputed (ZfHouseholdPage *self, ZfSession *session)
{
  g_autoptr (GPtrArray) conflicts = zf_conflicts_open (session, self->id);

  zf_section_clear (self->disputed);
  for (guint i = 0; i < conflicts->len; i++)
    {
      ZfConflict *conflict = g_ptr_array_index (conflicts, i);
      GtkWidget *row = zf_row_new (conflict->title, conflict->question);

      zf_row_set_prefix (ZF_ROW (row), gtk_label_new ("≠"));
      zf_row_set_target (ZF_ROW (row), "win.conflict", conflict->id);
      zf_section_append (self->disputed, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->disputed), conflicts->len > 0);
}

/* (transfer full) (nullable): what @draft changes, if that is this household or something of it. */
static ZfRecord *
changed_here (ZfHouseholdPage *self, ZfSession *session, const ZfDraft *draft)
{
  const char *edits = zf_draft_edits (draft);
  g_autoptr (ZfRecord) record = edits != NULL ? zf_reader_get (zf_session_reader (session), edits, NULL) : NULL;

  if (record == NULL || record->kind == NULL)
    return NULL;
  return g_str_equal (record->id, self->id) || g_strcmp0 (record->parent, self->id) == 0 ? g_steal_pointer (&record) : NULL;
}

/* (transfer full): its kind, and what names it. */
static char *
title_of (const ZfRecord *record, const char *lang)
{
  const char *name = zf_record_title_field (record);
  const ZfField *field = name != NULL ? zf_kind_field (record->kind, name) : NULL;
  g_autofree char *label = field != NULL && !field->sensitive ? zf_record_display (record, name, lang) : NULL;

  return g_strstrip (g_strdup_printf ("%s %s", zf_kind_title (record->kind, lang), label != NULL ? label : ""));
}

/* Finished records of this family that somebody began to change. */
static void
show_unfinished (ZfHouseholdPage *self, ZfSession *session)
{
  g_autoptr (GPtrArray) drafts = zf_draft_list (zf_session_reader (session), NULL, NULL);
  guint shown = 0;

  zf_section_clear (self->unfinished);
  for (guint i = 0; drafts != NULL && i < drafts->len; i++)
    {
      const ZfDraft *draft = g_ptr_array_index (drafts, i);
      g_autoptr (ZfRecord) record = changed_here (self, session, draft);
      g_autofree char *when = zf_fmt_moment (draft->updated_ms, zf_session_now_ms (session));
      g_autofree char *title = record != NULL ? title_of (record, zf_session_lang (session)) : NULL;
      GtkWidget *row = NULL;

      if (record == NULL)
        continue;
      row = zf_row_new (title, when);
      zf_row_set_note (ZF_ROW (row), _("Go on changing"));
      zf_row_set_target (ZF_ROW (row), "win.edit", record->id);
      zf_section_append (self->unfinished, row);
      shown++;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->unfinished), shown > 0);
}

static void
show_ledgers (ZfHouseholdPage *self, ZfSession *session)
{
  g_autoptr (GPtrArray) kinds = zf_kinds_children (zf_session_kinds (session), "household");

  zf_clear_box (GTK_WIDGET (self->ledgers));
  zf_section_clear (self->add_ledger);
  gtk_widget_set_visible (GTK_WIDGET (self->add_ledger), FALSE);
  for (guint i = 0; i < kinds->len; i++)
    {
      const ZfKind *kind = g_ptr_array_index (kinds, i);
      const char *title = zf_kind_title (kind, zf_session_lang (session));
      g_autofree char *add = g_strdup_printf (_("Add %s"), title);
      GtkWidget *section = NULL;

      if (!zf_kind_is_ledger (kind))
        continue;
      section = zf_section_new (title);
      zf_section_ledger (ZF_SECTION (section), session, kind, self->id);
      gtk_box_append (self->ledgers, section);
      zf_section_append (self->add_ledger, zf_section_add_row (add, zf_kind_name (kind), self->id));
      gtk_widget_set_visible (GTK_WIDGET (self->add_ledger), TRUE);
    }
}

static void
show_bar (ZfHouseholdPage *self, ZfSession *session)
{
  g_autoptr (GPtrArray) drafts = zf_draft_list (zf_session_reader (session), self->id, NULL);

  for (guint i = 0; drafts != NULL && i < drafts->len; i++)
    {
      const ZfDraft *draft = g_ptr_array_index (drafts, i);
      g_autofree char *clock = NULL;
      g_autofree char *label = NULL;

      if (!g_str_equal (draft->kind, "visit"))
        continue;
      clock = zf_fmt_time (draft->updated_ms);
      label = g_strdup_printf (_("Continue (%s)"), clock);
      zf_action_bar_set_primary (self->bar, label);
      return;
    }
  zf_action_bar_set_primary (self->bar, _("Start visit"));
}

static void
on_life_row (ZfRow *row, ZfHouseholdPage *self)
{
  const char *what = g_object_get_data (G_OBJECT (row), "zf-what");

  gtk_widget_activate_action (GTK_WIDGET (self), "win.life", "(ss)", what, self->id);
}

static void
show_more (ZfHouseholdPage *self, const ZfRecord *record)
{
  static const struct
  {
    const char *what;
    const char *label;
  } LIFE[] = {
    { "person", N_("A person leaves or moves") },
    { "split", N_("Split the household") },
    { "merge", N_("Merge with another household") },
    { "move", N_("Move to another village") },
    { "end", N_("End the household") },
  };
  GtkWidget *edit = zf_row_new (_("Change household data"), NULL);
  GtkWidget *place = zf_row_new (zf_record_get_string (record, "lat", NULL) != NULL ? _("Move place") : _("Point on the map"), NULL);
  GtkWidget *later = zf_row_new (_("Enter a visit later"), NULL);

  zf_section_clear (self->more);
  zf_row_set_target (ZF_ROW (edit), "win.edit", self->id);
  zf_section_append (self->more, edit);
  zf_row_set_target (ZF_ROW (place), "win.place", self->id);
  zf_section_append (self->more, place);
  zf_row_set_target (ZF_ROW (later), "win.later", self->id);
  zf_section_append (self->more, later);
  for (guint i = 0; i < G_N_ELEMENTS (LIFE); i++)
    {
      GtkWidget *row = zf_row_new (_(LIFE[i].label), NULL);

      g_object_set_data (G_OBJECT (row), "zf-what", (gpointer) LIFE[i].what);
      g_signal_connect (row, "activated", G_CALLBACK (on_life_row), self);
      zf_section_append (self->more, row);
    }
}

/* The household is gone, or none was chosen: nothing of it stands in the header either. */
static void
show_none (ZfHouseholdPage *self)
{
  gboolean was_shown = self->title != NULL;

  gtk_stack_set_visible_child_name (self->stack, "none");
  zf_action_bar_set_primary (self->bar, NULL);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->subtitle, g_free);
  if (was_shown)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
}

static void
zf_household_page_refresh (ZfPage *page)
{
  ZfHouseholdPage *self = ZF_HOUSEHOLD_PAGE (page);
  ZfSession *session = zf_page_session (page);
  g_autoptr (ZfRecord) record = NULL;

  if (self->id != NULL)
    record = zf_reader_get (zf_session_reader (session), self->id, NULL);
  if (record == NULL || record->del != NULL)
    {
      show_none (self);
      return;
    }
  show_head (self, session, record);
  show_unfinished (self, session);
  show_disputed (self, session);
  zf_section_last_visit (self->last, session, self->id);
  zf_section_to_do (self->to_do, session, record);
  zf_section_members (self->members, session, self->id);
  zf_section_risks (self->risks, session, self->id);
  zf_section_incomes (self->incomes, session, self->id);
  zf_section_timeline (self->timeline, session, self->id);
  zf_photo_strip_show (self->photos, session, self->id, NULL);
  show_ledgers (self, session);
  show_more (self, record);
  show_bar (self, session);
  gtk_stack_set_visible_child_name (self->stack, "page");
}

static void
on_primary (ZfHouseholdPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.visit", "s", self->id);
}

static void
zf_household_page_lay_out (ZfPage *page, gboolean wide)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (ZF_HOUSEHOLD_PAGE (page)->columns),
                                  wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_box_set_homogeneous (ZF_HOUSEHOLD_PAGE (page)->columns, wide);
}

static void
zf_household_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TITLE)
    g_value_set_string (value, ZF_HOUSEHOLD_PAGE (object)->title);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
zf_household_page_finalize (GObject *object)
{
  ZfHouseholdPage *self = ZF_HOUSEHOLD_PAGE (object);

  g_free (self->id);
  g_free (self->title);
  g_free (self->subtitle);
  G_OBJECT_CLASS (zf_household_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (ZF_TYPE_ACTION_BAR);
  g_type_ensure (ZF_TYPE_LEVEL_CHIP);
  g_type_ensure (ZF_TYPE_PHOTO_STRIP);
  g_type_ensure (ZF_TYPE_SECTION);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-household-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, columns);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, name);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, place);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, level);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, reason);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, facts);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, phone);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, items);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, unfinished);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, disputed);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, last);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, to_do);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, members);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, risks);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, incomes);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, photos);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, ledgers);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, add_ledger);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, more);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdPage, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_primary);
}

static void
zf_household_page_class_init (ZfHouseholdPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = zf_household_page_get_property;
  object_class->finalize = zf_household_page_finalize;
  ZF_PAGE_CLASS (klass)->refresh = zf_household_page_refresh;
  ZF_PAGE_CLASS (klass)->lay_out = zf_household_page_lay_out;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
zf_household_page_init (ZfHouseholdPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
zf_household_page_open (ZfHouseholdPage *self, const char *id)
{
  g_autoptr (ZfRecord) record = NULL;

  g_return_if_fail (ZF_IS_HOUSEHOLD_PAGE (self) && id != NULL);

  g_free (self->id);
  self->id = g_strdup (id);
  /* The header shows the name before the page itself is seen. */
  record = zf_reader_get (zf_session_reader (zf_page_session (ZF_PAGE (self))), id, NULL);
  if (record != NULL)
    show_head (self, zf_page_session (ZF_PAGE (self)), record);
  zf_page_stale (ZF_PAGE (self));
}

const char *
zf_household_page_title (ZfHouseholdPage *self)
{
  g_return_val_if_fail (ZF_IS_HOUSEHOLD_PAGE (self), "");
  return self->title != NULL ? self->title : "";
}

const char *
zf_household_page_subtitle (ZfHouseholdPage *self)
{
  g_return_val_if_fail (ZF_IS_HOUSEHOLD_PAGE (self), "");
  return self->subtitle != NULL ? self->subtitle : "";
}

void
zf_household_page_add_photo (ZfHouseholdPage *self, const char *path)
{
  g_return_if_fail (ZF_IS_HOUSEHOLD_PAGE (self));
  if (self->id != NULL)
    zf_photo_strip_add_file (self->photos, path);
}
