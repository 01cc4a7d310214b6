/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Citizen ID numbers, GB 11643. Region is never a reason to refuse (Fengdu was 512324 until 1997). */
typedef enum
{
  ZF_ID_OK = 0,
  ZF_ID_EMPTY,
  ZF_ID_LENGTH,      /* neither 18 (20 or 22 for a disability card) nor 15 */
  ZF_ID_CHARACTER,
  ZF_ID_DATE,        /* no such day */
  ZF_ID_CHECK,       /* the last character does not fit */
  ZF_ID_ROUNDED,     /* ends in zeros as a spreadsheet number that lost its last digits */
} ZfIdVerdict;

/** zf_idnumber_check: @text is folded and stripped of spaces first. 15-digit numbers of old lists are ZF_ID_OK. A number that ends in 000
 * and does not pass the check digit is ZF_ID_ROUNDED. */
ZfIdVerdict zf_idnumber_check (const char *text);
/** zf_idnumber_normalize: (transfer full): digits only, upper-case X. */
char *zf_idnumber_normalize (const char *text);
/** zf_idnumber_birth: (transfer full) (nullable): "YYYY-MM-DD" of a valid number. zf_idnumber_sex: "1" male, "2" female, NULL. */
char *zf_idnumber_birth (const char *text);
const char *zf_idnumber_sex (const char *text);
/** zf_idnumber_check_char: the 18th character for the first 17 digits. */
char zf_idnumber_check_char (const char *first17);
/** zf_idnumber_mask: (transfer full): "尾号 1234" digits only: the last four characters. */
char *zf_idnumber_tail (const char *text);
/** zf_phone_check: 11 digits starting with 1, or a land line (area code-number). */
gboolean zf_phone_check (const char *text);

G_END_DECLS
