/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim.h"

/* The operations, by theme; the table that names and weighs them stands in sim-ops.c. */
typedef void OpFunc (World *world, Tablet *tablet, const Op *op);

/** rng_of: the operation's own source of chance: the same whatever stands before it. */
Rng rng_of (const Op *op);

/* sim-people.c */
OpFunc op_household, op_edit, op_visit, op_person, op_delete, op_merge, op_move, op_draft_begin, op_draft_finish, op_photo, op_resolve;

/* sim-sync.c */
/** tablet_stop: its sync breaks off. */
void tablet_stop (Tablet *tablet);
OpFunc op_sync, op_stop;

/* sim-machines.c */
OpFunc op_reboot, op_kinds, op_fault, op_repair, op_crash_point, op_clock, op_image, op_old_image, op_second, op_memory, op_clone, op_layout, op_free_space;

/* sim-line.c */
OpFunc op_clog, op_unclog, op_flap, op_slow, op_meanwhile;

/* sim-county.c */
OpFunc op_server_reboot, op_backup, op_restore, op_zombie, op_team, op_publish, op_lose_blob;

/* sim-hostile.c */
OpFunc op_hostile;
