/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One target: takes any bytes, and comes back. What it finds it tells by dying: a sanitizer's report or a failed assertion. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
