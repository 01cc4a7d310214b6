/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-error.h"

G_DEFINE_QUARK (zf-error-quark, zf_error)
