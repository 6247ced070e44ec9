#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build tool: pack-claude.py claude-weights.txt.gz OUTPUT.c

Makes the tables of tw-claude-tables-private.h from what tools/fit-claude.py found.
"""
import gzip
import json
import re
import sys

PIECE_BITS, RUN_BITS, FILTER_BITS, SEED = 16, 13, 19, 0x243f6a8885a308d3
N_BUCKETS, N_BLOCKS = 15, 1024
PLACES = 'FPSM'
CLASSES = 'wdpskhe'
CATEGORIES = 'LMNPSC'
MASK = (1 << 64) - 1


def hash_of(characters):
    h = SEED
    for c in characters:
        h = ((h ^ c) * 0x9e3779b97f4a7c15) & MASK
    return h


def tag_of(h):
    return max((h >> 16) & 0xffffffff, 1)


def place(table, bits, characters, value):
    h = hash_of(characters)
    slot = h >> (64 - bits)
    while table[slot] is not None:
        if table[slot][0] == tag_of(h):
            sys.exit('pack-claude: two keys with one tag; change the seed')
        slot = (slot + 1) & ((1 << bits) - 1)
    table[slot] = (tag_of(h), value)
    return h


def read(path):
    facts = {'weight': {}, 'piece': [], 'band': {}, 'class': [], 'prior': [], 'common': []}
    for line in gzip.open(path, 'rt', encoding='utf-8'):
        kind, _, rest = line.rstrip('\n').partition(' ')
        if kind == 'weight':
            name, end = json.JSONDecoder().raw_decode(rest)
            facts['weight'][name] = [int(x) for x in rest[end:].split()]
        elif kind == 'piece':
            facts['piece'].append(rest.split(' '))
        elif kind == 'band':
            index, *values = map(int, rest.split())
            facts['band'][index] = values
        elif kind == 'class':
            first, last, value = rest.split()
            facts['class'].append((int(first, 16), int(last, 16), int(value)))
        elif kind in ('prior', 'common'):
            facts[kind] = [int(x) for x in rest.split()]
    return facts


class Family:
    def __init__(self, facts, index):
        self.facts, self.index = facts, index

    def __call__(self, name):
        return self.facts['weight'].get(name, (0, 0))[self.index]

    def punctuation(self, s, left, right):
        cost = self('puncts') + left * self('pleft') + right * self('pright') + len(s) * self('punct')
        cost += sum(self('P1' + c) for c in s)
        cost += sum(self('P2' + a + b) + (a == b) * self('psame') for a, b in zip(s, s[1:]))
        return cost + self('p%s%d%d' % (s, left, right))

    def spaces(self, s):
        cost = self('spaces') + self('S' + s)
        for m in re.finditer(r'\n+|\t+| +|[^\n\t ]+', s):
            n, kind = len(m.group()), {'\n': 'N', '\t': 'T', ' ': 'Z'}.get(s[m.start()], 'U')
            cost += self('R' + kind) + n * self('C' + kind) + self('R%s%d' % (kind, min(n, 20)))
        return cost

    def word_block(self, b):
        cost = self('wide%d' % (2 if b < 5 else 3 if b < 16 else 4))
        if b >= 5:
            level = self.facts['common'][b]
            cost += self('block%d' % b) + level * self('common%d' % (b >= 16)) + self('level%d' % level)
        return cost if b > 0 else 0

    def first_block(self, b):
        if b < 5:
            return 0
        return self('blockword%d' % b) + self('levelword') + self.facts['common'][b] * self('commonword')

    def hard_block(self, b):
        level = self.facts['common'][b]
        return self('blockhard%d' % b) + level * self('commonhard%d' % (b >= 512)) + self('levelhard%d' % level)

    def fields(self):
        numbered = lambda name, n: [self('%s%d' % (name, i)) for i in range(n)]
        yield 'band', self.facts['band'][self.index]
        yield 'pieces', [numbered(p, N_BUCKETS) for p in PLACES]
        yield 'shifted', numbered('shift', N_BUCKETS)
        yield 'length', numbered('length', 13)
        yield 'several', self('multi')
        for name in ('shift', 'caps', 'mixed'):
            yield name, self(name)
        # The groups of three and the runs of three share a name in the fit.
        yield 'digits', [self('digits') + (self('digits of %d' % i)) for i in range(8)]
        yield 'digit', self('digit')
        yield 'digits_3', self('groups')
        yield 'space', [[self('one space %s%s' % (a, b)) for b in CLASSES] for a in CLASSES]
        yield 'spaces', self('spaces')
        yield 'space_run', [self('R' + k) for k in 'NTZU']
        yield 'space_one', [self('C' + k) for k in 'NTZU']
        yield 'space_size', [numbered('R' + k, 21) for k in 'NTZU']
        yield 'punctuation', self('puncts')
        yield 'punctuation_left', self('pleft')
        yield 'punctuation_right', self('pright')
        yield 'punctuation_one', self('punct')
        yield 'punctuation_same', self('psame')
        yield 'punctuation_long', self('plong')
        yield 'punctuation_long_one', self('plongs')
        yield 'mark_run', self('run k')
        yield 'hard_run', self('run h')
        yield 'hard', [self(k) for k in ('han', 'hangul', 'astral')] + [
            self('hard%d%s' % (n, c)) for n in (2, 3) for c in CATEGORIES]
        yield 'text', self('text')
        yield 'word_block', [self.word_block(b) for b in range(N_BLOCKS)]
        yield 'first_block', [self.first_block(b) for b in range(N_BLOCKS)]
        yield 'hard_block', [self.hard_block(b) for b in range(N_BLOCKS)]
        yield 'combining', self('mark')


def initializer(value):
    if isinstance(value, (list, tuple)):
        return '{' + ','.join(map(initializer, value)) + '}'
    return str(value)


def pack_pieces(facts, out):
    table, own, filter_bits = [None] * (1 << PIECE_BITS), [[[0] * 4, [0] * 4]], [0] * (1 << (FILTER_BITS - 6))
    index_of = {}
    for piece, start, inside, *more in facts['piece']:
        row = [[0] * 4, [0] * 4]
        for item in more:
            a, b = item[1:].split('/')
            row[0][PLACES.index(item[0])], row[1][PLACES.index(item[0])] = 10 * int(a), 10 * int(b)
        key = json.dumps(row)
        if more and key not in index_of:
            index_of[key] = len(own)
            own.append(row)
        buckets = tuple(0xff if x == '-' else int(x) for x in (start, inside))
        characters = [ord(c) for c in piece]
        place(table, PIECE_BITS, characters, (index_of.get(key, 0),) + buckets)
        for n in range(1, len(characters) + 1):
            bit = hash_of(characters[:n]) >> (64 - FILTER_BITS)
            filter_bits[bit >> 6] |= 1 << (bit & 63)
    if len(own) > 65536:
        sys.exit('pack-claude: too many pieces with costs of their own')
    rows = ['{%s}' % ','.join(map(str, (s[0],) + s[1])) if s else '{0}' for s in table]
    out.append('const TwClaudePiece tw_claude_pieces[1 << TW_CLAUDE_PIECE_BITS] = {%s};' % ',\n'.join(rows))
    out.append('const gint16 tw_claude_own[][TW_CLAUDE_FAMILIES][TW_CLAUDE_N_PLACES] = %s;'
               % initializer(own).replace('}},', '}},\n'))
    out.append('const guint64 tw_claude_filter[1 << (TW_CLAUDE_FILTER_BITS - 6)] = {%s};'
               % ',\n'.join('G_GUINT64_CONSTANT(%d)' % x for x in filter_bits))


def pack_runs(facts, families, out):
    table = [None] * (1 << RUN_BITS)
    for name in facts['weight']:
        if name[0] == 'p' and name[-2:] in ('00', '01', '10', '11') and len(name) > 3:
            body, left, right = name[1:-2], int(name[-2]), int(name[-1])
            key = [ord('p') + 256 * left + 512 * right] + [ord(c) for c in body]
            place(table, RUN_BITS, key, [f.punctuation(body, left, right) for f in families])
        elif name[0] == 'S' and name[1:].isspace():
            place(table, RUN_BITS, [ord('S')] + [ord(c) for c in name[1:]], [f.spaces(name[1:]) for f in families])
        elif name[:2] in ('P1', 'P2') and not name[1:].isdigit():
            place(table, RUN_BITS, [ord('P')] + [ord(c) for c in name[2:]], [f(name) for f in families])
    rows = ['{%d,{%d,%d}}' % (s[0], *s[1]) if s else '{0}' for s in table]
    out.append('const TwClaudeRun tw_claude_runs[1 << TW_CLAUDE_RUN_BITS] = {%s};' % ',\n'.join(rows))


def pack_classes(facts, out):
    flat = bytearray([5 | CATEGORIES.index('C') << 5]) * 0x10000
    for first, last, value in facts['class']:
        flat[first:last + 1] = bytes([value]) * (last - first + 1)
    blocks, index = [], []
    for i in range(512):
        block = bytes(flat[i * 128:(i + 1) * 128])
        if block not in blocks:
            blocks.append(block)
        index.append(blocks.index(block))
    out.append('const guint8 tw_claude_blocks[512] = %s;' % initializer(index))
    out.append('const guint8 tw_claude_classes[] = {%s};'
               % ',\n'.join(','.join(map(str, block)) for block in blocks))


def pack_seen(facts, out):
    words = [0] * (N_BLOCKS // 32)
    seen = {int(re.search(r'\d+', n).group()) for n in facts['weight'] if re.match(r'block(word|hard)?\d', n)}
    for block in seen | set(range(5)):
        words[block >> 5] |= 1 << (block & 31)
    out.append('const guint32 tw_claude_seen[TW_CLAUDE_N_BLOCKS / 32] = {%s};' % ','.join('%du' % w for w in words))


def main():
    facts = read(sys.argv[1])
    families = [Family(facts, i) for i in (0, 1)]
    out = ['/* Made by tools/pack-claude.py: do not edit. */',
           '#include "libtokenwise/tokens/tw-claude-tables-private.h"']
    rows = ['{%s}' % ',\n'.join('.%s = %s' % (n, initializer(v)) for n, v in f.fields()) for f in families]
    out.append('const TwClaudeWeights tw_claude_weights[TW_CLAUDE_FAMILIES] = {%s};' % ',\n'.join(rows))
    out.append('const gint32 tw_claude_prior[TW_CLAUDE_N_BUCKETS] = %s;' % initializer(facts['prior']))
    pack_pieces(facts, out)
    pack_runs(facts, families, out)
    pack_classes(facts, out)
    pack_seen(facts, out)
    with open(sys.argv[2], 'w', encoding='utf-8') as f:
        f.write('\n'.join(out) + '\n')


if __name__ == '__main__':
    main()
