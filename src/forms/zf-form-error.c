/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zf-form.h"

G_DEFINE_QUARK (zf-form-error-quark, zf_form_error)
