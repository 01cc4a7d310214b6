/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-household-sections.h"

#include <glib/gi18n.h>

#include "zf-fmt.h"
#include "zf-json.h"
#include "zf-page.h"
#include "zf-row.h"

#define TIMELINE_ROWS 12
#define LEDGER_ROWS 20
#define LEDGER_FACTS 4

static ZfRows *
children (ZfSession *session, ZfQuery *query, const char *household)
{
  g_autoptr (GError) error = NULL;
  ZfRows *rows = NULL;

  zf_query_where (query, "parent", ZF_OP_EQ, household);
  rows = zf_query_run (query, zf_session_reader (session), &error);
  if (rows == NULL)
    g_warning ("A part of the household page could not be read: %s", error->message);
  return rows;
}

static void
add_fact (GString *facts, const char *fact)
{
  if (fact == NULL || *fact == '\0')
    return;
  if (facts->len > 0)
    g_string_append (facts, " · ");
  g_string_append (facts, fact);
}

const char *
zf_section_choice (ZfSession *session, const char *kind_name, const char *field_name, const char *code)
{
  const ZfKind *kind = zf_session_kind (session, kind_name);
  const ZfField *field = kind != NULL ? zf_kind_field (kind, field_name) : NULL;

  if (code == NULL || field == NULL || field->list_name == NULL)
    return NULL;
  return zf_kind_choice_label (kind, field->list_name, code, zf_session_lang (session));
}

/* Five items: whatever fields of the household answer with the list item_status. */

typedef struct
{
  const char *code;
  const char *sign;
  const char *css;
} ItemSign;

static const ItemSign ITEM_SIGNS[] = {
  { "yes", "✓", "item-yes" },
  { "no", "✕", "item-no" },
  { "check", "?", "item-check" },
  { NULL, "–", "item-none" },
};

static const ItemSign *
item_sign (const char *code)
{
  guint i = 0;

  while (ITEM_SIGNS[i].code != NULL && g_strcmp0 (ITEM_SIGNS[i].code, code) != 0)
    i++;
  return &ITEM_SIGNS[i];
}

static GtkWidget *
item_chip (ZfSession *session, const ZfField *field, const ZfRecord *household)
{
  const char *code = zf_record_get_string (household, field->name, NULL);
  const char *name = zf_row_text (field->plain, "label", zf_session_lang (session));
  const char *answer = code != NULL ? zf_section_choice (session, "household", field->name, code) : _("not asked");
  const ItemSign *sign = item_sign (code);
  g_autofree char *text = g_strdup_printf ("%s %s", sign->sign, name != NULL ? name : field->name);
  g_autofree char *spoken = g_strdup_printf ("%s: %s", name != NULL ? name : field->name, answer);
  GtkWidget *chip = gtk_label_new (text);

  gtk_widget_add_css_class (chip, "zf-item");
  gtk_widget_add_css_class (chip, sign->css);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chip), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return chip;
}

void
zf_section_items (GtkFlowBox *chips, ZfSession *session, const ZfRecord *household)
{
  const ZfKind *kind = zf_session_kind (session, "household");
  GtkWidget *old = NULL;

  while ((old = gtk_widget_get_first_child (GTK_WIDGET (chips))) != NULL)
    gtk_flow_box_remove (chips, old);
  for (guint i = 0; kind != NULL && i < zf_kind_n_fields (kind); i++)
    {
      const ZfField *field = zf_kind_field_at (kind, i);
      GtkWidget *chip = NULL;

      if (g_strcmp0 (field->list_name, "item_status") != 0)
        continue;
      chip = item_chip (session, field, household);
      gtk_flow_box_append (chips, chip);
      gtk_widget_set_focusable (gtk_widget_get_parent (chip), FALSE);
    }
}

/* What was said last time */

static void
say_if (ZfSection *section, const ZfRecord *visit, const char *field, guint *said)
{
  const char *text = zf_record_get_string (visit, field, NULL);

  if (text == NULL || *text == '\0')
    return;
  zf_section_append (section, zf_line (text, "zf-said"));
  (*said)++;
}

static char *
last_visit_title (ZfSession *session, const ZfRecord *visit)
{
  g_autofree char *today = zf_session_today (session);
  g_autofree char *day = zf_fmt_date (zf_record_get_string (visit, "date", ""), today);
  const char *who = zf_record_get_string (visit, "visitors", NULL);

  if (who == NULL)
    return g_strdup_printf (_("Last time (%s)"), day);
  return g_strdup_printf (_("Last time (%s, %s)"), day, who);
}

void
zf_section_last_visit (ZfSection *section, ZfSession *session, const char *household)
{
  g_autoptr (ZfQuery) query = zf_query_new ("visit");
  g_autoptr (ZfRows) rows = NULL;
  g_autoptr (ZfRecord) visit = NULL;
  g_autofree char *title = NULL;
  guint said = 0;

  zf_query_column (query, "id");
  zf_query_order (query, "date", TRUE);
  zf_query_order (query, "id", TRUE);
  zf_query_page (query, 0, 1);
  rows = children (session, query, household);
  zf_section_clear (section);
  if (rows != NULL && zf_rows_n (rows) > 0)
    visit = zf_reader_get (zf_session_reader (session), zf_rows_text (rows, 0, 0), NULL);
  if (visit == NULL)
    {
      zf_section_set_title (section, _("Last time"));
      zf_section_say (section, _("Not visited yet"));
      return;
    }
  title = last_visit_title (session, visit);
  zf_section_set_title (section, title);
  say_if (section, visit, "said", &said);
  say_if (section, visit, "need_text", &said);
  say_if (section, visit, "change_text", &said);
  if (said == 0)
    {
      g_autofree char *mode = zf_record_display (visit, "mode", zf_session_lang (session));
      g_autofree char *line = g_strdup_printf (_("%s, nothing was written down"), mode);

      zf_section_say (section, line);
    }
}

void
zf_section_to_do (ZfSection *section, ZfSession *session, const ZfRecord *household)
{
  g_autofree char *today = zf_session_today (session);
  const char *next = zf_record_get_string (household, "next_visit", NULL);
  g_autofree char *needs = zf_record_display (household, "needs", zf_session_lang (session));

  zf_section_clear (section);
  if (next != NULL)
    {
      g_autofree char *day = zf_fmt_date (next, today);
      g_autofree char *due = zf_fmt_due (next, today);
      g_autofree char *line = g_strdup_printf (_("Next visit %s, %s"), day, due);

      zf_section_append (section, zf_line (line, NULL));
    }
  if (*needs != '\0')
    {
      g_autofree char *line = g_strdup_printf (_("Needs: %s"), needs);

      zf_section_append (section, zf_line (line, NULL));
    }
  gtk_widget_set_visible (GTK_WIDGET (section), next != NULL || *needs != '\0');
}

/* Members */

static int
age (const char *birth, const char *today)
{
  int days = 0;

  if (birth == NULL || !zf_fmt_days_between (birth, today, &days) || days < 0)
    return -1;
  return (int) (days / 365.2425);
}

static GtkWidget *
member_row (ZfSession *session, ZfRows *rows, guint i, const char *today)
{
  static const char *const FACTS[] = { "relation", "school_status", "labour", "work_area" };
  g_autoptr (GString) title = g_string_new (NULL);
  g_autoptr (GString) facts = g_string_new (NULL);
  int years = age (zf_rows_text (rows, i, 3), today);
  GtkWidget *row = NULL;

  add_fact (title, zf_rows_text (rows, i, 1));
  add_fact (title, zf_section_choice (session, "person", "sex", zf_rows_text (rows, i, 2)));
  if (years >= 0)
    {
      g_autofree char *text = zf_fmt_count (ZF_COUNT_YEARS_OLD, years);

      add_fact (title, text);
    }
  for (guint f = 0; f < G_N_ELEMENTS (FACTS); f++)
    add_fact (facts, zf_section_choice (session, "person", FACTS[f], zf_rows_text (rows, i, 4 + f)));
  row = zf_row_new (title->str, facts->str);
  zf_row_set_target (ZF_ROW (row), "win.edit", zf_rows_text (rows, i, 0));
  return row;
}

void
zf_section_members (ZfSection *section, ZfSession *session, const char *household)
{
  g_autoptr (ZfQuery) query = zf_query_new ("person");
  g_autoptr (ZfRows) rows = NULL;
  g_autofree char *today = zf_session_today (session);

  zf_query_columns (query, "id", "name", "sex", "birth", "relation", "school_status", "labour", "work_area", NULL);
  zf_query_order (query, "birth", FALSE);
  rows = children (session, query, household);
  zf_section_clear (section);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    zf_section_append (section, member_row (session, rows, i, today));
  if (rows == NULL || zf_rows_n (rows) == 0)
    zf_section_say (section, _("Not recorded"));
  zf_section_set_button (section, _("Add person"), "win.add", g_variant_new ("(ss)", "person", household));
}

/* Risks and measures */

static GtkWidget *
measure_row (ZfSession *session, ZfRows *rows, guint i, const char *today)
{
  g_autoptr (GString) title = g_string_new ("→ ");
  g_autoptr (GString) facts = g_string_new (NULL);
  const char *name = zf_section_choice (session, "measure", "category", zf_rows_text (rows, i, 1));
  const char *item = zf_section_choice (session, "measure", "item", zf_rows_text (rows, i, 2));
  GtkWidget *row = NULL;

  g_string_append (title, name != NULL ? name : _("Measure"));
  add_fact (title, item);
  add_fact (facts, zf_section_choice (session, "measure", "status", zf_rows_text (rows, i, 4)));
  add_fact (facts, zf_rows_text (rows, i, 5));
  if (zf_rows_text (rows, i, 6) != NULL)
    {
      g_autofree char *due = zf_fmt_due (zf_rows_text (rows, i, 6), today);

      add_fact (facts, due);
    }
  row = zf_row_new (title->str, facts->str);
  zf_row_set_target (ZF_ROW (row), "win.edit", zf_rows_text (rows, i, 0));
  gtk_widget_add_css_class (row, "zf-indent");
  return row;
}

/* @risk NULL: those that name no risk. */
static guint
add_measures (ZfSection *section, ZfSession *session, ZfRows *measures, const char *risk, const char *today)
{
  guint n = 0;

  for (guint i = 0; measures != NULL && i < zf_rows_n (measures); i++)
    if (g_strcmp0 (zf_rows_text (measures, i, 3), risk) == 0)
      {
        zf_section_append (section, measure_row (session, measures, i, today));
        n++;
      }
  return n;
}

static GtkWidget *
risk_row (ZfSession *session, ZfRows *rows, guint i, const char *today)
{
  g_autoptr (GString) facts = g_string_new (NULL);
  g_autofree char *since = zf_fmt_date (zf_rows_text (rows, i, 2), today);
  const char *name = zf_section_choice (session, "risk", "type", zf_rows_text (rows, i, 1));
  GtkWidget *row = NULL;

  add_fact (facts, zf_section_choice (session, "risk", "status", zf_rows_text (rows, i, 3)));
  add_fact (facts, since);
  row = zf_row_new (name != NULL ? name : _("Risk"), facts->str);
  zf_row_set_target (ZF_ROW (row), "win.edit", zf_rows_text (rows, i, 0));
  return row;
}

void
zf_section_risks (ZfSection *section, ZfSession *session, const char *household)
{
  g_autoptr (ZfQuery) risk_query = zf_query_new ("risk");
  g_autoptr (ZfQuery) measure_query = zf_query_new ("measure");
  g_autoptr (ZfRows) risks = NULL;
  g_autoptr (ZfRows) measures = NULL;
  g_autofree char *today = zf_session_today (session);

  zf_query_columns (risk_query, "id", "type", "start", "status", NULL);
  zf_query_order (risk_query, "start", TRUE);
  zf_query_columns (measure_query, "id", "category", "item", "risk", "status", "responsible", "due", NULL);
  zf_query_order (measure_query, "start", TRUE);
  risks = children (session, risk_query, household);
  measures = children (session, measure_query, household);
  zf_section_clear (section);
  for (guint i = 0; risks != NULL && i < zf_rows_n (risks); i++)
    {
      zf_section_append (section, risk_row (session, risks, i, today));
      if (add_measures (section, session, measures, zf_rows_text (risks, i, 0), today) == 0)
        zf_section_say (section, _("No measure yet"));
    }
  if (add_measures (section, session, measures, NULL, today) == 0 && (risks == NULL || zf_rows_n (risks) == 0))
    zf_section_say (section, _("Not recorded"));
  zf_section_set_button (section, _("Add risk"), "win.add", g_variant_new ("(ss)", "risk", household));
}

/* Incomes */

static GtkWidget *
income_row (ZfRows *rows, guint i, gint64 most)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *year = gtk_label_new (zf_rows_text (rows, i, 1));
  GtkWidget *bar = gtk_level_bar_new_for_interval (0, most > 0 ? (double) most : 1);
  gint64 amount = zf_rows_int (rows, i, 2);
  g_autofree char *money = zf_rows_text (rows, i, 2) != NULL ? zf_fmt_money (amount) : zf_fmt_none ();
  g_autofree char *name = g_strdup_printf ("%s: %s", zf_rows_text (rows, i, 1), money);
  GtkWidget *figure = gtk_label_new (money);

  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), (double) MAX (amount, 0));
  gtk_level_bar_add_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_LOW, 0);
  gtk_level_bar_add_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_HIGH, 0);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (year, "numeric");
  gtk_widget_add_css_class (figure, "numeric");
  gtk_widget_add_css_class (box, "zf-line");
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (box), year);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), figure);
  return box;
}

void
zf_section_incomes (ZfSection *section, ZfSession *session, const char *household)
{
  g_autoptr (ZfQuery) query = zf_query_new ("income");
  g_autoptr (ZfRows) rows = NULL;
  gint64 most = 0;

  zf_query_columns (query, "id", "year", "net_per_head", NULL);
  zf_query_order (query, "year", TRUE);
  zf_query_page (query, 0, 5);
  rows = children (session, query, household);
  zf_section_clear (section);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    most = MAX (most, zf_rows_int (rows, i, 2));
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    zf_section_append (section, income_row (rows, i, most));
  if (rows == NULL || zf_rows_n (rows) == 0)
    zf_section_say (section, _("Not recorded"));
  zf_section_set_button (section, _("Add year"), "win.add", g_variant_new ("(ss)", "income", household));
}

/* Timeline */

static GtkWidget *
visit_row (ZfSession *session, const char *id, const char *today)
{
  g_autoptr (ZfRecord) visit = zf_reader_get (zf_session_reader (session), id, NULL);
  g_autoptr (GString) title = g_string_new (NULL);
  g_autofree char *day = NULL;
  g_autofree char *mode = NULL;
  GtkWidget *row = NULL;

  if (visit == NULL)
    return NULL;
  day = zf_fmt_date (zf_record_get_string (visit, "date", ""), today);
  mode = zf_record_display (visit, "mode", zf_session_lang (session));
  add_fact (title, day);
  add_fact (title, mode);
  add_fact (title, zf_record_get_string (visit, "visitors", NULL));
  row = zf_row_new (title->str, zf_record_get_string (visit, "said", NULL));
  zf_row_set_target (ZF_ROW (row), "win.edit", id);
  return row;
}

void
zf_section_timeline (ZfSection *section, ZfSession *session, const char *household)
{
  g_autoptr (ZfQuery) query = zf_query_new ("visit");
  g_autoptr (ZfRows) rows = NULL;
  g_autofree char *today = zf_session_today (session);

  zf_query_column (query, "id");
  zf_query_order (query, "date", TRUE);
  zf_query_order (query, "id", TRUE);
  zf_query_page (query, 0, TIMELINE_ROWS);
  rows = children (session, query, household);
  zf_section_clear (section);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    {
      GtkWidget *row = visit_row (session, zf_rows_text (rows, i, 0), today);

      if (row != NULL)
        zf_section_append (section, row);
    }
  if (rows == NULL || zf_rows_n (rows) == 0)
    zf_section_say (section, _("Not visited yet"));
}

/* Ledgers of any kind */

static char *
ledger_facts (ZfSession *session, const ZfRecord *record)
{
  g_autoptr (GString) facts = g_string_new (NULL);
  const char *label = zf_record_title_field (record);
  guint n = 0;

  for (guint i = 0; i < zf_kind_n_fields (record->kind) && n < LEDGER_FACTS; i++)
    {
      const ZfField *field = zf_kind_field_at (record->kind, i);
      g_autofree char *value = NULL;

      if (!field->column || field->sensitive || field->type == ZF_FIELD_REF || g_strcmp0 (field->name, label) == 0)
        continue;
      value = zf_record_display (record, field->name, zf_session_lang (session));
      if (*value == '\0')
        continue;
      add_fact (facts, value);
      n++;
    }
  return g_string_free (g_steal_pointer (&facts), FALSE);
}

static void
add_ledger_row (ZfSection *section, ZfSession *session, const ZfKind *kind, const char *id)
{
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (session), id, NULL);
  g_autofree char *title = NULL;
  g_autofree char *facts = NULL;
  GtkWidget *row = NULL;

  if (record == NULL || record->kind == NULL)
    return;
  if (zf_record_title_field (record) != NULL)
    title = zf_record_display (record, zf_record_title_field (record), zf_session_lang (session));
  facts = ledger_facts (session, record);
  row = zf_row_new (title != NULL && *title != '\0' ? title : zf_kind_title (kind, zf_session_lang (session)), facts);
  zf_row_set_target (ZF_ROW (row), "win.edit", id);
  zf_section_append (section, row);
}

void
zf_section_ledger (ZfSection *section, ZfSession *session, const ZfKind *kind, const char *household)
{
  g_autoptr (ZfQuery) query = zf_query_new (zf_kind_name (kind));
  g_autoptr (ZfRows) rows = NULL;

  zf_query_column (query, "id");
  zf_query_order (query, "id", TRUE);
  zf_query_page (query, 0, LEDGER_ROWS);
  rows = children (session, query, household);
  zf_section_clear (section);
  for (guint i = 0; rows != NULL && i < zf_rows_n (rows); i++)
    add_ledger_row (section, session, kind, zf_rows_text (rows, i, 0));
  gtk_widget_set_visible (GTK_WIDGET (section), rows != NULL && zf_rows_n (rows) > 0);
  zf_section_set_button (section, _("Add"), "win.add", g_variant_new ("(ss)", zf_kind_name (kind), household));
}

static void
on_add_row (ZfRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (row), "win.add", "(ss)", g_object_get_data (G_OBJECT (row), "zf-kind"),
                              g_object_get_data (G_OBJECT (row), "zf-household"));
}

GtkWidget *
zf_section_add_row (const char *title, const char *kind, const char *household)
{
  GtkWidget *row = zf_row_new (title, NULL);

  g_object_set_data_full (G_OBJECT (row), "zf-kind", g_strdup (kind), g_free);
  g_object_set_data_full (G_OBJECT (row), "zf-household", g_strdup (household), g_free);
  g_signal_connect (row, "activated", G_CALLBACK (on_add_row), NULL);
  return row;
}
