/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The floor of the start-up figure: an empty libadwaita window that says when its first frame was drawn. */

#include <adwaita.h>
#include <stdio.h>

static void
on_painted (GdkFrameClock *clock, gpointer data)
{
  puts ("ready");
  fflush (stdout);
  g_application_quit (g_application_get_default ());
}

static void
on_realize (GtkWidget *window, gpointer data)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_painted), NULL);
}

static void
on_activate (GtkApplication *app, gpointer data)
{
  GtkWidget *window = adw_application_window_new (app);

  g_signal_connect (window, "realize", G_CALLBACK (on_realize), NULL);
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) app = adw_application_new ("org.zoufang.EmptyFloor", G_APPLICATION_NON_UNIQUE);

  g_signal_connect (app, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (app), argc, argv);
}
