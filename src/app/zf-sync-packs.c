/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

/* What the county offers: map packs to fetch, and what of its forms cannot be used here. */
#include "zf-sync-packs.h"

#include <glib/gi18n.h>

#include "zf-row.h"

/* Large enough for a thumb. */
#define TOUCH 48

static void
on_fetch (GtkButton *button, gpointer data)
{
  zf_pack_service_fetch (g_object_get_data (G_OBJECT (button), "packs"), g_object_get_data (G_OBJECT (button), "pack"));
}

static void
on_stop (GtkButton *button, gpointer data)
{
  zf_pack_service_stop (g_object_get_data (G_OBJECT (button), "packs"));
}

static void
add_button (GtkWidget *row, ZfSession *session, const ZfPack *pack, gboolean stop)
{
  GtkWidget *button = gtk_button_new_with_label (stop ? _("Stop") : _("Fetch"));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (button, 80, TOUCH);
  g_object_set_data_full (G_OBJECT (button), "packs", g_object_ref (zf_session_packs (session)), g_object_unref);
  g_object_set_data_full (G_OBJECT (button), "pack", zf_pack_copy (pack), (GDestroyNotify) zf_pack_free);
  g_signal_connect (button, "clicked", G_CALLBACK (stop ? on_stop : on_fetch), NULL);
  gtk_box_append (GTK_BOX (row), button);
}

static gboolean
is_wanted (const ZfPackStatus *status, const ZfPack *pack)
{
  return g_strcmp0 (status->sha256, pack->sha256) == 0;
}

/* Who waited for a pack is told that it is here. */
static gboolean
is_shown (const ZfPackStatus *status, const ZfPack *pack)
{
  return !pack->here || is_wanted (status, pack) || g_strcmp0 (status->arrived, pack->sha256) == 0;
}

/* (transfer full): how things stand with it; before anything was asked, how large it is. */
static char *
pack_words (const ZfPackStatus *status, const ZfPack *pack)
{
  g_autofree char *done = g_format_size ((guint64) status->done);
  g_autofree char *total = g_format_size ((guint64) status->total);

  if (pack->here)
    return g_strdup (_("It is on this tablet now"));
  if (g_strcmp0 (status->failed, pack->sha256) == 0)
    return g_strdup (status->words);
  if (!is_wanted (status, pack))
    return g_format_size ((guint64) pack->size);
  return status->total > 0 ? g_strdup_printf (_("%s of %s are here"), done, total) : g_strdup (_("Visits and photos go first"));
}

static void
add_pack (ZfSection *section, ZfSession *session, const ZfPack *pack)
{
  const ZfPackStatus *status = zf_pack_service_status (zf_session_packs (session));
  gboolean wanted = is_wanted (status, pack);
  g_autofree char *title = g_strdup_printf (_("New map pack %s"), pack->title);
  g_autofree char *words = pack_words (status, pack);
  GtkWidget *row = zf_row_new (title, words);

  zf_row_set_tappable (ZF_ROW (row), FALSE);
  /* One after the other. */
  if (!pack->here && (wanted || status->sha256 == NULL))
    add_button (row, session, pack, wanted);
  zf_section_append (section, row);
}

void
zf_sync_packs_fill (ZfSection *section, ZfSession *session)
{
  g_autoptr (GError) error = NULL;
  const ZfPackStatus *status = zf_pack_service_status (zf_session_packs (session));
  g_autoptr (GPtrArray) packs = zf_packs_offered (zf_session_reader (session), zf_store_files (zf_session_store (session)), &error);
  guint shown = 0;

  if (packs == NULL)
    g_message ("%s", error->message);
  zf_section_clear (section);
  for (guint i = 0; packs != NULL && i < packs->len; i++)
    if (is_shown (status, packs->pdata[i]))
      {
        add_pack (section, session, packs->pdata[i]);
        shown++;
      }
  gtk_widget_set_visible (GTK_WIDGET (section), shown > 0);
}

GStrv
zf_sync_refused_words (ZfSession *session)
{
  GPtrArray *refused = zf_kinds_refused (zf_session_kinds (session));
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; i < refused->len; i++)
    {
      const ZfRefused *at = refused->pdata[i];
      const ZfKind *kind = zf_session_kind (session, at->name);
      gboolean form = g_str_equal (at->kind, "form");
      g_autofree char *line = g_strdup_printf (form ? _("The county's form “%s” cannot be used here; the one before goes on.")
                                                    : _("The county's list “%s” cannot be used here; the one before goes on."),
                                               form && kind != NULL ? zf_kind_title (kind, zf_session_lang (session)) : at->name);

      g_strv_builder_add (words, line);
    }
  return g_strv_builder_end (words);
}
