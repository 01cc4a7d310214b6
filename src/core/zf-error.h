/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ZfError:
 * Why an act of the core failed. Codes are appended, never renumbered.
 * Messages are one plain sentence without personal values; callers add the step that helps.
 *
 * @ZF_ERROR_FAILED: none of the others
 * @ZF_ERROR_NOT_FOUND: no such record, draft, file or kind
 * @ZF_ERROR_INVALID: the input breaks a rule (type, unknown field, malformed JSON)
 * @ZF_ERROR_BUSY: another process holds the store; trying again helps
 * @ZF_ERROR_FULL: the disk is full; nothing was written
 * @ZF_ERROR_IO: reading or writing failed
 * @ZF_ERROR_CORRUPT: stored bytes are not what was written
 * @ZF_ERROR_TOO_NEW: the store or file was made by a newer version
 * @ZF_ERROR_IMMUTABLE: an append-only record cannot be changed, only corrected
 * @ZF_ERROR_LIMIT: input is larger or deeper than is safe to read
 * @ZF_ERROR_CONFLICT: the target changed since it was shown
 */
typedef enum
{
  ZF_ERROR_FAILED = 0,
  ZF_ERROR_NOT_FOUND = 1,
  ZF_ERROR_INVALID = 2,
  ZF_ERROR_BUSY = 3,
  ZF_ERROR_FULL = 4,
  ZF_ERROR_IO = 5,
  ZF_ERROR_CORRUPT = 6,
  ZF_ERROR_TOO_NEW = 7,
  ZF_ERROR_IMMUTABLE = 8,
  ZF_ERROR_LIMIT = 9,
  ZF_ERROR_CONFLICT = 10,
} ZfError;

#define ZF_ERROR (zf_error_quark ())
GQuark zf_error_quark (void);

G_END_DECLS
