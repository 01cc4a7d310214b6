/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Words of forms with style, as people who write XLSForms write them (ODK documentation, "Form Styling"; XLSForm reference, "Styling prompts"):
 *
 *   *emphasis* _emphasis_ **strong** __strong__      # heading … ###### heading, a line each      [words](https://address)
 *   <span style="color: red; font-family: serif">, <p> and <div> with "text-align", <br>, <b> <i> <u> and the like      \* is an asterisk
 *
 * What pairs is ODK's rule and not CommonMark's, whose flanking rule refuses `**注意：**请填` because a letter follows the mark that stands behind a
 * punctuation: in Chinese, which has no spaces, that is how everybody writes. An asterisk opens in front of anything but space; underscores inside words
 * are part of them (crop_a_b). Three further limits: "#1" begins no heading, emphasis ends with its line, and four asterisks or three underscores in a row
 * are a line to write on. A colour is made legible on either ground. Whatever does not pair, no known tag and no address of the kinds above, is shown as it stands. The time is linear in the length.
 *
 * It stands in the core, since ledgers and exports show the same words without their marks. */

typedef enum
{
  ZF_STYLED_START,
  ZF_STYLED_CENTER,
  ZF_STYLED_END,
} ZfStyledAlign;

typedef struct
{
  char *plain;            /* without marks: for names, lists, exports, sentences */
  char *markup;           /* Pango markup of the same characters, always well-formed; NULL: nothing is styled */
  ZfStyledAlign align;    /* of the paragraph that it begins with */
} ZfStyled;

/** zf_styled_new: (transfer full): @text read. @links: addresses become <a href>, which GtkLabel knows and Pango does not; else they are underlined only. */
ZfStyled *zf_styled_new (const char *text, gboolean links);
void zf_styled_free (ZfStyled *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfStyled, zf_styled_free)
/** zf_styled_has_marks: FALSE: @text is shown as it stands. TRUE: it may have marks. zf_styled_plain: (transfer full): @text without its marks. */
gboolean zf_styled_has_marks (const char *text);
char *zf_styled_plain (const char *text);
/** zf_styled_verbatim: (transfer full): text that is shown as @text, whatever stands in it: what somebody answered is never a mark. */
char *zf_styled_verbatim (const char *text);

/** zf_styled_colour: the colour of HTML (a name, #rgb, #rrggbb) as 0xRRGGBB, in zf-styled-colours.c; FALSE: it is none. */
gboolean zf_styled_colour (const char *name, guint32 *rgb);
/** zf_styled_legible: @rgb, as much darker or lighter as it takes to be read on a light and on a dark ground. */
guint32 zf_styled_legible (guint32 rgb);

G_END_DECLS
