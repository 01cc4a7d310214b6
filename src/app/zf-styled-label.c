/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-styled-label.h"

static const struct
{
  float xalign;
  GtkJustification justify;
} PLACES[] = {
  [ZF_STYLED_START] = { 0, GTK_JUSTIFY_LEFT },
  [ZF_STYLED_CENTER] = { 0.5, GTK_JUSTIFY_CENTER },
  [ZF_STYLED_END] = { 1, GTK_JUSTIFY_RIGHT },
};

gboolean
zf_styled_label_show (GtkLabel *label, const ZfStyled *words)
{
  const char *markup = words != NULL ? words->markup : NULL;
  const char *text = markup != NULL ? markup : words != NULL ? words->plain : "";
  ZfStyledAlign align = words != NULL ? words->align : ZF_STYLED_START;

  g_return_val_if_fail (GTK_IS_LABEL (label), FALSE);

  if (gtk_label_get_use_markup (label) == (markup != NULL) && g_str_equal (gtk_label_get_label (label), text))
    return FALSE;
  if (markup != NULL)
    gtk_label_set_markup (label, markup);
  else
    gtk_label_set_text (label, text);
  gtk_label_set_xalign (label, PLACES[align].xalign);
  gtk_label_set_justify (label, PLACES[align].justify);
  return TRUE;
}
