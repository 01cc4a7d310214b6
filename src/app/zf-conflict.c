/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-conflict.h"

#include <glib/gi18n.h>

#include "zf-fmt.h"
#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-merge.h"
#include "zf-value.h"

/* Fields of a whole record that fit on a card. */
#define MOST_LINES 8

static void
line_free (ZfConflictLine *line)
{
  g_free (line->label);
  g_free (line->text);
  g_free (line);
}

static void
side_free (ZfConflictSide *side)
{
  g_free (side->title);
  g_free (side->who);
  g_free (side->words);
  g_ptr_array_unref (side->lines);
  g_clear_pointer (&side->value, json_node_unref);
  g_free (side);
}

void
zf_conflict_free (ZfConflict *conflict)
{
  g_free (conflict->id);
  g_free (conflict->record);
  g_free (conflict->home);
  g_free (conflict->title);
  g_free (conflict->question);
  g_free (conflict->group);
  g_ptr_array_unref (conflict->sides);
  g_ptr_array_unref (conflict->fields);
  g_free (conflict);
}

/* What one reading needs at hand. */
typedef struct
{
  ZfSession *session;
  JsonObject *item;
  ZfRecord *record;
  ZfConflict *conflict;
} Reading;

static const char *
label_of (ZfSession *session, const ZfField *field)
{
  const char *label = zf_row_text (field->plain, "label", zf_session_lang (session));

  return label != NULL ? label : field->name;
}

static const char *
name_of (const ZfRecord *record)
{
  const char *field = zf_record_title_field (record);

  return zf_record_get_string (record, "head_name", zf_record_get_string (record, field != NULL ? field : "name", ""));
}

/* Sides */

static char *
who_words (Reading *reading, JsonObject *side)
{
  gint64 at = zf_json_get_int (side, "at", 0);
  const char *by = zf_json_get_string (side, "by", "");
  g_autofree char *when = at > 0 ? zf_fmt_moment (at, zf_session_now_ms (reading->session)) : g_strdup ("");
  g_autofree char *words = g_strstrip (g_strdup_printf ("%s %s", by, when));

  return *words != '\0' ? g_steal_pointer (&words) : NULL;
}

static ZfConflictSide *
add_side (Reading *reading, const char *title, JsonObject *who, JsonNode *value)
{
  ZfConflictSide *side = g_new0 (ZfConflictSide, 1);

  side->title = g_strdup (title);
  side->who = who != NULL ? who_words (reading, who) : NULL;
  side->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  side->value = value;
  g_ptr_array_add (reading->conflict->sides, side);
  return side;
}

char *
zf_conflict_line_words (const ZfConflictLine *line, gboolean shown)
{
  return line->sensitive && !shown ? zf_fmt_masked (line->text) : g_strdup (line->text);
}

gboolean
zf_conflict_is_sensitive (const ZfConflict *conflict)
{
  for (guint i = 0; i < conflict->sides->len; i++)
    {
      const ZfConflictSide *side = g_ptr_array_index (conflict->sides, i);

      for (guint j = 0; j < side->lines->len; j++)
        if (((const ZfConflictLine *) g_ptr_array_index (side->lines, j))->sensitive)
          return TRUE;
    }
  return FALSE;
}

/* @field: (nullable): whose value @text is. */
static void
add_line (ZfConflictSide *side, const char *label, const ZfField *field, char *text, gboolean differs)
{
  ZfConflictLine *line = g_new0 (ZfConflictLine, 1);

  line->label = g_strdup (label);
  line->text = *text != '\0' ? text : zf_fmt_none ();
  line->sensitive = field != NULL && field->sensitive && *text != '\0';
  line->differs = differs;
  if (*text == '\0')
    g_free (text);
  if (side->words == NULL || (differs && !((ZfConflictLine *) g_ptr_array_index (side->lines, 0))->differs))
    {
      g_free (side->words);
      side->words = zf_conflict_line_words (line, FALSE);
    }
  g_ptr_array_add (side->lines, line);
}

static JsonObject *
side_at (JsonArray *mine, guint i)
{
  JsonNode *node = json_array_get_element (mine, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonNode *
side_value (JsonObject *side)
{
  return side != NULL && json_object_has_member (side, "v") ? json_object_get_member (side, "v") : NULL;
}

/* A change of this tablet's own stands in its log; what came from elsewhere does not. */
static gboolean
is_own (Reading *reading, JsonObject *side)
{
  const char *cid = zf_json_get_string (side, "cid", NULL);
  g_autoptr (GPtrArray) history = NULL;

  if (cid == NULL)
    return FALSE;
  history = zf_reader_history (zf_session_reader (reading->session), reading->record->id, NULL);
  for (guint i = 0; history != NULL && i < history->len; i++)
    if (g_strcmp0 (zf_json_get_string (g_ptr_array_index (history, i), "cid", NULL), cid) == 0)
      return TRUE;
  return FALSE;
}

/* What an import disputes never had a change at the county. */
static const char *
mine_title (Reading *reading, JsonObject *mine)
{
  if (zf_json_get_string (mine, "cid", NULL) == NULL)
    return _("In the imported table");
  return is_own (reading, mine) ? _("This tablet") : _("Another tablet");
}

static const char *
theirs_title (JsonObject *theirs)
{
  return zf_json_get_string (theirs, "cid", NULL) != NULL ? _("At the county now") : _("Stands here now");
}

/* Kind edit: values of one group. */

static JsonNode *
field_value (Reading *reading, JsonNode *group_value, const char *field)
{
  if (reading->conflict->fields->len == 1 && !zf_kind_field (reading->record->kind, field)->grouped)
    return group_value;
  if (group_value == NULL || !JSON_NODE_HOLDS_OBJECT (group_value) || !json_object_has_member (json_node_get_object (group_value), field))
    return NULL;
  return json_object_get_member (json_node_get_object (group_value), field);
}

typedef struct
{
  JsonNode *base;
  JsonNode *theirs;
  JsonArray *mine;
} Values;

static gboolean
field_differs (Reading *reading, const Values *values, const char *field)
{
  JsonNode *theirs = field_value (reading, values->theirs, field);

  if (!zf_json_equal (field_value (reading, values->base, field), theirs))
    return TRUE;
  for (guint i = 0; i < json_array_get_length (values->mine); i++)
    if (!zf_json_equal (field_value (reading, side_value (side_at (values->mine, i)), field), theirs))
      return TRUE;
  return FALSE;
}

static void
add_values (Reading *reading, ZfConflictSide *side, const Values *values, JsonNode *own)
{
  gboolean many = reading->conflict->fields->len > 1;

  for (guint i = 0; i < reading->conflict->fields->len; i++)
    {
      const char *name = g_ptr_array_index (reading->conflict->fields, i);
      const ZfField *field = zf_kind_field (reading->record->kind, name);
      JsonNode *value = field_value (reading, own, name);

      if (many && !field_differs (reading, values, name))
        continue;
      add_line (side, many ? label_of (reading->session, field) : NULL, field,
                zf_value_display (reading->record->kind, field, value, zf_session_lang (reading->session)),
                !zf_json_equal (value, field_value (reading, values->base, name)));
    }
}

static void
read_edit (Reading *reading, JsonObject *theirs, JsonArray *mine)
{
  Values values = { .theirs = side_value (theirs), .mine = mine };

  g_ptr_array_unref (reading->conflict->fields);
  reading->conflict->fields = zf_group_fields (reading->record->kind, reading->conflict->group);
  /* A newer version may know fields that this one does not. */
  for (guint i = reading->conflict->fields->len; i > 0; i--)
    if (zf_kind_field (reading->record->kind, g_ptr_array_index (reading->conflict->fields, i - 1)) == NULL)
      g_ptr_array_remove_index (reading->conflict->fields, i - 1);
  if (json_object_has_member (reading->item, "base"))
    values.base = json_object_get_member (reading->item, "base");
  for (guint i = 0; i < reading->conflict->fields->len; i++)
    reading->conflict->same += !field_differs (reading, &values, g_ptr_array_index (reading->conflict->fields, i));
  add_values (reading, add_side (reading, _("Before"), NULL, NULL), &values, values.base);
  add_values (reading, add_side (reading, theirs_title (theirs), theirs, zf_value_copy (values.theirs)), &values, values.theirs);
  for (guint i = 0; i < json_array_get_length (mine); i++)
    {
      JsonObject *side = side_at (mine, i);

      if (side != NULL)
        add_values (reading, add_side (reading, mine_title (reading, side), side, zf_value_copy (side_value (side))), &values,
                    side_value (side));
    }
  reading->conflict->question = g_strdup (_("Two wrote it differently. Which one is right?"));
}

/* Kinds delete_vs_edit and edit_vs_delete */

static void
read_ending (Reading *reading, JsonObject *theirs, JsonArray *mine, gboolean mine_ended)
{
  JsonObject *own = json_array_get_length (mine) > 0 ? side_at (mine, json_array_get_length (mine) - 1) : NULL;
  ZfConflictSide *side = NULL;

  side = add_side (reading, _("It stays"), mine_ended ? theirs : own, zf_json_string ("alive"));
  add_line (side, NULL, NULL, g_strdup (_("It was changed, so somebody saw it.")), TRUE);
  g_free (side->words);
  side->words = g_strdup (_("It stays"));
  side = add_side (reading, _("It counts as ended"), mine_ended ? own : theirs, zf_json_string ("deleted"));
  add_line (side, NULL, NULL, g_strdup (_("It was ended. All records are kept.")), TRUE);
  g_free (side->words);
  side->words = g_strdup (_("It counts as ended"));
  reading->conflict->question = g_strdup (mine_ended ? _("It was ended on this tablet, and another tablet changed it.")
                                                     : _("Another tablet ended it, and it was changed on this tablet."));
}

/* Kinds duplicate and double_correction: whole records side by side. */

static void
add_record_lines (Reading *reading, ZfConflictSide *side, ZfRecord *record, ZfRecord *other)
{
  for (guint i = 0; record->kind != NULL && i < zf_kind_n_fields (record->kind) && side->lines->len < MOST_LINES; i++)
    {
      const ZfField *field = zf_kind_field_at (record->kind, i);
      JsonNode *value = json_object_get_member (record->fields, field->name);
      JsonNode *theirs = other != NULL ? json_object_get_member (other->fields, field->name) : NULL;

      if ((value == NULL && theirs == NULL) || field->type == ZF_FIELD_REF)
        continue;
      add_line (side, label_of (reading->session, field), field, zf_record_display (record, field->name, zf_session_lang (reading->session)),
                !zf_json_equal (value, theirs));
    }
}

static void
add_record (Reading *reading, const char *title, JsonObject *who, const char *id, const char *other_id)
{
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (reading->session), id, NULL);
  g_autoptr (ZfRecord) other = other_id != NULL ? zf_reader_get (zf_session_reader (reading->session), other_id, NULL) : NULL;
  ZfConflictSide *side = add_side (reading, title, who, zf_json_string (id));

  if (record != NULL)
    add_record_lines (reading, side, record, other);
  else
    add_line (side, NULL, NULL, g_strdup (_("It is not on this tablet yet.")), FALSE);
  g_free (side->words);
  side->words = g_strdup (title);
}

static const char *
id_of (JsonObject *side)
{
  return side != NULL ? zf_json_get_string (side, "v", "") : "";
}

static void
read_records (Reading *reading, JsonObject *theirs, JsonArray *mine, gboolean duplicate)
{
  gboolean home = g_str_equal (reading->record->kind_name, "household");
  const char *keep = !duplicate ? _("This correction counts")
                     : home     ? _("One household: keep this one")
                                : _("The same: keep this one");
  JsonObject *first = json_array_get_length (mine) > 0 ? side_at (mine, 0) : NULL;

  add_record (reading, keep, theirs, id_of (theirs), id_of (first));
  for (guint i = 0; i < json_array_get_length (mine); i++)
    if (side_at (mine, i) != NULL)
      add_record (reading, keep, side_at (mine, i), id_of (side_at (mine, i)), id_of (theirs));
  reading->conflict->question =
    g_strdup (duplicate ? _("Two tablets added what looks the same.") : _("Two corrected the same record."));
  if (duplicate)
    {
      ZfConflictSide *both = add_side (reading, home ? _("Two households") : _("They are two"), NULL, zf_json_string ("both"));

      add_line (both, NULL, NULL, g_strdup (_("Both stay.")), FALSE);
      g_free (both->words);
      both->words = g_strdup (both->title);
    }
}

/* The whole */

static char *
title_words (Reading *reading, const char *kind)
{
  const ZfKind *of = reading->record->kind;
  g_autoptr (ZfRecord) home = NULL;
  GString *title = g_string_new (NULL);
  const char *names[3] = { "", name_of (reading->record), "" };

  if (reading->conflict->home != NULL && g_strcmp0 (reading->conflict->home, reading->record->id) != 0)
    home = zf_reader_get (zf_session_reader (reading->session), reading->conflict->home, NULL);
  if (home != NULL)
    names[0] = name_of (home);
  if (g_str_equal (kind, "edit") && reading->conflict->fields->len == 1)
    names[2] = label_of (reading->session, zf_kind_field (of, g_ptr_array_index (reading->conflict->fields, 0)));
  else
    names[2] = zf_kind_title (of, zf_session_lang (reading->session));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (*names[i] != '\0')
      g_string_append_printf (title, "%s%s", title->len > 0 ? " · " : "", names[i]);
  return g_string_free (title, FALSE);
}

static void
read_sides (Reading *reading, const char *kind)
{
  g_autoptr (JsonArray) none = json_array_new ();
  JsonObject *theirs = zf_json_get_object (reading->item, "theirs");
  JsonArray *mine = zf_json_get_array (reading->item, "mine");

  if (mine == NULL)
    mine = none;
  if (g_str_equal (kind, "delete_vs_edit") || g_str_equal (kind, "edit_vs_delete"))
    read_ending (reading, theirs, mine, g_str_equal (kind, "delete_vs_edit"));
  else if (g_str_equal (kind, "duplicate") || g_str_equal (kind, "double_correction"))
    read_records (reading, theirs, mine, g_str_equal (kind, "duplicate"));
  else if (theirs != NULL)
    read_edit (reading, theirs, mine);
}

ZfConflict *
zf_conflict_read (ZfSession *session, JsonObject *item)
{
  const char *kind = zf_json_get_string (item, "kind", "edit");
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (session), zf_json_get_string (item, "of", ""), NULL);
  Reading reading = { .session = session, .item = item, .record = record };
  ZfConflict *conflict = NULL;

  if (record == NULL || record->kind == NULL)
    return NULL;
  reading.conflict = conflict = g_new0 (ZfConflict, 1);
  conflict->id = g_strdup (zf_json_get_string (item, "id", ""));
  conflict->record = g_strdup (record->id);
  conflict->home = zf_session_home_of (session, record);
  conflict->group = g_strdup (zf_json_get_string (item, "g", ""));
  conflict->sides = g_ptr_array_new_with_free_func ((GDestroyNotify) side_free);
  conflict->fields = g_ptr_array_new ();
  read_sides (&reading, kind);
  conflict->title = title_words (&reading, kind);
  return conflict;
}

/* One that was decided here stays open until the county has the decision; nobody needs to settle it again. */
static GPtrArray *
undecided (ZfSession *session)
{
  GPtrArray *waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_autoptr (GPtrArray) items = zf_ledger_conflicts (zf_session_reader (session), TRUE, NULL);

  for (guint i = 0; items != NULL && i < items->len; i++)
    if (!json_object_has_member (g_ptr_array_index (items, i), "decided"))
      g_ptr_array_add (waiting, json_object_ref (g_ptr_array_index (items, i)));
  return waiting;
}

guint
zf_conflicts_n_open (ZfSession *session)
{
  g_autoptr (GPtrArray) waiting = undecided (session);

  return waiting->len;
}

GPtrArray *
zf_conflicts_open (ZfSession *session, const char *home)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_conflict_free);
  g_autoptr (GPtrArray) items = undecided (session);

  for (guint i = 0; i < items->len; i++)
    {
      ZfConflict *conflict = zf_conflict_read (session, g_ptr_array_index (items, i));

      if (conflict != NULL && (home == NULL || g_strcmp0 (conflict->home, home) == 0))
        g_ptr_array_add (all, conflict);
      else
        g_clear_pointer (&conflict, zf_conflict_free);
    }
  return all;
}
