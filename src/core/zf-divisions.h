/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* ZfDivisions: the county's townships and villages of data/divisions. A village is the chain of the codes that it had over the
 * editions of the statistical list; its id is made from the first one and never changes. Immutable after loading; any thread. */
#define ZF_TYPE_DIVISIONS (zf_divisions_get_type ())
G_DECLARE_FINAL_TYPE (ZfDivisions, zf_divisions, ZF, DIVISIONS, GObject)

typedef struct
{
  const char *code;   /* 9 digits */
  const char *name;
  const char *lon;    /* decimal degrees WGS-84 of the town's point */
  const char *lat;
} ZfTown;

typedef struct
{
  const char *id;             /* of the `village` record */
  const char *name;           /* newest */
  const char *code;           /* newest, 12 digits */
  const char *const *codes;   /* all, oldest first */
  const char *const *names;   /* name under each code */
  const ZfTown *town;
  const char *first_edition;  /* "YYYY-MM-DD" */
  const char *last_edition;
  gboolean community;         /* 社区, else 村 */
} ZfVillage;

typedef enum
{
  ZF_VILLAGE_NONE,      /* nothing like it */
  ZF_VILLAGE_ONE,       /* found: the one candidate */
  ZF_VILLAGE_SEVERAL,   /* the name stands for each of the candidates: the township is needed */
  ZF_VILLAGE_NEAR,      /* only similar ones: a person decides */
} ZfVillageMatch;

/** zf_divisions_load: reads DATA/divisions/ *.csv; an error names file and line. */
ZfDivisions *zf_divisions_load (const char *data_dir, GError **error);
/** zf_divisions_towns: (transfer none) (element-type ZfTown*). zf_divisions_villages: (element-type ZfVillage*): in order of their first
 * code, also those that ended. */
GPtrArray *zf_divisions_towns (ZfDivisions *self);
GPtrArray *zf_divisions_villages (ZfDivisions *self);
/** zf_divisions_edition: the newest edition. zf_divisions_in_edition: whether @village stands in @edition. */
const char *zf_divisions_edition (ZfDivisions *self);
gboolean zf_divisions_in_edition (const ZfVillage *village, const char *edition);
/** zf_divisions_town: (nullable): by code, or by name with or without 镇/乡/街道/街道办事处. */
const ZfTown *zf_divisions_town (ZfDivisions *self, const char *text);
/** zf_divisions_village: (nullable): by a code of any edition. zf_divisions_by_id: by record id. */
const ZfVillage *zf_divisions_village (ZfDivisions *self, const char *code);
const ZfVillage *zf_divisions_by_id (ZfDivisions *self, const char *id);
/** zf_divisions_find: a village as a roster writes it: a code, or a name of any edition with or without 村/社区/居委/居委会/村民委员会, also with
 * county and township in front. @town (nullable): township by name or code. *candidates: (out) (transfer container) (element-type
 * ZfVillage*): never NULL. A name that differs in one character is a candidate only, never an answer. */
ZfVillageMatch zf_divisions_find (ZfDivisions *self, const char *town, const char *text, GPtrArray **candidates);
/** zf_divisions_records: (transfer full): [{"id", "fields": {…}}] for zf_store_seed (kind `village`). @codes (nullable): only these villages. */
JsonArray *zf_divisions_records (ZfDivisions *self, const char *const *codes);

G_END_DECLS
