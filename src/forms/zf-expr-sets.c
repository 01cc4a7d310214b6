/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-expr-library.h"

#include <math.h>
#include <string.h>

/* Choosing among values, and sets of nodes: repeats above all. */

/* libxml2 works out every value of a call before the call. zf:hold(x) puts aside whether x was unknown, so that if() and coalesce() take
 * up only what they chose. */
ZF_EXPR_FUNCTION (hold)
{
  ZfExprState *state = zf_expr_state (ctxt);
  g_array_append_val (state->held, state->unknown);
  state->unknown = FALSE;
}

static gboolean
release (ZfExprState *state)
{
  if (state->held->len == 0)
    return FALSE;
  gboolean unknown = g_array_index (state->held, gboolean, state->held->len - 1);
  g_array_set_size (state->held, state->held->len - 1);
  return unknown;
}

ZF_EXPR_FUNCTION (if)
{
  ZfExprState *state = zf_expr_state (ctxt);
  xmlXPathObject *otherwise = valuePop (ctxt);
  xmlXPathObject *then = valuePop (ctxt);
  gboolean condition = xmlXPathPopBoolean (ctxt);
  gboolean unknown_otherwise = release (state);
  gboolean unknown_then = release (state);
  state->unknown = release (state) || (condition ? unknown_then : unknown_otherwise);
  valuePush (ctxt, condition ? then : otherwise);
  xmlXPathFreeObject (condition ? otherwise : then);
}

static gboolean
is_blank (xmlXPathObject *object)
{
  if (object->type == XPATH_NUMBER)
    return isnan (object->floatval);
  xmlChar *text = xmlXPathCastToString (object);
  gboolean blank = text == NULL || *text == '\0';
  xmlFree (text);
  return blank;
}

/* The first argument that is not empty (NaN is, as in ODK); when all are, the last. */
ZF_EXPR_FUNCTION (coalesce)
{
  ZfExprState *state = zf_expr_state (ctxt);
  xmlXPathObject *found = NULL;
  gboolean unknown = FALSE;
  for (int i = 0; i < nargs; i++)
    {
      xmlXPathObject *object = valuePop (ctxt);
      gboolean held = release (state);
      gboolean blank = object == NULL || (!held && is_blank (object));
      if (found == NULL || !blank)
        {
          xmlXPathFreeObject (found);
          found = object;
          unknown = held;
        }
      else
        xmlXPathFreeObject (object);
    }
  state->unknown = unknown;
  if (found != NULL)
    valuePush (ctxt, found);
}

ZF_EXPR_FUNCTION (count_non_empty)
{
  xmlNodeSet *nodes = xmlXPathPopNodeSet (ctxt);
  guint n = 0;
  for (int i = 0; i < xmlXPathNodeSetGetLength (nodes); i++)
    {
      xmlChar *text = xmlXPathCastNodeToString (xmlXPathNodeSetItem (nodes, i));
      n += text != NULL && *text != '\0';
      xmlFree (text);
    }
  xmlXPathFreeNodeSet (nodes);
  zf_expr_push_number (ctxt, n);
}

/* Repeats: an instance is an element beside others of the same name. */

static gboolean
same_name (const xmlNode *a, const xmlNode *b)
{
  return b->type == XML_ELEMENT_NODE && xmlStrEqual (a->name, b->name);
}

ZF_EXPR_FUNCTION (position)
{
  xmlNodeSet *nodes = xmlXPathPopNodeSet (ctxt);
  double position = NAN;
  if (xmlXPathNodeSetGetLength (nodes) > 0 && nodes->nodeTab[0]->type == XML_ELEMENT_NODE)
    {
      position = 1;
      for (xmlNode *node = nodes->nodeTab[0]->prev; node != NULL && zf_expr_charge (ctxt, 0); node = node->prev)
        position += same_name (nodes->nodeTab[0], node);
    }
  xmlXPathFreeNodeSet (nodes);
  zf_expr_push_number (ctxt, position);
}

ZF_EXPR_FUNCTION (current)
{
  valuePush (ctxt, xmlXPathNewNodeSet (zf_expr_state (ctxt)->self));
}

/* The @wanted-th element of @name below @outer, in the order of the document. */
static xmlNode *
nth_below (xmlXPathParserContext *ctxt, xmlNode *outer, const xmlNode *like, guint *wanted)
{
  for (xmlNode *node = outer->children; node != NULL && zf_expr_charge (ctxt, 0); node = node->next)
    {
      if (same_name (like, node) && --*wanted == 0)
        return node;
      xmlNode *found = node->type == XML_ELEMENT_NODE ? nth_below (ctxt, node, like, wanted) : NULL;
      if (found != NULL)
        return found;
    }
  return NULL;
}

/* A path that leads to one instance, as `..` does, stands for it and its siblings. */
static xmlNode *
nth_of_set (xmlNodeSet *repeats, guint wanted)
{
  int n = xmlXPathNodeSetGetLength (repeats);
  if (n > 1)
    return wanted <= (guint) n ? repeats->nodeTab[wanted - 1] : NULL;
  xmlNode *first = n == 1 && repeats->nodeTab[0]->type == XML_ELEMENT_NODE ? repeats->nodeTab[0] : NULL;
  for (xmlNode *node = first != NULL && first->parent != NULL ? first->parent->children : NULL; node != NULL; node = node->next)
    if (same_name (first, node) && --wanted == 0)
      return node;
  return NULL;
}

/* An index that is empty or below 1 means the first, as in JavaRosa: a row that is just being added has none yet. */
static guint
pick_index (double index)
{
  return index >= 1 && index <= G_MAXINT ? (guint) index : (index > G_MAXINT ? G_MAXINT : 1);
}

/* indexed-repeat(question, repeat, index, inner repeat, index …): below the outermost repeat names lead on, which are unique in a form. */
ZF_EXPR_FUNCTION (indexed_repeat)
{
  guint pairs = (guint) (nargs - 1) / 2;
  g_autofree guint *indexes = g_new0 (guint, pairs);
  g_autofree xmlNodeSet **sets = g_new0 (xmlNodeSet *, pairs + 1);
  for (guint i = pairs; i-- > 0;)
    {
      indexes[i] = pick_index (zf_expr_pop_measure (ctxt));
      sets[i] = xmlXPathPopNodeSet (ctxt);
    }
  sets[pairs] = xmlXPathPopNodeSet (ctxt);
  xmlNode *found = ctxt->error == XPATH_EXPRESSION_OK ? nth_of_set (sets[0], indexes[0]) : NULL;
  for (guint i = 1; i <= pairs && found != NULL; i++)
    {
      guint wanted = i < pairs ? indexes[i] : 1;
      gboolean named = xmlXPathNodeSetGetLength (sets[i]) > 0 && sets[i]->nodeTab[0]->type == XML_ELEMENT_NODE;
      found = named ? nth_below (ctxt, found, sets[i]->nodeTab[0], &wanted) : NULL;
    }
  valuePush (ctxt, xmlXPathNewNodeSet (found));
  for (guint i = 0; i <= pairs; i++)
    xmlXPathFreeNodeSet (sets[i]);
}

/* randomize(nodes, seed): the "inside-out" shuffle of the specification. */

#define LEHMER_MODULUS 2147483647
#define LEHMER_FACTOR 16807

/* The seed as a number; other text by its SHA-256, as JavaRosa and Web Forms have it; nothing counts as 0. */
static gint64
seed_of (xmlXPathObject *object)
{
  double number = xmlXPathCastToNumber (object);
  if (isfinite (number))
    return (gint64) CLAMP (trunc (number), -9007199254740992.0, 9007199254740992.0);
  if (object->type == XPATH_NUMBER || is_blank (object))
    return 0;
  xmlChar *text = xmlXPathCastToString (object);
  guint8 digest[32];
  gsize size = sizeof digest;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, text, -1);
  g_checksum_get_digest (checksum, digest, &size);
  xmlFree (text);
  guint64 first = 0;
  memcpy (&first, digest, sizeof first);
  return (gint64) GUINT64_FROM_BE (first);
}

typedef struct
{
  gint64 lehmer;      /* 0: not seeded */
  ZfRandom *random;
} Shuffle;

static void
shuffle_seed (Shuffle *self, gint64 seed)
{
  self->lehmer = seed % LEHMER_MODULUS;
  if (self->lehmer <= 0)
    self->lehmer += LEHMER_MODULUS - 1;
}

static guint
shuffle_below (Shuffle *self, guint n)
{
  if (self->lehmer == 0)
    return zf_random_below (self->random, n);
  self->lehmer = self->lehmer * LEHMER_FACTOR % LEHMER_MODULUS;
  return (guint) floor ((double) (self->lehmer - 1) / (LEHMER_MODULUS - 1) * n);
}

static GPtrArray *
shuffled (xmlNodeSet *nodes, Shuffle *shuffle)
{
  GPtrArray *out = g_ptr_array_new ();
  for (guint i = 0; i < (guint) xmlXPathNodeSetGetLength (nodes); i++)
    {
      guint at = shuffle_below (shuffle, i + 1);
      g_ptr_array_add (out, at < i ? out->pdata[at] : NULL);
      out->pdata[at] = nodes->nodeTab[i];
    }
  return out;
}

static gsize
weight_of (const xmlNode *node)
{
  gsize bytes = sizeof (xmlNode);
  if (node->type == XML_TEXT_NODE && node->content != NULL)
    bytes += strlen ((const char *) node->content);
  for (const xmlNode *child = node->type == XML_ELEMENT_NODE ? node->children : NULL; child != NULL; child = child->next)
    bytes += weight_of (child);
  return bytes;
}

/* XPath puts every set back into the order of the document, so that a new order needs new nodes: copies in a document of their own. */
static void
push_copies (xmlXPathParserContext *ctxt, GPtrArray *nodes)
{
  xmlDoc *doc = xmlNewDoc ((const xmlChar *) "1.0");
  xmlNode *root = xmlNewDocNode (doc, NULL, (const xmlChar *) "data", NULL);
  xmlDocSetRootElement (doc, root);
  g_ptr_array_add (zf_expr_state (ctxt)->copies, doc);
  xmlNodeSet *set = xmlXPathNodeSetCreate (NULL);
  for (guint i = 0; i < nodes->len; i++)
    {
      xmlNode *node = nodes->pdata[i];
      xmlNode *copy = NULL;
      if (node->type != XML_ELEMENT_NODE)
        xmlXPathErr (ctxt, XPATH_INVALID_TYPE);
      else if (zf_expr_charge (ctxt, weight_of (node)))
        copy = xmlAddChild (root, xmlDocCopyNode (node, doc, 1));
      if (copy == NULL)
        break;
      xmlXPathNodeSetAddUnique (set, copy);
    }
  valuePush (ctxt, xmlXPathWrapNodeSet (set));
}

ZF_EXPR_FUNCTION (randomize)
{
  Shuffle shuffle = { 0, zf_expr_state (ctxt)->random };
  xmlXPathObject *seed = nargs > 1 ? valuePop (ctxt) : NULL;
  if (seed != NULL)
    shuffle_seed (&shuffle, seed_of (seed));
  xmlXPathFreeObject (seed);
  xmlNodeSet *nodes = xmlXPathPopNodeSet (ctxt);
  if (ctxt->error == XPATH_EXPRESSION_OK)
    {
      g_autoptr (GPtrArray) order = shuffled (nodes, &shuffle);
      push_copies (ctxt, order);
    }
  xmlXPathFreeNodeSet (nodes);
}

/* Checklists: what is true, the text "yes", or a number above 0 counts: ODK's two documents together. */

static gboolean
text_counts (const char *text)
{
  return g_str_equal (text, "yes") || xmlXPathCastStringToNumber ((const xmlChar *) text) > 0;
}

/* (transfer full) (element-type gboolean): each node of a set by itself. */
static GArray *
pop_checks (xmlXPathParserContext *ctxt)
{
  GArray *checks = g_array_new (FALSE, FALSE, sizeof (gboolean));
  gboolean truth = ctxt->value != NULL && ctxt->value->type == XPATH_BOOLEAN;
  if (truth)
    {
      gboolean value = xmlXPathPopBoolean (ctxt);
      g_array_append_val (checks, value);
      return checks;
    }
  g_autoptr (GPtrArray) texts = zf_expr_pop_texts (ctxt, 1);
  for (guint i = 0; i < texts->len; i++)
    {
      gboolean value = text_counts (texts->pdata[i]);
      g_array_append_val (checks, value);
    }
  return checks;
}

/* -1 as a bound: there is none. */
static void
push_within (xmlXPathParserContext *ctxt, double sum)
{
  double most = zf_expr_pop_measure (ctxt);
  double least = zf_expr_pop_measure (ctxt);
  if (isnan (most) || isnan (least) || isnan (sum))
    zf_expr_state (ctxt)->unknown = TRUE;
  zf_expr_push_boolean (ctxt, (least == -1 || sum >= least) && (most == -1 || sum <= most));
}

ZF_EXPR_FUNCTION (checklist)
{
  guint n = 0;
  for (int i = 2; i < nargs; i++)
    {
      g_autoptr (GArray) checks = pop_checks (ctxt);
      for (guint j = 0; j < checks->len; j++)
        n += g_array_index (checks, gboolean, j) ? 1 : 0;
    }
  push_within (ctxt, n);
}

/* A set of answers with a set of weights: one weight for each answer. */
static double
weigh (GArray *checks, GPtrArray *weights)
{
  double sum = 0;
  if (checks->len > 1 && weights->len != checks->len)
    return NAN;
  for (guint i = 0; i < checks->len; i++)
    if (g_array_index (checks, gboolean, i))
      sum += i < weights->len ? xmlXPathCastStringToNumber (weights->pdata[i]) : NAN;
  return sum;
}

ZF_EXPR_FUNCTION (weighted_checklist)
{
  double sum = 0;
  for (int i = 2; i < nargs; i += 2)
    {
      g_autoptr (GPtrArray) weights = zf_expr_pop_texts (ctxt, 1);
      g_autoptr (GArray) checks = pop_checks (ctxt);
      sum += weigh (checks, weights);
    }
  push_within (ctxt, sum);
}
