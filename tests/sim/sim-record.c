/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs that once ended in a violation, kept as lists of operations. A run begins with "run SEED LAYOUT TABLETS", its operations follow, one a line:
 * "NAME TABLET A B C"; "#" begins a remark. */
#include "sim.h"

#include <stdio.h>
#include <string.h>

typedef struct
{
  guint64 seed;
  guint layout, n;
  GArray *ops;         /* (element-type Op) */
} Record;

void
record_write (guint64 seed)
{
  guint layout, n;
  g_autoptr (GArray) ops = ops_draw (seed, &layout, &n);

  printf ("run %" G_GUINT64_FORMAT " %u %u\n", seed, layout, n);
  for (guint i = 0; i < ops->len; i++)
    {
      const Op *op = &g_array_index (ops, Op, i);

      printf ("%s %u %u %u %u\n", ops_name (op), op->tablet, op->a, op->b, op->c);
    }
}

static gboolean
run_record (const Record *record, gboolean verbose)
{
  Outcome outcome = { 0 };
  gboolean good;

  sim_run_list (record->seed, record->ops, record->layout, record->n, verbose, G_MAXUINT64, &outcome);
  good = outcome.broken == 0;
  if (!good)
    printf ("recorded run %" G_GUINT64_FORMAT ": %s", record->seed, outcome.story);
  outcome_clear (&outcome);
  return good;
}

static gboolean
read_op (char **words, Op *op)
{
  if (g_strv_length (words) != 5 || !ops_type (words[0], &op->type))
    return FALSE;
  op->tablet = (guint8) g_ascii_strtoull (words[1], NULL, 10);
  op->a = (guint32) g_ascii_strtoull (words[2], NULL, 10);
  op->b = (guint32) g_ascii_strtoull (words[3], NULL, 10);
  op->c = (guint32) g_ascii_strtoull (words[4], NULL, 10);
  return TRUE;
}

static void
read_run (char **words, Record *record)
{
  record->seed = g_ascii_strtoull (words[1], NULL, 10);
  record->layout = (guint) g_ascii_strtoull (words[2], NULL, 10);
  record->n = (guint) g_ascii_strtoull (words[3], NULL, 10);
  g_array_set_size (record->ops, 0);
}

int
record_run_file (const char *path, gboolean verbose)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GArray) ops = g_array_new (FALSE, FALSE, sizeof (Op));
  Record record = { .ops = ops };
  int failed = 0, n = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return -1;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
      Op op = { 0 };

      if (g_strcmp0 (words[0], "run") == 0 && g_strv_length (words) == 4)
        read_run (words, &record);
      else if (read_op (words, &op))
        g_array_append_val (ops, op);
      else if (lines[i][0] != '#' && lines[i][0] != '\0')
        {
          printf ("%s, line %u is no operation: %s\n", path, i + 1, lines[i]);
          failed++;
        }
      if (ops->len > 0 && (lines[i + 1] == NULL || lines[i + 1][0] == '#' || lines[i + 1][0] == '\0'))
        {
          n++;
          failed += !run_record (&record, verbose);
          g_array_set_size (ops, 0);
        }
    }
  printf ("%d recorded runs, %d fail\n", n, failed);
  return failed;
}
