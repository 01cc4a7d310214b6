/* SPDX-License-Identifier: GPL-3.0-or-later */

/* sim [--seeds N] [--first N] [--jobs N] [--seed N] [--verbose] [--plants [NAME]] [--limit N] [--regressions FILE] [--record] [--brief]: see README.md */
#include "sim.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static gint64 seeds = 100, first = 1, one = -1, limit = 10000;
static int jobs = 2;
static gboolean verbose, plants, quick, explain, brief, record;
static char *plant_name, *regressions;

static const GOptionEntry entries[] = {
  { "seeds", 0, 0, G_OPTION_ARG_INT64, &seeds, "how many", "N" },
  { "first", 0, 0, G_OPTION_ARG_INT64, &first, "the first one", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &one, "only this one", "N" },
  { "jobs", 0, 0, G_OPTION_ARG_INT, &jobs, "processes", "N" },
  { "verbose", 0, 0, G_OPTION_ARG_NONE, &verbose, "tell everything", NULL },
  { "explain", 0, 0, G_OPTION_ARG_NONE, &explain, "tell everything about the shortened run", NULL },
  { "through", 0, 0, G_OPTION_ARG_NONE, &sim_goes_on, "every run to its end, whatever it breaks", NULL },
  { "brief", 0, 0, G_OPTION_ARG_NONE, &brief, "all seeds, nothing is shortened", NULL },
  { "plants", 0, 0, G_OPTION_ARG_NONE, &plants, "switch planted bugs on, one by one", NULL },
  { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, "with --plants: those that a few seeds show, each to its own check", NULL },
  { "plant", 0, 0, G_OPTION_ARG_STRING, &plant_name, "only this planted bug; with --seed: a run with it", "NAME" },
  { "limit", 0, 0, G_OPTION_ARG_INT64, &limit, "seeds for one planted bug", "N" },
  { "regressions", 0, 0, G_OPTION_ARG_FILENAME, &regressions, "a file of recorded runs", "FILE" },
  { "record", 0, 0, G_OPTION_ARG_NONE, &record, "with --seed: only write the run down", NULL },
  { NULL },
};

/* A machine that dies leaves complaints of all sorts; they are not this program's. */
static GLogWriterOutput
swallow (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  if (verbose || (level & G_LOG_FLAG_FATAL))
    return g_log_writer_standard_streams (level, fields, n, data);
  return G_LOG_WRITER_HANDLED;
}

static void
shorten (guint64 seed, guint64 broken)
{
  g_autoptr (GArray) ops = sim_shrink (seed, broken, G_MAXUINT64);
  guint layout, n;

  printf ("  %u operations are enough:\n", ops->len);
  sim_print_ops (ops);
  if (explain)
    {
      Outcome outcome = { 0 };

      g_array_unref (ops_draw (seed, &layout, &n));
      sim_run_like (seed, ops, layout, n, broken, TRUE, G_MAXUINT64, &outcome);
      outcome_clear (&outcome);
    }
}

static gboolean
run_seed (guint64 seed)
{
  Outcome outcome = { 0 };
  gboolean good;

  sim_run (seed, verbose, G_MAXUINT64, &outcome);
  good = outcome.broken == 0;
  if (!good)
    {
      printf ("seed %" G_GUINT64_FORMAT ": %s", seed, outcome.story);
      if (!verbose && !brief)
        shorten (seed, outcome.broken);
      fflush (stdout);
    }
  outcome_clear (&outcome);
  return good;
}

static guint
run_share (int share)
{
  guint bad = 0;

  for (gint64 seed = first + share; seed < first + seeds && (brief || bad < 5); seed += jobs)
    bad += !run_seed ((guint64) seed);
  return bad;
}

static int
run_all (void)
{
  gint64 start = g_get_monotonic_time ();
  gboolean good = TRUE;
  double took;

  fflush (stdout);
  for (int i = 0; i < jobs; i++)
    if (fork () == 0)
      exit (run_share (i) > 0);
  for (int i = 0; i < jobs; i++)
    {
      int status;

      wait (&status);
      good &= WIFEXITED (status) && WEXITSTATUS (status) == 0;
    }
  took = (double) (g_get_monotonic_time () - start) / 1e6;
  printf ("%" G_GINT64_FORMAT " seeds from %" G_GINT64_FORMAT ": %s, %.1f s, %.1f seeds/s\n", seeds, first, good ? "no violation" : "VIOLATIONS", took,
          (double) seeds / took);
  printf ("not yet: I16, I22, I23, T12, P6, P7 (security step)\n");
  return good ? 0 : 1;
}

static int
run_file (void)
{
  int failed = record_run_file (regressions, verbose);

  if (failed < 0)
    fprintf (stderr, "%s cannot be read\n", regressions);
  return failed != 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
  g_log_set_writer_func (swallow, NULL, NULL);
  /* One thread, many short lives of connections. */
  sqlite3_config (SQLITE_CONFIG_SINGLETHREAD);
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3_config (SQLITE_CONFIG_LOOKASIDE, 0, 0);
  mem_memory_register ();
  mem_vfs_register ();
  if (plants && quick)
    return sim_plants_quick ();
  if (plants)
    return sim_plants ((guint64) limit, jobs, plant_name);
  if (plant_name != NULL)
    sim_choose_plant (plant_name);
  if (one >= 0 && record)
    {
      record_write ((guint64) one);
      return 0;
    }
  if (one >= 0)
    return run_seed ((guint64) one) ? 0 : 1;
  return regressions != NULL ? run_file () : run_all ();
}
