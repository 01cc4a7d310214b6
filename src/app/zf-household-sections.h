/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-section.h"
#include "zf-session.h"

G_BEGIN_DECLS

/* Each fills one part of the household page from the store. @household is the id. */
void zf_section_items (GtkFlowBox *chips, ZfSession *session, const ZfRecord *household);
void zf_section_last_visit (ZfSection *section, ZfSession *session, const char *household);
void zf_section_to_do (ZfSection *section, ZfSession *session, const ZfRecord *household);
void zf_section_members (ZfSection *section, ZfSession *session, const char *household);
/** zf_section_risks: risks with their measures indented below. */
void zf_section_risks (ZfSection *section, ZfSession *session, const char *household);
/** zf_section_incomes: one bar a year, the figure beside it. */
void zf_section_incomes (ZfSection *section, ZfSession *session, const char *household);
void zf_section_timeline (ZfSection *section, ZfSession *session, const char *household);
/** zf_section_ledger: the records of any kind under the household; knows nothing of the kind but its file. */
void zf_section_ledger (ZfSection *section, ZfSession *session, const ZfKind *kind, const char *household);
/** zf_section_add_row: (transfer full): a row that begins a new record of @kind under @household. */
GtkWidget *zf_section_add_row (const char *title, const char *kind, const char *household);
/** zf_section_choice: (transfer none): label of a code, or NULL. */
const char *zf_section_choice (ZfSession *session, const char *kind, const char *field, const char *code);

G_END_DECLS
