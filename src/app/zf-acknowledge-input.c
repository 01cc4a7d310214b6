/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-acknowledge-input.h"

#include <glib/gi18n.h>

#include "zf-check.h"
#include "zf-json.h"

/* What ODK stores. */
#define ACKNOWLEDGED "OK"

struct _ZfAcknowledgeInput
{
  ZfInput parent_instance;

  GtkToggleButton *check;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (ZfAcknowledgeInput, zf_acknowledge_input, ZF_TYPE_INPUT)

static void
on_toggled (ZfAcknowledgeInput *self)
{
  g_autoptr (JsonNode) value = NULL;

  if (self->showing)
    return;
  value = gtk_toggle_button_get_active (self->check) ? zf_json_string (ACKNOWLEDGED) : zf_json_null ();
  zf_input_set (ZF_INPUT (self), value);
}

static void
zf_acknowledge_input_build (ZfInput *input)
{
  ZfAcknowledgeInput *self = ZF_ACKNOWLEDGE_INPUT (input);
  GtkWidget *check = zf_check_new (ACKNOWLEDGED, _("Noted"));

  self->check = GTK_TOGGLE_BUTTON (check);
  zf_choice_button_name (ZF_CHOICE_BUTTON (check), zf_input_label (input));
  g_signal_connect_object (check, "toggled", G_CALLBACK (on_toggled), self, G_CONNECT_SWAPPED);
  gtk_widget_set_sensitive (check, !zf_input_question (input)->read_only);
  adw_bin_set_child (ADW_BIN (self), check);
}

static void
zf_acknowledge_input_show (ZfInput *input)
{
  ZfAcknowledgeInput *self = ZF_ACKNOWLEDGE_INPUT (input);
  g_autofree char *text = zf_input_text (input);

  self->showing = TRUE;
  gtk_toggle_button_set_active (self->check, *text != '\0');
  self->showing = FALSE;
}

static void
zf_acknowledge_input_class_init (ZfAcknowledgeInputClass *klass)
{
  ZF_INPUT_CLASS (klass)->build = zf_acknowledge_input_build;
  ZF_INPUT_CLASS (klass)->show = zf_acknowledge_input_show;
}

static void
zf_acknowledge_input_init (ZfAcknowledgeInput *self)
{
}
