/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* XPath 1.0 has no dates, compares strings as numbers and knows no "unknown". This file turns an XLSForm expression into plain XPath
 * that libxml2 runs: `${name}` becomes a path, and operators whose operand may be a date or unknown become zf: functions. It evaluates
 * nothing. */
typedef enum
{
  ZF_XPATH_UNKNOWN,   /* nodes of no known type */
  ZF_XPATH_NUMBER,
  ZF_XPATH_STRING,
  ZF_XPATH_BOOLEAN,
  ZF_XPATH_DATE,      /* a day or a moment as ISO text */
} ZfXpathType;

typedef struct
{
  /* (nullable): says whether question @name exists and of what type it is; NULL: every name is taken, of unknown type */
  gboolean (*lookup) (gpointer data, const char *name, ZfXpathType *type);
  gpointer data;
  ZfXpathType self_type;   /* type of "." */
  /* (nullable) (transfer full): the path of @name from where the expression stands; @absolute: in every row of its repeats, not in this one.
   * NULL: all names are children of the document's root. */
  char *(*path) (gpointer data, const char *name, gboolean absolute);
  /* (nullable): whether the form has the list of choices @name; NULL: every name is taken. */
  gboolean (*list) (gpointer data, const char *name);
  /* (nullable): whether the form has the group @name; NULL: it has none. */
  gboolean (*group) (gpointer data, const char *name);
} ZfXpathScope;

typedef struct
{
  char *xpath;       /* for libxml2, with the prefix zf bound to ZF_XPATH_NS */
  ZfXpathType type;
  gboolean tri;      /* a boolean that gives NaN where it is unknown */
  gboolean wide;      /* reads other rows of the repeats that it stands in */
  GPtrArray *depends; /* (element-type utf8): names in ${…}, each once */
  GPtrArray *paths;   /* (element-type utf8): bare names of questions in paths through the answers, each once */
} ZfXpath;

#define ZF_XPATH_NS "https://zoufang.org/ns/xpath"
#define ZF_XPATH_MAX_LENGTH 16384
#define ZF_XPATH_MAX_DEPTH 64

/** zf_xpath_rewrite: (transfer full) (nullable): the error is ZF_FORM_ERROR_EXPRESSION and names the position (in characters, from 1). */
ZfXpath *zf_xpath_rewrite (const char *expression, const ZfXpathScope *scope, GError **error);
void zf_xpath_free (ZfXpath *xpath);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfXpath, zf_xpath_free)

G_END_DECLS
