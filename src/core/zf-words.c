/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-words.h"

#include <string.h>

#include "zf-home.h"
#include "zf-json.h"
#include "zf-pinyin.h"

/* Enough for what one field of a household says and for what anyone types. */
#define MAX_TEXT 400
#define MAX_RUNS 8
#define MAX_RUN 40

typedef enum
{
  RUN_END,
  RUN_HAN,
  RUN_LETTERS,
  RUN_DIGITS,
} RunClass;

static RunClass
classify (gunichar c)
{
  if (c < 0x80)
    return g_ascii_isalpha ((char) c) ? RUN_LETTERS : g_ascii_isdigit ((char) c) ? RUN_DIGITS : RUN_END;
  return zf_pinyin_is_han (c) ? RUN_HAN : RUN_END;
}

/* Takes the next run of one class out of folded text; an x that closes a number belongs to it. */
static RunClass
next_run (const char **text, GString *run)
{
  const char *p = *text;
  RunClass class = RUN_END;

  g_string_truncate (run, 0);
  while (*p != '\0' && (class = classify (g_utf8_get_char (p))) == RUN_END)
    p = g_utf8_next_char (p);
  for (; *p != '\0' && classify (g_utf8_get_char (p)) == class; p = g_utf8_next_char (p))
    g_string_append_unichar (run, g_utf8_get_char (p));
  if (class == RUN_DIGITS && *p == 'x' && !g_ascii_isalpha (p[1]))
    g_string_append_c (run, *p++);
  *text = p;
  return class;
}

/* Half-width, lower case, ü as it is typed. */
static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *narrow = zf_fold_width (valid);
  g_autofree char *lower = g_utf8_strdown (narrow, -1);
  GString *folded = g_string_new (lower);

  g_string_replace (folded, "ü", "v", 0);
  g_string_replace (folded, "'", "", 0);
  g_string_replace (folded, "’", "", 0);
  if (g_utf8_strlen (folded->str, -1) > MAX_TEXT)
    g_string_truncate (folded, (gsize) (g_utf8_offset_to_pointer (folded->str, MAX_TEXT) - folded->str));
  return g_string_free (folded, FALSE);
}

static void
add_word (GString *words, const char *mark, const char *word)
{
  if (*word != '\0')
    g_string_append_printf (words, " %s%s", mark, word);
}

static void
add_characters (GString *words, const char *run)
{
  for (const char *p = run; *p != '\0'; p = g_utf8_next_char (p))
    {
      g_string_append_c (words, ' ');
      g_string_append_unichar (words, g_utf8_get_char (p));
    }
}

/* Some type 吕 as lv, some as lu. */
static void
add_spelling (GString *words, const char *spelling)
{
  add_word (words, "", spelling);
  if (strchr (spelling, 'v') != NULL)
    {
      g_autoptr (GString) plain = g_string_new (spelling);

      g_string_replace (plain, "v", "u", 0);
      add_word (words, "", plain->str);
    }
}

static void
add_chinese_name (GString *words, const char *name)
{
  ZfPinyinName spelled;

  zf_pinyin_name (name, &spelled);
  add_characters (words, name);
  if (g_utf8_strlen (name, -1) > 1)
    add_word (words, "", name);
  add_spelling (words, spelled.full->str);
  add_word (words, "", spelled.initials->str);
  if (spelled.surname > 0)
    {
      add_spelling (words, spelled.full->str + spelled.surname_full);
      add_word (words, "", spelled.initials->str + spelled.surname);
    }
  zf_pinyin_name_clear (&spelled);
}

static void
add_run (GString *words, RunClass class, const char *run)
{
  if (class == RUN_HAN)
    add_characters (words, run);
  else
    add_word (words, class == RUN_DIGITS ? "δ" : "", run);
}

/* 阿依·努尔 is one name: separators inside do not count. */
static void
add_name (GString *words, const char *text, GString *names)
{
  g_autoptr (GString) run = g_string_new (NULL);
  g_autoptr (GString) chinese = g_string_new (NULL);
  RunClass class;

  while ((class = next_run (&text, run)) != RUN_END)
    if (class == RUN_HAN)
      g_string_append (chinese, run->str);
    else
      add_run (words, class, run->str);
  if (chinese->len == 0)
    return;
  add_chinese_name (words, chinese->str);
  g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "", chinese->str);
}

static void
add_text (GString *words, const char *text, GString *names)
{
  g_autoptr (GString) run = g_string_new (NULL);
  RunClass class;

  while ((class = next_run (&text, run)) != RUN_END)
    add_run (words, class, run->str);
}

static char *
digits_of (const char *text)
{
  GString *digits = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (g_ascii_isdigit (*text) || *text == 'x')
      g_string_append_c (digits, *text);
  return g_string_free (digits, FALSE);
}

static void
add_digits (GString *words, const char *text, GString *names)
{
  g_autofree char *digits = digits_of (text);

  add_word (words, "δ", digits);
}

static void
add_tail (GString *words, const char *text, GString *names)
{
  g_autofree char *digits = digits_of (text);

  add_word (words, "ρ", g_strreverse (digits));
}

static const struct
{
  const char *how;
  void (*add) (GString *words, const char *text, GString *names);
} hows[] = {
  { "name", add_name },
  { "text", add_text },
  { "digits", add_digits },
  { "tail", add_tail },
};

static void
add_field (GString *words, const char *how, const char *value, GString *names)
{
  g_autofree char *folded = fold (value);

  for (guint i = 0; i < G_N_ELEMENTS (hows); i++)
    if (g_strcmp0 (hows[i].how, how) == 0)
      {
        /* Keeps a phrase from reaching over the border of two fields. */
        g_string_append (words, words->len > 0 ? " κ" : "");
        hows[i].add (words, folded, names);
      }
}

char *
zf_words_index (const ZfKind *kind, JsonObject *fields, char **name)
{
  JsonObject *search = zf_kind_search (kind);
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (GString) names = g_string_new (NULL);

  *name = NULL;
  for (guint i = 0; search != NULL && i < zf_kind_n_fields (kind); i++)
    {
      const ZfField *field = zf_kind_field_at (kind, i);
      const char *how = zf_json_get_string (search, field->name, NULL);
      const char *value = how != NULL ? zf_json_get_string (fields, field->name, NULL) : NULL;

      if (value != NULL)
        add_field (words, how, value, names);
    }
  if (words->len == 0)
    return NULL;
  if (names->len > 0)
    *name = g_strdup (names->str);
  add_word (words, "", names->len > 0 ? ZF_WORD_NAMED : "");
  add_word (words, "", g_str_equal (zf_kind_name (kind), ZF_KIND_HOUSEHOLD) ? ZF_WORD_HOUSEHOLD : "");
  return g_strdup (words->str + 1);
}

static void
match_run (GString *match, RunClass class, const char *run)
{
  g_autoptr (GString) characters = g_string_new (NULL);
  g_autofree char *tail = g_strreverse (g_strdup (run));

  if (match->len > 0)
    g_string_append (match, " AND ");
  add_characters (characters, run);
  if (class == RUN_HAN)
    g_string_append_printf (match, "\"%s\"", characters->str + 1);
  else if (class == RUN_LETTERS)
    g_string_append_printf (match, "\"%s\" *", run);
  else
    g_string_append_printf (match, "(\"ρ%s\" * OR \"δ%s\" *)", tail, run);
}

static void
cut (GString *run)
{
  if (g_utf8_strlen (run->str, -1) > MAX_RUN)
    g_string_truncate (run, (gsize) (g_utf8_offset_to_pointer (run->str, MAX_RUN) - run->str));
}

char *
zf_words_match (const char *text, char **name)
{
  g_autofree char *folded = fold (text);
  g_autofree char *first = NULL;
  g_autoptr (GString) match = g_string_new (NULL);
  g_autoptr (GString) run = g_string_new (NULL);
  const char *p = folded;
  RunClass class;
  guint n = 0;

  *name = NULL;
  for (; n < MAX_RUNS && (class = next_run (&p, run)) != RUN_END; n++)
    {
      cut (run);
      match_run (match, class, run->str);
      if (n == 0 && class == RUN_HAN)
        first = g_strdup (run->str);
    }
  if (n == 1)
    *name = g_steal_pointer (&first);
  return n > 0 ? g_strdup (match->str) : NULL;
}
