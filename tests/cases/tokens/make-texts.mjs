// SPDX-License-Identifier: MIT
// Writes texts.txt beside this file: one text a line, as test-tokens.c reads it. \n \r \t \\ are what
// they are everywhere, \xNN is a byte, \{N:…} is what it holds, N times. The same seed makes the same file.
//
//   node tests/cases/tokens/make-texts.mjs
//
// Only characters of Unicode 14 and older, so that tokenizers of different years agree what a letter
// is.
import { writeFileSync } from 'node:fs';
import { CODE, DATA, EMOJI, SENTENCES, SPECIALS } from './samples.mjs';
import { FIRST } from './first.mjs';

const SEED = 20261122;
const LINE_BYTES_MAX = 6000;

let state = SEED;
function random(n) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
}
const pick = (list) => list[random(list.length)];
const times = (n, make) => Array.from({ length: n }, (_, i) => make(i));
const join = (n, make) => times(n, make).join('');
const between = (first, last) => String.fromCodePoint(first + random(last - first + 1));
const letters = (n) => join(n, () => between(0x61, 0x7a));

const sentences = Object.values(SENTENCES);
const words = sentences.map((text) => text.split(' '));
const word = () => pick(pick(words));
const latin = () => pick(words[0].concat(words[1], words[2]));

function slice(text) {
  const points = Array.from(text);
  const start = random(points.length);

  return points.slice(start, start + 2 + random(60)).join('');
}

const SPACES = [
  ' ', ' ', '  ', '   ', '\t', '\t\t', '\n', '\n', '\n\n', '\r\n', '\r', '\v', '\f', '\u0085', '\u00a0', '\u1680', '\u2000',
  '\u2003', '\u2009', '\u2028', '\u2029', '\u202f', '\u205f', '\u3000', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff',
  '\u180e', '\u001c', '\u001f', '        ', '    \n', '\n    ',
];
const CONTRACTIONS = [
  "'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'T", "'RE", "'Ve", "'M", "'Ll", "'lL", "'D", "'\u017f", '\u2019s', '\u2019ll',
  "''s", "'", "'x", "'sx", "'r", "'v", "'l", "'e", "' s", "'ſt", "'rE'S", '\u02bcs',
];
const DIGITS = [
  [0x30, 0x39], [0x660, 0x669], [0x6f0, 0x6f9], [0x966, 0x96f], [0x9e6, 0x9ef], [0xe50, 0xe59], [0x17e0, 0x17e9], [0xff10, 0xff19],
  [0x1d7ce, 0x1d7ff], [0x2160, 0x217f], [0x2460, 0x249b], [0xb2, 0xb3], [0xbc, 0xbe], [0x3021, 0x3029], [0x1369, 0x137c], [0x12400, 0x1246e],
];
const MARKS = [[0x300, 0x36f], [0x483, 0x489], [0x591, 0x5bd], [0x610, 0x61a], [0x93a, 0x93c], [0x1ab0, 0x1abe], [0x20d0, 0x20f0], [0xfe00, 0xfe0f]];
const RANGES = [
  [0x20, 0x7e], [0xa0, 0xff], [0x100, 0x24f], [0x250, 0x2af], [0x2b0, 0x2ff], [0x370, 0x373], [0x391, 0x3a1], [0x3a3, 0x3ff],
  [0x400, 0x52f], [0x531, 0x556], [0x561, 0x587], [0x5d0, 0x5ea], [0x620, 0x65f], [0x670, 0x6d3], [0x710, 0x74a], [0x780, 0x7b1],
  [0x7c0, 0x7fa], [0x800, 0x82d], [0x904, 0x97f], [0x985, 0x98c], [0xa05, 0xa0a], [0xa85, 0xa8d], [0xb05, 0xb0c], [0xb85, 0xb8a],
  [0xc05, 0xc0c], [0xc85, 0xc8c], [0xd05, 0xd0c], [0xd85, 0xd96], [0xe01, 0xe3a], [0xe81, 0xe82], [0xf40, 0xf47], [0x1000, 0x109f],
  [0x10a0, 0x10c5], [0x10d0, 0x10ff], [0x1100, 0x11ff], [0x1200, 0x1248], [0x13a0, 0x13f5], [0x1401, 0x167f], [0x1780, 0x17dd],
  [0x1820, 0x1878], [0x1950, 0x196d], [0x1c90, 0x1cba], [0x1d00, 0x1dbf], [0x1e00, 0x1eff], [0x1f00, 0x1f15], [0x1f80, 0x1fb4],
  [0x2010, 0x2027], [0x2030, 0x205e], [0x2070, 0x2071], [0x2080, 0x209c], [0x20a0, 0x20c0], [0x2100, 0x218b], [0x2190, 0x23ff],
  [0x2500, 0x27bf], [0x2800, 0x28ff], [0x2c00, 0x2c5f], [0x2c80, 0x2cf3], [0x2d30, 0x2d67], [0x2e80, 0x2e99], [0x3001, 0x303f],
  [0x3041, 0x3096], [0x3099, 0x30ff], [0x3105, 0x312f], [0x3131, 0x318e], [0x31f0, 0x31ff], [0x3200, 0x321e], [0x3400, 0x4dbf],
  [0x4e00, 0x9fa5], [0x9fa6, 0x9ffc], [0xa000, 0xa48c], [0xa4d0, 0xa4ff], [0xa500, 0xa62b], [0xa640, 0xa69f], [0xa722, 0xa787],
  [0xac00, 0xd7a3], [0xe000, 0xe0ff], [0xf900, 0xfa6d], [0xfb00, 0xfb06], [0xfb1d, 0xfb36], [0xfb50, 0xfbb1], [0xfe30, 0xfe52],
  [0xff01, 0xff5e], [0xff66, 0xffbe], [0x10000, 0x1000b], [0x10280, 0x1029c], [0x10300, 0x1031f], [0x10330, 0x1034a], [0x10400, 0x1044f],
  [0x10900, 0x1091b], [0x12000, 0x12399], [0x13000, 0x1342e], [0x16800, 0x16a38], [0x1d000, 0x1d0f5], [0x1d400, 0x1d454],
  [0x1e900, 0x1e943], [0x1f000, 0x1f02b], [0x1f300, 0x1f64f], [0x1f680, 0x1f6d2], [0x1f900, 0x1f9ff], [0x20000, 0x2a6d6],
  [0xe0020, 0xe007f], [0xe0100, 0xe01ef], [0xf0000, 0xf00ff],
];

const glue = () => pick(['', '', ' ', '\n', '-', ', ', '.', '  ', '/', '_', ' (', "'"]);
const oneOf = (ranges) => between(...pick(ranges));
const repeated = (unit, n) => ({ unit, n });

function rangeText() {
  const few = times(1 + random(3), () => pick(RANGES));

  return join(1 + random(7), () => join(1 + random(6), () => oneOf(few)) + glue());
}

function caseText() {
  const parts = [
    () => letters(1 + random(5)), () => letters(1 + random(5)).toUpperCase(), () => between(0x41, 0x5a) + letters(1 + random(6)),
    () => between(0x4e00, 0x9fa5), () => between(0xc0, 0x17f), () => between(0x410, 0x44f), () => String(random(2000)),
    () => pick(['_', '-', 'ǅ', 'ʰ', 'ª', 'İ', 'ı', 'ß', 'ẞ', 'ſ', 'ﬁ', 'Ⅷ', '\u0301']), () => between(0x3041, 0x3096),
  ];

  return join(2 + random(9), () => pick(parts)());
}

/* Sequences that start well and end badly, and bytes as they come. */
function brokenBytes() {
  const good = Buffer.from(pick([word(), pick(EMOJI), letters(4), '\u4e2d', '\u00e9', '\u{1f600}']));
  const bad = [
    () => good.subarray(0, Math.max(1, good.length - 1 - random(3))), () => Buffer.from(times(1 + random(6), () => random(256))),
    () => Buffer.from([0xe0 + random(16), 0x80 + random(64)]), () => Buffer.from([0xf0 + random(8), 0x80 + random(64), 0x80 + random(64)]),
    () => Buffer.from([0xed, 0xa0 + random(32), 0x80 + random(64)]), () => Buffer.from([0xc0 + random(2), 0x80 + random(64)]),
    () => Buffer.from(times(1 + random(4), () => 0x80 + random(64))), () => Buffer.from([0xe0, 0x80 + random(32), 0x80]),
    () => Buffer.from([0xf0, 0x80 + random(16), 0x80, 0x80]), () => Buffer.from([0xf4, 0x90 + random(48), 0x80, 0x80]),
    () => Buffer.from(letters(1 + random(3))), () => Buffer.from(pick(SPACES)), () => good,
  ];

  return Buffer.concat(times(1 + random(6), () => pick(bad)()));
}

/* Pieces beyond every limit that an implementation may have set itself. */
const LONG = [
  ...[64, 65, 66, 127, 128, 255, 256, 257, 1000, 4095, 4096, 4097].flatMap((n) => ['a', ' ', '\n'].map((unit) => repeated(unit, n))),
  ...['ab', 'aab', '\t', '\r\n', '-=', '!', '...', '0', '123', 'AbC', 'e\u0301', '\u4e2d', '\u4f60\u597d', '\u3042', '\u0e01\u0e34',
    '\u{1f600}', '\u{1f469}\u200d', '\u00a0', '\u3000', '=-', '\u0301', "'s", '/', '_', 'Aa', 'ſ', '\u2581', '<|', '\ufffd']
    .flatMap((unit) => [60, 300, 1400].map((n) => repeated(unit, n))),
];

function longText() {
  const n = pick([70, 260, 700]);

  return pick([
    () => letters(n), () => join(n / 4, () => latin().replace(/\P{L}/gu, '')), () => join(n, () => between(0x21, 0x2f)),
    () => join(n / 2, () => between(0x4e00, 0x9fa5)), () => join(n, () => pick([' ', '\t', '\n', '\r'])),
    () => join(n, () => pick(['a', 'b'])), () => join(n, () => between(0x30, 0x39)), () => join(n / 4, () => pick(EMOJI)),
    () => join(n, () => pick('ACGT')), () => Buffer.from(times(n, () => random(256))).toString('base64'),
    () => Buffer.from(times(n / 2, () => random(256))).toString('hex'),
  ])();
}

const sentenceKinds = [
  (text) => text, (text) => text.normalize('NFD'), (text) => text.toUpperCase(), (text) => text.replaceAll(' ', ''),
  (text) => text.split(' ').sort(() => random(3) - 1).join(pick(['  ', '\n', '\t', ' \u00a0'])), slice,
  (text) => text.split(' ').flatMap((w) => [w, pick([word(), latin(), String(random(1e5)), pick(EMOJI)])]).join(glue()),
];
const KINDS = [
  ...sentenceKinds.flatMap((kind) => sentences.map((text) => () => kind(text))),
  ...[...CODE, ...DATA].flatMap((text) => [() => text, () => text.replaceAll('\n', '\r\n'), ...times(6, () => () => slice(text)),
    ...times(2, () => () => slice(text) + slice(pick(CODE)))]),
  ...times(150, () => () => join(1 + random(6), () => pick(EMOJI) + pick(['', '', ' ', latin(), '\n', '!']))),
  ...times(250, () => () => join(1 + random(9), () => pick(SPACES) + pick(['', '', 'x', '!', '1', word()]))),
  ...times(80, () => () => join(1 + random(14), () => pick([' ', '\t', '\n', '\r', '\u3000', '\u00a0', '\u2028', '\u0085']))),
  ...times(150, () => () => join(1 + random(6), () => pick([latin(), 'I', 'you', '1', ' ', '!', 'é', '中']) + pick(CONTRACTIONS))),
  ...times(120, () => () => { const few = [pick(DIGITS), pick(DIGITS)]; return join(1 + random(20), () => oneOf(few) + pick(['', '', '', '.', ',', ' ', 'x'])); }),
  ...times(160, () => caseText),
  ...times(100, () => () => join(1 + random(4), () => pick(SPECIALS) + pick(['', ' ', '\n', latin()]))),
  ...times(120, () => () => join(1 + random(6), () => pick(['a', 'E', ' ', '!', '\n', '中', 'क', '1', '']) + join(1 + random(3), () => oneOf(MARKS)))),
  ...times(60, () => () => join(1 + random(8), () => pick([between(0, 0x1f), between(0x7f, 0x9f), latin(), between(0xe000, 0xe010), '\uffff', '\u00ad', '\u{10ffff}']))),
  ...times(260, () => rangeText),
  ...times(90, () => longText),
  ...times(250, () => brokenBytes),
  ...LONG.map((text) => () => text),
];

function escapeByte(byte) {
  const named = { 0x0a: '\\n', 0x0d: '\\r', 0x09: '\\t', 0x5c: '\\\\' }[byte];

  return named ?? `\\x${byte.toString(16).padStart(2, '0')}`;
}

/* What cannot be seen is written as bytes: controls, white space but U+0020 inside a line, formats, private use, variation selectors, and
 * what is no UTF-8. */
function escape(bytes) {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

  if (!Buffer.from(text).equals(Buffer.from(bytes)))
    return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f && byte !== 0x5c ? String.fromCharCode(byte) : escapeByte(byte))).join('');
  return text.replace(/[^\P{C}]|[^\P{Z} ]|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|\\/gu, (c) => Array.from(Buffer.from(c), escapeByte).join(''));
}

const visible = (line) => line.replace(/^ | $/g, '\\x20') || '\\{0:}';
const line = (text) => (text.unit !== undefined ? `\\{${text.n}:${escape(Buffer.from(text.unit))}}` : visible(escape(Buffer.from(text))));
const fold = (text) => text.replace(/(\\x[0-9a-f]{2}|\\[nrt\\]|[^\\}]|)\1{19,}/gu, (run, unit) => (unit ? `\\{${run.length / unit.length}:${unit}}` : ''));
const lines = [...new Set([...FIRST.map(line), ...KINDS.map((make) => fold(line(make())))])];

for (const each of lines)
  if (Buffer.byteLength(each) > LINE_BYTES_MAX) throw new Error(`too long: ${each.slice(0, 80)}`);
writeFileSync(new URL('texts.txt', import.meta.url), `${lines.join('\n')}\n`);
