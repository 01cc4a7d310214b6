/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "zf-session.h"

G_BEGIN_DECLS

/* ZfPage: what all pages share. Properties: session, wide. A page reads the store in `refresh`, which runs when the session changes
 * while the page is seen, else at the next time it is seen; `lay_out` runs when `wide` changes. */
#define ZF_TYPE_PAGE (zf_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (ZfPage, zf_page, ZF, PAGE, AdwBin)

struct _ZfPageClass
{
  AdwBinClass parent_class;

  void (*refresh) (ZfPage *self);
  void (*lay_out) (ZfPage *self, gboolean wide);
};

ZfSession *zf_page_session (ZfPage *self);
void zf_page_set_session (ZfPage *self, ZfSession *session);
gboolean zf_page_wide (ZfPage *self);
/** zf_page_stale: what the page shows is old: refreshes now when it is seen, else later. */
void zf_page_stale (ZfPage *self);
/** zf_show_toast: on @overlay (AdwToastOverlay); those who hear the screen are told what its buttons are. (transfer full): @toast. */
void zf_show_toast (GtkWidget *overlay, AdwToast *toast);
/** zf_page_toast: one sentence that goes away by itself. */
void zf_page_toast (GtkWidget *self, const char *sentence);
/** zf_page_offer: the same with a button that calls @undo (data) (swapped) while it stands; @data goes with the toast. */
void zf_page_offer (GtkWidget *self, const char *sentence, GCallback undo, gpointer data, GClosureNotify free_data);
/** zf_bring_into_view: scrolls what @widget stands in, once it has its place. */
void zf_bring_into_view (GtkWidget *widget);
/** zf_mend_parts: what libadwaita's own parts below @widget lack: status pages keep Tab out of panes that only scroll and have no name; a title
 * that is too long for its header loses its middle, where a household's group and a form's name stand at the end. */
void zf_mend_parts (GtkWidget *widget);
/** zf_keep_dots: sets @text (nullable), whose lines never begin with the “·” that parts facts. */
void zf_keep_dots (GtkLabel *label, const char *text);
/** zf_settle_typing: what an input method composes in a field below @widget it takes over or drops when the focus leaves, each as it likes: that is over before
 * anything is read. On a screen that goes away it would come too late. */
void zf_settle_typing (GtkWidget *widget);
/** zf_clear_box: removes all children. zf_line: a wrapping label of one line of a card; @text nullable. */
void zf_clear_box (GtkWidget *box);
GtkWidget *zf_line (const char *text, const char *css_class);

G_END_DECLS
