/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-divisions.h"

#include <string.h>

#include "zf-error.h"
#include "zf-id.h"
#include "zf-json.h"

struct _ZfDivisions
{
  GObject parent_instance;

  GStringChunk *strings;
  GPtrArray *towns;       /* ZfTown* */
  GPtrArray *villages;    /* ZfVillage* */
  GHashTable *by_code;    /* code of any edition → ZfVillage* */
  GHashTable *by_id;
  const char *edition;
};

G_DEFINE_FINAL_TYPE (ZfDivisions, zf_divisions, G_TYPE_OBJECT)

/* One row of villages.csv while chains are joined. */
typedef struct
{
  const char *code, *name, *town, *first, *last;
} Row;

typedef gboolean (*RowFunc) (ZfDivisions *self, char **cells, gpointer data);

static void
village_free (gpointer data)
{
  ZfVillage *village = data;

  g_free ((gpointer) village->codes);
  g_free ((gpointer) village->names);
  g_free (village);
}

static void
zf_divisions_finalize (GObject *object)
{
  ZfDivisions *self = ZF_DIVISIONS (object);

  g_clear_pointer (&self->by_code, g_hash_table_unref);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->villages, g_ptr_array_unref);
  g_clear_pointer (&self->towns, g_ptr_array_unref);
  g_clear_pointer (&self->strings, g_string_chunk_free);
  G_OBJECT_CLASS (zf_divisions_parent_class)->finalize (object);
}

static void
zf_divisions_class_init (ZfDivisionsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_divisions_finalize;
}

static void
zf_divisions_init (ZfDivisions *self)
{
  self->strings = g_string_chunk_new (16384);
  self->towns = g_ptr_array_new_with_free_func (g_free);
  self->villages = g_ptr_array_new_with_free_func (village_free);
  self->by_code = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

/* Reading. Our own files have no quoted cells. */

static gboolean
read_csv (ZfDivisions *self, const char *data_dir, const char *name, guint n_cells, RowFunc func, gpointer data, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, "divisions", name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = NULL;

      g_strchomp (lines[i]);
      if (lines[i][0] == '\0')
        continue;
      cells = g_strsplit (lines[i], ",", -1);
      if (g_strv_length (cells) != n_cells || !func (self, cells, data))
        {
          g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "Line %u of %s does not fit", i + 1, name);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
read_town (ZfDivisions *self, char **cells, gpointer data)
{
  ZfTown *town = g_new0 (ZfTown, 1);

  town->code = g_string_chunk_insert (self->strings, cells[0]);
  town->name = g_string_chunk_insert (self->strings, cells[1]);
  town->lon = g_string_chunk_insert (self->strings, cells[2]);
  town->lat = g_string_chunk_insert (self->strings, cells[3]);
  g_ptr_array_add (self->towns, town);
  return strlen (town->code) == 9;
}

static gboolean
read_village (ZfDivisions *self, char **cells, gpointer data)
{
  GHashTable *rows = data;
  Row *row = g_new0 (Row, 1);

  row->code = g_string_chunk_insert (self->strings, cells[0]);
  row->name = g_string_chunk_insert (self->strings, cells[1]);
  row->town = g_string_chunk_insert (self->strings, cells[2]);
  row->first = g_string_chunk_insert (self->strings, cells[3]);
  row->last = g_string_chunk_insert (self->strings, cells[4]);
  if (self->edition == NULL || strcmp (row->last, self->edition) > 0)
    self->edition = row->last;
  return strlen (row->code) == 12 && g_hash_table_insert (rows, (gpointer) row->code, row);
}

/* A split names several new codes: the first one carries the village on, the others are new villages. */
static gboolean
read_succession (ZfDivisions *self, char **cells, gpointer data)
{
  GHashTable *next = data;
  const char *old = g_string_chunk_insert (self->strings, cells[0]);

  if (!g_hash_table_contains (next, old))
    g_hash_table_insert (next, (gpointer) old, g_string_chunk_insert (self->strings, cells[1]));
  return TRUE;
}

static const ZfTown *
town_by_code (ZfDivisions *self, const char *code)
{
  for (guint i = 0; i < self->towns->len; i++)
    {
      const ZfTown *town = g_ptr_array_index (self->towns, i);

      if (strcmp (town->code, code) == 0)
        return town;
    }
  return NULL;
}

static void
add_village (ZfDivisions *self, GHashTable *rows, GHashTable *next, Row *first)
{
  ZfVillage *village = g_new0 (ZfVillage, 1);
  GPtrArray *codes = g_ptr_array_new ();
  GPtrArray *names = g_ptr_array_new ();
  g_autofree char *id = zf_id_from_key ("village", first->code);
  const Row *last = first;

  for (const Row *row = first; row != NULL;)
    {
      const char *after = g_hash_table_lookup (next, row->code);

      g_ptr_array_add (codes, (gpointer) row->code);
      g_ptr_array_add (names, (gpointer) row->name);
      g_hash_table_insert (self->by_code, (gpointer) row->code, village);
      last = row;
      row = after != NULL ? g_hash_table_lookup (rows, after) : NULL;
    }
  g_ptr_array_add (codes, NULL);
  g_ptr_array_add (names, NULL);
  village->id = g_string_chunk_insert (self->strings, id);
  village->name = last->name;
  village->code = last->code;
  village->codes = (const char *const *) g_ptr_array_free (codes, FALSE);
  village->names = (const char *const *) g_ptr_array_free (names, FALSE);
  village->town = town_by_code (self, last->town);
  village->first_edition = first->first;
  village->last_edition = last->last;
  village->community = g_str_has_suffix (last->name, "社区");
  g_hash_table_insert (self->by_id, (gpointer) village->id, village);
  g_ptr_array_add (self->villages, village);
}

static gboolean
join_chains (ZfDivisions *self, GHashTable *rows, GHashTable *next, GError **error)
{
  g_autoptr (GHashTable) later = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) codes = g_list_sort (g_hash_table_get_keys (rows), (GCompareFunc) strcmp);
  GHashTableIter iter;
  gpointer old = NULL, new = NULL;

  g_hash_table_iter_init (&iter, next);
  while (g_hash_table_iter_next (&iter, &old, &new))
    {
      const Row *before = g_hash_table_lookup (rows, old);
      const Row *after = g_hash_table_lookup (rows, new);

      /* Time must go forward, or a chain could run in a circle. */
      if (before == NULL || after == NULL || strcmp (after->first, before->last) <= 0 || !g_hash_table_add (later, new))
        {
          g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "The succession of code %s does not fit the list of villages", (char *) old);
          return FALSE;
        }
    }
  for (GList *l = codes; l != NULL; l = l->next)
    if (!g_hash_table_contains (later, l->data))
      add_village (self, rows, next, g_hash_table_lookup (rows, l->data));
  return TRUE;
}

static gboolean
all_have_towns (ZfDivisions *self, GError **error)
{
  for (guint i = 0; i < self->villages->len; i++)
    {
      const ZfVillage *village = g_ptr_array_index (self->villages, i);

      if (village->town == NULL)
        {
          g_set_error (error, ZF_ERROR, ZF_ERROR_INVALID, "The township of village %s is not in the list", village->code);
          return FALSE;
        }
    }
  return TRUE;
}

ZfDivisions *
zf_divisions_load (const char *data_dir, GError **error)
{
  g_autoptr (ZfDivisions) self = g_object_new (ZF_TYPE_DIVISIONS, NULL);
  g_autoptr (GHashTable) rows = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GHashTable) next = g_hash_table_new (g_str_hash, g_str_equal);

  if (!read_csv (self, data_dir, "towns.csv", 5, read_town, NULL, error)
      || !read_csv (self, data_dir, "villages.csv", 5, read_village, rows, error)
      || !read_csv (self, data_dir, "succession.csv", 3, read_succession, next, error)
      || !join_chains (self, rows, next, error) || !all_have_towns (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

GPtrArray *
zf_divisions_towns (ZfDivisions *self)
{
  return self->towns;
}

GPtrArray *
zf_divisions_villages (ZfDivisions *self)
{
  return self->villages;
}

const char *
zf_divisions_edition (ZfDivisions *self)
{
  return self->edition;
}

gboolean
zf_divisions_in_edition (const ZfVillage *village, const char *edition)
{
  return strcmp (village->first_edition, edition) <= 0 && strcmp (village->last_edition, edition) >= 0;
}

const ZfVillage *
zf_divisions_village (ZfDivisions *self, const char *code)
{
  return g_hash_table_lookup (self->by_code, code);
}

const ZfVillage *
zf_divisions_by_id (ZfDivisions *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

/* Names */

static const char *const town_suffixes[] = { "街道办事处", "人民政府", "街道", "镇", "乡", NULL };
static const char *const village_suffixes[] = { "村民委员会", "居民委员会", "社区居委会", "村委会", "居委会", "社区", "居委", "村", NULL };

/* The name without its kind; a stem has at least two characters, so 村 alone stays. */
static char *
stem_of (const char *name, const char *const *suffixes)
{
  for (guint i = 0; suffixes[i] != NULL; i++)
    if (g_str_has_suffix (name, suffixes[i]))
      {
        gsize len = strlen (name) - strlen (suffixes[i]);

        if (g_utf8_strlen (name, (gssize) len) >= 2)
          return g_strndup (name, len);
      }
  return g_strdup (name);
}

static char *
clean (const char *text)
{
  g_autofree char *folded = zf_fold_width (text != NULL ? text : "");
  g_auto (GStrv) words = g_strsplit_set (folded, " \t\r\n", -1);

  return g_strjoinv ("", words);
}

const ZfTown *
zf_divisions_town (ZfDivisions *self, const char *text)
{
  g_autofree char *name = clean (text);
  g_autofree char *stem = stem_of (name, town_suffixes);

  for (guint i = 0; i < self->towns->len; i++)
    {
      const ZfTown *town = g_ptr_array_index (self->towns, i);
      g_autofree char *own = stem_of (town->name, town_suffixes);

      if (strcmp (town->code, name) == 0 || strcmp (town->name, name) == 0 || strcmp (own, stem) == 0)
        return town;
    }
  return NULL;
}

static const char *
skip_prefix (const char *text, const char *prefix)
{
  return g_str_has_prefix (text, prefix) && text[strlen (prefix)] != '\0' ? text + strlen (prefix) : text;
}

/* 重庆市丰都县高家镇汶溪村 → 汶溪村, with its township in *town. */
static const char *
skip_address (ZfDivisions *self, const char *name, const ZfTown **town)
{
  name = skip_prefix (skip_prefix (name, "重庆市"), "丰都县");
  for (guint i = 0; i < self->towns->len; i++)
    {
      const ZfTown *each = g_ptr_array_index (self->towns, i);
      const char *rest = skip_prefix (name, each->name);

      if (rest != name)
        {
          *town = each;
          return rest;
        }
    }
  return name;
}

/* One character put in, left out or changed. */
static gboolean
one_apart (const char *a, const char *b)
{
  while (*a != '\0' && g_utf8_get_char (a) == g_utf8_get_char (b))
    a = g_utf8_next_char (a), b = g_utf8_next_char (b);
  if (*a == '\0' || *b == '\0')
    return g_utf8_strlen (a, -1) + g_utf8_strlen (b, -1) == 1;
  return strcmp (g_utf8_next_char (a), g_utf8_next_char (b)) == 0 || strcmp (a, g_utf8_next_char (b)) == 0
         || strcmp (g_utf8_next_char (a), b) == 0;
}

typedef gboolean (*NameTest) (const char *name, const char *wanted);

static gboolean
same_name (const char *name, const char *wanted)
{
  return strcmp (name, wanted) == 0;
}

static gboolean
same_stem (const char *name, const char *wanted)
{
  g_autofree char *a = stem_of (name, village_suffixes);
  g_autofree char *b = stem_of (wanted, village_suffixes);

  return strcmp (a, b) == 0;
}

static gboolean
near_stem (const char *name, const char *wanted)
{
  g_autofree char *a = stem_of (name, village_suffixes);
  g_autofree char *b = stem_of (wanted, village_suffixes);

  return one_apart (a, b);
}

static void
collect (ZfDivisions *self, const ZfTown *town, const char *wanted, NameTest test, GPtrArray *found)
{
  g_ptr_array_set_size (found, 0);
  for (guint i = 0; i < self->villages->len; i++)
    {
      ZfVillage *village = g_ptr_array_index (self->villages, i);

      if (town != NULL && village->town != town)
        continue;
      for (guint n = 0; village->names[n] != NULL; n++)
        if (test (village->names[n], wanted))
          {
            g_ptr_array_add (found, village);
            break;
          }
    }
}

ZfVillageMatch
zf_divisions_find (ZfDivisions *self, const char *town_text, const char *text, GPtrArray **candidates)
{
  static const NameTest sure[] = { same_name, same_stem };
  g_autofree char *name = clean (text);
  gboolean town_given = town_text != NULL && *town_text != '\0';
  const ZfTown *town = town_given ? zf_divisions_town (self, town_text) : NULL;
  gboolean town_unknown = town_given && town == NULL;
  ZfVillage *coded = g_hash_table_lookup (self->by_code, name);
  const ZfTown *named_town = NULL;
  const char *wanted = skip_address (self, name, &named_town);

  *candidates = g_ptr_array_new ();
  if (coded != NULL)
    {
      g_ptr_array_add (*candidates, coded);
      return ZF_VILLAGE_ONE;
    }
  if (*wanted == '\0')
    return ZF_VILLAGE_NONE;
  if (town == NULL)
    town = named_town;
  for (guint i = 0; i < G_N_ELEMENTS (sure); i++)
    {
      collect (self, town, wanted, sure[i], *candidates);
      if ((*candidates)->len > 0)
        return town_unknown ? ZF_VILLAGE_NEAR : (*candidates)->len == 1 ? ZF_VILLAGE_ONE : ZF_VILLAGE_SEVERAL;
    }
  collect (self, town, wanted, near_stem, *candidates);
  return (*candidates)->len > 0 ? ZF_VILLAGE_NEAR : ZF_VILLAGE_NONE;
}

static JsonObject *
record_of (const ZfVillage *village)
{
  JsonObject *record = json_object_new ();
  JsonObject *fields = json_object_new ();
  g_autofree char *codes = g_strjoinv (" ", (char **) village->codes);

  json_object_set_string_member (fields, "name", village->name);
  json_object_set_string_member (fields, "kind", village->community ? "community" : "village");
  json_object_set_string_member (fields, "code", village->code);
  json_object_set_string_member (fields, "codes", codes);
  json_object_set_string_member (fields, "town_code", village->town->code);
  json_object_set_string_member (fields, "town_name", village->town->name);
  json_object_set_string_member (fields, "first_edition", village->first_edition);
  json_object_set_string_member (fields, "last_edition", village->last_edition);
  json_object_set_string_member (record, "id", village->id);
  json_object_set_object_member (record, "fields", fields);
  return record;
}

static gboolean
chosen (const ZfVillage *village, const char *const *codes)
{
  for (guint i = 0; codes != NULL && village->codes[i] != NULL; i++)
    if (g_strv_contains (codes, village->codes[i]))
      return TRUE;
  return codes == NULL;
}

JsonArray *
zf_divisions_records (ZfDivisions *self, const char *const *codes)
{
  JsonArray *records = json_array_new ();

  for (guint i = 0; i < self->villages->len; i++)
    {
      const ZfVillage *village = g_ptr_array_index (self->villages, i);

      if (chosen (village, codes))
        json_array_add_object_element (records, record_of (village));
    }
  return records;
}
