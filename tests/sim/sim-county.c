/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What happens at the county, and to what it is asked. */
#include "sim-ops.h"

void
op_server_reboot (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  server_down (world, op->a % 3 != 0);
}

void
op_backup (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  server_backup (world);
}

void
op_restore (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  server_restore (world);
}

void
op_zombie (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  net_zombie (world, op->a);
}

void
op_hostile (World *world, Tablet *tablet, const Op *op)
{
  net_hostile (world, tablet, op->a);
}
