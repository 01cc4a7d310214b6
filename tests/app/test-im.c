/* SPDX-License-Identifier: GPL-3.0-or-later */

/* An input method for tests, as GTK loads one (GTK_IM_MODULE=zf-test, found by GTK_PATH). Letters are composed; space takes a word over, Return the letters
 * themselves, Escape throws them away, as pinyin methods do. ZF_TEST_IM_LEAVE=commit: what is composed when the focus leaves is taken over, as fcitx5 does; else it is
 * dropped, as libpinyin does. Each step is a line of the file ZF_TEST_IM_LOG. */

#include <gtk/gtk.h>
#include <gtk/gtkimmodule.h>

#define TEST_TYPE_IM (test_im_get_type ())
G_DECLARE_FINAL_TYPE (TestIm, test_im, TEST, IM, GtkIMContextSimple)

struct _TestIm
{
  GtkIMContextSimple parent_instance;

  GString *letters;
};

G_DEFINE_DYNAMIC_TYPE (TestIm, test_im, GTK_TYPE_IM_CONTEXT_SIMPLE)

static const struct
{
  const char *letters;
  const char *word;
} WORDS[] = {
  { "li", "李" },
  { "qzx", "强" },
  { "shui", "水" },
};

static const char *
word_of (const char *letters)
{
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    if (g_str_equal (WORDS[i].letters, letters))
      return WORDS[i].word;
  return "字";
}

static void
note (const char *what, const char *text)
{
  const char *path = g_getenv ("ZF_TEST_IM_LOG");
  FILE *log = path != NULL ? fopen (path, "a") : NULL;

  if (log == NULL)
    return;
  fprintf (log, "%s %s\n", what, text);
  fclose (log);
}

static gboolean
composes (TestIm *self)
{
  return self->letters->len > 0;
}

static void
changed (TestIm *self)
{
  g_signal_emit_by_name (self, "preedit-changed");
  note ("composing", self->letters->str);
}

static void
add (TestIm *self, gunichar letter)
{
  if (!composes (self))
    g_signal_emit_by_name (self, "preedit-start");
  g_string_append_unichar (self->letters, letter);
  changed (self);
}

/* The letters go first: a program that asks meanwhile finds none. */
static void
end (TestIm *self, const char *word)
{
  g_autofree char *taken = g_strdup (word);

  if (!composes (self))
    return;
  g_string_truncate (self->letters, 0);
  changed (self);
  g_signal_emit_by_name (self, "preedit-end");
  if (taken != NULL)
    g_signal_emit_by_name (self, "commit", taken);
  note ("took", taken != NULL ? taken : "");
}

static gboolean
compose (TestIm *self, guint key)
{
  switch (key)
    {
    case GDK_KEY_space:
      end (self, word_of (self->letters->str));
      return TRUE;
    case GDK_KEY_Return:
      end (self, self->letters->str);
      return TRUE;
    case GDK_KEY_Escape:
      end (self, NULL);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
test_im_filter_keypress (GtkIMContext *context, GdkEvent *event)
{
  TestIm *self = TEST_IM (context);
  guint key = gdk_key_event_get_keyval (event);

  if (gdk_event_get_event_type (event) != GDK_KEY_PRESS || (gdk_event_get_modifier_state (event) & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GTK_IM_CONTEXT_CLASS (test_im_parent_class)->filter_keypress (context, event);
  if (key >= GDK_KEY_a && key <= GDK_KEY_z)
    {
      add (self, gdk_keyval_to_unicode (key));
      return TRUE;
    }
  if (composes (self) && compose (self, key))
    return TRUE;
  return GTK_IM_CONTEXT_CLASS (test_im_parent_class)->filter_keypress (context, event);
}

static void
test_im_get_preedit_string (GtkIMContext *context, char **text, PangoAttrList **attributes, int *cursor)
{
  TestIm *self = TEST_IM (context);

  if (!composes (self))
    {
      GTK_IM_CONTEXT_CLASS (test_im_parent_class)->get_preedit_string (context, text, attributes, cursor);
      return;
    }
  if (text != NULL)
    *text = g_strdup (self->letters->str);
  if (attributes != NULL)
    {
      *attributes = pango_attr_list_new ();
      pango_attr_list_insert (*attributes, pango_attr_underline_new (PANGO_UNDERLINE_SINGLE));
    }
  if (cursor != NULL)
    *cursor = (int) self->letters->len;
}

static void
test_im_focus_out (GtkIMContext *context)
{
  TestIm *self = TEST_IM (context);

  note ("left", self->letters->str);
  end (self, g_strcmp0 (g_getenv ("ZF_TEST_IM_LEAVE"), "commit") == 0 ? word_of (self->letters->str) : NULL);
}

static void
test_im_reset (GtkIMContext *context)
{
  end (TEST_IM (context), NULL);
  GTK_IM_CONTEXT_CLASS (test_im_parent_class)->reset (context);
}

static void
test_im_finalize (GObject *object)
{
  g_string_free (TEST_IM (object)->letters, TRUE);
  G_OBJECT_CLASS (test_im_parent_class)->finalize (object);
}

static void
test_im_class_init (TestImClass *klass)
{
  GtkIMContextClass *context_class = GTK_IM_CONTEXT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_im_finalize;
  context_class->filter_keypress = test_im_filter_keypress;
  context_class->get_preedit_string = test_im_get_preedit_string;
  context_class->focus_out = test_im_focus_out;
  context_class->reset = test_im_reset;
}

static void
test_im_class_finalize (TestImClass *klass)
{
}

static void
test_im_init (TestIm *self)
{
  self->letters = g_string_new (NULL);
}

/* What GIO looks for. */
G_MODULE_EXPORT void g_io_module_load (GIOModule *module);
G_MODULE_EXPORT void g_io_module_unload (GIOModule *module);
G_MODULE_EXPORT char **g_io_module_query (void);

void
g_io_module_load (GIOModule *module)
{
  g_type_module_use (G_TYPE_MODULE (module));
  test_im_register_type (G_TYPE_MODULE (module));
  g_io_extension_point_implement (GTK_IM_MODULE_EXTENSION_POINT_NAME, TEST_TYPE_IM, "zf-test", 0);
}

void
g_io_module_unload (GIOModule *module)
{
}

char **
g_io_module_query (void)
{
  static const char *const POINTS[] = { GTK_IM_MODULE_EXTENSION_POINT_NAME, NULL };

  return g_strdupv ((char **) POINTS);
}
