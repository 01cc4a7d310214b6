/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-map-page.h"

#include <glib/gi18n.h>

#include "zf-household-item.h"
#include "zf-level-chip.h"
#include "zf-map-view.h"

struct _ZfMapPage
{
  ZfPage parent_instance;

  GtkBox *parts;
  GtkOverlay *overlay;
  ZfMapView *view;
  GtkRevealer *card;
  ZfLevelChip *level;
  GtkLabel *name;
  GtkLabel *facts;
  GtkLabel *last;
  char *selected;   /* (nullable) household whose card is shown */
};

G_DEFINE_FINAL_TYPE (ZfMapPage, zf_map_page, ZF_TYPE_PAGE)

static void
show_note (ZfMapPage *self, ZfSession *session)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");
  gint64 without = 0;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;

  zf_query_column (query, "id");
  zf_query_where (query, "lat", ZF_OP_NULL, NULL);
  without = zf_query_count (query, zf_session_reader (session), NULL);
  count = g_strdup_printf ("%" G_GINT64_FORMAT, without);
  text = g_strdup_printf (_("%s households have no place yet"), count);
  zf_map_view_note (self->view, without > 0 ? text : NULL);
}

static void
zf_map_page_refresh (ZfPage *page)
{
  ZfMapPage *self = ZF_MAP_PAGE (page);

  zf_map_view_load (self->view, zf_page_session (page));
  zf_map_view_select (self->view, self->selected, FALSE);
  show_note (self, zf_page_session (page));
}

static void
on_open (ZfMapPage *self)
{
  if (self->selected != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.household", "s", self->selected);
}

static void
on_move (ZfMapPage *self)
{
  if (self->selected != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.place", "s", self->selected);
}

static void
on_visit (ZfMapPage *self)
{
  if (self->selected != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.visit", "s", self->selected);
}

/* What is told lies above the card of a narrow map, whose button goes on. */
static void
keep_clear (ZfMapPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  gboolean below = gtk_widget_get_mapped (GTK_WIDGET (self)) && !zf_page_wide (ZF_PAGE (self)) && gtk_revealer_get_reveal_child (self->card);

  if (root != NULL && below)
    gtk_widget_add_css_class (GTK_WIDGET (root), "zf-carded");
  else if (root != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (root), "zf-carded");
}

static void
show_card (ZfMapPage *self, gboolean show)
{
  gtk_revealer_set_reveal_child (self->card, show);
  keep_clear (self);
}

static void
on_close_card (ZfMapPage *self)
{
  g_clear_pointer (&self->selected, g_free);
  zf_map_view_select (self->view, NULL, FALSE);
  show_card (self, FALSE);
}

/* Whose map it is stays in sight: the card lies in the other corner of a wide map, below a narrow one. */
static void
zf_map_page_lay_out (ZfPage *page, gboolean wide)
{
  ZfMapPage *self = ZF_MAP_PAGE (page);
  g_autoptr (GtkWidget) card = g_object_ref (GTK_WIDGET (self->card));

  if (gtk_widget_get_parent (card) == GTK_WIDGET (self->overlay))
    gtk_overlay_remove_overlay (self->overlay, card);
  else
    gtk_box_remove (self->parts, card);
  gtk_widget_set_halign (card, wide ? GTK_ALIGN_END : GTK_ALIGN_FILL);
  gtk_widget_set_size_request (card, wide ? 420 : -1, -1);
  if (wide)
    gtk_overlay_add_overlay (self->overlay, card);
  else
    gtk_box_append (self->parts, card);
  keep_clear (self);
}

static void
zf_map_page_finalize (GObject *object)
{
  g_free (ZF_MAP_PAGE (object)->selected);
  G_OBJECT_CLASS (zf_map_page_parent_class)->finalize (object);
}

static void
zf_map_page_class_init (ZfMapPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ZF_TYPE_LEVEL_CHIP);
  g_type_ensure (ZF_TYPE_MAP_VIEW);
  G_OBJECT_CLASS (klass)->finalize = zf_map_page_finalize;
  ZF_PAGE_CLASS (klass)->refresh = zf_map_page_refresh;
  ZF_PAGE_CLASS (klass)->lay_out = zf_map_page_lay_out;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zoufang/Zoufang/zf-map-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, parts);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, overlay);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, view);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, card);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, level);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, name);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, facts);
  gtk_widget_class_bind_template_child (widget_class, ZfMapPage, last);
  gtk_widget_class_bind_template_callback (widget_class, zf_map_page_select);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_move);
  gtk_widget_class_bind_template_callback (widget_class, on_visit);
  gtk_widget_class_bind_template_callback (widget_class, on_close_card);
}

/* No record changes when a pack arrives. */
static void
on_packs_changed (ZfPage *page, ZfPackService *packs)
{
  if (zf_pack_service_status (packs)->arrived != NULL)
    zf_page_stale (page);
}

static void
on_session (ZfPage *page, GParamSpec *pspec, gpointer data)
{
  ZfSession *session = zf_page_session (page);

  if (session != NULL)
    g_signal_connect_object (zf_session_packs (session), "changed", G_CALLBACK (on_packs_changed), page, G_CONNECT_SWAPPED);
}

static void
zf_map_page_init (ZfMapPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::session", G_CALLBACK (on_session), NULL);
  g_signal_connect_after (self, "map", G_CALLBACK (keep_clear), NULL);
  g_signal_connect_after (self, "unmap", G_CALLBACK (keep_clear), NULL);
}

void
zf_map_page_select (ZfMapPage *self, const char *id)
{
  g_autoptr (ZfHouseholdItem) item = NULL;

  g_return_if_fail (ZF_IS_MAP_PAGE (self) && id != NULL);

  item = zf_household_item_load (zf_page_session (ZF_PAGE (self)), id);
  if (item == NULL)
    return;
  g_free (self->selected);
  self->selected = g_strdup (id);
  zf_map_view_select (self->view, id, !zf_page_wide (ZF_PAGE (self)));
  zf_level_chip_set_level (self->level, zf_household_item_level (item));
  gtk_label_set_text (self->name, zf_household_item_name (item));
  zf_keep_dots (self->facts, zf_household_item_facts (item));
  gtk_label_set_text (self->last, zf_household_item_last (item));
  show_card (self, TRUE);
}
