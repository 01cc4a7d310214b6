/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every widget class is made once with warnings fatal: a misspelt property, a type newer than GTK 4.8 or a missing child id in a .ui file
 * ends here. And none may be wider than the narrowest screen, 360 px. */
#include <adwaita.h>

#include "zf-action-bar.h"
#include "zf-banner.h"
#include "zf-camera-page.h"
#include "zf-check.h"
#include "zf-conflict-page.h"
#include "zf-family-page.h"
#include "zf-form-appearance.h"
#include "zf-form-page.h"
#include "zf-household-list.h"
#include "zf-household-page.h"
#include "zf-input.h"
#include "zf-keypad.h"
#include "zf-level-chip.h"
#include "zf-life-page.h"
#include "zf-map-page.h"
#include "zf-photo-strip.h"
#include "zf-photo-view.h"
#include "zf-place-page.h"
#include "zf-question-view.h"
#include "zf-resources.h"
#include "zf-row.h"
#include "zf-section.h"
#include "zf-signature-pad.h"
#include "zf-sync-page.h"
#include "zf-today-page.h"
#include "zf-unfold.h"
#include "zf-window.h"

#define NARROW 360

static void
test_made_and_narrow (gconstpointer data)
{
  GType type = *(const GType *) data;
  GtkWidget *widget = g_object_ref_sink (g_object_new (type, NULL));
  int minimum = 0, natural = 0;

  g_assert_true (GTK_IS_WIDGET (widget));
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  g_test_message ("%s: minimum %d, natural %d", g_type_name (type), minimum, natural);
  g_assert_cmpint (minimum, <=, NARROW);
  if (GTK_IS_WINDOW (widget))
    gtk_window_destroy (GTK_WINDOW (widget));
  g_object_unref (widget);
}

/* What 万 makes of a number that stands there. */
static void
test_wan (void)
{
  static const struct
  {
    const char *typed;
    const char *wan;
  } CASES[] = {
    { "1.5", "15000" }, { "3", "30000" }, { "0.12345", "1234.5" }, { "-2", "-20000" }, { ".5", "5000" }, { "1.", "10000" }, { "0", "0" },
    { "100000000000", NULL }, { "", NULL }, { "-", NULL }, { "1,5", NULL }, { "abc", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autofree char *wan = zf_keypad_wan (CASES[i].typed);

      g_assert_cmpstr (wan, ==, CASES[i].wan);
    }
}

/* What the page tells apart is what form check knows; a reference stands in a row of the type text. */
static void
test_ways (void)
{
  const char *type = NULL, *appearance = NULL;

  for (guint i = 0; (type = zf_input_way (i, &appearance)) != NULL; i++)
    if (appearance != NULL && !zf_form_appearance_known (g_str_equal (type, "ref") ? "text" : type, appearance))
      g_error ("form check does not know the appearance %s of %s", appearance, type);
}

int
main (int argc, char **argv)
{
  static GType types[25];
  guint n = 0;

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_resources_register (zf_get_resource ());
  types[n++] = ZF_TYPE_ROW;
  types[n++] = ZF_TYPE_CHOICE_BUTTON;
  types[n++] = ZF_TYPE_CHECK;
  types[n++] = ZF_TYPE_LEVEL_CHIP;
  types[n++] = ZF_TYPE_ACTION_BAR;
  types[n++] = ZF_TYPE_BANNER;
  types[n++] = ZF_TYPE_SECTION;
  types[n++] = ZF_TYPE_PHOTO_STRIP;
  types[n++] = ZF_TYPE_QUESTION_VIEW;
  types[n++] = ZF_TYPE_TODAY_PAGE;
  types[n++] = ZF_TYPE_HOUSEHOLD_LIST;
  types[n++] = ZF_TYPE_HOUSEHOLD_PAGE;
  types[n++] = ZF_TYPE_FORM_PAGE;
  types[n++] = ZF_TYPE_FAMILY_PAGE;
  types[n++] = ZF_TYPE_SIGNATURE_PAD;
  types[n++] = ZF_TYPE_LIFE_PAGE;
  types[n++] = ZF_TYPE_MAP_PAGE;
  types[n++] = ZF_TYPE_PLACE_PAGE;
  types[n++] = ZF_TYPE_SYNC_PAGE;
  types[n++] = ZF_TYPE_UNFOLD;
  types[n++] = ZF_TYPE_CONFLICT_PAGE;
  types[n++] = ZF_TYPE_PHOTO_VIEW;
  types[n++] = ZF_TYPE_CAMERA_PAGE;
  types[n++] = ZF_TYPE_KEYPAD;
  types[n++] = ZF_TYPE_WINDOW;
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/app/widget/%s", g_type_name (types[i]));

      g_test_add_data_func (path, &types[i], test_made_and_narrow);
    }
  g_test_add_func ("/app/keypad/wan", test_wan);
  g_test_add_func ("/widgets/ways", test_ways);
  return g_test_run ();
}
