/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-query.h"
#include "zf-store.h"

G_BEGIN_DECLS

#define ZF_CTL_OK 0
#define ZF_CTL_FAILED 1
#define ZF_CTL_USAGE 2

/* What every command gets: global options, its own words, and the store once it asked for it. */
typedef struct
{
  const char *store_dir;   /* --store DIR */
  gboolean json;           /* --json */
  const char *by;          /* --by PERSON */
  ZfKinds *kinds;
  ZfStore *store;          /* opened by zf_ctl_open */
  int argc;                /* words after the command; argv[0] is the first of them */
  char **argv;
} ZfCtl;

typedef struct
{
  const char *name;        /* one word, or two ("import households") */
  int (*run) (ZfCtl *ctl);
  const char *words;       /* for the usage text */
} ZfCtlCommand;

/* Each file of commands gives one table, ended by a NULL name. */
extern const ZfCtlCommand zf_ctl_store_commands[];
extern const ZfCtlCommand zf_ctl_record_commands[];
extern const ZfCtlCommand zf_ctl_import_commands[];
extern const ZfCtlCommand zf_ctl_photo_commands[];
extern const ZfCtlCommand zf_ctl_sync_commands[];
extern const ZfCtlCommand zf_ctl_backup_commands[];
extern const ZfCtlCommand zf_ctl_relay_commands[];
extern const ZfCtlCommand zf_ctl_form_commands[];
extern const ZfCtlCommand zf_ctl_map_commands[];
extern const ZfCtlCommand zf_ctl_demo_commands[];

/** zf_ctl_kinds / _open: load what a command needs; FALSE after an error line was printed. */
gboolean zf_ctl_kinds (ZfCtl *ctl);
gboolean zf_ctl_open (ZfCtl *ctl);
/** zf_ctl_fail: prints "zoufangctl: MESSAGE" for @error and returns ZF_CTL_FAILED. */
int zf_ctl_fail (const GError *error);
/** zf_ctl_usage: prints how the command is called and returns ZF_CTL_USAGE. */
int zf_ctl_usage (const char *words);
/** zf_ctl_flag: takes "--name" out of argv; TRUE when it was there. zf_ctl_value: takes "--name VALUE" (or "--name=VALUE") out;
 * NULL when absent. Repeat to read a repeated option. */
gboolean zf_ctl_flag (ZfCtl *ctl, const char *name);
const char *zf_ctl_value (ZfCtl *ctl, const char *name);
/** zf_ctl_unknown_option: the first word that still looks like an option, or NULL. */
const char *zf_ctl_unknown_option (ZfCtl *ctl);
/** zf_ctl_print_json: one object as one line on stdout. Takes nothing over. */
void zf_ctl_print_json (JsonObject *object);

G_END_DECLS
