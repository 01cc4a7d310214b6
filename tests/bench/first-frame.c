/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Loaded before a GTK program: says "ready" when the first frame of the first presented window was drawn, then ends the process. The program
 * under measurement needs no code for it, and both sides are stopped by the same rule. */

#include <dlfcn.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <unistd.h>

void gtk_window_present (GtkWindow *window);

static void
on_painted (GdkFrameClock *clock, gpointer data)
{
  if (!gtk_widget_get_mapped (data))
    return;
  puts ("ready");
  fflush (stdout);
  _exit (0);
}

static void
watch (GtkWidget *window)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_painted), window);
}

void
gtk_window_present (GtkWindow *window)
{
  void (*real) (GtkWindow *) = (void (*) (GtkWindow *)) dlsym (RTLD_NEXT, "gtk_window_present");

  if (gtk_widget_get_realized (GTK_WIDGET (window)))
    watch (GTK_WIDGET (window));
  else
    g_signal_connect (window, "realize", G_CALLBACK (watch), NULL);
  real (window);
}
