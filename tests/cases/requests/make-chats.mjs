// SPDX-License-Identifier: MIT
// Writes chats.json: conversations of text, and what npm gpt-tokenizer 4.0.0 counts for them with
// the separators of OpenAI's chats. Run where that package is installed.
//
//   node make-chats.mjs > chats.json
import { createRequire } from 'node:module';

const require = createRequire(`${process.cwd()}/`);
const tokenizers = {
  o200k_base: ['gpt-4o', require('gpt-tokenizer/model/gpt-4o')],
  cl100k_base: ['gpt-4', require('gpt-tokenizer/model/gpt-4')],
};
const texts = ['hello', 'Wie spät ist es?', ' \n\n leading space', '日本語のテキスト。', 'int main (void) { return 0; }\n',
  '{"a": [1, 2, 3]}', '👩‍👩‍👧 family', '<|endoftext|>', 'x'.repeat(300), 'The quick brown fox. '.repeat(40)];
const cases = [];

for (const [tokenizer, [model, api]] of Object.entries(tokenizers))
  for (let i = 0; i < 24; i++) {
    const system = i % 3 === 0 ? texts[(i * 7) % texts.length] : undefined;
    const messages = [];
    for (let j = 0; j <= i % 5; j++)
      messages.push({ role: j % 2 ? 'assistant' : 'user', content: texts[(i * 3 + j) % texts.length] });
    const chat = [...(system ? [{ role: 'system', content: system }] : []), ...messages];
    const tokens = api.encodeChat(chat, model, { allowedSpecial: new Set(), disallowedSpecial: new Set() }).length;
    cases.push({ name: `${model}-${i}`, tokenizer, model, request: { ...(system ? { system } : {}), messages }, expect: { tokens, exact: true } });
  }
process.stdout.write(`[\n${cases.map((c) => JSON.stringify(c)).join(',\n')}\n]\n`);
