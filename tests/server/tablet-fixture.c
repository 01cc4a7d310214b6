/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tablet-fixture.h"

#include "../fixtures/fixture-remove.h"

char *
below (Fixture *f, const char *name)
{
  return g_build_filename (f->dir, name, NULL);
}

void
tablet_set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *county = NULL;
  g_autofree char *tablet = NULL;
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("zf-tablet-XXXXXX", NULL);
  county = below (f, "county");
  tablet = below (f, "tablet");
  f->kinds = zf_kinds_load (zf_data_dir (), &error);
  g_assert_no_error (error);
  g_assert_true (zf_server_init (county, f->kinds, NULL, NULL, &error));
  f->server = zf_server_open (county, f->kinds, NULL, &error);
  g_assert_no_error (error);
  f->tablet = zf_store_create (tablet, f->kinds, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (zf_server_enrol_direct (f->server, f->tablet, "http://127.0.0.1:1", "tablet", NULL, &error));
}

void
tablet_tear_down (Fixture *f, gconstpointer data)
{
  zf_store_close (f->tablet);
  g_object_unref (f->tablet);
  zf_server_free (f->server);
  g_object_unref (f->kinds);
  fixture_remove (f->dir);
  g_free (f->dir);
}

void
sync_tablet (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (zf_server_sync_local (f->server, f->tablet, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
}
