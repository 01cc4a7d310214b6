/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-styled.h"

#include <string.h>

/* Longer ones are no tags. */
#define MAX_TAG 400
#define MAX_FONT 60
/* More in a row are a line to write on, or a number that is covered. */
#define MOST_STARS 3
#define MOST_LINES 2
#define MOST_LEVELS 6

typedef enum
{
  BOLD,
  ITALIC,
  UNDERLINE,
  STRIKE,
  SUBSCRIPT,
  SUPERSCRIPT,
  HEADING,                                /* six levels */
  BIG = HEADING + MOST_LEVELS,
  N_STYLES,
  SPAN = N_STYLES,
  PARAGRAPH,
  LINK,
  BREAK,
  DROP,
  NOTHING,
} Job;

static const struct
{
  const char *name;
  Job job;
} TAGS[] = {
  { "span", SPAN }, { "p", PARAGRAPH }, { "div", PARAGRAPH }, { "b", BOLD }, { "strong", BOLD }, { "i", ITALIC }, { "em", ITALIC }, { "u", UNDERLINE },
  { "s", STRIKE }, { "strike", STRIKE }, { "del", STRIKE }, { "sub", SUBSCRIPT }, { "sup", SUPERSCRIPT }, { "big", BIG },
  /* Nothing is shown smaller than its neighbours: it could not be read in the sun. */
  { "small", NOTHING },
  { "h1", HEADING }, { "h2", HEADING + 1 }, { "h3", HEADING + 2 }, { "h4", HEADING + 3 }, { "h5", HEADING + 4 }, { "h6", HEADING + 5 },
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
  gsize at, len;
  Job job;
  gboolean used;      /* it has its partner, and is not shown */
  gboolean ends;
  int before;         /* the one of its sort that was open when it came */
  int value;          /* of a span or paragraph: among the looks; of a link: among the addresses */
} Mark;

/* What a style attribute says. */
typedef struct
{
  gboolean coloured;
  guint32 rgb;
  char *font;
  ZfStyledAlign align;
} Look;

typedef struct
{
  const char *text;
  GArray *marks;
  GArray *looks;
  GPtrArray *addresses;
  int open[N_SORTS];
  Job heading;         /* that is being read */
  gsize heading_end;   /* 0: none is */
  gsize heading_tail;  /* so much closes it */
} Reading;

/* Marks */

static Mark *
mark_at (Reading *reading, int i)
{
  return &g_array_index (reading->marks, Mark, i);
}

static int
add_mark (Reading *reading, gsize at, gsize len, Job job, gboolean used)
{
  Mark mark = { at, len, job, used, FALSE, -1, -1 };

  g_array_append_val (reading->marks, mark);
  return (int) reading->marks->len - 1;
}

static int
open_mark (Reading *reading, int sort, gsize at, gsize len, Job job)
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
    open_mark (reading, sort, at, len, len == 2 ? BOLD : ITALIC);
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
read_declaration (Look *look, const char *name, const char *value)
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
read_style (Look *look, const char *style)
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
  Look look = { FALSE, 0, NULL, ZF_STYLED_START };

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
    add_mark (reading, at, strlen (tag) + 2, BREAK, TRUE);
  else if (sort >= 0 && ends && reading->open[sort] >= 0)
    close_mark (reading, sort, at, strlen (tag) + 2);
  else if (sort >= 0 && !ends && !holds_answer (tag))
    {
      int i = open_mark (reading, sort, at, strlen (tag) + 2, TAGS[sort].job);

      mark_at (reading, i)->value = TAGS[sort].job == SPAN || TAGS[sort].job == PARAGRAPH ? add_look (reading, tag) : -1;
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

  if (level == 0 || level > MOST_LEVELS || begin >= end || (begin == level && g_ascii_isdigit (line[begin])))
    return 0;
  while (tail > begin && line[tail - 1] == '#')
    tail--;
  if (tail < end && line[tail - 1] != ' ')
    tail = end;
  while (tail > begin && line[tail - 1] == ' ')
    tail--;
  reading->heading = HEADING + level - 1;
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
      open_mark (reading, SORT_BRACKET, at, 1, LINK);
      return 1;
    case ']':
      return read_bracket_end (reading, at);
    case '<':
      return read_tag (reading, at);
    case '\\':
      if (!g_ascii_ispunct (p[1]))
        return 1;
      add_mark (reading, at, 1, DROP, TRUE);
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

/* Writing */

/* What words look like at one place. */
typedef struct
{
  guint styles;
  const Look *colour, *font;   /* (nullable) */
  const char *address;         /* (nullable) */
} Dress;

typedef struct
{
  const Reading *reading;
  gboolean links;
  GString *plain;
  GString *markup;
  guint depth[N_STYLES];
  GArray *worn;          /* Dress: colour and font of each span around, innermost last */
  const char *address;
  Dress dress;           /* of what was written last */
  gboolean dressed, styled;
  gboolean break_due;
} Writing;

static gboolean
has_style (const Dress *dress, guint style)
{
  return (dress->styles & 1u << style) != 0;
}

static Dress
dress_now (const Writing *writing)
{
  Dress dress = { 0, NULL, NULL, writing->address };

  if (writing->worn->len > 0)
    dress = g_array_index (writing->worn, Dress, writing->worn->len - 1);
  dress.address = writing->address;
  for (guint i = 0; i < N_STYLES; i++)
    if (writing->depth[i] > 0)
      dress.styles |= 1u << i;
  return dress;
}

static gboolean
is_same (const Dress *a, const Dress *b)
{
  return a->styles == b->styles && a->colour == b->colour && a->font == b->font && a->address == b->address;
}

static void
undress (Writing *writing)
{
  if (writing->dressed)
    g_string_append (writing->markup, writing->links && writing->dress.address != NULL ? "</span></a>" : "</span>");
  writing->dressed = FALSE;
}

/* An attribute may be given once. */
static void
append_size (GString *out, const Dress *dress)
{
  static const struct
  {
    Job style;
    const char *size;
  } sizes[] = { { HEADING, "xx-large" }, { HEADING + 1, "x-large" }, { HEADING + 2, "large" }, { BIG, "larger" } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (has_style (dress, sizes[i].style))
      {
        g_string_append_printf (out, " size=\"%s\"", sizes[i].size);
        return;
      }
}

static void
append_styles (GString *out, const Dress *dress, gboolean underlined)
{
  gboolean heading = (dress->styles >> HEADING & ((1u << MOST_LEVELS) - 1)) != 0;

  if (heading || has_style (dress, BOLD))
    g_string_append (out, " weight=\"bold\"");
  if (has_style (dress, ITALIC))
    g_string_append (out, " style=\"italic\"");
  if (underlined || has_style (dress, UNDERLINE))
    g_string_append (out, " underline=\"single\"");
  if (has_style (dress, STRIKE))
    g_string_append (out, " strikethrough=\"true\"");
  if (has_style (dress, SUBSCRIPT))
    g_string_append (out, " font_scale=\"subscript\" baseline_shift=\"subscript\"");
  else if (has_style (dress, SUPERSCRIPT))
    g_string_append (out, " font_scale=\"superscript\" baseline_shift=\"superscript\"");
  append_size (out, dress);
}

static void
dress_up (Writing *writing, const Dress *dress)
{
  GString *out = writing->markup;

  writing->dress = *dress;
  writing->dressed = dress->styles != 0 || dress->colour != NULL || dress->font != NULL || dress->address != NULL;
  if (!writing->dressed)
    return;
  writing->styled = TRUE;
  if (writing->links && dress->address != NULL)
    {
      g_autofree char *escaped = g_markup_escape_text (dress->address, -1);

      g_string_append_printf (out, "<a href=\"%s\">", escaped);
    }
  g_string_append (out, "<span");
  append_styles (out, dress, !writing->links && dress->address != NULL);
  if (dress->colour != NULL)
    g_string_append_printf (out, " foreground=\"#%06x\"", zf_styled_legible (dress->colour->rgb));
  if (dress->font != NULL)
    g_string_append_printf (out, " face=\"%s\"", dress->font->font);
  g_string_append_c (out, '>');
}

static void
put_break (Writing *writing)
{
  g_string_append_c (writing->plain, '\n');
  g_string_append_c (writing->markup, '\n');
}

static void
put_text (Writing *writing, gsize at, gsize len)
{
  const char *text = writing->reading->text + at;
  Dress dress = dress_now (writing);
  g_autofree char *escaped = NULL;

  if (len == 0)
    return;
  if (writing->break_due && writing->plain->len > 0 && writing->plain->str[writing->plain->len - 1] != '\n' && *text != '\n')
    put_break (writing);
  writing->break_due = FALSE;
  if (!is_same (&dress, &writing->dress))
    {
      undress (writing);
      dress_up (writing, &dress);
    }
  escaped = g_markup_escape_text (text, (gssize) len);
  g_string_append (writing->markup, escaped);
  g_string_append_len (writing->plain, text, (gssize) len);
}

static void
wear (Writing *writing, const Mark *mark)
{
  const Look *look = &g_array_index (writing->reading->looks, Look, mark->value);
  Dress dress = { 0, NULL, NULL, NULL };

  if (mark->ends)
    {
      g_array_set_size (writing->worn, writing->worn->len - 1);
      return;
    }
  if (writing->worn->len > 0)
    dress = g_array_index (writing->worn, Dress, writing->worn->len - 1);
  if (look->coloured)
    dress.colour = look;
  if (look->font != NULL)
    dress.font = look;
  g_array_append_val (writing->worn, dress);
}

static void
follow (Writing *writing, const Mark *mark)
{
  if (mark->job < N_STYLES)
    writing->depth[mark->job] += mark->ends ? -1u : 1u;
  else if (mark->job == SPAN || mark->job == PARAGRAPH)
    wear (writing, mark);
  else if (mark->job == LINK)
    writing->address = mark->ends ? NULL : g_ptr_array_index (writing->reading->addresses, mark->value);
  else if (mark->job == BREAK)
    put_break (writing);
  if (mark->job == PARAGRAPH)
    writing->break_due = TRUE;
}

static void
write_all (Writing *writing)
{
  const Reading *reading = writing->reading;
  gsize at = 0;

  for (guint i = 0; i < reading->marks->len; i++)
    {
      const Mark *mark = &g_array_index (reading->marks, Mark, i);

      if (!mark->used)
        continue;
      put_text (writing, at, mark->at - at);
      follow (writing, mark);
      at = mark->at + mark->len;
    }
  put_text (writing, at, strlen (reading->text + at));
  undress (writing);
}

static void
clear_look (gpointer data)
{
  g_free (((Look *) data)->font);
}

static ZfStyledAlign
align_of (const Reading *reading)
{
  const Mark *first = reading->marks->len > 0 ? &g_array_index (reading->marks, Mark, 0) : NULL;
  gboolean begins = first != NULL && first->used && first->at == 0 && first->job == PARAGRAPH;

  return begins ? g_array_index (reading->looks, Look, first->value).align : ZF_STYLED_START;
}

static void
read_and_write (ZfStyled *self, const char *text, gboolean links)
{
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  g_autoptr (GArray) looks = g_array_new (FALSE, FALSE, sizeof (Look));
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) worn = g_array_new (FALSE, FALSE, sizeof (Dress));
  g_autoptr (GString) plain = g_string_new (NULL);
  g_autoptr (GString) markup = g_string_new (NULL);
  Reading reading = { .text = text, .marks = marks, .looks = looks, .addresses = addresses };
  Writing writing = { .reading = &reading, .links = links, .plain = plain, .markup = markup, .worn = worn };

  g_array_set_clear_func (looks, clear_look);
  for (int sort = 0; sort < N_SORTS; sort++)
    reading.open[sort] = -1;
  read_marks (&reading);
  write_all (&writing);
  self->plain = g_strdup (plain->str);
  self->markup = writing.styled ? g_strdup (markup->str) : NULL;
  self->align = align_of (&reading);
}

ZfStyled *
zf_styled_new (const char *text, gboolean links)
{
  ZfStyled *self = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  self = g_new0 (ZfStyled, 1);
  if (zf_styled_has_marks (text))
    read_and_write (self, text, links);
  else
    self->plain = g_strdup (text);
  return self;
}

void
zf_styled_free (ZfStyled *self)
{
  g_free (self->plain);
  g_free (self->markup);
  g_free (self);
}

gboolean
zf_styled_has_marks (const char *text)
{
  g_return_val_if_fail (text != NULL, FALSE);
  return text[strcspn (text, "*_#[<\\")] != '\0';
}

char *
zf_styled_plain (const char *text)
{
  g_autoptr (ZfStyled) styled = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  styled = zf_styled_new (text, FALSE);
  return g_steal_pointer (&styled->plain);
}

char *
zf_styled_verbatim (const char *text)
{
  GString *out = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  out = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p++)
    {
      if (g_ascii_ispunct (*p))
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
  return g_string_free (out, FALSE);
}
