/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-household-list.h"

#include <glib/gi18n.h>

#include "zf-choice-button.h"
#include "zf-household-model.h"
#include "zf-level-chip.h"
#include "zf-row.h"

#define COLUMN_WIDTH 400

struct _ZfHouseholdList
{
  ZfPage parent_instance;

  AdwClamp *clamp;
  GtkSearchEntry *search;
  GtkMenuButton *village;
  GtkBox *villages;
  GtkBox *classes;
  GtkLabel *count;
  GtkStack *stack;
  GtkListView *view;
  AdwStatusPage *nothing;

  ZfHouseholdModel *model;
  gboolean choosing;
};

G_DEFINE_FINAL_TYPE (ZfHouseholdList, zf_household_list, ZF_TYPE_PAGE)

static void
show_counts (ZfHouseholdList *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  guint total = zf_household_model_total (self->model);
  g_autofree char *text = g_strdup_printf (_("%u households in all, %u shown"), total, n);

  gtk_label_set_text (self->count, text);
  if (total == 0)
    gtk_stack_set_visible_child_name (self->stack, "empty");
  else
    gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "nothing");
}

static void
show_search (ZfHouseholdList *self, const char *text)
{
  g_autofree char *title = NULL;

  if (self->model == NULL)
    return;
  zf_household_model_set_search (self->model, text);
  title = *text != '\0' ? g_strdup_printf (_("“%s” was not found"), text) : g_strdup (_("No household fits these conditions"));
  adw_status_page_set_title (self->nothing, title);
  show_counts (self);
}

static void
on_search_changed (ZfHouseholdList *self)
{
  show_search (self, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

/* While a pinyin input method composes, the letters typed so far are the initials that people search by. */
static void
on_preedit_changed (GtkText *entry, const char *preedit, ZfHouseholdList *self)
{
  g_autoptr (GString) text = g_string_new (gtk_editable_get_text (GTK_EDITABLE (self->search)));

  for (const char *c = preedit; *c != '\0'; c++)
    {
      if ((guchar) *c >= 0x80)
        return;
      if (g_ascii_isalnum (*c))
        g_string_append_c (text, *c);
    }
  show_search (self, text->str);
}

/* Filters */

/* What is chosen, and what was to choose: the button alone says neither to those who hear it. */
static void
show_village (ZfHouseholdList *self, const char *name)
{
  g_autofree char *spoken = g_strdup_printf ("%s: %s", _("Village"), name);

  gtk_menu_button_set_label (self->village, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->village), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
on_village_chosen (ZfRow *row, ZfHouseholdList *self)
{
  const char *village = g_object_get_data (G_OBJECT (row), "zf-village");
  ZfSession *session = zf_page_session (ZF_PAGE (self));

  gtk_menu_button_popdown (self->village);
  show_village (self, village != NULL ? zf_session_village_name (session, village) : _("All villages"));
  zf_household_model_set_village (self->model, village);
  show_counts (self);
}

static void
add_village (ZfHouseholdList *self, const char *village, const char *name, gint64 n)
{
  g_autofree char *note = n > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, n) : NULL;
  GtkWidget *row = zf_row_new (name, NULL);

  zf_row_set_note (ZF_ROW (row), note);
  g_object_set_data_full (G_OBJECT (row), "zf-village", g_strdup (village), g_free);
  g_signal_connect (row, "activated", G_CALLBACK (on_village_chosen), self);
  gtk_box_append (self->villages, row);
}

static void
fill_villages (ZfHouseholdList *self, ZfSession *session)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfRows) rows = NULL;

  zf_query_group (query, "village");
  rows = zf_query_run (query, zf_session_reader (session), &error);
  if (rows == NULL)
    {
      g_warning ("The villages could not be read: %s", error->message);
      return;
    }
  zf_clear_box (GTK_WIDGET (self->villages));
  add_village (self, NULL, _("All villages"), 0);
  for (guint i = 0; i < zf_rows_n (rows); i++)
    add_village (self, zf_rows_text (rows, i, 0), zf_session_village_name (session, zf_rows_text (rows, i, 0)),
                 zf_rows_int (rows, i, 1));
}

static void
on_class_toggled (ZfChoiceButton *button, ZfHouseholdList *self)
{
  gboolean active = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button));

  if (self->choosing)
    return;
  self->choosing = TRUE;
  for (GtkWidget *other = gtk_widget_get_first_child (GTK_WIDGET (self->classes)); other != NULL;
       other = gtk_widget_get_next_sibling (other))
    if (other != GTK_WIDGET (button))
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (other), FALSE);
  self->choosing = FALSE;
  zf_household_model_set_class (self->model, active ? zf_choice_button_value (button) : NULL);
  show_counts (self);
}

static void
add_class (ZfHouseholdList *self, const char *value, const char *label)
{
  GtkWidget *button = zf_choice_button_new (value, label);

  zf_choice_button_name (ZF_CHOICE_BUTTON (button), _("Class"));
  gtk_widget_add_css_class (button, "zf-small");
  g_signal_connect (button, "toggled", G_CALLBACK (on_class_toggled), self);
  gtk_box_append (self->classes, button);
}

static void
add_classes_of (ZfHouseholdList *self, ZfSession *session, const char *field_name)
{
  const ZfKind *kind = zf_session_kind (session, "household");
  const ZfField *field = kind != NULL ? zf_kind_field (kind, field_name) : NULL;
  GPtrArray *choices = field != NULL ? zf_kind_choices (kind, field->list_name) : NULL;

  for (guint i = 0; choices != NULL && i < choices->len; i++)
    {
      const ZfChoice *choice = g_ptr_array_index (choices, i);
      const char *label = zf_row_text (choice->plain, "label", zf_session_lang (session));

      add_class (self, choice->name, label != NULL ? label : choice->name);
    }
}

/* Once: the lists are part of the program's data and do not change while it runs. */
static void
fill_classes (ZfHouseholdList *self, ZfSession *session)
{
  if (gtk_widget_get_first_child (GTK_WIDGET (self->classes)) != NULL)
    return;
  add_class (self, "monitored", _("Monitored household"));
  add_classes_of (self, session, "monitored_class");
  add_classes_of (self, session, "class");
}

static void
on_clear (ZfHouseholdList *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  for (GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self->classes)); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), FALSE);
  show_village (self, _("All villages"));
  zf_household_model_set_village (self->model, NULL);
  zf_household_model_set_search (self->model, NULL);
  show_counts (self);
}

/* Rows */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *row = zf_row_new (NULL, NULL);

  zf_row_set_prefix (ZF_ROW (row), zf_level_chip_new (NULL));
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  ZfHouseholdItem *item = ZF_HOUSEHOLD_ITEM (gtk_list_item_get_item (list_item));
  ZfRow *row = ZF_ROW (gtk_list_item_get_child (list_item));
  g_autofree char *subtitle = NULL;
  g_autofree char *name = NULL;

  if (zf_household_item_id (item) == NULL)
    return;
  subtitle = g_strdup_printf ("%s\n%s", zf_household_item_facts (item), zf_household_item_last (item));
  zf_row_set_title (row, zf_household_item_name (item));
  zf_row_set_subtitle (row, subtitle);
  zf_level_chip_set_level (ZF_LEVEL_CHIP (zf_row_get_prefix (row)), zf_household_item_level (item));
  zf_row_set_target (row, "win.household", zf_household_item_id (item));
  /* The item has the focus; GTK 4.8 lets nobody name it but through its widget. */
  name = g_strdup_printf ("%s\n%s", zf_household_item_name (item), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (GTK_WIDGET (row))), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
on_row_activate (GtkListView *view, guint position, ZfHouseholdList *self)
{
  g_autoptr (ZfHouseholdItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (item != NULL && zf_household_item_id (item) != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.household", "s", zf_household_item_id (item));
}

static void
make_model (ZfHouseholdList *self, ZfSession *session)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  self->model = zf_household_model_new (session);
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->model)));
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
}

static void
zf_household_list_refresh (ZfPage *page)
{
  ZfHouseholdList *self = ZF_HOUSEHOLD_LIST (page);
  ZfSession *session = zf_page_session (page);

  if (self->model == NULL)
    make_model (self, session);
  else
    zf_household_model_refresh (self->model);
  fill_villages (self, session);
  fill_classes (self, session);
  show_counts (self);
}

/* Beside the page of a household the list keeps to its own column. */
static void
zf_household_list_lay_out (ZfPage *page, gboolean wide)
{
  ZfHouseholdList *self = ZF_HOUSEHOLD_LIST (page);

  adw_clamp_set_maximum_size (self->clamp, wide ? COLUMN_WIDTH : 860);
  adw_clamp_set_tightening_threshold (self->clamp, wide ? COLUMN_WIDTH : 860);
}

static void
zf_household_list_dispose (GObject *object)
{
  ZfHouseholdList *self = ZF_HOUSEHOLD_LIST (object);

  if (self->view != NULL)
    gtk_list_view_set_model (self->view, NULL);
  self->view = NULL;
  g_clear_object (&self->model);
  G_OBJECT_CLASS (zf_household_list_parent_class)->dispose (object);
}

static void
zf_household_list_class_init (ZfHouseholdListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zf_household_list_dispose;
  ZF_PAGE_CLASS (klass)->refresh = zf_household_list_refresh;
  ZF_PAGE_CLASS (klass)->lay_out = zf_household_list_lay_out;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-household-list.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdList, clamp);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdList, search);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdList, village);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdList, villages);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdList, classes);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdList, count);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdList, stack);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdList, view);
  gtk_widget_class_bind_template_child (widget_class, ZfHouseholdList, nothing);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activate);
}

static void
zf_household_list_init (ZfHouseholdList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_editable_get_delegate (GTK_EDITABLE (self->search)), "preedit-changed",
                           G_CALLBACK (on_preedit_changed), self, 0);
  show_village (self, _("All villages"));
}

void
zf_household_list_focus_search (ZfHouseholdList *self)
{
  g_return_if_fail (ZF_IS_HOUSEHOLD_LIST (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}
