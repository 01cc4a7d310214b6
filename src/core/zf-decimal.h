/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbers as text: a double never reaches the store or the wire, so these functions never make one. */

/* Integers in JSON stay within what every reader of JSON holds exactly. */
#define ZF_INT_MAX G_GINT64_CONSTANT (9007199254740992)

/** zf_decimal_normalize: (transfer full) (nullable): the canonical spelling of a decimal ("12.30" → "12.3", "+5" → "5",
 * "-0" → "0"), NULL when @text is not a plain decimal of at most 15 digits. Full-width digits are the caller's affair. */
char *zf_decimal_normalize (const char *text);
/** zf_integer_parse: a plain integer ("12", "-3", also "12.0") within ±ZF_INT_MAX; FALSE otherwise. */
gboolean zf_integer_parse (const char *text, gint64 *value);
/** zf_money_parse: 元 as text ("12.34") → 分; FALSE when not a decimal with at most 2 places within 2^53. */
gboolean zf_money_parse (const char *yuan, gint64 *fen);
/** zf_money_format: (transfer full): 分 → 元 as canonical decimal text ("12.34"). */
char *zf_money_format (gint64 fen);
/** zf_fold_width: (transfer full): full-width digits, letters and punctuation → ASCII, ideographic space → space. */
char *zf_fold_width (const char *text);

G_END_DECLS
