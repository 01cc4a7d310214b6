/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time, place and household below a photo: never by itself, only where the county's parameters ask for it, and never below a signature. */
#include "app-fixture.h"

#include "zf-caption-strip.h"

static gint64
height_of_photo (AppFixture *f, const char *purpose)
{
  g_autofree char *photo = app_fixture_picture (f, purpose, 600, 400);
  g_autoptr (ZfRecord) record = zf_reader_get (zf_session_reader (f->session), photo, NULL);

  g_assert_nonnull (record);
  g_assert_cmpint (zf_record_get_int (record, "width", 0), ==, 600);
  return zf_record_get_int (record, "height", 0);
}

static void
publish (AppFixture *f, const char *version, const char *value)
{
  g_autofree char *record = g_strdup_printf ("[{\"fields\":{\"name\":\"photo\",\"version\":\"%s\",\"content\":\"{\\\"name\\\":\\\"photo\\\",\\\"version\\\":\\\"%s\\\","
                                             "\\\"parameters\\\":[{\\\"name\\\":\\\"caption_strip\\\",\\\"value\\\":\\\"%s\\\"}]}\"}}]",
                                             version, version, value);

  app_fixture_seed (f, "parameter", record);
}

static void
test_asked_for (AppFixture *f, gconstpointer data)
{
  g_autofree char *words = NULL;

  g_assert_null (zf_caption_strip_words (f->session, f->household));
  g_assert_cmpint (height_of_photo (f, NULL), ==, 400);
  publish (f, "1", "no");
  g_assert_null (zf_caption_strip_words (f->session, f->household));
  publish (f, "2", "yes");
  words = zf_caption_strip_words (f->session, f->household);
  g_assert_cmpstr (words, ==, "石龙村 · 张国华");
  g_assert_cmpint (height_of_photo (f, "crack"), >, 420);
  g_assert_cmpint (height_of_photo (f, "signature"), ==, 400);
  publish (f, "10", "no");
  g_assert_null (zf_caption_strip_words (f->session, f->household));
}

/* The time of the picture, not of the moment in which its file was chosen; none where nobody knows it. */
static void
test_dated (void)
{
  g_autofree char *known = zf_caption_strip_dated ("石龙村 · 张国华", G_GINT64_CONSTANT (1762149900000));
  g_autofree char *unknown = zf_caption_strip_dated ("石龙村 · 张国华", 0);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (1762149900);
  g_autofree char *expected = g_date_time_format (time, "%Y-%m-%d %H:%M · 石龙村 · 张国华");

  g_assert_cmpstr (known, ==, expected);
  g_assert_cmpstr (unknown, ==, "石龙村 · 张国华");
}

/* As wide as the picture, white letters on black, more lines where there is less room. */
static void
test_drawn (void)
{
  g_autoptr (GBytes) wide = zf_caption_strip_draw ("2026-11-30 14:05 · 石龙村 · 张国华", 2000);
  g_autoptr (GBytes) narrow = zf_caption_strip_draw ("2026-11-30 14:05 · 石龙村 · 张国华", 100);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (wide, &size);
  guint light = 0;

  g_assert_cmpuint (size % 6000, ==, 0);
  g_assert_cmpuint (size / 6000, <, 140);
  for (gsize i = 0; i < size; i += 3)
    light += data[i] > 200;
  g_assert_cmpuint (light, >, 1000);
  g_assert_cmpuint (light, <, size / 12);
  g_assert_cmpuint (g_bytes_get_size (narrow) / 300, >, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/caption-strip/asked-for", AppFixture, NULL, app_fixture_set_up, test_asked_for, app_fixture_tear_down);
  g_test_add_func ("/app/caption-strip/dated", test_dated);
  g_test_add_func ("/app/caption-strip/drawn", test_drawn);
  return g_test_run ();
}
