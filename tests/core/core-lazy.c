/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Libraries that are loaded when they are first called: nothing of a call is lost on the way, and what is missing is said. */

#include "lazy-far.h"
#include "zf-error.h"
#include "zf-lazy.h"

#include <string.h>

static gboolean
is_loaded (const char *name)
{
  g_autofree char *maps = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  return strstr (maps, name) != NULL;
}

static void
test_call (void)
{
  int (*later) (int) = far_later;

  g_assert_false (is_loaded ("libzf-far"));
  for (int i = 0; i < 2; i++)
    g_assert_cmpfloat (far_sum (1, 2, 3, 4, 5, 6, 7, 8, .5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5), ==, 204 + 262.5);
  g_assert_true (is_loaded ("libzf-far"));
  g_assert_cmpint (later (41), ==, 42);
  g_assert_cmpint (far_later (1), ==, 2);
}

static void
test_large (void)
{
  for (int i = 0; i < 2; i++)
    {
      FarLarge large = far_large (i, .25);

      g_assert_cmpint (large.numbers[4], ==, i + 4);
      g_assert_cmpfloat (large.last, ==, .25);
      g_assert_cmpfloat (far_mean (3, 1.0, 2.0, 6.0), ==, 3);
    }
}

static gpointer
call_in_thread (gpointer data)
{
  return GINT_TO_POINTER (far_later (GPOINTER_TO_INT (data)));
}

static void
test_threads (void)
{
  GThread *threads[16];

  for (int i = 0; i < 16; i++)
    threads[i] = g_thread_new ("far", call_in_thread, GINT_TO_POINTER (i));
  for (int i = 0; i < 16; i++)
    g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (threads[i])), ==, i + 1);
}

static void
test_missing (void)
{
  static ZfLazyLibrary libraries[] = { { "libzf-nowhere-2.so.7", NULL } };
  static ZfLazyFunction function = { "far_gone", &libraries[0], NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_lazy_load ("libzf-far", &error));
  g_assert_no_error (error);
  if (g_test_subprocess ())
    {
      zf_lazy_resolve (&function);
      return;
    }
  zf_lazy_register (libraries, G_N_ELEMENTS (libraries));
  g_assert_false (zf_lazy_load ("libzf-nowhere", &error));
  g_assert_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "libzf-nowhere-2.so.7"));
  g_assert_true (zf_lazy_load ("libzf-no", NULL));
  g_assert_true (zf_lazy_load ("libother", NULL));
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*libzf-nowhere-2.so.7*far_gone*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lazy/call", test_call);
  g_test_add_func ("/lazy/large", test_large);
  g_test_add_func ("/lazy/threads", test_threads);
  g_test_add_func ("/lazy/missing", test_missing);
  return g_test_run ();
}
