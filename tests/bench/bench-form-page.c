/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a form costs on the screen: until the first frame of a form of 400 questions (in 40 groups, in one, and in one that stays
 * on one screen), a keystroke, an answer on which 100 others
 * depend, one more row where 200 stand. The time is the processor's, of the thread that draws: from the call, or the key, through the next frame's layout and drawing. The floor of the openings are as many bare labels and entries in a box. */
#include <stdio.h>
#include <time.h>

#include <adwaita.h>
#include <glib/gstdio.h>

#include "zf-bench.h"
#include "zf-form-page.h"
#include "zf-input.h"
#include "zf-resources.h"
#include "zf-session.h"

#define QUESTIONS 400
#define DEPENDENTS 100
#define ROWS 200
#define ROUNDS 15
#define KEYS 100
#define VILLAGE "11111111-1111-7111-8111-111111111111"

typedef struct
{
  char *dir;
  ZfStore *store;
  ZfSession *session;
  GtkWindow *window;
  GMainLoop *loop;
  gint64 frame_us;      /* when the work of the present frame began */
  double worked_ms;     /* of the last whole frame */
} Bench;

/* Forms */

static void
add_question (GString *out, guint i)
{
  static const char *const kinds[] = { "text", "integer", "select_one four", "date" };

  if (i == 0)
    g_string_append (out, ",{\"type\":\"integer\",\"name\":\"first\",\"label\":\"first\"}");
  else if (i <= DEPENDENTS / 2)
    g_string_append_printf (out, ",{\"type\":\"integer\",\"name\":\"c%u\",\"label\":\"c\",\"calculation\":\"${first} * %u\",\"read_only\":\"yes\"}", i, i);
  else if (i <= DEPENDENTS)
    g_string_append_printf (out, ",{\"type\":\"text\",\"name\":\"r%u\",\"label\":\"r\",\"relevant\":\"${first} > %u\"}", i, i * 10);
  else
    g_string_append_printf (out, ",{\"type\":\"%s\",\"name\":\"t%u\",\"label\":\"question %u\"}", kinds[i % G_N_ELEMENTS (kinds)], i, i);
}

/* (transfer full): @per_group: how many questions a group has, @appearance its own. */
static char *
long_form (const char *name, guint per_group, const char *appearance)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"settings\":[{\"form_title\":\"%s\",\"form_id\":\"%s\",\"version\":\"1\"}],\"kind\":{\"name\":\"%s\",\"parent\":\"household\"},\"survey\":[",
                          name, name, name);
  for (guint i = 0; i < QUESTIONS; i++)
    {
      if (i % per_group == 0)
        g_string_append_printf (out, "%s{\"type\":\"begin_group\",\"name\":\"g%u\",\"label\":\"g%u\",\"appearance\":\"%s\"}", i > 0 ? "," : "", i, i, appearance);
      add_question (out, i);
      if ((i + 1) % per_group == 0)
        g_string_append_printf (out, ",{\"type\":\"end_group\",\"name\":\"g%u\"}", i + 1 - per_group);
    }
  g_string_append (out, "],\"choices\":[");
  for (guint i = 0; i < 4; i++)
    g_string_append_printf (out, "%s{\"list_name\":\"four\",\"name\":\"v%u\",\"label\":\"choice %u\"}", i > 0 ? "," : "", i, i);
  g_string_append (out, "]}");
  return g_string_free (out, FALSE);
}

static const char roster_form[] =
  "{\"settings\":[{\"form_title\":\"r\",\"form_id\":\"roster\",\"version\":\"1\"}],\"kind\":{\"name\":\"roster\",\"parent\":\"household\"},\"survey\":["
  "{\"type\":\"begin_repeat\",\"name\":\"people\",\"label\":\"people\"},{\"type\":\"text\",\"name\":\"name\",\"label\":\"name\"},"
  "{\"type\":\"integer\",\"name\":\"age\",\"label\":\"age\"},{\"type\":\"decimal\",\"name\":\"wage\",\"label\":\"wage\",\"relevant\":\"${age} >= 16\"},"
  "{\"type\":\"end_repeat\",\"name\":\"people\"},{\"type\":\"calculate\",\"name\":\"n\",\"calculation\":\"count(${people})\",\"bind::type\":\"int\"}],\"choices\":[]}";

static void
put_form (const char *forms, const char *name, const char *text)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *path = g_build_filename (forms, file, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* The shipped forms and those of this bench, in a folder of its own. */
static ZfKinds *
make_kinds (const char *dir)
{
  g_autofree char *data = g_build_filename (dir, "data", NULL);
  g_autofree char *forms = g_build_filename (data, "forms", NULL);
  g_autofree char *screens = long_form ("screens", 10, "");
  g_autofree char *single = long_form ("single", QUESTIONS, "");
  g_autofree char *whole = long_form ("whole", QUESTIONS, "field-list");
  const char *from = g_getenv ("ZOUFANG_DATA");
  g_autofree char *copy = g_strdup_printf ("mkdir -p '%s' && cp -r '%s/forms' '%s/codelists' '%s/'", data, from, from, data);
  g_autoptr (GError) error = NULL;
  ZfKinds *kinds = NULL;
  const char *words[] = { "/bin/sh", "-c", copy, NULL };

  g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  put_form (forms, "screens", screens);
  put_form (forms, "single", single);
  put_form (forms, "whole", whole);
  put_form (forms, "roster", roster_form);
  kinds = zf_kinds_load (data, &error);
  g_assert_no_error (error);
  return kinds;
}

/* Frames */

/* The hand's thread alone: other work on the machine does not count, nor the wait for the disk when a draft begins. */
static gint64
cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
on_before_paint (GdkFrameClock *clock, Bench *bench)
{
  bench->frame_us = cpu_us ();
}

static void
on_after_paint (GdkFrameClock *clock, Bench *bench)
{
  bench->worked_ms = (double) (cpu_us () - bench->frame_us) / 1000.0;
  g_main_loop_quit (bench->loop);
}

/* Milliseconds of the next frame's work. */
static double
next_frame (Bench *bench)
{
  gdk_frame_clock_request_phase (gtk_widget_get_frame_clock (GTK_WIDGET (bench->window)), GDK_FRAME_CLOCK_PHASE_PAINT);
  g_main_loop_run (bench->loop);
  return bench->worked_ms;
}

static void
settle (Bench *bench)
{
  for (guint i = 0; i < 3; i++)
    next_frame (bench);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
add_sample (ZfSamples *samples, double ms)
{
  g_array_append_val (samples->values, ms);
}

static double
since (gint64 start)
{
  return (double) (cpu_us () - start) / 1000.0;
}

/* Figures */

static ZfFormModel *
start_form (Bench *bench, const char *kind, const char *home)
{
  g_autoptr (GError) error = NULL;
  ZfFormModel *model = zf_form_model_start (bench->session, kind, home, &error);

  g_assert_no_error (error);
  return model;
}

static void
put_village (ZfStore *store)
{
  g_autoptr (JsonNode) villages = json_from_string ("[{\"id\":\"" VILLAGE "\",\"fields\":{\"name\":\"v\"}}]", NULL);
  g_autoptr (GError) error = NULL;

  zf_store_seed (store, "village", json_node_get_array (villages), &error);
  g_assert_no_error (error);
}

static char *
new_household (Bench *bench)
{
  g_autoptr (ZfSave) save = zf_save_new ("u1", FALSE);
  g_autoptr (JsonObject) fields = json_object_new ();
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (fields, "village", VILLAGE);
  zf_save_create (save, "household", NULL, fields);
  zf_store_commit (bench->store, save, &error);
  g_assert_no_error (error);
  return g_strdup (zf_save_result_id (save, 0));
}

static GtkWidget *
bare_box (guint n)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  for (guint i = 0; i < n; i++)
    {
      gtk_box_append (GTK_BOX (box), gtk_label_new ("question"));
      gtk_box_append (GTK_BOX (box), gtk_entry_new ());
    }
  return box;
}

static double
bare_widgets (Bench *bench, guint n)
{
  gint64 start = cpu_us ();
  GtkWidget *scroller = gtk_scrolled_window_new ();
  double ms;

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), bare_box (n));
  gtk_window_set_child (bench->window, scroller);
  ms = since (start);
  ms += next_frame (bench);
  settle (bench);
  gtk_window_set_child (bench->window, NULL);
  return ms;
}

static void
bench_open (Bench *bench, const char *kind, guint per_screen, const char *name)
{
  ZfSamples value, floor;

  zf_samples_init (&value);
  zf_samples_init (&floor);
  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autofree char *home = new_household (bench);
      GtkWidget *page = g_object_new (ZF_TYPE_FORM_PAGE, NULL);
      gint64 start;
      double ms;

      zf_page_set_session (ZF_PAGE (page), bench->session);
      gtk_window_set_child (bench->window, page);
      settle (bench);
      start = cpu_us ();
      {
        g_autoptr (ZfFormModel) model = start_form (bench, kind, home);

        zf_form_page_open (ZF_FORM_PAGE (page), model, "n");
      }
      ms = since (start);
      add_sample (&value, ms + next_frame (bench));
      settle (bench);
      zf_form_page_close (ZF_FORM_PAGE (page));
      gtk_window_set_child (bench->window, NULL);
      add_sample (&floor, bare_widgets (bench, per_screen));
    }
  zf_bench_report (name, &value, &floor, "ms", "<= 200 ms");
  zf_samples_clear (&value);
  zf_samples_clear (&floor);
}

static GtkWidget *
first_entry (GtkWidget *widget)
{
  if (GTK_IS_TEXT (widget) && gtk_widget_get_mapped (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = first_entry (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* @kept: the hand rests: the answer is taken, and what depends on it computed. */
static void
bench_keys (Bench *bench, const char *kind, gboolean kept, const char *name)
{
  g_autofree char *home = new_household (bench);
  GtkWidget *page = g_object_new (ZF_TYPE_FORM_PAGE, NULL);
  GtkWidget *bare = gtk_entry_new ();
  GtkWidget *entry;
  ZfSamples value, floor;

  zf_samples_init (&value);
  zf_samples_init (&floor);
  zf_page_set_session (ZF_PAGE (page), bench->session);
  gtk_window_set_child (bench->window, page);
  {
    g_autoptr (ZfFormModel) model = start_form (bench, kind, home);

    zf_form_page_open (ZF_FORM_PAGE (page), model, "n");
  }
  settle (bench);
  entry = first_entry (page);
  g_assert_nonnull (entry);
  for (guint i = 0; i < KEYS; i++)
    {
      g_autofree char *digit = g_strdup_printf ("%u", 1 + i % 9);
      int position = 0;
      gint64 start;

      gtk_editable_set_text (GTK_EDITABLE (entry), i % 2 == 0 ? "1" : "88");
      settle (bench);
      start = cpu_us ();
      gtk_editable_insert_text (GTK_EDITABLE (entry), digit, 1, &position);
      if (kept)
        zf_input_flush (ZF_INPUT (gtk_widget_get_ancestor (entry, ZF_TYPE_INPUT)));
      add_sample (&value, since (start) + next_frame (bench));
    }
  zf_form_page_close (ZF_FORM_PAGE (page));
  gtk_window_set_child (bench->window, bare);
  settle (bench);
  for (guint i = 0; i < KEYS; i++)
    {
      int position = 0;
      gint64 start = cpu_us ();

      gtk_editable_insert_text (GTK_EDITABLE (bare), "1", 1, &position);
      add_sample (&floor, since (start) + next_frame (bench));
      gtk_editable_set_text (GTK_EDITABLE (bare), "");
    }
  gtk_window_set_child (bench->window, NULL);
  zf_bench_report (name, &value, &floor, "ms", "<= 8 ms");
  zf_samples_clear (&value);
  zf_samples_clear (&floor);
}

/* From field to field, as Enter goes. A change of state makes GTK look through the styles of all that comes behind in the same box. */
static void
walk (Bench *bench, ZfSamples *samples)
{
  for (guint i = 0; i < KEYS; i++)
    {
      gint64 start;

      settle (bench);
      start = cpu_us ();
      gtk_widget_child_focus (GTK_WIDGET (bench->window), i % 2 == 0 ? GTK_DIR_TAB_FORWARD : GTK_DIR_TAB_BACKWARD);
      add_sample (samples, since (start) + next_frame (bench));
    }
}

static void
bench_focus (Bench *bench, const char *kind, guint per_screen, const char *name)
{
  g_autofree char *home = new_household (bench);
  GtkWidget *page = g_object_new (ZF_TYPE_FORM_PAGE, NULL);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  ZfSamples value, floor;

  zf_samples_init (&value);
  zf_samples_init (&floor);
  zf_page_set_session (ZF_PAGE (page), bench->session);
  gtk_window_set_child (bench->window, page);
  {
    g_autoptr (ZfFormModel) model = start_form (bench, kind, home);

    zf_form_page_open (ZF_FORM_PAGE (page), model, "n");
  }
  settle (bench);
  gtk_widget_grab_focus (first_entry (page));
  walk (bench, &value);
  zf_form_page_close (ZF_FORM_PAGE (page));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), bare_box (per_screen));
  gtk_window_set_child (bench->window, scroller);
  settle (bench);
  gtk_widget_grab_focus (first_entry (scroller));
  walk (bench, &floor);
  gtk_window_set_child (bench->window, NULL);
  zf_bench_report (name, &value, &floor, "ms", "<= 8 ms");
  zf_samples_clear (&value);
  zf_samples_clear (&floor);
}

/* The row is made and its questions are shown, as a tap on the button does. */
static void
bench_rows (Bench *bench)
{
  g_autofree char *home = new_household (bench);
  GtkWidget *page = g_object_new (ZF_TYPE_FORM_PAGE, NULL);
  g_autoptr (ZfFormModel) model = start_form (bench, "roster", home);
  ZfSamples value, floor;

  zf_samples_init (&value);
  zf_samples_init (&floor);
  zf_page_set_session (ZF_PAGE (page), bench->session);
  gtk_window_set_child (bench->window, page);
  zf_form_page_open (ZF_FORM_PAGE (page), model, "n");
  for (guint i = 0; i < ROWS + 30; i++)
    {
      g_autofree char *row = NULL;
      g_autofree char *name = NULL;
      gint64 start = cpu_us ();
      double ms;

      row = zf_form_model_add_row (model, "people", NULL);
      g_assert_nonnull (row);
      if (i >= ROWS)
        zf_form_page_open_row (ZF_FORM_PAGE (page), row);
      ms = since (start);
      if (i >= ROWS)
        add_sample (&value, ms + next_frame (bench));
      name = g_strconcat (row, ".name", NULL);
      g_assert_true (zf_form_model_set_text (model, name, "somebody", NULL));
      if (i < ROWS)
        continue;
      settle (bench);
      start = cpu_us ();
      g_assert_true (zf_form_page_step_back (ZF_FORM_PAGE (page)));
      ms = since (start);
      add_sample (&floor, ms + next_frame (bench));
      settle (bench);
    }
  printf ("{\"name\":\"form-page-row-200\",\"value\":%.1f,\"unit\":\"ms\",\"p95\":%.1f,\"max\":%.1f,\"budget\":\"<= 20 ms\"}\n", zf_samples_quantile (&value, 0.5),
          zf_samples_quantile (&value, 0.95), zf_samples_quantile (&value, 1));
  printf ("{\"name\":\"form-page-list-of-200\",\"value\":%.1f,\"unit\":\"ms\",\"p95\":%.1f,\"max\":%.1f,\"budget\":\"<= 20 ms\"}\n", zf_samples_quantile (&floor, 0.5),
          zf_samples_quantile (&floor, 0.95), zf_samples_quantile (&floor, 1));
  zf_form_page_close (ZF_FORM_PAGE (page));
  gtk_window_set_child (bench->window, NULL);
  zf_samples_clear (&value);
  zf_samples_clear (&floor);
}

static void
bench_set_up (Bench *bench)
{
  g_autofree char *store = NULL;
  g_autoptr (ZfKinds) kinds = NULL;
  g_autoptr (GError) error = NULL;
  GdkFrameClock *clock;

  bench->dir = g_dir_make_tmp ("zf-bench-page-XXXXXX", &error);
  g_assert_no_error (error);
  kinds = make_kinds (bench->dir);
  store = g_build_filename (bench->dir, "store", NULL);
  bench->store = zf_store_create (store, kinds, NULL, &error);
  g_assert_no_error (error);
  put_village (bench->store);
  bench->session = zf_session_new (bench->store);
  bench->loop = g_main_loop_new (NULL, FALSE);
  bench->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (bench->window, 1280, 800);
  gtk_window_present (bench->window);
  while (!gtk_widget_get_mapped (GTK_WIDGET (bench->window)))
    g_main_context_iteration (NULL, TRUE);
  clock = gtk_widget_get_frame_clock (GTK_WIDGET (bench->window));
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), bench);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), bench);
}

static void
bench_tear_down (Bench *bench)
{
  const char *words[] = { "rm", "-rf", bench->dir, NULL };

  gtk_window_destroy (bench->window);
  g_object_unref (bench->session);
  zf_store_close (bench->store);
  g_object_unref (bench->store);
  g_main_loop_unref (bench->loop);
  g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (bench->dir);
}

int
main (void)
{
  Bench bench = { 0 };

  adw_init ();
  g_resources_register (zf_get_resource ());
  bench_set_up (&bench);
  bench_open (&bench, "screens", 10, "form-page-open-400-in-40-screens");
  bench_open (&bench, "single", 20, "form-page-open-400-in-one-group");
  bench_open (&bench, "whole", QUESTIONS, "form-page-open-400-on-one-screen");
  bench_keys (&bench, "screens", FALSE, "form-page-keystroke");
  bench_keys (&bench, "screens", TRUE, "form-page-answer-100-dependents");
  bench_keys (&bench, "single", TRUE, "form-page-answer-100-dependents-in-one-group");
  bench_keys (&bench, "whole", TRUE, "form-page-answer-100-dependents-on-one-screen");
  bench_focus (&bench, "single", 20, "form-page-next-question-in-one-group");
  bench_focus (&bench, "whole", QUESTIONS, "form-page-next-question-on-one-screen");
  bench_rows (&bench);
  bench_tear_down (&bench);
  return 0;
}
