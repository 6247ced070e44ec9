// SPDX-License-Identifier: MIT
// Writes tools.json: requests with tools, and what npm openai-chat-tokens 0.2.8 counts for them.
// Run where that package is installed; the same seed always gives the same bytes.
//
//   node make-tools.mjs > tools.json
import { createRequire } from 'node:module';

const require = createRequire(`${process.cwd()}/`);
const { promptTokensEstimate } = require('openai-chat-tokens');

let state = 20261122;
const random = (n) => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return (state >>> 8) % n;
};
const pick = (list) => list[random(list.length)];

const names = ['location', 'unit', 'max_results', 'startDate', 'is_open', 'tags', 'Größe', 'id', 'query', 'filter_by'];
const words = ['The city and state, e.g. San Francisco, CA', 'Größe in Zentimetern', '日付（開始）', 'How many results to return at most.',
  'one of the "known" kinds', 'first line\nsecond line', 'ISO 8601', 'Whether it is open now?', 'a | b'];

function schema(depth) {
  const kind = random(depth > 3 ? 6 : 9);
  const described = random(2) ? { description: pick(words) } : {};
  switch (kind) {
    case 0: return { type: 'string', ...described };
    case 1: return { type: 'string', enum: ['celsius', 'fahrenheit', 'K'].slice(0, 1 + random(3)), ...described };
    case 2: return { type: 'number', ...described, default: 3 };
    case 3: return { type: 'integer', minimum: 0, ...described };
    case 4: return { type: 'boolean', ...described };
    case 5: return random(2) ? { type: 'integer', enum: [1, 2, 3], ...described } : { type: 'null' };
    case 6: return { type: 'array', ...(random(4) ? { items: schema(depth + 1) } : {}), ...described };
    case 7: return { anyOf: [schema(depth + 1), { type: 'null' }], ...described };
    default: return { ...object(depth + 1), ...described };
  }
}

function object(depth) {
  const properties = {};
  const count = random(depth === 0 ? 6 : 4);
  for (let i = 0; i < count; i++) properties[pick(names)] = schema(depth);
  const required = Object.keys(properties).filter(() => random(2));
  return { type: 'object', properties, ...(random(4) ? { required } : {}) };
}

function one(number) {
  const tools = [];
  for (let i = 0; i <= random(3); i++)
    tools.push({
      name: pick(['get_weather', 'searchFlights', 'bing_bong', 'add-to-cart', 'lookup_2']),
      ...(random(3) ? { description: pick(words) } : {}),
      parameters: object(0),
    });
  const system = pick([undefined, 'Be brief.', 'You are a helpful assistant', 'Answer in German.\n']);
  const content = pick(['What is the weather in Paris?', 'hello', 'Zwölf Boxkämpfer 🥊']);
  const choice = pick([undefined, undefined, 'auto', 'none', tools[0].name]);
  const tokens = promptTokensEstimate({
    messages: [...(system ? [{ role: 'system', content: system }] : []), { role: 'user', content }],
    functions: tools,
    function_call: choice && choice !== 'auto' && choice !== 'none' ? { name: choice } : choice,
  });
  return {
    name: `tools-${number}`,
    tokenizer: 'cl100k_base',
    request: { ...(system ? { system } : {}), messages: [{ role: 'user', content }], tools, ...(choice ? { tool_choice: choice } : {}) },
    expect: { tokens },
  };
}

const cases = [];
for (let i = 0; i < 120; i++) cases.push(one(i));
process.stdout.write(`[\n${cases.map((c) => JSON.stringify(c)).join(',\n')}\n]\n`);
