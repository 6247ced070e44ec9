#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fits the Claude estimator: run by hand, result committed.

    TOKENWISE_SHARED=... tools/fit-claude.py OUTPUT.txt.gz     (needs python3-numpy; about 3 minutes)

Reads $TOKENWISE_SHARED/data/claude-counts/train.jsonl.gz (recorded answers of Anthropic's count
endpoint) and the tokens of o200k_base (MIT), whose ranks say how common a piece of a word is.
A text's estimate is a sum over its runs of characters; tw-claude-estimate.c has the same rules in
C, and the unit test holds the two together. Nothing here depends on the machine but the last bits
of the linear algebra, and those are rounded away.
"""
import collections
import gzip
import json
import math
import os
import random
import re
import sys
import unicodedata

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
O200K = os.path.join(HERE, '../libtokenwise/tokens/vocabularies/o200k_base.vocab.gz')
FRAME = {'v3': 7, 'v4.7': 11}
FAMILIES = ('v3', 'v4.7')

# Pieces: o200k_base tokens of letters up to MAX_RANK, in buckets of rank.
EDGES = [0, 250, 500, 1000, 2000, 4000, 7000, 11000, 16000, 24000, 36000]
N_RANKS = len(EDGES) - 1
N_BUCKETS = N_RANKS + 5            # and five kinds of single characters
MAX_PIECE = 14
# Thousandths of a token; only used to choose the pieces of a word.
PRIOR = [1000 + int(130 * max(0.0, math.log2((EDGES[i] + EDGES[i + 1]) / 2 / 3000)))
         for i in range(N_RANKS)] + [1200, 1200, 1400, 1600, 2200]
TYPES = 'FPSM'                     # whole word, first, last, middle piece

NOT_SENT = re.compile('[\x01-\x08\x0b-\x1f\x7f-\x9f\ue000-\uf8ff]')
SPACES = re.compile('[\x00\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]')
QUOTES = {0x2018: "'", 0x2019: "'", 0x201c: '"', 0x201d: '"'}
PUNCTUATION = set('—»«•°„–−£§€…√→（№†└│|·─═█')


def class_of(c):
    """w word, d digits, p punctuation, s space, k mark that ends a word, h anything else."""
    o = ord(c)
    if o < 128:
        if c.isalpha():
            return 'w'
        if c.isdigit():
            return 'd'
        return 's' if c in ' \t\n' else 'p'
    category = unicodedata.category(c)
    if category[0] == 'Z':
        return 's'
    if c in PUNCTUATION:
        return 'p'
    if category == 'Nd' and (0x660 <= o <= 0x669 or 0x6f0 <= o <= 0x6f9):
        return 'd'
    if category[0] not in 'LM' or o >= 0x10000 or is_ideograph(o) or 0xfe00 <= o <= 0xfe0f:
        return 'h'
    if unicodedata.combining(c) == 9 or 0x300 <= o <= 0x362 or 0xe47 <= o <= 0xe4e or 0xec8 <= o <= 0xecc:
        return 'k'
    return 'w'


def is_ideograph(o):
    return 0x3400 <= o <= 0x4dbf or 0x4e00 <= o <= 0x9fff or 0xf900 <= o <= 0xfaff or 0xac00 <= o <= 0xd7a3


CLASSES = {}


def runs_of(text):
    out, start, current = [], 0, None
    for i, c in enumerate(text):
        k = CLASSES.get(c) or CLASSES.setdefault(c, class_of(c))
        if k != current:
            if current:
                out.append((current, text[start:i]))
            start, current = i, k
    if current:
        out.append((current, text[start:]))
    return out


def normalize(text, family):
    text = NOT_SENT.sub('', unicodedata.normalize('NFC', text))
    if family == 'v3':
        text = text.translate(QUOTES)
    return SPACES.sub(' ', text).rstrip('\n')


def is_upper(c):
    return unicodedata.category(c) in ('Lu', 'Lt')


def lower(word):
    return ''.join(c.lower() if len(c.lower()) == 1 else c for c in word)


def read_vocabulary():
    """The normal tokens by rank; tw-vocabulary-source.c describes the form."""
    header, _, body = gzip.open(O200K).read().partition(b'\n\n')
    runs = [line.split() for line in header.decode().split('\n')[1:] if line.count(' ') == 2]
    lengths = body[:sum(int(count) for _, _, count in runs)]
    at, place, out = len(lengths), 0, []
    for kind, _, count in runs:
        for length in lengths[place:place + int(count)]:
            if kind == 'normal':
                out.append(body[at:at + length])
            at += length
        place += int(count)
    return out


def bucket_of(rank):
    return next((i for i in range(N_RANKS) if rank < EDGES[i + 1]), None)


def make_pieces():
    """Two dictionaries from a piece to its bucket: at the start of a word, and inside one."""
    first, inner = {}, {}
    for rank, token in enumerate(read_vocabulary()):
        try:
            token = token.decode()
        except UnicodeDecodeError:
            continue
        piece = token[1:] if token[0] == ' ' else token
        if len(piece) < 2 or len(piece) > MAX_PIECE or any(class_of(c) != 'w' for c in piece):
            continue
        if token[0] == ' ':
            first.setdefault(lower(piece), rank)
            first.setdefault(piece, rank)
        else:
            inner.setdefault(piece, rank)
    starts, insides = dict(first), dict(inner)
    for piece, rank in inner.items():
        names = {piece, lower(piece)} if is_upper(piece[0]) and lower(piece[1:]) == piece[1:] else {piece}
        for name in names:
            starts[name] = min(starts.get(name, 1 << 30), 2 * rank)
    for piece, rank in first.items():
        insides[piece] = min(insides.get(piece, 1 << 30), 2 * rank)
    pick = lambda d: {p: bucket_of(r) for p, r in d.items() if bucket_of(r) is not None}
    return pick(starts), pick(insides)


def count_blocks():
    """How common the characters of a block of 128 are: log2 of the o200k_base tokens with one."""
    counts = [0] * 1024
    for token in read_vocabulary():
        try:
            blocks = {min(ord(c) >> 7, 1023) for c in token.decode()}
        except UnicodeDecodeError:
            continue
        for block in blocks:
            counts[block] += 1
    return [int(math.log2(1 + n)) for n in counts]


def bucket_of_character(c):
    o = ord(c)
    if o < 128:
        return N_RANKS + (0 if c.islower() else 1)
    return N_RANKS + (2 if o < 0x280 else 3 if o < 0x800 else 4)


class Fitter:
    def __init__(self, docs):
        self.docs = docs
        self.starts, self.insides = make_pieces()
        self.common = count_blocks()
        self.tiles = {}

    def tile(self, word):
        if word in self.tiles:
            return self.tiles[word]
        n = len(word)
        best, came = [0] + [1 << 40] * n, [None] * (n + 1)
        for i in range(1, n + 1):
            for j in range(max(0, i - MAX_PIECE), i):
                piece = word[j:i]
                bucket = bucket_of_character(piece) if i - j == 1 else (self.insides if j else self.starts).get(piece)
                if bucket is None or best[j] + PRIOR[bucket] >= best[i]:
                    continue
                kind = ('F' if i == n else 'P') if j == 0 else ('S' if i == n else 'M')
                best[i], came[i] = best[j] + PRIOR[bucket], (j, kind, bucket, piece)
        out, i = [], n
        while i > 0:
            out.append(came[i][1:])
            i = came[i][0]
        self.tiles[word] = out
        return out

    def word(self, word, family):
        f, n, body = collections.Counter(), len(word), word
        upper = sum(map(is_upper, word))
        shift = False
        if family == 'v3' and n >= 4 and upper == n:
            body = lower(word)
            f['caps'] += 1
        elif upper == 1 and is_upper(word[0]):
            body, shift = lower(word), True
            f['shift'] += 1
        elif upper:
            f['mixed'] += 1
        tiles = self.tile(body)
        for kind, bucket, piece in tiles:
            f['%s%d' % (kind, bucket)] += 1
            f['T' + kind + piece] += 1
            if shift and kind == 'F':
                f['shift%d' % bucket] += 1
        if len(tiles) > 1:
            f['multi'] += 1
        f['length%d' % min(n, 12)] += 1
        for c in word:
            o = ord(c)
            if o >= 128:
                f['wide%d' % (2 if o < 0x280 else 3 if o < 0x800 else 4)] += 1
                if o >= 0x280:
                    f['block%d' % (o >> 7)] += 1
                    f['common%d' % (o >= 0x800)] += self.common[o >> 7]
                    f['level%d' % self.common[o >> 7]] += 1
                if unicodedata.category(c)[0] == 'M':
                    f['mark'] += 1
        if ord(word[0]) >= 0x280:
            f['blockword%d' % (ord(word[0]) >> 7)] += 1
            f['levelword'] += 1
            f['commonword'] += self.common[ord(word[0]) >> 7]
        return f

    def features(self, text, family, words):
        f = collections.Counter()
        runs = runs_of(normalize(text, family))
        for i, (k, s) in enumerate(runs):
            before = runs[i - 1] if i else ('s', ' ')
            after = runs[i + 1] if i + 1 < len(runs) else ('e', '')
            if k == 'w':
                if s not in words:
                    words[s] = self.word(s, family)
                for a, b in words[s].items():
                    f[a] += b
            elif k == 'p':
                punctuation(f, s, before[0] == 's' and before[1][-1] == ' ',
                            after[0] == 's' and after[1][0] == ' ' and after[1][:2] != '  ')
            elif k == 'd':
                f['digits'] += 1
                f['digit'] += len(s)
                f['groups'] += (len(s) + 2) // 3
                f['digits of %d' % min(len(s), 7)] += 1
            elif s == ' ':
                f['one space %s%s' % (before[0], after[0])] += 1
            elif k == 's':
                spaces(f, s)
            else:
                f['run ' + k] += 1
                for c in s:
                    block = min(ord(c) >> 7, 1023)
                    f['blockhard%d' % block] += 1
                    f['commonhard%d' % (ord(c) >= 0x10000)] += self.common[block]
                    f['levelhard%d' % self.common[block]] += 1
                    f[hard_kind(c)] += 1
        f['text'] = 1
        return f


def hard_kind(c):
    o = ord(c)
    if 0x3400 <= o < 0xa000:
        return 'han'
    if 0xac00 <= o <= 0xd7a3:
        return 'hangul'
    if o >= 0x10000:
        return 'astral'
    return 'hard%d%s' % (2 if o < 0x800 else 3, unicodedata.category(c)[0])


def punctuation(f, s, left, right):
    if len(s) < 6:
        f['p%s%d%d' % (s, left, right)] += 1
    else:
        f['plong'] += 1
        f['plongs'] += len(s)
    f['puncts'] += 1
    f['pleft'] += left
    f['pright'] += right
    f['punct'] += len(s)
    for c in s:
        f['P1' + c] += 1
    for a, b in zip(s, s[1:]):
        f['P2' + a + b] += 1
        f['psame'] += a == b


def spaces(f, s):
    if len(s) <= 10:
        f['S' + s] += 1
    f['spaces'] += 1
    for m in re.finditer(r'\n+|\t+| +|[^\n\t ]+', s):
        g = m.group()
        kind = {'\n': 'N', '\t': 'T', ' ': 'Z'}.get(g[0], 'U')
        f['R' + kind] += 1
        f['C' + kind] += len(g)
        f['R%s%d' % (kind, min(len(g), 20))] += 1


def penalty(name):
    """How firmly a weight is held to what is expected of it: chosen by cross-validation."""
    if name[0] == 'T':
        return 3e-3
    if name.startswith(('common', 'wide', 'levelword')):
        return 1e-3
    if name.startswith(('block', 'level')):
        return 1e-1
    return 1e-2


def expected(name):
    """What a feature is believed to cost before any count is seen: the ridge pulls towards it."""
    m = re.fullmatch(r'([FPSM])(\d+)', name)
    if m:
        return PRIOR[int(m.group(2))] / 1000
    if name.startswith('one space '):
        return 0.0 if name[-2] in 'wpk' and name[-1] in 'wpk' else 1.0
    return {'shift': 0.3, 'caps': 0.5, 'puncts': 0.6, 'punct': 0.4, 'groups': 1.0, 'RN': 1.0, 'RT': 1.0,
            'RZ': 1.0, 'RU': 1.0, 'run k': 1.0, 'han': 1.3, 'hangul': 1.5, 'astral': 3.0}.get(
                name, 1.5 if name.startswith('hard') else 0.0)


def load():
    docs = {}
    path = os.path.join(os.environ['TOKENWISE_SHARED'], 'data/claude-counts/train.jsonl.gz')
    for line in gzip.open(path, 'rt'):
        row = json.loads(line)
        doc = docs.setdefault(row['id'], {k: row.get(k) for k in ('set', 'text', 'lang', 'script')})
        doc[row['fam']] = row['api'] - FRAME[row['fam']]
    return list(docs.values())


def likeness(docs):
    """Programs have no language on record: 60 clusters of like tokens stand for languages."""
    rng = np.random.RandomState(1)
    sets = [set(re.findall(r'[A-Za-z_]{2,}|[^\w\s]{1,2}', d['text'])) for d in docs]
    seen = collections.Counter(t for s in sets for t in sorted(s))
    index = {t: i for i, t in enumerate(sorted(t for t, n in seen.items() if n >= 8))}
    m = np.zeros((len(docs), len(index)))
    for row, s in enumerate(sets):
        for t in s:
            if t in index:
                m[row, index[t]] = math.log(len(docs) / seen[t])
    m /= np.linalg.norm(m, axis=1, keepdims=True) + 1e-9
    centres = m[rng.choice(len(docs), 60, replace=False)]
    for _ in range(25):
        nearest = np.argmax(m @ centres.T, axis=1)
        for k in set(nearest):
            centres[k] = m[nearest == k].mean(0)
            centres[k] /= np.linalg.norm(centres[k]) + 1e-9
    return nearest


def groups(docs, by_script):
    code = [d for d in docs if d['set'] == 'rosetta']
    cluster = iter(likeness(code))
    names = []
    for d in docs:
        if d['set'] == 'rosetta':
            names.append('code%02d' % next(cluster))
        else:
            names.append(d['script'] if by_script and d['script'] != 'Latn' else d['lang'])
    distinct = sorted(set(names))
    random.Random(5).shuffle(distinct)
    fold = {g: i % 10 for i, g in enumerate(distinct)}
    return np.array([fold[n] for n in names])


class Fit:
    def __init__(self, features, counts):
        self.y = np.array(counts, float)
        seen = collections.Counter(k for f in features for k in f)
        self.names = sorted(k for k, n in seen.items() if n >= (6 if k[0] == 'T' else 3))
        index = {k: i for i, k in enumerate(self.names)}
        a = np.zeros((len(features), len(self.names)), np.float64)
        for row, f in enumerate(features):
            for k, v in f.items():
                if k in index:
                    a[row, index[k]] = v
        self.root = np.sqrt([penalty(k) for k in self.names])
        self.mean = np.array([expected(k) for k in self.names])
        self.base = a @ self.mean / self.y
        self.a = a / self.y[:, None] / self.root[None, :]
        self.k = self.a @ self.a.T

    def relative_errors(self, folds):
        out = np.zeros(len(self.y))
        for fold in range(10):
            train, test = np.where(folds != fold)[0], np.where(folds == fold)[0]
            dual = np.linalg.solve(self.k[np.ix_(train, train)] + np.eye(len(train)), 1 - self.base[train])
            out[test] = self.k[np.ix_(test, train)] @ dual + self.base[test] - 1
        return out

    def weights(self):
        dual = np.linalg.solve(self.k + np.eye(len(self.y)), 1 - self.base)
        return dict(zip(self.names, (self.a.T @ dual) / self.root + self.mean))


# A character of a block of which nothing was seen makes the band as much wider as two others.
UNSEEN = 2


def foreign_share(text):
    """The share of letters beyond ASCII: of the writing that has them less was seen."""
    return sum(ord(c) >= 0xc0 and not 0x2000 <= ord(c) < 0x2c00 for c in text) / max(1, len(text))


def cover(error, y, share, params):
    a, latin, foreign = params
    width = np.sqrt(a * a / y + (latin + foreign * share) ** 2)
    return np.abs(error) <= width


def calibrate(error, y, share, code):
    """Band: sqrt (a^2 / tokens + (latin + foreign × share)^2) of the estimate, nearest to 95 % for
    programs, short ones, and Latin prose at once; then for other writing."""
    masks = (code, code & (y < 100), ~code & (share < 0.5))
    best = None
    for a in np.arange(0.0, 1.01, 0.05):
        for latin in np.arange(0.03, 0.15, 0.001):
            inside = cover(error, y, share, (a, latin, 0))
            miss = sum((inside[m].mean() - 0.953) ** 2 for m in masks)
            if inside[code].mean() <= 0.965 and (best is None or miss < best[0]):
                best = (miss, a, latin)
    _, a, latin = best
    for foreign in np.arange(0.0, 2.0, 0.005):
        inside = cover(error, y, share, (a, latin, foreign))
        if inside[share >= 0.5].mean() >= 0.955:
            break
    return float(a), float(latin), float(foreign)


def figures(error, kinds):
    out = {}
    for name, mask in kinds.items():
        e = np.abs(error[mask])
        out[name] = {'texts': int(mask.sum()), 'mape': round(float(e.mean()) * 100, 2),
                     'p95': round(float(np.quantile(e, 0.95)) * 100, 2),
                     'bias': round(float(error[mask].mean()) * 100, 2)}
    return out


def main():
    docs = load()
    fitter = Fitter(docs)
    code = np.array([d['set'] == 'rosetta' for d in docs])
    latin = np.array([d['script'] == 'Latn' for d in docs])
    share = np.array([foreign_share(d['text']) for d in docs])
    shared_script = latin | code
    kinds = {'short code': code & (np.array([d['v3'] for d in docs]) < 100), 'code': code, 'languages': ~code, 'Latin': latin, 'other scripts': ~code & ~latin}
    result = {'families': {}, 'cv': {}}
    for family in FAMILIES:
        words = {}
        fit = Fit([fitter.features(d['text'], family, words) for d in docs], [d[family] for d in docs])
        result['cv'][family] = {}
        for name, folds in (('languages left out', groups(docs, False)), ('scripts left out', groups(docs, True))):
            error = fit.relative_errors(folds)
            # The band is about the estimate, which is what is known when it is made.
            estimate, miss = fit.y * (1 + error), -error / (1 + error)
            if name == 'languages left out':
                band = calibrate(miss, estimate, share, code)
            unseen = np.where(shared_script | (name == 'languages left out'), 1, UNSEEN)
            inside = cover(miss, estimate, share * unseen, band)
            table = figures(error, kinds)
            for kind, mask in kinds.items():
                table[kind]['band'] = round(float(inside[mask].mean()) * 100, 1)
            result['cv'][family][name] = table
            print(family, name, json.dumps(table, indent=None), flush=True)
        print(family, 'band', band, flush=True)
        result['families'][family] = {'weights': fit.weights(), 'band': band}
    write(fitter, result)


def class_ranges():
    """Of the characters below U+10000, as this Python's Unicode tables have them: see TwClaudeClass."""
    def value(o):
        c = chr(o)
        if NOT_SENT.match(c) or 0xd800 <= o <= 0xdfff:
            return 7
        c = SPACES.sub(' ', c)
        category = unicodedata.category(c)
        out = 'wdpskh'.index(class_of(c)) | (8 if is_upper(c) else 0) | (16 if category[0] == 'M' else 0)
        return out | 'LMNPSCZ'.index(category[0]) % 6 << 5

    lines, first = [], 0
    for o in range(1, 0x10001):
        if o == 0x10000 or value(o) != value(first):
            lines.append('class %X %X %d' % (first, o - 1, value(first)))
            first = o
    return lines


def write(fitter, result):
    """One line a thing, thousandths of a token for each family: see tools/pack-claude.py."""
    w = [result['families'][f]['weights'] for f in FAMILIES]
    milli = lambda name: [int(round(1000 * x.get(name, 0.0))) for x in w]
    lines = ['# Fitted 2026-11-22 by tools/fit-claude.py on 4,484 recorded answers of Anthropic’s count',
             '# endpoint (2,242 texts, two families). Pieces: tokens of o200k_base (MIT). Cross-validated:']
    for family, tables in result['cv'].items():
        for name, table in tables.items():
            for kind, row in table.items():
                lines.append('#   %s, %s, %s: %s' % (family, name, kind, ', '.join('%s %s' % i for i in row.items())))
    for i, family in enumerate(FAMILIES):
        lines.append('band %d %d %d %d' % (i, *[int(round(1000 * x)) for x in result['families'][family]['band']]))
    lines.append('prior ' + ' '.join(map(str, PRIOR)))
    lines.append('common ' + ' '.join(map(str, fitter.common)))
    lines += class_ranges()
    names = sorted(set(w[0]) | set(w[1]))
    quote = lambda s: json.dumps(s)
    for name in names:
        if name[0] != 'T':
            a, b = milli(name)
            if a or b:
                lines.append('weight %s %d %d' % (quote(name), a, b))
    own = collections.defaultdict(dict)
    for name in names:
        # Hundredths of a token are enough for what one piece adds.
        if name[0] == 'T' and any(abs(x) >= 10 for x in milli(name)):
            own[name[2:]][name[1]] = [10 * int(round(x / 10)) for x in milli(name)]
    for piece in sorted(set(fitter.starts) | set(fitter.insides) | set(own)):
        row = ['piece', piece, '%s' % fitter.starts.get(piece, '-'), '%s' % fitter.insides.get(piece, '-')]
        for kind, (a, b) in sorted(own.get(piece, {}).items()):
            row.append('%s%d/%d' % (kind, a // 10, b // 10))
        lines.append(' '.join(row))
    text = '\n'.join(lines) + '\n'
    with open(sys.argv[1], 'wb') as f:
        f.write(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == '__main__':
    main()
