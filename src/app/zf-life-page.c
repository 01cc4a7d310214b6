/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-life-page.h"

#include <glib/gi18n.h>

#include "zf-action-bar.h"
#include "zf-check.h"
#include "zf-dialogs.h"
#include "zf-household-item.h"
#include "zf-household-sections.h"
#include "zf-life.h"
#include "zf-row.h"
#include "zf-section.h"

#define MOST_FOUND 40

/* What is being picked now. */
typedef enum
{
  PICK_VILLAGE,
  PICK_HOUSEHOLD,
  PICK_REASON,
  PICK_PERSON,
  PICK_PERSONS,
  PICK_CHANGE,
} Pick;

static const struct
{
  const char *word;
  Pick pick;
  const char *title;
  const char *question;
} LIVES[] = {
  [ZF_LIFE_NEW] = { "new", PICK_VILLAGE, N_("Add household"), N_("In which village does it live?") },
  [ZF_LIFE_SPLIT] = { "split", PICK_PERSONS, N_("Split the household"), N_("Who forms the new household? The first one becomes its head.") },
  [ZF_LIFE_MERGE] = { "merge", PICK_HOUSEHOLD, N_("Merge with another household"), N_("Which household takes this one up?") },
  [ZF_LIFE_MOVE] = { "move", PICK_VILLAGE, N_("Move to another village"), N_("Where does it live now?") },
  [ZF_LIFE_END] = { "end", PICK_REASON, N_("End the household"), N_("Why does it end? All records are kept.") },
  [ZF_LIFE_PERSON] = { "person", PICK_PERSON, N_("A person leaves or moves"), N_("Who is it?") },
};

struct _ZfLifePage
{
  ZfPage parent_instance;

  AdwWindowTitle *title;
  GtkLabel *question;
  GtkSearchEntry *search;
  ZfSection *choices;
  ZfActionBar *bar;

  ZfLife life;
  Pick pick;
  char *household;
  char *person;
  char *target;      /* household chosen for a merge that waits for the answer */
  GPtrArray *checks; /* ZfCheck, owned by the widget tree */
};

G_DEFINE_FINAL_TYPE (ZfLifePage, zf_life_page, ZF_TYPE_PAGE)

static void show_pick (ZfLifePage *self, Pick pick, const char *question);

static ZfSession *
session_of (ZfLifePage *self)
{
  return zf_page_session (ZF_PAGE (self));
}

/* Saving */

typedef struct
{
  ZfLifePage *page;
  char *next;   /* household to show afterwards, or NULL for the list */
} Done;

static void
done_free (Done *done)
{
  g_object_unref (done->page);
  g_free (done->next);
  g_free (done);
}

static void
on_committed (GObject *source, GAsyncResult *result, gpointer data)
{
  Done *done = data;
  GtkWidget *widget = GTK_WIDGET (done->page);
  g_autoptr (GError) error = NULL;

  zf_action_bar_set_busy (done->page->bar, FALSE);
  if (!zf_store_commit_finish (ZF_STORE (source), result, &error))
    {
      g_warning ("A change of a household was not saved: %s", error->message);
      zf_dialogs_tell (widget, _("This could not be saved. Everything stays as it was."), error->message);
    }
  else
    {
      zf_page_toast (widget, _("Saved on this tablet"));
      if (done->next != NULL)
        gtk_widget_activate_action (widget, "win.household", "s", done->next);
      else
        gtk_widget_activate_action (widget, "win.tab", "s", "households");
    }
  done_free (done);
}

static void
commit (ZfLifePage *self, ZfSave *save, const char *next)
{
  Done *done = NULL;

  if (save == NULL)
    return;
  done = g_new0 (Done, 1);
  done->page = g_object_ref (self);
  done->next = g_strdup (next);
  zf_action_bar_set_busy (self->bar, TRUE);
  zf_store_commit_async (zf_session_store (session_of (self)), save, NULL, on_committed, done);
}

static void
on_merge_answer (gboolean yes, gpointer data)
{
  g_autoptr (ZfLifePage) self = data;

  if (yes && self->target != NULL)
    commit (self, zf_life_merge (session_of (self), self->household, self->target), self->target);
}

static void
ask_merge (ZfLifePage *self, const char *into)
{
  g_free (self->target);
  self->target = g_strdup (into);
  zf_dialogs_ask (GTK_WIDGET (self), _("Merge the two households?"),
                  _("Members, visits and photos go to the household that stays."), _("Merge"), on_merge_answer,
                  g_object_ref (self));
}

/* A tap on a choice */

static void
on_village (ZfLifePage *self, const char *village)
{
  if (self->life == ZF_LIFE_NEW)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.add", "(ss)", "household", village);
  else
    commit (self, zf_life_move (session_of (self), self->household, village), self->household);
}

static void
on_target_household (ZfLifePage *self, const char *household)
{
  if (self->life == ZF_LIFE_MERGE)
    ask_merge (self, household);
  else
    commit (self, zf_life_person_moves (session_of (self), self->person, household), household);
}

static void
on_change (ZfLifePage *self, const char *change)
{
  if (*change == '\0')
    show_pick (self, PICK_HOUSEHOLD, _("To which household?"));
  else
    commit (self, zf_life_person_leaves (session_of (self), self->person, change), self->household);
}

static void
on_person (ZfLifePage *self, const char *person)
{
  g_free (self->person);
  self->person = g_strdup (person);
  show_pick (self, PICK_CHANGE, _("What happened?"));
}

static void
on_chosen (ZfRow *row, ZfLifePage *self)
{
  const char *value = g_object_get_data (G_OBJECT (row), "zf-value");

  switch (self->pick)
    {
    case PICK_VILLAGE:
      on_village (self, value);
      break;
    case PICK_HOUSEHOLD:
      on_target_household (self, value);
      break;
    case PICK_REASON:
      commit (self, zf_life_end (session_of (self), self->household, value), NULL);
      break;
    case PICK_PERSON:
      on_person (self, value);
      break;
    case PICK_CHANGE:
      on_change (self, value);
      break;
    case PICK_PERSONS:
    default:
      break;
    }
}

static void
add_choice (ZfLifePage *self, const char *value, const char *title, const char *subtitle)
{
  GtkWidget *row = zf_row_new (title, subtitle);

  g_object_set_data_full (G_OBJECT (row), "zf-value", g_strdup (value), g_free);
  g_signal_connect (row, "activated", G_CALLBACK (on_chosen), self);
  zf_section_append (self->choices, row);
}

/* Filling */

static ZfRows *
run (ZfLifePage *self, ZfQuery *query)
{
  g_autoptr (GError) error = NULL;
  ZfRows *rows = zf_query_run (query, zf_session_reader (session_of (self)), &error);

  if (rows == NULL)
    g_warning ("The choices could not be read: %s", error->message);
  return rows;
}

static void
fill_villages (ZfLifePage *self, const char *text)
{
  g_autoptr (ZfQuery) query = zf_query_new ("village");
  g_autoptr (ZfRows) rows = NULL;
  guint shown = 0;

  zf_query_columns (query, "id", "name", "town_name", NULL);
  zf_query_order (query, "code", FALSE);
  rows = run (self, query);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows) && shown < MOST_FOUND; i++)
    {
      const char *name = zf_rows_text (rows, i, 1);
      const char *town = zf_rows_text (rows, i, 2);

      if (*text != '\0' && strstr (name != NULL ? name : "", text) == NULL && strstr (town != NULL ? town : "", text) == NULL)
        continue;
      add_choice (self, zf_rows_text (rows, i, 0), name, town);
      shown++;
    }
}

static void
fill_households (ZfLifePage *self, const char *text)
{
  g_autoptr (ZfQuery) query = zf_household_item_query ();
  g_autoptr (ZfRows) rows = NULL;

  if (*text != '\0')
    zf_query_search (query, text);
  zf_query_where (query, "id", ZF_OP_NE, self->household);
  zf_query_order (query, "head_name", FALSE);
  zf_query_page (query, 0, MOST_FOUND);
  rows = run (self, query);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    {
      g_autoptr (ZfHouseholdItem) item = zf_household_item_new (session_of (self), rows, i);

      add_choice (self, zf_household_item_id (item), zf_household_item_name (item), zf_household_item_facts (item));
    }
}

static void
add_person (ZfLifePage *self, const char *id, const char *name, const char *relation)
{
  GtkWidget *check = NULL;

  if (self->pick == PICK_PERSON)
    {
      add_choice (self, id, name, relation);
      return;
    }
  check = zf_check_new (id, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_ptr_array_add (self->checks, check);
  zf_section_append (self->choices, check);
}

static void
fill_persons (ZfLifePage *self)
{
  g_autoptr (ZfQuery) query = zf_query_new ("person");
  g_autoptr (ZfRows) rows = NULL;

  zf_query_columns (query, "id", "name", "relation", NULL);
  zf_query_where (query, "parent", ZF_OP_EQ, self->household);
  rows = run (self, query);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    add_person (self, zf_rows_text (rows, i, 0), zf_rows_text (rows, i, 1) != NULL ? zf_rows_text (rows, i, 1) : _("Not recorded"),
                zf_section_choice (session_of (self), "person", "relation", zf_rows_text (rows, i, 2)));
  if (rows == NULL || zf_rows_n (rows) == 0)
    zf_section_say (self->choices, _("Not recorded"));
}

static void
fill_reasons (ZfLifePage *self)
{
  static const char *const REASONS[][2] = {
    { "ended", N_("Nobody lives there any more") },
    { "moved", N_("Moved out of the county") },
    { "mistake", N_("Entered by mistake") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (REASONS); i++)
    add_choice (self, REASONS[i][0], _(REASONS[i][1]), NULL);
}

/* Only what takes a person away: births and marriages add one, on the household page. */
static void
fill_changes (ZfLifePage *self)
{
  static const char *const LEAVING[] = { "dead", "married_out", "moved_out", "prison", "army", "lost" };

  for (guint i = 0; i < G_N_ELEMENTS (LEAVING); i++)
    add_choice (self, LEAVING[i], zf_section_choice (session_of (self), "person", "member_change", LEAVING[i]), NULL);
  add_choice (self, "", _("Moves to another household"), NULL);
}

static void
fill (ZfLifePage *self, const char *text)
{
  g_ptr_array_set_size (self->checks, 0);
  zf_section_clear (self->choices);
  switch (self->pick)
    {
    case PICK_VILLAGE:
      fill_villages (self, text);
      break;
    case PICK_HOUSEHOLD:
      fill_households (self, text);
      break;
    case PICK_REASON:
      fill_reasons (self);
      break;
    case PICK_CHANGE:
      fill_changes (self);
      break;
    case PICK_PERSON:
    case PICK_PERSONS:
    default:
      fill_persons (self);
    }
}

static void
show_pick (ZfLifePage *self, Pick pick, const char *question)
{
  self->pick = pick;
  gtk_label_set_text (self->question, question);
  gtk_widget_set_visible (GTK_WIDGET (self->search), pick == PICK_VILLAGE || pick == PICK_HOUSEHOLD);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  zf_action_bar_set_primary (self->bar, pick == PICK_PERSONS ? _("Split the household") : NULL);
  fill (self, "");
}

static void
on_search_changed (ZfLifePage *self)
{
  if (self->household != NULL)
    fill (self, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
on_primary (ZfLifePage *self)
{
  g_autoptr (GPtrArray) persons = g_ptr_array_new ();
  g_autofree char *new_id = NULL;
  ZfSave *save = NULL;

  for (guint i = 0; i < self->checks->len; i++)
    {
      ZfChoiceButton *check = g_ptr_array_index (self->checks, i);

      if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (check)))
        g_ptr_array_add (persons, (gpointer) zf_choice_button_value (check));
    }
  if (persons->len == 0 || persons->len == self->checks->len)
    {
      zf_page_toast (GTK_WIDGET (self), _("Pick some of the persons; at least one stays."));
      return;
    }
  save = zf_life_split (session_of (self), self->household, persons, &new_id);
  commit (self, save, new_id);
}

static void
zf_life_page_dispose (GObject *object)
{
  ZfLifePage *self = ZF_LIFE_PAGE (object);

  g_clear_pointer (&self->household, g_free);
  g_clear_pointer (&self->person, g_free);
  g_clear_pointer (&self->target, g_free);
  g_clear_pointer (&self->checks, g_ptr_array_unref);
  G_OBJECT_CLASS (zf_life_page_parent_class)->dispose (object);
}

static void
zf_life_page_class_init (ZfLifePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ZF_TYPE_ACTION_BAR);
  g_type_ensure (ZF_TYPE_SECTION);
  G_OBJECT_CLASS (klass)->dispose = zf_life_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-life-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfLifePage, title);
  gtk_widget_class_bind_template_child (widget_class, ZfLifePage, question);
  gtk_widget_class_bind_template_child (widget_class, ZfLifePage, search);
  gtk_widget_class_bind_template_child (widget_class, ZfLifePage, choices);
  gtk_widget_class_bind_template_child (widget_class, ZfLifePage, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_primary);
}

static void
zf_life_page_init (ZfLifePage *self)
{
  self->checks = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

ZfLife
zf_life_parse (const char *what)
{
  for (guint i = 0; i < G_N_ELEMENTS (LIVES); i++)
    if (g_strcmp0 (LIVES[i].word, what) == 0)
      return (ZfLife) i;
  return ZF_LIFE_NEW;
}

void
zf_life_page_open (ZfLifePage *self, ZfLife life, const char *household)
{
  g_return_if_fail (ZF_IS_LIFE_PAGE (self) && (guint) life < G_N_ELEMENTS (LIVES));

  g_free (self->household);
  self->household = g_strdup (household);
  self->life = life;
  adw_window_title_set_title (self->title, _(LIVES[life].title));
  show_pick (self, LIVES[life].pick, _(LIVES[life].question));
}
