/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-kind.h"

G_BEGIN_DECLS

/* Text ↔ words of the search index, as pure functions. A name gives its characters one by one, itself whole, its pinyin, its initials,
 * and both again without the surname; digits carry a Greek letter that nobody types: δ from the start, ρ from the end (so that the last
 * digits are a prefix); κ marks the class of a record. */
#define ZF_WORD_HOUSEHOLD "κh"
#define ZF_WORD_NAMED "κn"

/** zf_words_index: (transfer full) (nullable): words of a record, NULL when nothing in it can be searched. @name: (out) (transfer full)
 * (nullable): Chinese characters of its names, separated by spaces. */
char *zf_words_index (const ZfKind *kind, JsonObject *fields, char **name);
/** zf_words_match: (transfer full) (nullable): FTS5 expression for what a person typed, NULL when it holds nothing to search for.
 * No typed character but letters, digits and Chinese characters reaches it. @name: (out) (transfer full) (nullable): the text when it may be
 * a whole Chinese name. */
char *zf_words_match (const char *text, char **name);

G_END_DECLS
