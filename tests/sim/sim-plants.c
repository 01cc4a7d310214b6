/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of the tests: each planted bug until a seed shows it, and which checks could be taken away without anybody noticing. */
#include "sim.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define STARTS_APART G_GUINT64_CONSTANT (1000000)
#define STARTS 3
/* A check has a bug to itself when of this many seeds, each run to its end, hardly any shows it in another check as well. */
#define SURVEY_SEEDS 24
#define SURVEY_TIMES 3
#define SURVEY_MOST 100
/* One seed in twenty-four may fail otherwise: a bug changes what happens, and what happens may meet a finding that is open without it. */
#define NOISE 24
#define QUICK_SEEDS 60
/* Of the processor, whatever else it does. */
#define RUN_SECONDS 20
/* Sums of the others, no invariants of their own. */
#define BIT(i) (G_GUINT64_CONSTANT (1) << (i))
#define SUMS (BIT (INV_NOTHING_LOST) | BIT (INV_ENGINE))

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

/* Seeds with one bug, from one start. */
typedef struct
{
  ZfPlant plant;
  guint64 first;
  guint64 seeds;
  guint64 enabled;
  gboolean through;          /* every seed to its end, else until one shows the bug */
  guint64 done;
  guint64 broken;            /* checks that any of them broke */
  guint64 by[INV_N];         /* seeds that broke each of them */
  GArray *each;              /* (element-type guint64): what every seed broke */
} Hunt;

typedef struct
{
  guint64 seed;
  guint64 broken;
} Found;

static guint64
broken_by (ZfPlant plant, guint64 seed, guint64 enabled)
{
  Outcome outcome = { 0 };

  zf_plant = plant;
  sim_run (seed, FALSE, enabled, &outcome);
  outcome_clear (&outcome);
  return outcome.broken;
}

static void
limit_time (void)
{
  struct itimerval timer = { .it_value.tv_sec = RUN_SECONDS };

  setitimer (ITIMER_PROF, &timer, NULL);
}

/* A seed that fails without the bug shows nothing. (Those that run through are among the first, which the test of the simulator keeps clean.) */
static void
run_here (const Hunt *hunt, guint64 from, int out)
{
  gboolean stop = FALSE;

  sim_goes_on = hunt->through;
  for (guint64 seed = from; seed < hunt->first + hunt->seeds && !stop; seed++)
    {
      Found found = { .seed = seed };

      limit_time ();
      found.broken = broken_by (hunt->plant, seed, hunt->enabled);
      if (found.broken != 0 && !hunt->through && broken_by (ZF_PLANT_NONE, seed, hunt->enabled) != 0)
        found.broken = 0;
      stop = found.broken != 0 && !hunt->through;
      if (write (out, &found, sizeof found) != sizeof found)
        _exit (1);
    }
}

static void
take (Hunt *hunt, guint64 broken)
{
  hunt->done++;
  hunt->broken |= broken;
  for (guint i = 0; i < INV_N; i++)
    hunt->by[i] += (broken & BIT (i)) != 0;
  g_array_append_val (hunt->each, broken);
}

/* A planted bug may end the program (the engine's own assertions) or keep it from ever coming to rest: that is found too. */
static void
run_apart (Hunt *hunt)
{
  Found found;
  int ends[2], status;
  pid_t child;

  if (pipe (ends) != 0)
    return;
  fflush (stdout);
  child = fork ();
  if (child == 0)
    {
      close (ends[0]);
      if (freopen ("/dev/null", "w", stderr) == NULL)
        _exit (1);
      run_here (hunt, hunt->first + hunt->done, ends[1]);
      _exit (0);
    }
  close (ends[1]);
  while (read (ends[0], &found, sizeof found) == sizeof found)
    take (hunt, found.broken);
  close (ends[0]);
  waitpid (child, &status, 0);
  if (WIFSIGNALED (status))
    take (hunt, BIT (WTERMSIG (status) == SIGPROF ? INV_20 : INV_ENGINE));
}

static void
run_hunt (Hunt *hunt)
{
  hunt->each = g_array_new (FALSE, FALSE, sizeof (guint64));
  do
    run_apart (hunt);
  while (hunt->done < hunt->seeds && (hunt->through || hunt->broken == 0));
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

/* What is told of one bug, also from a process of its own. */
typedef struct
{
  guint64 median;
  guint64 broken;      /* checks that found it first, from any start */
  guint64 only;        /* the check without which no other finds it */
  gboolean strictly;   /* nor “nothing lost” or the engine itself */
  guint missed;        /* starts from which it was not found */
  guint64 survey;      /* seeds run through */
  guint64 by[INV_N];   /* how many of them broke each check */
} Told;

static guint64
otherwise (const Hunt *hunt, guint64 mask)
{
  guint64 n = 0;

  for (guint i = 0; i < hunt->each->len; i++)
    n += (g_array_index (hunt->each, guint64, i) & mask) != 0;
  return n;
}

/* The check whose absence lets the bug through: strictly, or but for the sums. */
static void
survey (ZfPlant plant, guint64 seeds, Told *told)
{
  Hunt hunt = { .plant = plant, .first = 1, .seeds = seeds, .enabled = G_MAXUINT64, .through = TRUE };

  run_hunt (&hunt);
  told->survey = seeds;
  memcpy (told->by, hunt.by, sizeof told->by);
  for (guint i = 1; i < INV_ENGINE; i++)
    if (hunt.by[i] > 0 && otherwise (&hunt, ~BIT (i) & ~SUMS) <= seeds / NOISE && hunt.by[i] > otherwise (&hunt, ~BIT (i) & ~SUMS))
      {
        told->only = BIT (i);
        told->strictly = otherwise (&hunt, ~BIT (i)) <= seeds / NOISE;
      }
  g_array_unref (hunt.each);
}

static Told
try_plant (ZfPlant plant, guint64 limit)
{
  Told told = { 0 };
  guint64 tries[STARTS], first;

  for (guint i = 0; i < STARTS; i++)
    {
      Hunt hunt = { .plant = plant, .first = 1 + i * STARTS_APART, .seeds = limit, .enabled = G_MAXUINT64 };

      run_hunt (&hunt);
      tries[i] = hunt.done;
      told.broken |= hunt.broken;
      told.missed += hunt.broken == 0;
      g_array_unref (hunt.each);
    }
  first = tries[0];
  qsort (tries, STARTS, sizeof tries[0], by_number);
  told.median = tries[STARTS / 2];
  if (told.missed <= STARTS / 2)
    survey (plant, CLAMP (MAX (told.median, first) * SURVEY_TIMES, SURVEY_SEEDS, SURVEY_MOST), &told);
  return told;
}

static void
print_told (ZfPlant plant, const Told *told)
{
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GString) also = g_string_new (NULL);
  const char *only = "";

  for (guint i = 0; i < INV_N; i++)
    {
      if (told->broken & BIT (i))
        g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "", sim_invariant_name (i));
      if (told->only & BIT (i))
        only = sim_invariant_name (i);
      if (told->by[i] > 0)
        g_string_append_printf (also, " %s %" G_GUINT64_FORMAT, sim_invariant_name (i), told->by[i]);
    }
  if (told->missed > STARTS / 2)
    g_string_assign (found, "NOT FOUND");
  printf ("| %s | %s | %" G_GUINT64_FORMAT " | %s%s | of %" G_GUINT64_FORMAT ":%s |\n", names[plant], found->str, told->median, only,
          told->only != 0 && !told->strictly ? "+" : "", told->survey, also->str);
  fflush (stdout);
}

/* Every process takes the next bug; the parent prints in the order of coming. */
static void
work (int share, int jobs, guint64 limit, const char *only, int out)
{
  for (guint i = 1 + (guint) share; i < G_N_ELEMENTS (names); i += (guint) jobs)
    if (only == NULL || g_str_equal (only, names[i]))
      {
        Told told = try_plant ((ZfPlant) i, limit);

        print_told ((ZfPlant) i, &told);
        if (write (out, &told, sizeof told) != sizeof told)
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
    if (i != 16 && (alone & BIT (i)) == 0)
      {
        printf ("%s has no planted bug of its own\n", sim_invariant_name (i));
        lacking++;
      }
  return lacking;
}

int
sim_plants (guint64 limit, int jobs, const char *only)
{
  int ends[2];
  guint missed = 0, n = 0, lacking;
  guint64 alone = 0;
  Told told;

  if (pipe (ends) != 0)
    return 1;
  printf ("| planted bug | found by | median seeds | only by | seeds run to their end that break a check |\n|---|---|---|---|---|\n");
  fflush (stdout);
  for (int i = 0; i < jobs; i++)
    if (fork () == 0)
      {
        close (ends[0]);
        work (i, jobs, limit, only, ends[1]);
      }
  close (ends[1]);
  while (read (ends[0], &told, sizeof told) == sizeof told)
    {
      missed += told.missed > STARTS / 2;
      alone |= told.only;
      n++;
    }
  lacking = only == NULL ? print_alone (alone) : 0;
  printf ("%u planted bugs, %u not found, %u invariants without a bug of their own\n", n, missed, lacking);
  return missed + lacking > 0;
}

/* For every day: bugs that a few seeds show to the one check that they are for, with every other check switched off. */
static const struct
{
  ZfPlant plant;
  Invariant invariant;
} quick[] = {
  { ZF_PLANT_SEEN_VALUE_FORGOTTEN, 1 },
  { ZF_PLANT_AT_OF_SENDING, 3 },
  { ZF_PLANT_BATCH_NAMED_BY_FIRST, 4 },
  { ZF_PLANT_REPLAY_AUDITED, 5 },
  { ZF_PLANT_TRIM_AT_ACK, 6 },
  { ZF_PLANT_LAST_WRITE_WINS, 7 },
  { ZF_PLANT_TOLD_OTHERWISE, 8 },
  { ZF_PLANT_CONFLICT_DROPS_THEIRS, 9 },
  { ZF_PLANT_NO_OLD_VALUE_RULE, 10 },
  { ZF_PLANT_DELETE_WINS, 12 },
  { ZF_PLANT_SUM_NOT_MOVED, 13 },
  { ZF_PLANT_CURSOR_REWOUND, 14 },
  { ZF_PLANT_SLICE_SPLITS_HOME, 15 },
  { ZF_PLANT_BLOB_DELETED_BEFORE_DURABLE, 19 },
  { ZF_PLANT_SENT_ONCE_MORE, 20 },
  { ZF_PLANT_EXTRA_DROPPED, 21 },
};

int
sim_plants_quick (void)
{
  guint missed = 0;

  for (guint i = 0; i < G_N_ELEMENTS (quick); i++)
    {
      Hunt hunt = { .plant = quick[i].plant, .first = 1, .seeds = QUICK_SEEDS, .enabled = BIT (quick[i].invariant) };

      run_hunt (&hunt);
      printf ("%s: %s %s within %" G_GUINT64_FORMAT " seeds\n", names[quick[i].plant], sim_invariant_name (quick[i].invariant),
              hunt.broken != 0 ? "sees it" : "DOES NOT SEE IT", hunt.done);
      missed += hunt.broken == 0;
      g_array_unref (hunt.each);
    }
  return missed > 0;
}
