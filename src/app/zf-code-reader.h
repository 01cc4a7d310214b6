/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Bar and QR codes in grey pictures, read by ZBar in the thread of the sink. */

/** zf_code_reader_attach: reads what comes to the appsink @sink (GRAY8) of @pipeline; what is found is posted as a message of the application. */
void zf_code_reader_attach (GstElement *pipeline, const char *sink);
/** zf_code_reader_text: (transfer none) (nullable): the text of such a message, NULL when @said is another. */
const char *zf_code_reader_text (const GstStructure *said);

G_END_DECLS
