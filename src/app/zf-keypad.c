/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-keypad.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-decimal.h"

#define WIDTH 480
#define WAN_PLACES 4

struct _ZfKeypad
{
  AdwBin parent_instance;

  ZfTextInput *input;   /* (nullable) (unowned): it says when it goes */
  GtkWidget *point;
  GtkWidget *last;
  char *last_text;      /* (nullable): the answer of last time, as it is typed */
};

G_DEFINE_FINAL_TYPE (ZfKeypad, zf_keypad, ADW_TYPE_BIN)

char *
zf_keypad_wan (const char *text)
{
  g_autofree char *number = zf_decimal_normalize (text);
  const char *digits = NULL;
  const char *places = NULL;
  g_autoptr (GString) out = NULL;

  if (number == NULL)
    return NULL;
  digits = *number == '-' ? number + 1 : number;
  places = digits + strspn (digits, "0123456789");
  out = g_string_new_len (number, places - number);
  places += *places == '.' ? 1 : 0;
  for (guint i = 0; i < WAN_PLACES; i++)
    g_string_append_c (out, *places != '\0' ? *places++ : '0');
  if (*places != '\0')
    g_string_append_printf (out, ".%s", places);
  return zf_decimal_normalize (out->str);
}

/* Typing */

static GtkEditable *
entry_of (ZfKeypad *self)
{
  return self->input != NULL ? GTK_EDITABLE (zf_text_input_entry (self->input)) : NULL;
}

static void
type_text (ZfKeypad *self, const char *text)
{
  GtkEditable *entry = entry_of (self);
  int at = 0;

  if (entry == NULL)
    return;
  gtk_editable_delete_selection (entry);
  at = gtk_editable_get_position (entry);
  gtk_editable_insert_text (entry, text, -1, &at);
  gtk_editable_set_position (entry, at);
}

static void
on_digit (GtkWidget *key, ZfKeypad *self)
{
  type_text (self, gtk_button_get_label (GTK_BUTTON (key)));
}

static void
on_back (GtkWidget *key, ZfKeypad *self)
{
  GtkEditable *entry = entry_of (self);
  int at = entry != NULL ? gtk_editable_get_position (entry) : 0;

  if (entry == NULL)
    return;
  if (gtk_editable_get_selection_bounds (entry, NULL, NULL))
    gtk_editable_delete_selection (entry);
  else if (at > 0)
    gtk_editable_delete_text (entry, at - 1, at);
}

/* The whole is kept at once: what it amounts to is read back in words. */
static void
put (ZfKeypad *self, const char *text)
{
  zf_text_input_put (self->input, text);
  gtk_editable_set_position (entry_of (self), -1);
}

static void
on_wan (GtkWidget *key, ZfKeypad *self)
{
  GtkEditable *entry = entry_of (self);
  g_autofree char *text = entry != NULL ? zf_keypad_wan (gtk_editable_get_text (entry)) : NULL;

  if (text != NULL)
    put (self, text);
}

static void
on_minus (GtkWidget *key, ZfKeypad *self)
{
  GtkEditable *entry = entry_of (self);
  int at = entry != NULL ? gtk_editable_get_position (entry) : 0, first = 0;

  if (entry == NULL)
    return;
  if (*gtk_editable_get_text (entry) == '-')
    {
      gtk_editable_delete_text (entry, 0, 1);
      return;
    }
  gtk_editable_insert_text (entry, "-", 1, &first);
  gtk_editable_set_position (entry, at + 1);
}

static void
on_last (GtkWidget *key, ZfKeypad *self)
{
  if (self->input != NULL && self->last_text != NULL)
    put (self, self->last_text);
}

static void
on_next (GtkWidget *key, ZfKeypad *self)
{
  if (self->input != NULL)
    g_signal_emit_by_name (zf_text_input_entry (self->input), "activate");
}

/* Building */

typedef void (*Pressed) (GtkWidget *key, ZfKeypad *self);

/* As a telephone has them, and a column of what is done with the number. */
static const struct
{
  const char *label;
  const char *name;     /* NULL: a digit, which is its own name */
  Pressed pressed;
  int column, row, width;
} KEYS[] = {
  { "1", NULL, on_digit, 0, 0, 1 },
  { "2", NULL, on_digit, 1, 0, 1 },
  { "3", NULL, on_digit, 2, 0, 1 },
  { "⌫", N_("Delete the last digit"), on_back, 3, 0, 1 },
  { "4", NULL, on_digit, 0, 1, 1 },
  { "5", NULL, on_digit, 1, 1, 1 },
  { "6", NULL, on_digit, 2, 1, 1 },
  { N_("×10k"), N_("Times ten thousand"), on_wan, 3, 1, 1 },
  { "7", NULL, on_digit, 0, 2, 1 },
  { "8", NULL, on_digit, 1, 2, 1 },
  { "9", NULL, on_digit, 2, 2, 1 },
  { "−", N_("Less than nothing"), on_minus, 3, 2, 1 },
  { ".", N_("Decimal point"), on_digit, 0, 3, 1 },
  { "0", NULL, on_digit, 1, 3, 1 },
  { N_("Next question"), N_("Next question"), on_next, 2, 3, 2 },
};

static GtkWidget *
key_new (ZfKeypad *self, const char *label, const char *name, Pressed pressed)
{
  GtkWidget *key = gtk_button_new_with_label (label);
  GtkLabel *words = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (key)));
  g_autofree char *digit = g_strdup_printf (_("Key %s"), label);

  gtk_widget_add_css_class (key, "zf-key");
  gtk_label_set_wrap (words, TRUE);
  gtk_label_set_justify (words, GTK_JUSTIFY_CENTER);
  gtk_widget_set_focusable (key, FALSE);
  gtk_widget_set_focus_on_click (key, FALSE);
  gtk_widget_set_hexpand (key, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (key), GTK_ACCESSIBLE_PROPERTY_LABEL, name != NULL ? name : digit, -1);
  g_signal_connect (key, "clicked", G_CALLBACK (pressed), self);
  return key;
}

static GtkWidget *
keys_new (ZfKeypad *self)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (KEYS); i++)
    {
      const char *name = KEYS[i].name != NULL ? _(KEYS[i].name) : NULL;
      GtkWidget *key = key_new (self, name != NULL ? _(KEYS[i].label) : KEYS[i].label, name, KEYS[i].pressed);

      if (g_str_equal (KEYS[i].label, "."))
        self->point = key;
      gtk_grid_attach (GTK_GRID (grid), key, KEYS[i].column, KEYS[i].row, KEYS[i].width, 1);
    }
  self->last = key_new (self, "", "", on_last);
  gtk_grid_attach (GTK_GRID (grid), self->last, 0, -1, 4, 1);
  return grid;
}

static void
zf_keypad_dispose (GObject *object)
{
  zf_keypad_type_into (ZF_KEYPAD (object), NULL);
  g_clear_pointer (&ZF_KEYPAD (object)->last_text, g_free);
  G_OBJECT_CLASS (zf_keypad_parent_class)->dispose (object);
}

static void
zf_keypad_class_init (ZfKeypadClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_keypad_dispose;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
zf_keypad_init (ZfKeypad *self)
{
  GtkWidget *clamp = adw_clamp_new ();

  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), WIDTH);
  adw_clamp_set_child (ADW_CLAMP (clamp), keys_new (self));
  adw_bin_set_child (ADW_BIN (self), clamp);
  gtk_widget_add_css_class (GTK_WIDGET (self), "zf-keypad");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Keys for numbers"), -1);
}

/* (transfer full) (nullable): the answer of last time as it is typed. */
static char *
last_text (ZfTextInput *input)
{
  ZfInput *base = ZF_INPUT (input);
  JsonNode *shown = zf_form_model_shown (zf_input_model (base), zf_input_address (base));

  if (shown == NULL || !JSON_NODE_HOLDS_VALUE (shown))
    return NULL;
  if (json_node_get_value_type (shown) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (shown));
  if (zf_input_question (base)->field->type == ZF_FIELD_MONEY)
    return zf_money_format (json_node_get_int (shown));
  return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (shown));
}

static void
show_last (ZfKeypad *self)
{
  g_autofree char *words = NULL;

  g_clear_pointer (&self->last_text, g_free);
  self->last_text = last_text (self->input);
  gtk_widget_set_visible (self->last, self->last_text != NULL);
  if (self->last_text == NULL)
    return;
  words = g_strdup_printf (_("Last time %s"), self->last_text);
  gtk_button_set_label (GTK_BUTTON (self->last), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->last), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/* The system's keyboard stays away as long as these keys are there. */
static void
keep_system_away (ZfTextInput *input, gboolean away)
{
  GtkEntry *entry = GTK_ENTRY (zf_text_input_entry (input));
  GtkInputHints hints = gtk_entry_get_input_hints (entry) & ~GTK_INPUT_HINT_INHIBIT_OSK;

  gtk_entry_set_input_hints (entry, away ? hints | GTK_INPUT_HINT_INHIBIT_OSK : hints);
}

void
zf_keypad_type_into (ZfKeypad *self, ZfTextInput *input)
{
  g_return_if_fail (ZF_IS_KEYPAD (self));
  if (input == self->input)
    return;
  if (self->input != NULL && zf_text_input_entry (self->input) != NULL)
    keep_system_away (self->input, FALSE);
  g_set_weak_pointer (&self->input, input);
  if (input == NULL)
    return;
  keep_system_away (input, TRUE);
  gtk_widget_set_visible (self->point, zf_input_question (ZF_INPUT (input))->field->type != ZF_FIELD_INTEGER);
  show_last (self);
}
