/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Text that claims to be JSON: parsed within limits or refused; what was parsed has one spelling. */
#include "fuzz.h"
#include "zf-json.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (JsonNode) node = zf_json_parse ((const char *) data, (gssize) size, NULL);
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *second = NULL;

  if (node == NULL)
    return 0;
  text = zf_json_canonical (node);
  again = zf_json_parse (text, -1, NULL);
  g_assert_nonnull (again);
  second = zf_json_canonical (again);
  g_assert_cmpstr (text, ==, second);
  g_assert_true (zf_json_equal (node, again));
  return 0;
}
