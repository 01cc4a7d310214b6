/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the tablet sees, hears and knows of its place. Every way to every device stands in one table (zf-device.c), in the order in which they are asked; a way
 * that is not there hands on to the next. A variable of the environment gives tests a device of their own, and then nothing else is asked:
 * ZF_TEST_CAMERA, ZF_TEST_SOUND (zf-feed-ways.h), ZF_TEST_POSITION (zf-position-ways.h). */
typedef enum
{
  ZF_DEVICE_CAMERA,
  ZF_DEVICE_SOUND,
  ZF_DEVICE_POSITION,
  ZF_DEVICE_N,
} ZfDevice;

/**
 * ZfDeviceError:
 * Why a device gives nothing. zf_device_sentence says it to people.
 *
 * @ZF_DEVICE_ERROR_FAILED: none of the others
 * @ZF_DEVICE_ERROR_NOT_THERE: no such device, or nothing here that knows of one
 * @ZF_DEVICE_ERROR_BUSY: another program holds it
 * @ZF_DEVICE_ERROR_GONE: it was there and went away
 * @ZF_DEVICE_ERROR_PART_MISSING: a part of the system that is needed to read it is not installed
 * @ZF_DEVICE_ERROR_DENIED: the system or the person said no
 * @ZF_DEVICE_ERROR_SILENT: it opened and gives nothing
 */
typedef enum
{
  ZF_DEVICE_ERROR_FAILED = 0,
  ZF_DEVICE_ERROR_NOT_THERE = 1,
  ZF_DEVICE_ERROR_BUSY = 2,
  ZF_DEVICE_ERROR_GONE = 3,
  ZF_DEVICE_ERROR_PART_MISSING = 4,
  ZF_DEVICE_ERROR_DENIED = 5,
  ZF_DEVICE_ERROR_SILENT = 6,
  ZF_DEVICE_ERROR_N,
} ZfDeviceError;

#define ZF_DEVICE_ERROR (zf_device_error_quark ())
GQuark zf_device_error_quark (void);

/** zf_device_open_async, _finish: (transfer full): what the first way that is there found; of which type is said by the device's own header. @asker (nullable)
 * is the source object of the way's task. */
void zf_device_open_async (ZfDevice device, GObject *asker, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GObject *zf_device_open_finish (GAsyncResult *result, GError **error);
/** zf_device_sentence: (transfer none): translated: what happened, and what would mend it. */
const char *zf_device_sentence (ZfDevice device, const GError *error);

G_END_DECLS
