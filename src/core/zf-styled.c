/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-styled-private.h"

#include <string.h>

static void
clear_look (gpointer data)
{
  g_free (((ZfStyleLook *) data)->font);
}

static void
read_and_write (ZfStyled *self, const char *text, gboolean links)
{
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (ZfStyleMark));
  g_autoptr (GArray) looks = g_array_new (FALSE, FALSE, sizeof (ZfStyleLook));
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  const ZfStyleParts parts = { text, marks, looks, addresses };

  g_array_set_clear_func (looks, clear_look);
  zf_styled_read (&parts);
  zf_styled_write (&parts, links, self);
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
