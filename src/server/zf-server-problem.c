/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Refusals: the status catalogue of src/sync/README.md as one table. */
#include "zf-error.h"
#include "zf-server-core-private.h"

G_DEFINE_QUARK (zf-problem-quark, zf_problem)

/* What a refusal says beside its code. */
enum
{
  SAY_EXPECT = 1 << 0,
  SAY_EPOCH = 1 << 1,
};

static const struct
{
  guint status;
  const char *code;
  gboolean retry;
  guint wait_s;          /* Retry-After, 0: none */
  guint says;
  const char *detail;
} problems[] = {
  [ZF_PROBLEM_MALFORMED] = { 400, "malformed", FALSE, 0, 0, "The request could not be read." },
  [ZF_PROBLEM_TOKEN] = { 401, "token_invalid", FALSE, 0, 0, "The token is missing or unknown." },
  [ZF_PROBLEM_TOKEN_EXPIRED] = { 401, "token_expired", FALSE, 0, 0, "The token is too old." },
  [ZF_PROBLEM_SUSPENDED] = { 403, "suspended", FALSE, 0, 0, "This device is suspended." },
  [ZF_PROBLEM_WIPED] = { 403, "wiped", FALSE, 0, 0, "This device was given up." },
  [ZF_PROBLEM_FORBIDDEN] = { 403, "forbidden", FALSE, 0, 0, "This device may not do that." },
  [ZF_PROBLEM_CODE] = { 403, "code", FALSE, 0, 0, "The enrolment code is unknown, used or expired." },
  [ZF_PROBLEM_NOT_FOUND] = { 404, "not_found", FALSE, 0, 0, "There is nothing at this address for this device." },
  [ZF_PROBLEM_NO_UPLOAD] = { 404, "no_upload", TRUE, 0, 0, "There is no such upload." },
  [ZF_PROBLEM_METHOD] = { 405, "method", FALSE, 0, 0, "This address takes another method." },
  [ZF_PROBLEM_TIMEOUT] = { 408, "timeout", TRUE, 0, 0, "The request did not come in time." },
  [ZF_PROBLEM_LSN_GAP] = { 409, "lsn_gap", TRUE, 0, SAY_EXPECT, "Changes before these are missing." },
  [ZF_PROBLEM_FORK] = { 409, "device_fork", FALSE, 0, 0, "Other content was already sent under these numbers." },
  [ZF_PROBLEM_BATCH_IN_PROGRESS] = { 409, "batch_in_progress", TRUE, 2, 0, "The same batch is being worked on." },
  [ZF_PROBLEM_SERVER_EPOCH] = { 409, "server_epoch", FALSE, 0, SAY_EXPECT | SAY_EPOCH,
                                "The server's data was restored since the last contact." },
  [ZF_PROBLEM_OFFSET] = { 409, "offset", TRUE, 0, 0, "The upload does not stand there." },
  [ZF_PROBLEM_UPLOAD_GONE] = { 410, "upload_gone", TRUE, 0, 0, "The upload has expired." },
  [ZF_PROBLEM_CURSOR_EXPIRED] = { 410, "cursor_expired", TRUE, 0, 0, "The feed no longer reaches back so far." },
  [ZF_PROBLEM_SNAPSHOT_GONE] = { 410, "snapshot_gone", TRUE, 0, 0, "The snapshot has expired." },
  [ZF_PROBLEM_LENGTH] = { 411, "length_required", FALSE, 0, 0, "The request must state its length." },
  [ZF_PROBLEM_TUS_VERSION] = { 412, "tus_version", FALSE, 0, 0, "Uploads here speak tus 1.0.0." },
  [ZF_PROBLEM_TOO_LARGE] = { 413, "too_large", FALSE, 0, 0, "The request is larger than this address takes." },
  [ZF_PROBLEM_TYPE] = { 415, "type", FALSE, 0, 0, "The request has the wrong content type or encoding." },
  [ZF_PROBLEM_IDEMPOTENCY] = { 422, "idempotency_mismatch", FALSE, 0, 0, "The same batch was sent before with other bytes." },
  [ZF_PROBLEM_DIGEST] = { 422, "digest_mismatch", TRUE, 0, 0, "The request was damaged on its way." },
  [ZF_PROBLEM_BLOB_DIGEST] = { 422, "blob_digest", TRUE, 0, 0, "The file is not the one that its name says." },
  [ZF_PROBLEM_UPGRADE] = { 426, "upgrade_required", FALSE, 0, 0, "This version speaks another protocol." },
  [ZF_PROBLEM_SLOW_DOWN] = { 429, "slow_down", TRUE, 10, 0, "This device asks too often." },
  [ZF_PROBLEM_CHECKSUM] = { 460, "checksum", TRUE, 0, 0, "A part of the file was damaged on its way." },
  [ZF_PROBLEM_FAILED] = { 500, "failed", TRUE, 0, 0, "The server could not do it." },
  [ZF_PROBLEM_BUSY] = { 503, "busy", TRUE, 5, 0, "The server is busy." },
  [ZF_PROBLEM_FULL] = { 507, "full", TRUE, 300, 0, "The server's disk is full." },
};

void
zf_problem_set (GError **error, ZfProblem problem)
{
  g_set_error_literal (error, ZF_PROBLEM, (int) problem, problems[problem].detail);
}

/* Failures of the store below that a tablet can do something about. */
static ZfProblem
problem_of (const GError *error)
{
  if (error->domain == ZF_PROBLEM)
    return (ZfProblem) error->code;
  if (g_error_matches (error, ZF_ERROR, ZF_ERROR_FULL))
    return ZF_PROBLEM_FULL;
  return g_error_matches (error, ZF_ERROR, ZF_ERROR_BUSY) ? ZF_PROBLEM_BUSY : ZF_PROBLEM_FAILED;
}

static GBytes *
body_of (ZfServerCore *core, ZfProblem problem)
{
  GString *body = g_string_new ("{\"type\":\"about:blank\"");

  zf_wire_put_int (body, "status", problems[problem].status);
  zf_wire_put_member (body, "code", problems[problem].code);
  zf_wire_put_member (body, "detail", problems[problem].detail);
  g_string_append_printf (body, ",\"retry\":%s", problems[problem].retry ? "true" : "false");
  if (problems[problem].says & SAY_EXPECT)
    zf_wire_put_int (body, "expect", core->expect);
  if (problems[problem].says & SAY_EPOCH)
    zf_wire_put_member (body, "server_epoch", core->server_epoch);
  if ((problems[problem].says & SAY_EPOCH) && core->last_cid != NULL)
    zf_wire_put_member (body, "cid", core->last_cid);
  g_string_append_c (body, '}');
  return g_string_free_to_bytes (body);
}

ZfSyncResponse *
zf_server_refuse (ZfServerCore *core, const GError *error)
{
  ZfProblem problem = problem_of (error);
  ZfSyncResponse *response = zf_server_answer (core, problems[problem].status, ZF_WIRE_TYPE_PROBLEM, body_of (core, problem));
  g_autofree char *wait = g_strdup_printf ("%u", problems[problem].wait_s);

  if (error->domain != ZF_PROBLEM)
    g_message ("A request failed: %s", error->message);
  if (problems[problem].wait_s > 0)
    zf_sync_headers_add (&response->headers, "Retry-After", wait);
  return response;
}
