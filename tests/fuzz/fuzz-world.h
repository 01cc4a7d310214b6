/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdint.h>

#include "../core/store-fixture.h"
#include "zf-server-core.h"
#include "zf-sync-engine.h"

/* A county with one tablet that has unsent work, made once a process; every input meets a fresh copy of both, so that a file which kills does
 * so alone. */
typedef struct
{
  char *dir;              /* the county's; the tablet's is DIR/tablet */
  ZfKinds *kinds;
  ZfClock *clock;
  ZfRandom *random;
  ZfServerCore *core;     /* NULL: not opened */
  ZfStore *store;         /* NULL: not opened */
} FuzzWorld;

typedef enum { FUZZ_COUNTY = 1, FUZZ_TABLET = 2 } FuzzPart;

void fuzz_world_open (FuzzWorld *world, FuzzPart parts);
/* Both are still what their own checks call sound. */
void fuzz_world_close (FuzzWorld *world);

/* The messages of an input, separated by lines "--", with @NAME@ replaced: DEVICE, TOKEN, EPOCH, SERVER, SERVER_EPOCH, UP (address of the upload
 * begun last). */
typedef struct
{
  char *first;            /* first line */
  char **headers;         /* name, value, … NULL */
  GBytes *body;
} FuzzMessage;
void fuzz_message_free (FuzzMessage *message);
GPtrArray *fuzz_messages (const uint8_t *data, size_t size);
/* (transfer full) */
GBytes *fuzz_fill (FuzzWorld *world, GBytes *text, const char *up);
char *fuzz_fill_text (FuzzWorld *world, const char *text, const char *up);
