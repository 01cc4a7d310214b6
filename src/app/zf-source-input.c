/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-source-input.h"

#include <string.h>

#include "zf-choice-button.h"

struct _ZfSourceInput
{
  ZfChoiceInput parent_instance;
};

G_DEFINE_FINAL_TYPE (ZfSourceInput, zf_source_input, ZF_TYPE_CHOICE_INPUT)

/* Several of them stand on a screen: whose source it is belongs to the name. */
static void
name_buttons (ZfInput *input, GPtrArray *buttons)
{
  const char *own = zf_input_question (input)->name;
  g_autofree char *name = g_strndup (own, strlen (own) - strlen (ZF_SOURCE_SUFFIX));
  const ZfQuestion *of = zf_form_question (zf_form_model_form (zf_input_model (input)), name);
  const char *label = of != NULL && of->field != NULL ? zf_row_text (of->field->plain, "label", zf_input_lang (input)) : NULL;
  g_autofree char *group = g_strdup_printf ("%s · %s", label != NULL ? label : name, zf_input_label (input));

  for (guint i = 0; i < buttons->len; i++)
    zf_choice_button_name (g_ptr_array_index (buttons, i), group);
}

static GtkWidget *
zf_source_input_lay (ZfChoiceInput *choice, GPtrArray *buttons)
{
  GtkWidget *words = gtk_label_new (zf_input_label (ZF_INPUT (choice)));
  GtkWidget *flow = NULL;

  name_buttons (ZF_INPUT (choice), buttons);
  for (guint i = 0; i < buttons->len; i++)
    gtk_widget_add_css_class (g_ptr_array_index (buttons, i), "zf-small");
  flow = zf_input_flow (buttons, 0);
  gtk_widget_add_css_class (words, "dim-label");
  gtk_flow_box_insert (GTK_FLOW_BOX (flow), words, 0);
  gtk_widget_set_focusable (gtk_widget_get_parent (words), FALSE);
  return flow;
}

static void
zf_source_input_class_init (ZfSourceInputClass *klass)
{
  ZF_CHOICE_INPUT_CLASS (klass)->lay = zf_source_input_lay;
}

static void
zf_source_input_init (ZfSourceInput *self)
{
}
