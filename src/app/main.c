/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <locale.h>

#include "zf-application.h"
#include "zf-config.h"

int
main (int argc, char **argv)
{
  const char *localedir = g_getenv ("ZOUFANG_LOCALEDIR");
  g_autoptr (ZfApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, localedir != NULL ? localedir : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = zf_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
