/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-point-input.h"

#include <glib/gi18n.h>
#include <math.h>

#include "zf-device.h"
#include "zf-fmt.h"
#include "zf-gcj02.h"
#include "zf-place-page.h"
#include "zf-position.h"

struct _ZfPointInput
{
  ZfInput parent_instance;

  GtkLabel *words;
  GtkEditable *entry;
  GtkToggleButton *shifted;   /* what is typed comes from a map that shifts */
  GtkWidget *clear;
  GtkWidget *here;
  GtkWidget *map;
  GtkWidget *enough;
  GtkWidget *cancel;
  ZfPosition *position;
  char *typed;                /* (nullable) what was typed, and the answer that it became */
  char *answer;
  gboolean showing;
  gboolean dirty;
};

G_DEFINE_FINAL_TYPE (ZfPointInput, zf_point_input, ZF_TYPE_INPUT)

/* "lat, lon" of a map that shifts → "lat lon" where it is; anything else as it is: the engine says what is wrong with it. */
static char *
unshift (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " ,，;\t", -1);
  g_autoptr (GPtrArray) numbers = g_ptr_array_new ();
  double lat = 0, lon = 0;
  char *end = NULL;

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_ptr_array_add (numbers, words[i]);
  if (numbers->len != 2)
    return g_strdup (text);
  lat = g_ascii_strtod (numbers->pdata[0], &end);
  if (*end == '\0')
    lon = g_ascii_strtod (numbers->pdata[1], &end);
  if (*end != '\0')
    return g_strdup (text);
  zf_gcj02_to_wgs84 (lat, lon, &lat, &lon);
  return g_strdup_printf ("%.6f %.6f", lat, lon);
}

/* The entry keeps what was typed, the words above it say what is stored. */
static void
put_typed (ZfPointInput *self, const char *text)
{
  g_autofree char *plain = gtk_toggle_button_get_active (self->shifted) ? unshift (text) : g_strdup (text);
  gboolean taken = FALSE;

  /* The form shows every answer again while this one is put. */
  self->showing = TRUE;
  taken = zf_input_set_text (ZF_INPUT (self), plain, _("This needs a latitude and a longitude like 29.86, 107.73."));
  if (taken && *text != '\0')
    {
      g_free (self->typed);
      g_free (self->answer);
      self->typed = g_strdup (text);
      self->answer = zf_input_text (ZF_INPUT (self));
      gtk_editable_set_text (self->entry, text);
    }
  self->showing = FALSE;
  zf_input_show (ZF_INPUT (self));
}

static void
keep (ZfPointInput *self)
{
  g_autofree char *text = NULL;

  if (!self->dirty)
    return;
  self->dirty = FALSE;
  text = g_strdup (gtk_editable_get_text (self->entry));
  put_typed (self, text);
}

static void
on_shifted (ZfPointInput *self)
{
  g_autofree char *text = NULL;

  if (self->showing)
    return;
  if (self->dirty)
    keep (self);
  else if (self->typed != NULL)
    {
      text = g_strdup (self->typed);
      put_typed (self, text);
    }
}

static void
on_typed (ZfPointInput *self)
{
  if (!self->showing)
    self->dirty = TRUE;
}

/* Where the tablet is */

static void
show_looking (ZfPointInput *self, gboolean looking)
{
  gtk_widget_set_visible (gtk_widget_get_parent (self->here), !looking);
  gtk_widget_set_visible (gtk_widget_get_parent (self->cancel), looking);
  gtk_widget_set_visible (gtk_widget_get_parent (self->enough), looking && zf_position_best (self->position) != NULL);
}

static void
on_better (ZfPointInput *self)
{
  g_autofree char *accuracy = zf_fmt_accuracy (ceil (zf_position_best (self->position)->accuracy));
  g_autofree char *sentence = g_strdup_printf (_("Looking for the position… so far %s."), accuracy);

  zf_input_tell (ZF_INPUT (self), sentence);
  show_looking (self, TRUE);
}

static void
on_done (ZfPosition *position, GError *error, ZfPointInput *self)
{
  g_autofree char *text = error == NULL ? zf_position_text (position) : NULL;

  show_looking (self, FALSE);
  zf_input_tell (ZF_INPUT (self), error == NULL ? "" : zf_device_sentence (ZF_DEVICE_POSITION, error));
  if (text != NULL)
    zf_input_set_text (ZF_INPUT (self), text, _("This cannot be read. Write it another way."));
}

static void
on_here (ZfPointInput *self)
{
  zf_input_tell (ZF_INPUT (self), _("Looking for the position…"));
  zf_position_look (self->position);
  show_looking (self, TRUE);
}

static void
on_enough (ZfPointInput *self)
{
  zf_position_enough (self->position);
}

static void
on_cancel (ZfPointInput *self)
{
  zf_position_stop (self->position);
  zf_input_tell (ZF_INPUT (self), "");
  show_looking (self, FALSE);
}

/* On the map */

static void
on_spot (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfPointInput) self = data;
  g_autofree char *text = NULL;
  ZfSpot spot = { 0 };

  if (zf_input_model (ZF_INPUT (self)) == NULL)
    return;
  gtk_widget_grab_focus (self->map);
  if (!zf_place_page_ask_finish (result, &spot))
    return;
  text = zf_spot_text (&spot);
  zf_input_tell (ZF_INPUT (self), "");
  zf_input_set_text (ZF_INPUT (self), text, _("This cannot be read. Write it another way."));
}

static void
on_map (ZfPointInput *self)
{
  ZfFormModel *model = zf_input_model (ZF_INPUT (self));
  g_autofree char *text = NULL;
  ZfSpot now = { 0 };
  gboolean placed = FALSE;

  on_cancel (self);
  keep (self);
  text = zf_input_text (ZF_INPUT (self));
  placed = zf_spot_parse (text, &now);
  zf_place_page_ask_async (GTK_WIDGET (self), zf_input_label (ZF_INPUT (self)), placed ? &now : NULL, zf_form_model_parent (model), on_spot,
                           g_object_ref (self));
}

static void
on_clear (ZfPointInput *self)
{
  zf_input_tell (ZF_INPUT (self), "");
  zf_input_clear (ZF_INPUT (self));
}

static void
on_by_hand (GtkToggleButton *toggle, ZfPointInput *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->entry), gtk_toggle_button_get_active (toggle));
  gtk_widget_set_visible (GTK_WIDGET (self->shifted), gtk_toggle_button_get_active (toggle));
  if (gtk_toggle_button_get_active (toggle))
    gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static GtkWidget *
by_hand_new (ZfPointInput *self)
{
  GtkWidget *toggle = gtk_toggle_button_new_with_label (_("Type it"));

  gtk_widget_add_css_class (toggle, "zf-choice");
  zf_input_name (ZF_INPUT (self), toggle, _("Type it"));
  g_signal_connect_object (toggle, "toggled", G_CALLBACK (on_by_hand), self, 0);
  return toggle;
}

static GtkWidget *
entry_new (ZfPointInput *self)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_widget_set_visible (entry, FALSE);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("latitude, longitude"));
  gtk_widget_add_css_class (entry, "zf-number");
  zf_input_name (ZF_INPUT (self), entry, NULL);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (entry, "activate", G_CALLBACK (keep), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (keep), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (entry, focus);
  return entry;
}

static GtkWidget *
shifted_new (ZfPointInput *self)
{
  GtkWidget *toggle = gtk_toggle_button_new ();
  GtkWidget *label = gtk_label_new (_("Coordinates from Amap or Tencent Maps"));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_button_set_child (GTK_BUTTON (toggle), label);
  gtk_widget_set_visible (toggle, FALSE);
  gtk_widget_set_halign (toggle, GTK_ALIGN_START);
  gtk_widget_add_css_class (toggle, "zf-choice");
  zf_input_name (ZF_INPUT (self), toggle, _("Coordinates from Amap or Tencent Maps"));
  g_signal_connect_object (toggle, "toggled", G_CALLBACK (on_shifted), self, G_CONNECT_SWAPPED);
  return toggle;
}

static void
zf_point_input_build (ZfInput *input)
{
  ZfPointInput *self = ZF_POINT_INPUT (input);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();

  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_xalign (self->words, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "numeric");
  self->here = zf_input_button (input, _("Use where I am"), G_CALLBACK (on_here));
  self->map = zf_input_button (input, _("Point on the map"), G_CALLBACK (on_map));
  self->clear = zf_input_button (input, C_ ("answer", "Clear"), G_CALLBACK (on_clear));
  self->enough = zf_input_button (input, _("This is enough"), G_CALLBACK (on_enough));
  self->cancel = zf_input_button (input, _("Stop looking"), G_CALLBACK (on_cancel));
  self->entry = GTK_EDITABLE (entry_new (self));
  self->shifted = GTK_TOGGLE_BUTTON (shifted_new (self));
  g_ptr_array_add (buttons, self->here);
  g_ptr_array_add (buttons, self->enough);
  g_ptr_array_add (buttons, self->cancel);
  g_ptr_array_add (buttons, self->map);
  g_ptr_array_add (buttons, by_hand_new (self));
  g_ptr_array_add (buttons, self->clear);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (box), zf_input_flow (buttons, 0));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->entry));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->shifted));
  show_looking (self, FALSE);
  gtk_widget_set_sensitive (box, !zf_input_question (input)->read_only);
  adw_bin_set_child (ADW_BIN (self), box);
}

/* Another answer than the one that was typed here stands by now: found, cleared, or of another visit. */
static void
show_entry (ZfPointInput *self, const char *text)
{
  if (self->typed != NULL && g_strcmp0 (self->answer, text) == 0)
    return;
  g_clear_pointer (&self->typed, g_free);
  self->showing = TRUE;
  gtk_toggle_button_set_active (self->shifted, FALSE);
  if (!g_str_equal (gtk_editable_get_text (self->entry), text))
    gtk_editable_set_text (self->entry, text);
  self->showing = FALSE;
}

static void
zf_point_input_show (ZfInput *input)
{
  ZfPointInput *self = ZF_POINT_INPUT (input);
  const ZfQuestion *question = zf_input_question (input);
  JsonNode *answer = zf_input_answer (input);
  g_autofree char *words = zf_value_display (question->kind, question->field, answer, zf_input_lang (input));
  g_autofree char *text = zf_input_text (input);

  gtk_label_set_text (self->words, answer != NULL ? words : _("Not recorded"));
  gtk_widget_set_visible (gtk_widget_get_parent (self->clear), *text != '\0');
  if (!self->dirty && !self->showing)
    show_entry (self, text);
}

static void
zf_point_input_flush (ZfInput *input)
{
  keep (ZF_POINT_INPUT (input));
}

static void
zf_point_input_dispose (GObject *object)
{
  ZfPointInput *self = ZF_POINT_INPUT (object);

  if (self->position != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->position, self);
      zf_position_stop (self->position);
    }
  g_clear_object (&self->position);
  G_OBJECT_CLASS (zf_point_input_parent_class)->dispose (object);
}

static void
zf_point_input_finalize (GObject *object)
{
  ZfPointInput *self = ZF_POINT_INPUT (object);

  g_free (self->typed);
  g_free (self->answer);
  G_OBJECT_CLASS (zf_point_input_parent_class)->finalize (object);
}

static void
zf_point_input_class_init (ZfPointInputClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_point_input_dispose;
  G_OBJECT_CLASS (klass)->finalize = zf_point_input_finalize;
  ZF_INPUT_CLASS (klass)->build = zf_point_input_build;
  ZF_INPUT_CLASS (klass)->show = zf_point_input_show;
  ZF_INPUT_CLASS (klass)->flush = zf_point_input_flush;
}

static void
zf_point_input_init (ZfPointInput *self)
{
  self->position = zf_position_new ();
  g_signal_connect_swapped (self->position, "better", G_CALLBACK (on_better), self);
  g_signal_connect (self->position, "done", G_CALLBACK (on_done), self);
}
