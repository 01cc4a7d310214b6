/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* ZfApplication: options, the store, one window. */
#define ZF_TYPE_APPLICATION (zf_application_get_type ())
G_DECLARE_FINAL_TYPE (ZfApplication, zf_application, ZF, APPLICATION, AdwApplication)

ZfApplication *zf_application_new (void);

G_END_DECLS
