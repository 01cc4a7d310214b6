/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of the tests: each planted bug until a seed shows it. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const names[] = {
#define NAME(name) #name,
  ZF_PLANTS (NAME)
#undef NAME
};

void
sim_choose_plant (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      zf_plant = (ZfPlant) i;
}

/* What one process found of one bug from one starting seed. */
typedef struct
{
  guint64 tries;
  guint64 broken;      /* 0: not found */
} Find;

static Find
hunt (guint64 first, guint64 limit)
{
  Find find = { 0 };

  for (guint64 seed = first; find.tries < limit && find.broken == 0; seed++)
    {
      Outcome outcome = { 0 };

      sim_run (seed, FALSE, G_MAXUINT64, &outcome);
      find.tries++;
      find.broken = outcome.broken;
      outcome_clear (&outcome);
    }
  return find;
}

/* A planted bug may end the program: that is found too, by the engine's own assertion. */
static Find
hunt_apart (ZfPlant plant, guint64 first, guint64 limit)
{
  Find find = { limit, 0 };
  int ends[2], status;
  pid_t child;

  if (pipe (ends) != 0)
    return find;
  child = fork ();
  if (child == 0)
    {
      zf_plant = plant;
      find = hunt (first, limit);
      if (write (ends[1], &find, sizeof find) != sizeof find)
        _exit (1);
      _exit (0);
    }
  close (ends[1]);
  if (read (ends[0], &find, sizeof find) != sizeof find)
    find = (Find) { 1, G_GUINT64_CONSTANT (1) << INV_ENGINE };
  close (ends[0]);
  waitpid (child, &status, 0);
  return find;
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

static void
print_broken (guint64 broken)
{
  gboolean any = FALSE;

  for (guint i = 0; i < INV_N; i++)
    if (broken & (G_GUINT64_CONSTANT (1) << i))
      {
        printf ("%s%s", any ? " " : "", sim_invariant_name (i));
        any = TRUE;
      }
  printf ("%s", any ? "" : "NOT FOUND");
}

static gboolean
try_plant (ZfPlant plant, guint64 limit, guint starts)
{
  guint64 tries[16], broken = 0;
  gboolean found = TRUE;

  for (guint i = 0; i < starts; i++)
    {
      Find find = hunt_apart (plant, 1 + i * G_GUINT64_CONSTANT (1000000), limit);

      tries[i] = find.tries;
      broken |= find.broken;
      found &= find.broken != 0;
    }
  qsort (tries, starts, sizeof tries[0], by_number);
  printf ("%-28s median %5" G_GUINT64_FORMAT " seeds  ", names[plant], tries[starts / 2]);
  print_broken (broken);
  printf ("%s\n", found ? "" : "  (not from every start)");
  fflush (stdout);
  return broken != 0;
}

int
sim_plants (guint64 limit, guint starts, const char *only)
{
  guint missed = 0;

  for (guint i = 1; i < G_N_ELEMENTS (names); i++)
    if (only == NULL || g_str_equal (only, names[i]))
      missed += !try_plant ((ZfPlant) i, limit, starts);
  printf ("%u planted bugs, %u not found\n", (guint) G_N_ELEMENTS (names) - 1, missed);
  return missed > 0;
}
