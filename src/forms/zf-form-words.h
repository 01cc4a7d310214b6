/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Words of a survey row may name answers: "How old is ${name}?". Which columns hold such words, and which questions they name. */

/** zf_form_words_is_column: @column holds words for people, in whatever language. */
gboolean zf_form_words_is_column (const char *column);
/** zf_form_words_names: (transfer full) (element-type utf8): the names in ${…} of @text, in order. */
GPtrArray *zf_form_words_names (const char *text);
/** zf_form_words_only_names: nothing but names stands in @text, with spaces or commas between. */
gboolean zf_form_words_only_names (const char *text);
/** zf_form_words_fill: (transfer full): @text with what @value gives for each name; @value: (transfer full) (nullable). */
typedef char *(*ZfFormWordsValue) (gpointer data, const char *name);
char *zf_form_words_fill (const char *text, ZfFormWordsValue value, gpointer data);

G_END_DECLS
