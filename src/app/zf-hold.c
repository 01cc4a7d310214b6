/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-hold.h"

static void
on_completed (GTask *task, GParamSpec *property, GApplication *application)
{
  g_application_release (application);
}

void
zf_hold_task (GTask *task)
{
  GApplication *application = g_application_get_default ();

  g_return_if_fail (G_IS_TASK (task));
  if (application == NULL)
    return;
  g_application_hold (application);
  /* Told behind the callback. */
  g_signal_connect_object (task, "notify::completed", G_CALLBACK (on_completed), application, 0);
}
