/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-styled-private.h"

#include <string.h>

/* Longer ones are no tags. */
#define MAX_TAG 400
#define MAX_FONT 60
/* More in a row are a line to write on, or a number that is covered. */
#define MOST_STARS 3
#define MOST_LINES 2

static const struct
{
  const char *name;
  ZfStyleJob job;
} TAGS[] = {
  { "span", ZF_STYLE_SPAN }, { "p", ZF_STYLE_PARAGRAPH }, { "div", ZF_STYLE_PARAGRAPH }, { "b", ZF_STYLE_BOLD }, { "strong", ZF_STYLE_BOLD }, { "i", ZF_STYLE_ITALIC }, { "em", ZF_STYLE_ITALIC }, { "u", ZF_STYLE_UNDERLINE },
  { "s", ZF_STYLE_STRIKE }, { "strike", ZF_STYLE_STRIKE }, { "del", ZF_STYLE_STRIKE }, { "sub", ZF_STYLE_SUBSCRIPT }, { "sup", ZF_STYLE_SUPERSCRIPT }, { "big", ZF_STYLE_BIG },
  /* Nothing is shown smaller than its neighbours: it could not be read in the sun. */
  { "small", ZF_STYLE_NOTHING },
  { "h1", ZF_STYLE_HEADING }, { "h2", ZF_STYLE_HEADING + 1 }, { "h3", ZF_STYLE_HEADING + 2 }, { "h4", ZF_STYLE_HEADING + 3 }, { "h5", ZF_STYLE_HEADING + 4 }, { "h6", ZF_STYLE_HEADING + 5 },
};

/* What pairs with what: a tag with its own name, a delimiter with its like, a bracket with a bracket. */
enum
{
  SORT_STAR = G_N_ELEMENTS (TAGS),
  SORT_STARS,
  SORT_LINE,
  SORT_LINES,
  SORT_BRACKET,
  N_SORTS,
};

typedef struct
{
  const char *text;
  GArray *marks;
  GArray *looks;
  GPtrArray *addresses;
  int open[N_SORTS];
  ZfStyleJob heading;         /* that is being read */
  gsize heading_end;   /* 0: none is */
  gsize heading_tail;  /* so much closes it */
} Reading;

/* Marks */

static ZfStyleMark *
mark_at (Reading *reading, int i)
{
  return &g_array_index (reading->marks, ZfStyleMark, i);
}

static int
add_mark (Reading *reading, gsize at, gsize len, ZfStyleJob job, gboolean used)
{
  ZfStyleMark mark = { at, len, job, used, FALSE, -1, -1 };

  g_array_append_val (reading->marks, mark);
  return (int) reading->marks->len - 1;
}

static int
open_mark (Reading *reading, int sort, gsize at, gsize len, ZfStyleJob job)
{
  int i = add_mark (reading, at, len, job, FALSE);

  mark_at (reading, i)->before = reading->open[sort];
  reading->open[sort] = i;
  return i;
}

static void
close_mark (Reading *reading, int sort, gsize at, gsize len)
{
  int opened = reading->open[sort];
  int i = add_mark (reading, at, len, mark_at (reading, opened)->job, TRUE);

  mark_at (reading, opened)->used = TRUE;
  mark_at (reading, i)->ends = TRUE;
  mark_at (reading, i)->value = mark_at (reading, opened)->value;
  reading->open[sort] = mark_at (reading, opened)->before;
}

static void
end_line (Reading *reading)
{
  for (int sort = SORT_STAR; sort < N_SORTS; sort++)
    reading->open[sort] = -1;
}

/* Delimiters */

static gunichar
char_before (const char *text, gsize at)
{
  return at > 0 ? g_utf8_get_char (g_utf8_prev_char (text + at)) : 0;
}

static gboolean
is_gap (gunichar c)
{
  return c == 0 || g_unichar_isspace (c);
}

/* A single underscore stands alone, as ODK has it since 2023; two of them may touch a character that is a word by itself. */
static gboolean
is_in_word (gunichar c, gsize len)
{
  return g_unichar_isalnum (c) && !(len == 2 && g_unichar_iswide (c));
}

static void
read_delimiter (Reading *reading, gsize at, gsize len, gunichar before, gunichar after)
{
  gboolean line = reading->text[at] == '_';
  int sort = (line ? SORT_LINE : SORT_STAR) + (int) len - 1;
  gboolean closes = (len == 2 || !is_gap (before)) && !(line && is_in_word (after, len));
  gboolean opens = (len == 2 || !is_gap (after)) && !(line && is_in_word (before, len));
  int opened = reading->open[sort];

  if (opened >= 0 && closes && mark_at (reading, opened)->at + len < at)
    {
      close_mark (reading, sort, at, len);
      reading->open[sort] = -1;
    }
  else if (opens)
    open_mark (reading, sort, at, len, len == 2 ? ZF_STYLE_BOLD : ZF_STYLE_ITALIC);
}

static gsize
read_delimiters (Reading *reading, gsize at)
{
  const char *text = reading->text;
  const char like[] = { text[at], '\0' };
  gsize n = strspn (text + at, like);
  gunichar before = char_before (text, at), after = g_utf8_get_char (text + at + n);

  if (n > (text[at] == '_' ? MOST_LINES : MOST_STARS))
    return n;
  if (n >= 2)
    read_delimiter (reading, at, 2, before, after);
  if (n != 2)
    read_delimiter (reading, at + n - 1, 1, before, after);
  return n;
}

/* Links */

/* From @from, behind the bracket: the address up to the closing one, *@len with that. (transfer full) (nullable). */
static char *
read_address (const char *from, gsize *len)
{
  static const char *const schemes[] = { "http://", "https://", "mailto:", "tel:" };
  g_autoptr (GString) address = g_string_new (NULL);
  const char *p = from;

  for (; *p != ')'; p++)
    {
      if (*p == '\\' && g_ascii_ispunct (p[1]))
        p++;
      else if ((guchar) *p <= ' ' || *p == '\x7f' || strchr ("()[]<>\"", *p) != NULL)
        return NULL;
      g_string_append_c (address, *p);
    }
  *len = (gsize) (p - from) + 1;
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (address->str, schemes[i], strlen (schemes[i])) == 0 && address->len > strlen (schemes[i]))
      return g_strdup (address->str);
  return NULL;
}

/* A link holds no other: brackets around it are brackets. */
static gsize
read_bracket_end (Reading *reading, gsize at)
{
  int opened = reading->open[SORT_BRACKET];
  gsize len = 0;
  char *address = opened >= 0 && reading->text[at + 1] == '(' ? read_address (reading->text + at + 2, &len) : NULL;

  if (address == NULL)
    {
      reading->open[SORT_BRACKET] = opened >= 0 ? mark_at (reading, opened)->before : -1;
      return 1;
    }
  mark_at (reading, opened)->value = (int) reading->addresses->len;
  g_ptr_array_add (reading->addresses, address);
  close_mark (reading, SORT_BRACKET, at, len + 2);
  reading->open[SORT_BRACKET] = -1;
  return len + 2;
}

/* Tags */

static char *
read_font (const char *value)
{
  static const char *const generic[][2] = { { "sans-serif", "Sans" }, { "serif", "Serif" }, { "monospace", "Monospace" } };
  g_auto (GStrv) names = g_strsplit (value, ",", 2);
  g_autofree char *name = g_strdup (names[0] != NULL ? g_strstrip (names[0]) : "");
  gsize len = strlen (name);

  if (len > 2 && strchr ("'\"", *name) != NULL && name[len - 1] == *name)
    {
      name[len - 1] = '\0';
      memmove (name, name + 1, len - 1);
    }
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isalnum (g_utf8_get_char (p)) && strchr (" -", *p) == NULL)
      return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (generic); i++)
    if (g_ascii_strcasecmp (name, generic[i][0]) == 0)
      return g_strdup (generic[i][1]);
  return *name != '\0' && strlen (name) <= MAX_FONT ? g_steal_pointer (&name) : NULL;
}

/* What is all but black or white is meant to be no colour: such words keep that of the others, whatever the ground. */
static gboolean
is_plain (guint32 rgb)
{
  guint r = rgb >> 16 & 0xff, g = rgb >> 8 & 0xff, b = rgb & 0xff;

  return MAX (MAX (r, g), b) < 64 || MIN (MIN (r, g), b) > 224;
}

static void
read_declaration (ZfStyleLook *look, const char *name, const char *value)
{
  if (g_ascii_strcasecmp (name, "color") == 0)
    look->coloured = zf_styled_colour (value[0] == '\\' ? value + 1 : value, &look->rgb) && !is_plain (look->rgb);
  else if (g_ascii_strcasecmp (name, "font-family") == 0)
    {
      g_free (look->font);
      look->font = read_font (value);
    }
  else if (g_ascii_strcasecmp (name, "text-align") == 0)
    look->align = g_ascii_strcasecmp (value, "center") == 0                                             ? ZF_STYLED_CENTER
                  : g_ascii_strcasecmp (value, "right") == 0 || g_ascii_strcasecmp (value, "end") == 0 ? ZF_STYLED_END
                                                                                                        : ZF_STYLED_START;
}

static void
read_style (ZfStyleLook *look, const char *style)
{
  g_auto (GStrv) declarations = g_strsplit (style, ";", -1);

  for (guint i = 0; declarations[i] != NULL; i++)
    {
      char *colon = strchr (declarations[i], ':');

      if (colon == NULL)
        continue;
      *colon = '\0';
      read_declaration (look, g_strstrip (declarations[i]), g_strstrip (colon + 1));
    }
}

/* (transfer full) (nullable): what stands in style="…" of @tag. */
static char *
style_of (const char *tag)
{
  for (const char *p = tag; *p != '\0'; p++)
    {
      const char *q = p + strlen ("style"), *end = NULL;

      if (!g_ascii_isspace (*p) || g_ascii_strncasecmp (p + 1, "style", strlen ("style")) != 0)
        continue;
      q += 1 + strspn (q + 1, " ");
      if (*q != '=')
        continue;
      q += 1 + strspn (q + 1, " ");
      end = *q == '"' || *q == '\'' ? strchr (q + 1, *q) : NULL;
      return end != NULL ? g_strndup (q + 1, (gsize) (end - q - 1)) : NULL;
    }
  return NULL;
}

static int
add_look (Reading *reading, const char *tag)
{
  g_autofree char *style = style_of (tag);
  ZfStyleLook look = { FALSE, 0, NULL, ZF_STYLED_START };

  if (style != NULL)
    read_style (&look, style);
  g_array_append_val (reading->looks, look);
  return (int) reading->looks->len - 1;
}

/* An answer in it stands there verbatim (zf_styled_verbatim) and may be the number of a colour, nothing else. */
static gboolean
holds_answer (const char *tag)
{
  for (const char *p = strchr (tag, '\\'); p != NULL; p = strchr (p + 1, '\\'))
    if (p[1] != '#')
      return TRUE;
  return FALSE;
}

static int
sort_of (const char *name, gsize len)
{
  for (guint i = 0; i < G_N_ELEMENTS (TAGS); i++)
    if (strlen (TAGS[i].name) == len && g_ascii_strncasecmp (TAGS[i].name, name, len) == 0)
      return (int) i;
  return -1;
}

/* @tag: what stands between < and >; it begins at @at. */
static void
read_named (Reading *reading, gsize at, const char *tag)
{
  gboolean ends = *tag == '/';
  const char *name = tag + (ends ? 1 : 0);
  gsize len = strcspn (name, " /\t");
  int sort = sort_of (name, len);

  if (len == 2 && g_ascii_strncasecmp (name, "br", len) == 0)
    add_mark (reading, at, strlen (tag) + 2, ZF_STYLE_BREAK, TRUE);
  else if (sort >= 0 && ends && reading->open[sort] >= 0)
    close_mark (reading, sort, at, strlen (tag) + 2);
  else if (sort >= 0 && !ends && !holds_answer (tag))
    {
      int i = open_mark (reading, sort, at, strlen (tag) + 2, TAGS[sort].job);

      mark_at (reading, i)->value = TAGS[sort].job == ZF_STYLE_SPAN || TAGS[sort].job == ZF_STYLE_PARAGRAPH ? add_look (reading, tag) : -1;
    }
}

static gsize
read_tag (Reading *reading, gsize at)
{
  const char *from = reading->text + at + 1;
  gsize len = strcspn (from, "<>\n");
  guint before = reading->marks->len;
  g_autofree char *tag = from[len] == '>' && len <= MAX_TAG ? g_strndup (from, len) : NULL;

  if (tag != NULL)
    read_named (reading, at, tag);
  return reading->marks->len > before ? len + 2 : 1;
}

/* Lines */

static gsize
read_line_start (Reading *reading, gsize at)
{
  const char *line = reading->text + at;
  gsize level = strspn (line, "#");
  gsize begin = level + strspn (line + level, " \t");
  gsize end = strcspn (line, "\n"), tail = end;

  if (level == 0 || level > ZF_STYLE_LEVELS || begin >= end || (begin == level && g_ascii_isdigit (line[begin])))
    return 0;
  while (tail > begin && line[tail - 1] == '#')
    tail--;
  if (tail < end && line[tail - 1] != ' ')
    tail = end;
  while (tail > begin && line[tail - 1] == ' ')
    tail--;
  reading->heading = ZF_STYLE_HEADING + level - 1;
  add_mark (reading, at, begin, reading->heading, TRUE);
  reading->heading_end = at + tail;
  reading->heading_tail = end - tail;
  return begin;
}

static void
end_heading (Reading *reading, gsize at)
{
  int i = add_mark (reading, at, reading->heading_tail, reading->heading, TRUE);

  mark_at (reading, i)->ends = TRUE;
  reading->heading_end = 0;
}

static gsize
read_one (Reading *reading, gsize at)
{
  const char *p = reading->text + at;

  switch (*p)
    {
    case '*':
    case '_':
      return read_delimiters (reading, at);
    case '[':
      open_mark (reading, SORT_BRACKET, at, 1, ZF_STYLE_LINK);
      return 1;
    case ']':
      return read_bracket_end (reading, at);
    case '<':
      return read_tag (reading, at);
    case '\\':
      if (!g_ascii_ispunct (p[1]))
        return 1;
      add_mark (reading, at, 1, ZF_STYLE_DROP, TRUE);
      return 2;
    default:
      end_line (reading);
      return 1 + read_line_start (reading, at + 1);
    }
}

static void
read_marks (Reading *reading)
{
  const char *text = reading->text;
  gsize at = read_line_start (reading, 0);

  for (;;)
    {
      gsize n = strcspn (text + at, "*_[]<\\\n");

      if (reading->heading_end > 0 && at + n >= reading->heading_end)
        {
          at = MAX (at, reading->heading_end);
          end_heading (reading, at);
          at += reading->heading_tail;
          continue;
        }
      at += n;
      if (text[at] == '\0')
        return;
      at += read_one (reading, at);
    }
}

void
zf_styled_read (const ZfStyleParts *parts)
{
  Reading reading = { .text = parts->text, .marks = parts->marks, .looks = parts->looks, .addresses = parts->addresses };

  for (int sort = 0; sort < N_SORTS; sort++)
    reading.open[sort] = -1;
  read_marks (&reading);
}
