/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SQLite's memory: the allocation that a machine's fault names fails (T5). What GLib allocates ends the program instead, by its design. */
#include "mem-disk.h"

#include <sqlite3.h>

static sqlite3_mem_methods real;

static void *
sim_malloc (int len)
{
  return mem_memory_fails () ? NULL : real.xMalloc (len);
}

static void *
sim_realloc (void *block, int len)
{
  return mem_memory_fails () ? NULL : real.xRealloc (block, len);
}

void
mem_memory_register (void)
{
  sqlite3_mem_methods methods;

  sqlite3_config (SQLITE_CONFIG_GETMALLOC, &real);
  methods = real;
  methods.xMalloc = sim_malloc;
  methods.xRealloc = sim_realloc;
  sqlite3_config (SQLITE_CONFIG_MALLOC, &methods);
}
