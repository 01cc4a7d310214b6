/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Layout of store.db, column by column (schema-truth*.sql, compiled in). `PRAGMA user_version` counts migrations. */
#define ZF_SCHEMA_VERSION 2
/* Version of the kinds' meaning on the wire (sync.md 2.7 `schema`, `sv`). */
#define ZF_WIRE_SCHEMA 1
#define ZF_WIRE_PROTO 1

/** zf_schema_truth: SQL of the truth and ledger tables; zf_schema_truth_2: what version 2 adds. zf_schema_derived: SQL of the fixed derived tables. */
const char *zf_schema_truth (void);
const char *zf_schema_truth_2 (void);
const char *zf_schema_derived (void);

G_END_DECLS
