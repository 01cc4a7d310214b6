/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of the tests: each planted bug until a seed shows it, and which checks could be taken away without anybody noticing. */
#include "sim.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STARTS_APART G_GUINT64_CONSTANT (1000000)
/* A check has a bug to itself when this many seeds with the check switched off, and at least this many times the median, do not show it. */
#define ALONE_SEEDS 150
#define ALONE_TIMES 10
#define ALONE_MOST 2000
/* One seed in fifty may fail otherwise: a bug changes what happens, and what happens may meet a finding that is open without it. */
#define ALONE_NOISE 50
#define RUN_SECONDS 60
/* Sums of the others, no invariants of their own. */
#define SUMS ((G_GUINT64_CONSTANT (1) << INV_NOTHING_LOST) | (G_GUINT64_CONSTANT (1) << INV_ENGINE))
#define MAX_STARTS 8

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
  guint64 seed;
  guint64 broken;      /* 0: not found */
} Find;

static guint64
broken_by (ZfPlant plant, guint64 seed, guint64 enabled)
{
  Outcome outcome = { 0 };

  zf_plant = plant;
  sim_run (seed, FALSE, enabled, &outcome);
  outcome_clear (&outcome);
  return outcome.broken;
}

/* A seed that fails without the bug shows nothing. */
static void
hunt (ZfPlant plant, guint64 first, guint64 limit, guint64 enabled, int out)
{
  Find find = { .seed = first };

  for (; find.tries < limit && find.broken == 0; find.seed++)
    {
      alarm (RUN_SECONDS);
      find.tries++;
      find.broken = broken_by (plant, find.seed, enabled);
      if (find.broken != 0 && broken_by (ZF_PLANT_NONE, find.seed, enabled) != 0)
        find.broken = 0;
      if (write (out, &find, sizeof find) != sizeof find)
        _exit (1);
    }
}

/* A planted bug may end the program (the engine's own assertions) or keep it from ever coming to rest: that is found too. */
static Find
hunt_apart (ZfPlant plant, guint64 first, guint64 limit, guint64 enabled)
{
  Find find = { 0 }, next;
  int ends[2], status;
  pid_t child;

  if (pipe (ends) != 0)
    return find;
  fflush (stdout);
  child = fork ();
  if (child == 0)
    {
      close (ends[0]);
      if (freopen ("/dev/null", "w", stderr) == NULL)
        _exit (1);
      hunt (plant, first, limit, enabled, ends[1]);
      _exit (0);
    }
  close (ends[1]);
  while (read (ends[0], &next, sizeof next) == sizeof next)
    find = next;
  close (ends[0]);
  waitpid (child, &status, 0);
  if (WIFSIGNALED (status))
    {
      find.tries++;
      find.seed = MAX (find.seed + 1, first);
      find.broken = G_GUINT64_CONSTANT (1) << (WTERMSIG (status) == SIGALRM ? INV_20 : INV_ENGINE);
    }
  return find;
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

static void
add_names (GString *text, guint64 broken)
{
  for (guint i = 0; i < INV_N; i++)
    if (broken & (G_GUINT64_CONSTANT (1) << i))
      g_string_append_printf (text, " %s", sim_invariant_name (i));
}

/* What is told of one bug, also from a process of its own. */
typedef struct
{
  guint64 median;
  guint64 broken;      /* checks that found it first, from any start */
  guint64 also;        /* checks that found it with those of `broken` off */
  guint64 only;        /* the check without which no other invariant finds it */
  gboolean strictly;   /* nor “nothing lost” or the engine itself */
  guint missed;        /* starts from which it was not found */
} Told;

static gboolean
is_alone (ZfPlant plant, guint64 off, guint64 tries, Told *told)
{
  guint64 first = 1, also = 0, left = tries;

  for (guint found = 0; found <= tries / ALONE_NOISE; found++)
    {
      Find find = hunt_apart (plant, first, left, G_MAXUINT64 & ~off);

      if (find.broken == 0 || find.tries >= left)
        return TRUE;
      also |= find.broken;
      first = find.seed + 1;
      left -= find.tries;
    }
  told->also |= also;
  return FALSE;
}

/* The check whose absence lets the bug through: strictly, or but for the sums. */
static void
find_only (ZfPlant plant, Told *told)
{
  guint64 tries = MIN (MAX (ALONE_SEEDS, told->median * ALONE_TIMES), ALONE_MOST);

  for (guint i = 1; i < INV_ENGINE && told->only == 0; i++)
    {
      guint64 bit = G_GUINT64_CONSTANT (1) << i;

      if ((told->broken & bit) == 0 || !is_alone (plant, bit | SUMS, tries, told))
        continue;
      told->only = bit;
      told->strictly = is_alone (plant, bit, tries, told);
    }
}

static Told
try_plant (ZfPlant plant, guint64 limit, guint starts)
{
  Told told = { 0 };
  guint64 tries[MAX_STARTS];

  for (guint i = 0; i < starts; i++)
    {
      Find find = hunt_apart (plant, 1 + i * STARTS_APART, limit, G_MAXUINT64);

      tries[i] = find.tries;
      told.broken |= find.broken;
      told.missed += find.broken == 0;
    }
  qsort (tries, starts, sizeof tries[0], by_number);
  told.median = tries[starts / 2];
  if (told.broken != 0)
    find_only (plant, &told);
  return told;
}

static void
print_told (ZfPlant plant, const Told *told)
{
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GString) only = g_string_new (NULL);
  g_autoptr (GString) also = g_string_new (NULL);

  add_names (found, told->broken);
  add_names (only, told->only);
  add_names (also, told->also);
  if (told->only != 0 && !told->strictly)
    g_string_append_c (only, '+');
  printf ("| %-28s | %6" G_GUINT64_FORMAT " |%-16s |%-5s |%-14s | %s\n", names[plant], told->median, told->broken != 0 ? found->str : " NOT FOUND", only->str,
          also->str, told->missed == 0 ? "" : told->broken != 0 ? "not from every start" : "");
  fflush (stdout);
}

/* Every process takes the next bug; the parent prints in the order of coming. */
static void
work (int share, int jobs, guint64 limit, guint starts, const char *only, int out)
{
  for (guint i = 1 + (guint) share; i < G_N_ELEMENTS (names); i += (guint) jobs)
    if (only == NULL || g_str_equal (only, names[i]))
      {
        Told told = try_plant ((ZfPlant) i, limit, starts);
        guint8 message[sizeof i + sizeof told];

        print_told ((ZfPlant) i, &told);
        memcpy (message, &i, sizeof i);
        memcpy (message + sizeof i, &told, sizeof told);
        if (write (out, message, sizeof message) != sizeof message)
          _exit (1);
      }
  _exit (0);
}

/* Every invariant that is checked needs a bug that only its check finds. */
static guint
print_alone (guint64 alone)
{
  guint lacking = 0;

  for (guint i = 1; i <= 21; i++)
    if (i != 16 && (alone & (G_GUINT64_CONSTANT (1) << i)) == 0)
      {
        printf ("%s has no planted bug of its own\n", sim_invariant_name (i));
        lacking++;
      }
  return lacking;
}

int
sim_plants (guint64 limit, guint starts, int jobs, const char *only)
{
  int ends[2];
  guint missed = 0, n = 0, plant, lacking;
  guint64 alone = 0;
  guint8 message[sizeof plant + sizeof (Told)];

  if (pipe (ends) != 0)
    return 1;
  printf ("| planted bug                  | median | found by        | only | else by        | seeds until found; else by: with that check off; only: no other check finds it (+: but for the sums)\n");
  fflush (stdout);
  for (int i = 0; i < jobs; i++)
    if (fork () == 0)
      {
        close (ends[0]);
        work (i, jobs, limit, starts, only, ends[1]);
      }
  close (ends[1]);
  while (read (ends[0], message, sizeof message) == sizeof message)
    {
      Told told;

      memcpy (&told, message + sizeof plant, sizeof told);
      missed += told.broken == 0;
      alone |= told.only;
      n++;
    }
  lacking = only == NULL ? print_alone (alone) : 0;
  printf ("%u planted bugs, %u not found, %u invariants without a bug of their own\n", n, missed, lacking);
  return missed + lacking > 0;
}
