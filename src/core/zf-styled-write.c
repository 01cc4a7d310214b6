/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-styled-private.h"

#include <string.h>

/* What words look like at one place. */
typedef struct
{
  guint styles;
  const ZfStyleLook *colour, *font;   /* (nullable) */
  const char *address;         /* (nullable) */
} Dress;

typedef struct
{
  const ZfStyleParts *parts;
  gboolean links;
  GString *plain;
  GString *markup;
  guint depth[ZF_N_STYLES];
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
  for (guint i = 0; i < ZF_N_STYLES; i++)
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
    ZfStyleJob style;
    const char *size;
  } sizes[] = { { ZF_STYLE_HEADING, "xx-large" }, { ZF_STYLE_HEADING + 1, "x-large" }, { ZF_STYLE_HEADING + 2, "large" }, { ZF_STYLE_BIG, "larger" } };

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
  gboolean heading = (dress->styles >> ZF_STYLE_HEADING & ((1u << ZF_STYLE_LEVELS) - 1)) != 0;

  if (heading || has_style (dress, ZF_STYLE_BOLD))
    g_string_append (out, " weight=\"bold\"");
  if (has_style (dress, ZF_STYLE_ITALIC))
    g_string_append (out, " style=\"italic\"");
  if (underlined || has_style (dress, ZF_STYLE_UNDERLINE))
    g_string_append (out, " underline=\"single\"");
  if (has_style (dress, ZF_STYLE_STRIKE))
    g_string_append (out, " strikethrough=\"true\"");
  if (has_style (dress, ZF_STYLE_SUBSCRIPT))
    g_string_append (out, " font_scale=\"subscript\" baseline_shift=\"subscript\"");
  else if (has_style (dress, ZF_STYLE_SUPERSCRIPT))
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
  const char *text = writing->parts->text + at;
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
wear (Writing *writing, const ZfStyleMark *mark)
{
  const ZfStyleLook *look = &g_array_index (writing->parts->looks, ZfStyleLook, mark->value);
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
follow (Writing *writing, const ZfStyleMark *mark)
{
  if (mark->job < ZF_N_STYLES)
    writing->depth[mark->job] += mark->ends ? -1u : 1u;
  else if (mark->job == ZF_STYLE_SPAN || mark->job == ZF_STYLE_PARAGRAPH)
    wear (writing, mark);
  else if (mark->job == ZF_STYLE_LINK)
    writing->address = mark->ends ? NULL : g_ptr_array_index (writing->parts->addresses, mark->value);
  else if (mark->job == ZF_STYLE_BREAK)
    put_break (writing);
  if (mark->job == ZF_STYLE_PARAGRAPH)
    writing->break_due = TRUE;
}

static void
write_all (Writing *writing)
{
  const ZfStyleParts *parts = writing->parts;
  gsize at = 0;

  for (guint i = 0; i < parts->marks->len; i++)
    {
      const ZfStyleMark *mark = &g_array_index (parts->marks, ZfStyleMark, i);

      if (!mark->used)
        continue;
      put_text (writing, at, mark->at - at);
      follow (writing, mark);
      at = mark->at + mark->len;
    }
  put_text (writing, at, strlen (parts->text + at));
  undress (writing);
}

static ZfStyledAlign
align_of (const ZfStyleParts *parts)
{
  const ZfStyleMark *first = parts->marks->len > 0 ? &g_array_index (parts->marks, ZfStyleMark, 0) : NULL;
  gboolean begins = first != NULL && first->used && first->at == 0 && first->job == ZF_STYLE_PARAGRAPH;

  return begins ? g_array_index (parts->looks, ZfStyleLook, first->value).align : ZF_STYLED_START;
}

void
zf_styled_write (const ZfStyleParts *parts, gboolean links, ZfStyled *styled)
{
  g_autoptr (GArray) worn = g_array_new (FALSE, FALSE, sizeof (Dress));
  g_autoptr (GString) plain = g_string_new (NULL);
  g_autoptr (GString) markup = g_string_new (NULL);
  Writing writing = { .parts = parts, .links = links, .plain = plain, .markup = markup, .worn = worn };

  write_all (&writing);
  styled->plain = g_strdup (plain->str);
  styled->markup = writing.styled ? g_strdup (markup->str) : NULL;
  styled->align = align_of (parts);
}
