/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-choice-button.h"

G_BEGIN_DECLS

/* ZfCheck: one of several answers that may stand together: a ZfChoiceButton with role checkbox. */
#define ZF_TYPE_CHECK (zf_check_get_type ())
G_DECLARE_FINAL_TYPE (ZfCheck, zf_check, ZF, CHECK, ZfChoiceButton)

GtkWidget *zf_check_new (const char *value, const char *label);

G_END_DECLS
