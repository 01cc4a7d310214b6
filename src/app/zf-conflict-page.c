/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-conflict-page.h"

#include <glib/gi18n.h>

#include "zf-action-bar.h"
#include "zf-choice-button.h"
#include "zf-conflict.h"
#include "zf-dialogs.h"
#include "zf-json.h"
#include "zf-keypad-hand.h"
#include "zf-ledger.h"
#include "zf-masked-input.h"
#include "zf-merge.h"
#include "zf-question-view.h"
#include "zf-row.h"
#include "zf-section.h"

struct _ZfConflictPage
{
  ZfPage parent_instance;

  AdwWindowTitle *title;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  ZfKeypad *keypad;
  ZfSection *list;
  GtkLabel *what;
  GtkLabel *question;
  GtkToggleButton *reveal;
  GtkBox *sides;
  GtkLabel *same;
  ZfChoiceButton *other;
  GtkBox *inputs;
  GtkFlowBox *reasons;
  GtkEditable *reason_text;
  ZfActionBar *bar;

  GPtrArray *conflicts;     /* ZfConflict that wait */
  ZfConflict *current;      /* one of them, NULL while the list is shown */
  char *which;
  GPtrArray *cards;         /* ZfChoiceButton of the sides, in their order; NULL where none can be chosen */
  ZfChoiceButton *chosen;
  ZfChoiceButton *reason;
  ZfFormModel *model;       /* of the record, when another value is typed */
  guint hide_id;            /* what was shown is hidden again by itself */
  gboolean choosing;        /* guards against a toggle that toggles the others */
};

G_DEFINE_FINAL_TYPE (ZfConflictPage, zf_conflict_page, ZF_TYPE_PAGE)

/* How the person knows. */
static const char *const REASONS[] = {
  N_("Asked the person"), N_("Saw the paper"), N_("Asked the village"), N_("It was a mistake"), NC_ ("reason", "Other"),
};
#define REASON_OTHER (G_N_ELEMENTS (REASONS) - 1)

/* One choice of several toggles; a second tap on the chosen one keeps it. */
static void
choose (ZfConflictPage *self, ZfChoiceButton **place, ZfChoiceButton *button)
{
  if (self->choosing)
    return;
  self->choosing = TRUE;
  if (*place != NULL && *place != button)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (*place), FALSE);
  *place = button;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  self->choosing = FALSE;
}

/* Cards */

/* The focus brings what is to be filled in before the eyes, once it has its place. */
static gboolean
on_inputs_shown (GtkWidget *inputs, GdkFrameClock *clock, gpointer data)
{
  if (gtk_widget_get_height (inputs) == 0)
    return G_SOURCE_CONTINUE;
  gtk_widget_child_focus (inputs, GTK_DIR_TAB_FORWARD);
  return G_SOURCE_REMOVE;
}

static void
on_card (ZfChoiceButton *card, ZfConflictPage *self)
{
  choose (self, &self->chosen, card);
  gtk_widget_set_visible (GTK_WIDGET (self->inputs), self->chosen == self->other);
  if (self->chosen == self->other)
    gtk_widget_add_tick_callback (GTK_WIDGET (self->inputs), on_inputs_shown, NULL, NULL);
}

static GtkWidget *
label_new (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  return label;
}

/* Weight and sign together: nobody has to see the colour. */
static void
add_line (GtkBox *box, const ZfConflictLine *line, gboolean shown, GString *spoken)
{
  g_autofree char *words = zf_conflict_line_words (line, shown);
  g_autofree char *text = g_strdup_printf ("%s%s", line->differs ? "≠ " : "", words);
  GtkWidget *label = NULL;

  if (line->label != NULL)
    {
      label = label_new (line->label, "dim-label");
      gtk_widget_add_css_class (label, "caption");
      gtk_box_append (box, label);
      g_string_append_printf (spoken, " %s", line->label);
    }
  label = label_new (text, line->differs ? "zf-differs" : NULL);
  gtk_box_append (box, label);
  g_string_append_printf (spoken, " %s", words);
}

/* (transfer full): what a screen reader says of it. */
static char *
fill_card (GtkBox *box, const ZfConflictSide *side, gboolean shown)
{
  GString *spoken = g_string_new (side->title);

  zf_clear_box (GTK_WIDGET (box));
  gtk_box_append (box, label_new (side->title, "heading"));
  for (guint i = 0; i < side->lines->len; i++)
    add_line (box, g_ptr_array_index (side->lines, i), shown, spoken);
  if (side->who != NULL)
    {
      gtk_box_append (box, label_new (side->who, "dim-label"));
      g_string_append_printf (spoken, " %s", side->who);
    }
  return g_string_free (spoken, FALSE);
}

static void
add_card (ZfConflictPage *self, const ZfConflictSide *side)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  g_autofree char *spoken = fill_card (GTK_BOX (content), side, FALSE);
  GtkWidget *card = content;

  if (side->value != NULL)
    {
      card = zf_choice_button_new ("", spoken);
      gtk_button_set_child (GTK_BUTTON (card), content);
      gtk_accessible_update_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
      g_signal_connect (card, "toggled", G_CALLBACK (on_card), self);
    }
  gtk_widget_add_css_class (card, "zf-side");
  gtk_widget_set_hexpand (card, TRUE);
  gtk_box_append (self->sides, card);
  g_ptr_array_add (self->cards, side->value != NULL ? card : NULL);
}

/* The cards stay, and what is chosen among them: only their words change. */
static void
show_values (ZfConflictPage *self, gboolean shown)
{
  GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (self->sides));

  for (guint i = 0; card != NULL && i < self->current->sides->len; i++, card = gtk_widget_get_next_sibling (card))
    {
      gboolean button = GTK_IS_BUTTON (card);
      GtkWidget *content = button ? gtk_button_get_child (GTK_BUTTON (card)) : card;
      g_autofree char *spoken = fill_card (GTK_BOX (content), g_ptr_array_index (self->current->sides, i), shown);

      if (button)
        gtk_accessible_update_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    }
}

static gboolean
on_hide (gpointer data)
{
  ZfConflictPage *self = data;

  self->hide_id = 0;
  gtk_toggle_button_set_active (self->reveal, FALSE);
  return G_SOURCE_REMOVE;
}

static void
on_reveal (ZfConflictPage *self)
{
  gboolean shown = gtk_toggle_button_get_active (self->reveal);

  g_clear_handle_id (&self->hide_id, g_source_remove);
  if (shown)
    self->hide_id = g_timeout_add_seconds (ZF_SHOWN_SECONDS, on_hide, self);
  if (self->current != NULL)
    show_values (self, shown);
}

/* Typing another value */

static void
add_inputs (ZfConflictPage *self)
{
  g_autoptr (GError) error = NULL;

  zf_clear_box (GTK_WIDGET (self->inputs));
  g_clear_object (&self->model);
  gtk_widget_set_visible (GTK_WIDGET (self->inputs), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->other), self->current->fields->len > 0);
  if (self->current->fields->len == 0)
    return;
  self->model = zf_form_model_scratch (zf_page_session (ZF_PAGE (self)), self->current->record, &error);
  if (self->model == NULL)
    {
      g_warning ("The form of a record in conflict cannot be shown: %s", error->message);
      gtk_widget_set_visible (GTK_WIDGET (self->other), FALSE);
      return;
    }
  for (guint i = 0; i < self->current->fields->len; i++)
    {
      const ZfQuestion *question =
        zf_form_question (zf_form_model_form (self->model), g_ptr_array_index (self->current->fields, i));

      if (question != NULL && !question->hidden && !question->read_only)
        gtk_box_append (self->inputs, zf_question_view_new (self->model, question->name));
    }
}

/* (nullable) (transfer full): NULL when an answer is missing or wrong; the question says so itself. */
static JsonNode *
typed_value (ZfConflictPage *self)
{
  g_autoptr (JsonObject) fields = json_object_new ();

  for (GtkWidget *view = gtk_widget_get_first_child (GTK_WIDGET (self->inputs)); view != NULL; view = gtk_widget_get_next_sibling (view))
    if (!zf_question_view_check (ZF_QUESTION_VIEW (view)))
      return NULL;
  for (guint i = 0; i < self->current->fields->len; i++)
    {
      const char *name = g_ptr_array_index (self->current->fields, i);
      JsonNode *value = zf_answers_get (zf_form_model_answers (self->model), name);

      if (value != NULL && !JSON_NODE_HOLDS_NULL (value))
        json_object_set_member (fields, name, json_node_copy (value));
    }
  return zf_group_value (zf_form_model_kind (self->model), self->current->group, fields);
}

static char *
typed_words (ZfConflictPage *self)
{
  const char *name = g_ptr_array_index (self->current->fields, 0);

  return zf_form_model_words (self->model, zf_form_question (zf_form_model_form (self->model), name),
                              zf_answers_get (zf_form_model_answers (self->model), name));
}

/* Reasons */

static void
on_reason (ZfChoiceButton *button, ZfConflictPage *self)
{
  choose (self, &self->reason, button);
  gtk_widget_set_visible (GTK_WIDGET (self->reason_text), g_str_equal (zf_choice_button_value (button), "other"));
}

static void
add_reasons (ZfConflictPage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (REASONS); i++)
    {
      const char *words = i == REASON_OTHER ? g_dpgettext2 (NULL, "reason", REASONS[i]) : _(REASONS[i]);
      GtkWidget *chip = zf_choice_button_new (i == REASON_OTHER ? "other" : words, words);

      g_signal_connect (chip, "toggled", G_CALLBACK (on_reason), self);
      gtk_flow_box_append (self->reasons, chip);
      gtk_widget_set_focusable (gtk_widget_get_parent (chip), FALSE);
    }
}

static const char *
reason_words (ZfConflictPage *self)
{
  if (self->reason == NULL)
    return NULL;
  if (g_str_equal (zf_choice_button_value (self->reason), "other"))
    {
      const char *typed = gtk_editable_get_text (self->reason_text);

      return *typed != '\0' ? typed : g_dpgettext2 (NULL, "reason", REASONS[REASON_OTHER]);
    }
  return zf_choice_button_value (self->reason);
}

/* One conflict, or the list */

static void
show_one (ZfConflictPage *self, ZfConflict *conflict)
{
  gtk_toggle_button_set_active (self->reveal, FALSE);
  self->current = conflict;
  self->chosen = NULL;
  gtk_widget_set_visible (GTK_WIDGET (self->reveal), zf_conflict_is_sensitive (conflict));
  if (self->reason != NULL)
    {
      self->choosing = TRUE;
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->reason), FALSE);
      self->choosing = FALSE;
    }
  self->reason = NULL;
  gtk_editable_set_text (self->reason_text, "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason_text), FALSE);
  self->choosing = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->other), FALSE);
  self->choosing = FALSE;
  zf_keep_dots (self->what, conflict->title);
  gtk_label_set_text (self->question, conflict->question);
  g_ptr_array_set_size (self->cards, 0);
  zf_clear_box (GTK_WIDGET (self->sides));
  for (guint i = 0; i < conflict->sides->len; i++)
    add_card (self, g_ptr_array_index (conflict->sides, i));
  if (conflict->same > 0)
    {
      g_autofree char *words = g_strdup_printf (_("The other %u answers are the same."), conflict->same);

      gtk_label_set_text (self->same, words);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->same), conflict->same > 0);
  add_inputs (self);
  zf_action_bar_set_primary (self->bar, _("Use this one"));
  gtk_stack_set_visible_child_name (self->stack, "one");
}

static void
on_row (ZfRow *row, ZfConflictPage *self)
{
  show_one (self, g_object_get_data (G_OBJECT (row), "zf-conflict"));
}

static void
show_list (ZfConflictPage *self)
{
  self->current = NULL;
  self->chosen = NULL;
  zf_section_clear (self->list);
  for (guint i = 0; i < self->conflicts->len; i++)
    {
      ZfConflict *conflict = g_ptr_array_index (self->conflicts, i);
      GtkWidget *row = zf_row_new (conflict->title, conflict->question);

      g_object_set_data (G_OBJECT (row), "zf-conflict", conflict);
      g_signal_connect (row, "activated", G_CALLBACK (on_row), self);
      zf_section_append (self->list, row);
    }
  zf_action_bar_set_primary (self->bar, NULL);
  gtk_stack_set_visible_child_name (self->stack, self->conflicts->len > 0 ? "list" : "none");
}

static ZfConflict *
find (ZfConflictPage *self, const char *id)
{
  for (guint i = 0; id != NULL && i < self->conflicts->len; i++)
    if (g_str_equal (((ZfConflict *) g_ptr_array_index (self->conflicts, i))->id, id))
      return g_ptr_array_index (self->conflicts, i);
  return NULL;
}

static void
reload (ZfConflictPage *self)
{
  ZfSession *session = zf_page_session (ZF_PAGE (self));
  g_autoptr (ZfRecord) home = *self->which != '\0' ? zf_reader_get (zf_session_reader (session), self->which, NULL) : NULL;

  self->current = NULL;
  g_clear_pointer (&self->conflicts, g_ptr_array_unref);
  self->conflicts = zf_conflicts_open (session, home != NULL ? self->which : NULL);
}

static void
show_first (ZfConflictPage *self, const char *id)
{
  ZfConflict *wanted = find (self, id);

  if (wanted == NULL && self->conflicts->len == 1)
    wanted = g_ptr_array_index (self->conflicts, 0);
  if (wanted != NULL)
    show_one (self, wanted);
  else
    show_list (self);
}

/* A sync may bring another value while the person thinks or reads: what is on the screen is drawn anew only when it is another conflict. */
static void
zf_conflict_page_refresh (ZfPage *page)
{
  ZfConflictPage *self = ZF_CONFLICT_PAGE (page);
  g_autofree char *id = NULL;

  if (self->which == NULL || self->chosen != NULL || gtk_toggle_button_get_active (self->reveal))
    return;
  id = self->current != NULL ? g_strdup (self->current->id) : NULL;
  reload (self);
  show_first (self, id);
}

/* Deciding */

static JsonNode *
decision (ZfConflictPage *self, char **words)
{
  guint at = 0;

  if (self->chosen == self->other)
    {
      JsonNode *value = typed_value (self);

      *words = value != NULL ? typed_words (self) : NULL;
      return value;
    }
  if (!g_ptr_array_find (self->cards, self->chosen, &at))
    return NULL;
  *words = g_strdup (((ZfConflictSide *) g_ptr_array_index (self->current->sides, at))->words);
  return json_node_copy (((ZfConflictSide *) g_ptr_array_index (self->current->sides, at))->value);
}

static void
decide (ZfConflictPage *self, JsonNode *value, const char *words)
{
  ZfSession *session = zf_page_session (ZF_PAGE (self));
  g_autoptr (GError) error = NULL;
  g_autofree char *resolution =
    zf_ledger_resolve (zf_session_store (session), self->current->id, value, reason_words (self), zf_session_by (session), &error);

  if (resolution == NULL)
    {
      g_warning ("A decision was not saved: %s", error->message);
      zf_dialogs_tell (GTK_WIDGET (self), _("This could not be saved. Everything stays as it was."), error->message);
      return;
    }
  self->chosen = NULL;
  reload (self);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.decided", "(ss)", words != NULL ? words : "", resolution);
  if (self->conflicts->len > 0)
    show_first (self, NULL);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

static void
on_primary (ZfConflictPage *self)
{
  g_autoptr (JsonNode) value = NULL;
  g_autofree char *words = NULL;

  if (self->current == NULL)
    return;
  if (self->chosen == NULL)
    {
      zf_page_toast (GTK_WIDGET (self), _("Pick one first."));
      return;
    }
  value = decision (self, &words);
  if (value == NULL)
    return;
  if (self->reason == NULL)
    zf_page_toast (GTK_WIDGET (self), _("Say how it is known."));
  else
    decide (self, value, words);
}

static void
zf_conflict_page_lay_out (ZfPage *page, gboolean wide)
{
  ZfConflictPage *self = ZF_CONFLICT_PAGE (page);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->sides), wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_box_set_homogeneous (self->sides, wide);
}

static void
zf_conflict_page_dispose (GObject *object)
{
  ZfConflictPage *self = ZF_CONFLICT_PAGE (object);

  self->current = NULL;
  g_clear_handle_id (&self->hide_id, g_source_remove);
  g_clear_object (&self->model);
  g_clear_pointer (&self->conflicts, g_ptr_array_unref);
  g_clear_pointer (&self->cards, g_ptr_array_unref);
  g_clear_pointer (&self->which, g_free);
  G_OBJECT_CLASS (zf_conflict_page_parent_class)->dispose (object);
}

static void
zf_conflict_page_class_init (ZfConflictPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ZF_TYPE_ACTION_BAR);
  g_type_ensure (ZF_TYPE_CHOICE_BUTTON);
  g_type_ensure (ZF_TYPE_KEYPAD);
  g_type_ensure (ZF_TYPE_SECTION);
  G_OBJECT_CLASS (klass)->dispose = zf_conflict_page_dispose;
  ZF_PAGE_CLASS (klass)->refresh = zf_conflict_page_refresh;
  ZF_PAGE_CLASS (klass)->lay_out = zf_conflict_page_lay_out;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-conflict-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, title);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, keypad);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, list);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, what);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, question);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, reveal);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, sides);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, same);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, other);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, inputs);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, reasons);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, reason_text);
  gtk_widget_class_bind_template_child (widget_class, ZfConflictPage, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_primary);
  gtk_widget_class_bind_template_callback (widget_class, on_card);
  gtk_widget_class_bind_template_callback (widget_class, on_reveal);
}

static void
zf_conflict_page_init (ZfConflictPage *self)
{
  self->cards = g_ptr_array_new ();
  self->conflicts = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_conflict_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_button_set_label (GTK_BUTTON (self->other), _("Neither: type it anew"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->other), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Neither: type it anew"), -1);
  add_reasons (self);
  zf_keypad_follow (self->keypad, GTK_WIDGET (self), self->scroller);
}

void
zf_conflict_page_open (ZfConflictPage *self, const char *which)
{
  g_return_if_fail (ZF_IS_CONFLICT_PAGE (self));
  g_free (self->which);
  self->which = g_strdup (which);
  self->chosen = NULL;
  reload (self);
  show_first (self, which);
}

gboolean
zf_conflict_page_back (ZfConflictPage *self)
{
  g_return_val_if_fail (ZF_IS_CONFLICT_PAGE (self), FALSE);
  if (self->current == NULL || self->conflicts->len < 2)
    return FALSE;
  self->chosen = NULL;
  show_list (self);
  return TRUE;
}
