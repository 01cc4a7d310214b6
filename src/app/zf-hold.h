/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who closes the window right after a tap has tapped all the same: the program lives until what was tapped for is on the disk. */

/** zf_hold_task: until @task has told who waits for it. For threads of the main loop, and nothing where no application runs. */
void zf_hold_task (GTask *task);

G_END_DECLS
