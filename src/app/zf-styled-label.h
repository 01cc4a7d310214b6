/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "zf-styled.h"

G_BEGIN_DECLS

/** zf_styled_label_show: @words (nullable: none) in @label, with their style and where they stand; FALSE: that is what it shows. */
gboolean zf_styled_label_show (GtkLabel *label, const ZfStyled *words);

G_END_DECLS
