/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-pieces-source-private.h"

/* Nodes begin to be looked for where fewer than one in this many were free. */
#define CROWDED 20u

/* Pieces first…last − 1 share the first depth bytes, which lead to node. */
typedef struct
{
  guint32 node;
  guint first;
  guint last;
  guint depth;
} Branch;

typedef struct
{
  const GPtrArray *pieces;
  GArray *nodes;    /* (element-type TwPieceNode) */
  GArray *branches; /* (element-type Branch) still to do */
  guint32 search_from;
} Builder;

typedef struct
{
  guint8 bytes[256];
  guint starts[257]; /* the first piece of each; one more at the end */
  guint n;
} Children;

static const guint8 *
piece_at (const Builder *self, guint i, gsize *ret_length)
{
  return g_bytes_get_data (self->pieces->pdata[i], ret_length);
}

static void
list_children (const Builder *self, const Branch *branch, guint first, Children *children)
{
  children->n = 0;
  for (guint i = first; i < branch->last; i++)
    {
      gsize length;
      guint8 byte = piece_at (self, i, &length)[branch->depth];

      if (children->n > 0 && children->bytes[children->n - 1] == byte)
        continue;
      children->bytes[children->n] = byte;
      children->starts[children->n++] = i;
    }
  children->starts[children->n] = branch->last;
}

static TwPieceNode *
node_at (Builder *self, guint32 i)
{
  if (i >= self->nodes->len)
    g_array_set_size (self->nodes, i + 1024);
  return &g_array_index (self->nodes, TwPieceNode, i);
}

static gboolean
fits (Builder *self, guint32 base, const Children *children)
{
  for (guint i = 0; i < children->n; i++)
    if (node_at (self, base + children->bytes[i])->link != 0)
      return FALSE;
  return TRUE;
}

/* A base where all children's places are free. */
static guint32
find_base (Builder *self, const Children *children)
{
  guint32 start = MAX (self->search_from, children->bytes[0] + 1u);
  guint32 at = start;
  guint32 n_taken = 0;

  for (;; at++)
    {
      if (node_at (self, at)->link != 0)
        n_taken++;
      else if (fits (self, at - children->bytes[0], children))
        break;
    }
  if ((at - start - n_taken) * CROWDED < at - start)
    self->search_from = at;
  return at - children->bytes[0];
}

static void
grow (Builder *self, Branch branch)
{
  guint first = branch.first;
  Children children;
  guint32 base;
  gsize length;

  piece_at (self, first, &length);
  if (length == branch.depth)
    {
      node_at (self, branch.node)->link |= 1;
      first++;
    }
  if (first == branch.last)
    return;
  list_children (self, &branch, first, &children);
  base = find_base (self, &children);
  node_at (self, branch.node)->base = base;
  for (guint i = 0; i < children.n; i++)
    {
      Branch child = { base + children.bytes[i], children.starts[i], children.starts[i + 1],
                       branch.depth + 1 };

      node_at (self, child.node)->link = (branch.node + 1) << 1;
      g_array_append_val (self->branches, child);
    }
}

static void
trim (Builder *self)
{
  while (self->nodes->len > 1
         && g_array_index (self->nodes, TwPieceNode, self->nodes->len - 1).link == 0)
    g_array_set_size (self->nodes, self->nodes->len - 1);
}

void
tw_pieces_trie_pack (const GPtrArray *pieces, GByteArray *nodes)
{
  g_autoptr (GArray) built = g_array_new (FALSE, TRUE, sizeof (TwPieceNode));
  g_autoptr (GArray) branches = g_array_new (FALSE, FALSE, sizeof (Branch));
  Builder self = { pieces, built, branches, 1 };
  Branch root = { 0, 0, pieces->len, 0 };

  node_at (&self, 0);
  if (pieces->len > 0)
    g_array_append_val (branches, root);
  while (branches->len > 0)
    {
      Branch branch = g_array_index (branches, Branch, branches->len - 1);

      g_array_set_size (branches, branches->len - 1);
      grow (&self, branch);
    }
  trim (&self);
  g_byte_array_append (nodes, (const guint8 *) built->data,
                       (guint) (built->len * sizeof (TwPieceNode)));
}
