/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How numbers, dates and places are written on every screen and print (one formatter, one voice). The words come through
 * gettext in the language of the process; a space behind a digit becomes a no-break space. No function looks at the clock:
 * "today" ("YYYY-MM-DD") and "now" (UTC ms) are arguments. All results are (transfer full), never NULL unless said. */

/* What is counted: the words belong to the thing, so that no caller joins them. */
typedef enum
{
  ZF_COUNT_PEOPLE,
  ZF_COUNT_HOUSEHOLDS,
  ZF_COUNT_ENTRIES,     /* leads, rows, records */
  ZF_COUNT_PHOTOS,
  ZF_COUNT_VISITS,
  ZF_COUNT_MONTHS,
  ZF_COUNT_YEARS_OLD,
  ZF_COUNT_SOUNDS,      /* audio notes */
  ZF_COUNT_PLACES,      /* things to settle */
} ZfCount;
char *zf_fmt_count (ZfCount what, gint64 n);

/** zf_fmt_money: 分 → "6800 yuan"; from 10,000 yuan with thousands marks; places only when there are 分. */
char *zf_fmt_money (gint64 fen);
/** zf_fmt_money_wan: (nullable): the echo "1.2 ten thousand" of an amount from 10,000 yuan, NULL below. */
char *zf_fmt_money_wan (gint64 fen);

/** zf_fmt_date: "11/3 Tue" within the year of @today, "2025-11-03" in another; @date as it is when it is no date. */
char *zf_fmt_date (const char *date, const char *today);
/** zf_fmt_time: local "14:05". */
char *zf_fmt_time (gint64 ms);
/** zf_fmt_moment: "just now" / "today 14:05" / "yesterday" / the date. A moment ahead of @now_ms is never "just now". */
char *zf_fmt_moment (gint64 ms, gint64 now_ms);
/** zf_fmt_quarter: "2026Q4" → "2026 Q4"; the text as it is when it is no quarter. */
char *zf_fmt_quarter (const char *quarter);
/** zf_fmt_due: "3 days left" / "due today" / "2 days overdue"; "" when @due is no date. */
char *zf_fmt_due (const char *due, const char *today);
/** zf_fmt_days_between: days from @from to @to (both "YYYY-MM-DD"); FALSE when one is no date. */
gboolean zf_fmt_days_between (const char *from, const char *to, int *days);

/** zf_fmt_distance: "820 m north-east", "1.4 km"; @bearing in degrees from north, negative: unknown. */
char *zf_fmt_distance (double metres, double bearing);
/** zf_fmt_accuracy: "off by about 15 m". */
char *zf_fmt_accuracy (double metres);
/** zf_fmt_id_tail: "ends in 1234" of an ID number; zf_fmt_none when it is empty. */
char *zf_fmt_id_tail (const char *id_number);
/** zf_fmt_masked: what a screen shows of a sensitive answer: "ends in 1234" of a long number, dots of anything else; zf_fmt_none when it is empty. */
char *zf_fmt_masked (const char *text);
/** zf_fmt_none: what stands where nothing is recorded: never 0. */
char *zf_fmt_none (void);

G_END_DECLS
