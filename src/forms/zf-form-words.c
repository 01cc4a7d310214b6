/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-form-words.h"

#include <string.h>

static const char *const columns[] = { "label", "hint", "guidance_hint", "constraint_message", "required_message", "check_message", NULL };

gboolean
zf_form_words_is_column (const char *column)
{
  const char *language = strstr (column, "::");
  g_autofree char *base = language != NULL ? g_strndup (column, (gsize) (language - column)) : g_strdup (column);
  return g_strv_contains (columns, base);
}

/* From *@at to the next ${…}: where it begins, its name (transfer full), and *@at behind it. NULL: there is none. */
static const char *
next_name (const char **at, char **name)
{
  const char *begin = strstr (*at, "${");
  const char *end = begin != NULL ? strchr (begin, '}') : NULL;
  if (end == NULL)
    return NULL;
  *name = g_strstrip (g_strndup (begin + 2, (gsize) (end - begin - 2)));
  *at = end + 1;
  return begin;
}

GPtrArray *
zf_form_words_names (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  char *name = NULL;
  while (next_name (&text, &name) != NULL)
    g_ptr_array_add (names, name);
  return names;
}

gboolean
zf_form_words_only_names (const char *text)
{
  g_return_val_if_fail (text != NULL, FALSE);
  const char *at = text, *begin;
  char *found = NULL;
  while ((begin = next_name (&at, &found)) != NULL)
    {
      g_autofree char *name = found;
      if (text + strspn (text, ", ") != begin || *name == '\0')
        return FALSE;
      text = at;
    }
  return text[strspn (text, ", ")] == '\0';
}

char *
zf_form_words_fill (const char *text, ZfFormWordsValue value, gpointer data)
{
  g_return_val_if_fail (text != NULL && value != NULL, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  const char *at = text, *begin;
  char *found = NULL;
  while ((begin = next_name (&at, &found)) != NULL)
    {
      g_autofree char *name = found;
      g_autofree char *answer = value (data, name);
      g_string_append_len (out, text, begin - text);
      g_string_append (out, answer != NULL ? answer : "");
      text = at;
    }
  g_string_append (out, text);
  return g_strdup (out->str);
}
