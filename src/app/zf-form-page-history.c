/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-form-page-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-fmt.h"
#include "zf-history.h"
#include "zf-json.h"
#include "zf-unfold.h"

/* What happened to a finished record: who, when, old and new, why. */

/* (transfer full): a value as people read it, hidden where it must be. */
static char *
value_words (ZfFormPage *self, const ZfQuestion *question, JsonNode *value)
{
  if (value == NULL || JSON_NODE_HOLDS_NULL (value))
    return zf_fmt_none ();
  return zf_form_model_words (self->model, question, value);
}

static char *
label_of (ZfFormPage *self, const ZfQuestion *question)
{
  const char *label = zf_row_text (question->row, "label", zf_form_page_lang (self));

  return zf_answers_fill (zf_form_model_answers (self->model), question->name, label != NULL ? label : question->name);
}

/* Elements of a set that came (+) and went (−). */
static void
add_elements (ZfFormPage *self, GString *markup, const ZfQuestion *question, JsonObject *change, const char *member, gboolean gone)
{
  JsonArray *codes = zf_json_get_array (change, member);
  g_autoptr (JsonNode) node = codes != NULL ? json_node_init_array (json_node_alloc (), codes) : NULL;
  g_autofree char *words = node != NULL && json_array_get_length (codes) > 0 ? value_words (self, question, node) : NULL;
  g_autofree char *escaped = words != NULL ? g_markup_escape_text (words, -1) : NULL;

  if (escaped != NULL)
    g_string_append_printf (markup, "%s%s%s ", gone ? "<s>" : "+", escaped, gone ? "</s>" : "");
}

static void
add_pair (ZfFormPage *self, GString *markup, const ZfQuestion *question, JsonArray *pair)
{
  guint n = json_array_get_length (pair);
  g_autofree char *now = value_words (self, question, n > 0 ? json_array_get_element (pair, n - 1) : NULL);
  g_autofree char *escaped = g_markup_escape_text (now, -1);

  if (n > 1)
    {
      g_autofree char *old = value_words (self, question, json_array_get_element (pair, 0));
      g_autofree char *struck = g_markup_escape_text (old, -1);

      g_string_append_printf (markup, "<s>%s</s> → ", struck);
    }
  g_string_append (markup, escaped);
}

static void
add_field (ZfFormPage *self, GString *markup, const char *name, JsonNode *change)
{
  ZfForm *form = zf_form_model_form (self->model);
  gboolean why = g_str_has_suffix (name, ZF_WHY_SUFFIX);
  g_autofree char *base = why ? g_strndup (name, strlen (name) - strlen (ZF_WHY_SUFFIX)) : g_strdup (name);
  const ZfQuestion *question = zf_form_question (form, name), *asked = zf_form_question (form, base);
  g_autofree char *plain = asked != NULL ? label_of (self, asked) : NULL;
  g_autofree char *label = plain != NULL ? g_markup_escape_text (plain, -1) : NULL;
  g_autofree char *named = NULL;

  if (question == NULL || question->field == NULL || asked == NULL || asked->hidden)
    return;
  named = g_strdup_printf ("%s%s", label, why ? _(", reason") : "");
  g_string_append_c (markup, '\n');
  g_string_append_printf (markup, C_ ("an answer", "%s: %s"), named, "");
  if (JSON_NODE_HOLDS_ARRAY (change))
    add_pair (self, markup, question, json_node_get_array (change));
  else if (JSON_NODE_HOLDS_OBJECT (change))
    {
      add_elements (self, markup, question, json_node_get_object (change), "add", FALSE);
      add_elements (self, markup, question, json_node_get_object (change), "del", TRUE);
    }
}

typedef struct
{
  const char *op;
  const char *words;
  const char *of_row;
} OpWords;

static const OpWords OPS[] = {
  { "add", N_("Written down"), N_("Added") },
  { "correct", N_("Corrected"), N_("Corrected") },
  { "set", N_("Changed"), N_("Changed") },
  { "del", N_("Ended"), N_("Taken out") },
  { "undel", N_("Brought back"), N_("Brought back") },
  { "merge", N_("Merged"), N_("Merged") },
};

/* (transfer full): a row of a repeat by its first answer. */
static char *
row_words (ZfFormPage *self, const ZfEvent *event)
{
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (zf_form_model_session (self->model)), event->id, NULL);
  const char *title = zf_kind_title (event->kind, zf_form_page_lang (self));

  for (guint i = 0; record != NULL && i < zf_kind_n_fields (event->kind); i++)
    {
      const ZfField *field = zf_kind_field_at (event->kind, i);
      g_autofree char *value = field->sensitive || field->type == ZF_FIELD_REF ? NULL : zf_record_display (record, field->name, zf_form_page_lang (self));

      if (value != NULL && *value != '\0')
        return g_strdup_printf ("%s %s", title, value);
    }
  return g_strdup (title);
}

/* (transfer full): what was done. */
static char *
op_words (ZfFormPage *self, const ZfEvent *event)
{
  gboolean row = event->kind != NULL && !g_str_equal (zf_kind_name (event->kind), zf_kind_name (zf_form_model_kind (self->model)));

  for (guint i = 0; i < G_N_ELEMENTS (OPS); i++)
    if (g_str_equal (event->op, OPS[i].op))
      {
        g_autofree char *of = row ? row_words (self, event) : NULL;

        return row ? g_strdup_printf (C_ ("an answer", "%s: %s"), _(OPS[i].of_row), of) : g_strdup (_(OPS[i].words));
      }
  return g_strdup (_("Changed"));
}

/* What one person did at one moment stands under one line. */
static gboolean
goes_on (const ZfEvent *before, const ZfEvent *event)
{
  return before != NULL && before->at_ms == event->at_ms && g_str_equal (before->by, event->by);
}

static void
add_heading (ZfFormPage *self, GString *markup, const ZfEvent *event)
{
  gint64 now = zf_session_now_ms (zf_form_model_session (self->model));
  g_autofree char *moment = event->at_ms > 0 ? zf_fmt_moment (event->at_ms, now) : zf_fmt_none ();
  g_autofree char *heading = *event->by != '\0' ? g_markup_printf_escaped ("<b>%s · %s</b>", moment, event->by) : g_markup_printf_escaped ("<b>%s</b>", moment);

  g_string_append (markup, heading);
}

/* (transfer none) (nullable): what nobody is asked for, by its name. */
static const char *
hidden_words (ZfFormPage *self, const ZfKind *kind, const char *name)
{
  const ZfField *field = zf_kind_field (kind, name);
  const char *lat = NULL;
  const ZfField *at = zf_kind_place (kind, &lat, NULL) ? zf_kind_field (kind, lat) : NULL;

  if (g_strcmp0 (name, zf_kind_parent_field (kind)) == 0)
    return _("Where it belongs");
  if (field != NULL && at != NULL && g_str_equal (field->group, at->group))
    return _("Place on the map");
  return field != NULL ? zf_row_text (field->plain, "label", zf_form_page_lang (self)) : NULL;
}

/* A change that touched nothing that is asked here says at least what it was about. */
static void
add_hidden (ZfFormPage *self, GString *markup, const ZfEvent *event, GList *names)
{
  g_autoptr (GPtrArray) told = g_ptr_array_new ();

  for (GList *l = names; l != NULL; l = l->next)
    {
      const char *words = event->kind != NULL ? hidden_words (self, event->kind, l->data) : NULL;
      g_autofree char *escaped = words != NULL ? g_markup_escape_text (words, -1) : NULL;

      if (words == NULL || g_ptr_array_find_with_equal_func (told, words, g_str_equal, NULL))
        continue;
      g_ptr_array_add (told, (gpointer) words);
      g_string_append_printf (markup, "\n%s", escaped);
    }
  if (names != NULL && told->len == 0)
    g_string_append_printf (markup, "\n%s", _("What the form notes by itself"));
}

static void
add_event (ZfFormPage *self, GString *markup, const ZfEvent *event)
{
  g_autofree char *done = op_words (self, event);
  g_autofree char *escaped = g_markup_escape_text (done, -1);
  g_autoptr (GList) names = json_object_get_members (event->fields);
  gsize said = 0;

  g_string_append_printf (markup, "\n%s", escaped);
  if (event->why != NULL)
    {
      g_autofree char *why = g_markup_escape_text (event->why, -1);

      g_string_append_printf (markup, " · %s", why);
    }
  said = markup->len;
  for (GList *l = names; l != NULL; l = l->next)
    add_field (self, markup, l->data, json_object_get_member (event->fields, l->data));
  if (markup->len == said)
    add_hidden (self, markup, event, names);
}

static void
append_entry (ZfUnfold *list, GString *markup)
{
  GtkWidget *line = zf_line ("", NULL);

  gtk_label_set_markup (GTK_LABEL (line), markup->str);
  zf_unfold_append (list, line);
  g_string_truncate (markup, 0);
}

static void
fill (ZfFormPage *self, ZfUnfold *list, GPtrArray *events)
{
  g_autoptr (GString) markup = g_string_new (NULL);

  for (guint i = 0; i < events->len; i++)
    {
      const ZfEvent *event = events->pdata[i];
      gboolean same = i > 0 && goes_on (events->pdata[i - 1], event);

      if (!same && markup->len > 0)
        append_entry (list, markup);
      if (!same)
        add_heading (self, markup, event);
      add_event (self, markup, event);
    }
  if (markup->len > 0)
    append_entry (list, markup);
}

/* A new list each time: GTK 4.8 keeps the size that a hidden one had. */
void
zf_form_page_show_history (ZfFormPage *self)
{
  gboolean shown = !zf_form_model_is_draft (self->model) && self->row == NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = NULL;
  GtkWidget *list = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->history), shown);
  adw_bin_set_child (self->history, NULL);
  if (!shown)
    return;
  events = zf_history_read (zf_session_reader (zf_form_model_session (self->model)), zf_form_model_id (self->model), &error);
  if (events == NULL)
    g_warning ("What was changed cannot be read: %s", error->message);
  list = zf_unfold_new (_("What was changed"), NULL);
  if (events != NULL)
    fill (self, ZF_UNFOLD (list), events);
  adw_bin_set_child (self->history, list);
}
