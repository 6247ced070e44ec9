// SPDX-License-Identifier: MIT
// Converts npm @pydantic/genai-prices to providers and models of the catalogue.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

import { MAX_USD_PER_MTOK, MIDNIGHT, fail, supplement, tools } from './common.mjs';

const source = join(tools, 'node_modules/@pydantic/genai-prices');

const RETRIEVED = '2026-09-23';
const FRACTION_DIGITS = 9;

// The source's price key: our meter, and what a price is per when it is not a million units.
const METERS = {
  input_mtok: ['input'],
  output_mtok: ['output'],
  cache_read_mtok: ['cache_read'],
  cache_write_mtok: ['cache_write'],
  cache_write_1h_mtok: ['cache_write_1h'],
  input_audio_mtok: ['input_audio'],
  cache_audio_read_mtok: ['cache_read_audio'],
  input_image_mtok: ['input_image'],
  cache_image_read_mtok: ['cache_read_image'],
  input_video_mtok: ['input_video'],
  output_audio_mtok: ['output_audio'],
  output_image_mtok: ['output_image'],
  output_video_mtok: ['output_video'],
  output_reasoning_mtok: ['reasoning'],
  output_citation_mtok: ['citation'],
  web_searches_kcount: ['web_search', 1000],
  storage_searches_kcount: ['file_search', 1000],
  requests_kcount: ['request', 1000],
  audio_hours: ['audio_second', 3600],
  input_audio_hours: ['input_audio_second', 3600],
  input_document_kpages: ['document_page', 1000],
  input_annotated_document_kpages: ['annotated_document_page', 1000],
};
// No meter of ours counts these; the card says so instead.
const UNMETERED = { input_text_messages_kcount: 'Text messages to a voice session are billed too.' };

// The package exports functions only; its data is the array literal at the top of the bundle.
function readProviders() {
  const text = readFileSync(join(source, 'dist/index.js'), 'utf8');
  const start = text.indexOf('[', text.indexOf('const E = '));
  const end = text.search(/^\]/m);
  if (start < 0 || end < start) fail('the bundle of genai-prices has another shape');
  const providers = JSON.parse(JSON.stringify(runInNewContext(`(${text.slice(start, end + 1)})`)));
  if (!Array.isArray(providers) || !providers.every((p) => p.id && Array.isArray(p.models)))
    fail('the data of genai-prices has another shape');
  return { providers, sha256: createHash('sha256').update(text).digest('hex') };
}

// The shortest decimal that is this double, at most nine fractional digits, half to even.
function decimal(number) {
  if (!Number.isFinite(number) || number < 0) fail(`${number} is not a price`);
  let text = String(number);
  if (text.includes('e')) text = number.toFixed(20).replace(/0+$/, '');
  const [whole, fraction = ''] = text.split('.');
  if (fraction.length <= FRACTION_DIGITS) return { text: text.replace(/\.$/, ''), exact: true };
  let scaled = BigInt(whole + fraction.slice(0, FRACTION_DIGITS));
  const rest = fraction.slice(FRACTION_DIGITS).padEnd(20, '0');
  const half = '5'.padEnd(rest.length, '0');
  if (rest > half || (rest === half && scaled % 2n === 1n)) scaled += 1n;
  const digits = scaled.toString().padStart(FRACTION_DIGITS + 1, '0');
  const out = `${digits.slice(0, -FRACTION_DIGITS)}.${digits.slice(-FRACTION_DIGITS)}`;
  return { text: out.replace(/\.?0+$/, ''), exact: false };
}

function priceAt(value, start) {
  if (typeof value === 'number') return value;
  return value.tiers.filter((t) => t.start <= start).reduce((_, t) => t.price, value.base);
}

// One set of the source's prices at one tier, as a card's "prices" and what goes with them.
function convertPrices(prices, start) {
  const out = { prices: {}, exact: true, notes: [] };
  for (const [key, value] of Object.entries(prices)) {
    if (UNMETERED[key]) {
      out.notes.push(UNMETERED[key]);
      continue;
    }
    const [meter, per] = METERS[key] ?? fail(`unknown price key ${key}`);
    const { text, exact } = decimal(priceAt(value, start));
    if (!per && Number(text) > MAX_USD_PER_MTOK) fail(`${key} ${text} is beyond reason`);
    out.prices[meter] = per ? { price: text, per } : text;
    out.exact &&= exact;
  }
  return out;
}

function tierStarts(prices) {
  const starts = new Set();
  for (const value of Object.values(prices))
    for (const tier of value.tiers ?? []) starts.add(tier.start);
  return [...starts].sort((a, b) => a - b);
}

// The source knows only "more than"; where a vendor's page says otherwise the supplement does too.
function thresholdOf(provider, start) {
  const rule = supplement.thresholds.find(
    (t) => t.start === start && (!t.providers || t.providers.includes(provider)));
  return rule ? rule.when : { gt: start };
}

function card(id, converted, extra) {
  const out = { id, ...extra, prices: converted.prices, source: 'genai-prices', verified_at: RETRIEVED };
  out.confidence = converted.exact ? 'single' : 'derived';
  if (converted.notes.length > 0) out.note = converted.notes.join(' ');
  return out;
}

// A cliff: the card of a tier prices every unit of the request, so each holds all meters.
function tierCards(provider, id, prices, extra) {
  const cards = [card(id, convertPrices(prices, -1), extra)];
  const starts = tierStarts(prices);
  for (const [i, start] of starts.entries()) {
    const range = thresholdOf(provider, start);
    const [[side, limit]] = Object.entries(range);
    // Only one of several tiers may fit a prompt: a tier ends where the next begins.
    const upper = i + 1 < starts.length ? { le: starts[i + 1] } : {};
    const when = { ...(extra.when ?? {}), total_input_tokens: { ...range, ...upper } };
    cards.push(card(`${id}-${side}-${limit}`, convertPrices(prices, start),
      { ...extra, tier_scope: 'request', when }));
  }
  return cards;
}

function window({ start_time, end_time }) {
  return `${start_time.slice(0, 5)}-${end_time.slice(0, 5)}`;
}

// Rules in the order of the source: a later one wins. Dates make periods, hours make schedules.
function rateCards(provider, prices) {
  if (!Array.isArray(prices)) return tierCards(provider, 'standard', prices, {});
  const dated = prices.filter((p) => p.constraint?.type !== 'time_of_date');
  const timed = prices.filter((p) => p.constraint?.type === 'time_of_date');
  const cards = dated.flatMap((rule, i) => {
    const from = rule.constraint?.start_date;
    const to = dated[i + 1]?.constraint.start_date;
    const extra = { ...(from && { from: from + MIDNIGHT }), ...(to && { to: to + MIDNIGHT }) };
    if (from > RETRIEVED) extra.announced = true;
    return tierCards(provider, from ? `from-${from}` : 'standard', rule.prices, extra);
  });
  for (const rule of timed) {
    const when = { schedule: { tz: 'UTC', windows: [window(rule.constraint)] } };
    cards.push(...tierCards(provider, `at-${window(rule.constraint)}`, rule.prices, { when }));
  }
  return cards;
}

const unescape = (text) => text.replace(/\\(.)/g, '$1');

// The regular expressions of the source are exact names, dated names, or "not speech".
function convertRegex(regex) {
  const dated = regex.match(/^\^(.+)-(?:\\d\{8\}|\\d\{4\}-\\d\{2\}-\\d\{2\})\$$/);
  if (dated) return [{ dated: unescape(dated[1]) }];
  const versioned = regex.match(/^\^(.+)-\\d$/);
  if (versioned) {
    const stem = unescape(versioned[1]);
    return [{ dated: stem }, ...[...'0123456789'].map((d) => ({ prefix: `${stem}-${d}` }))];
  }
  const exact = regex.match(/^\^([^()*+?|]+)\$$/);
  if (exact) return [{ equals: unescape(exact[1]) }];
  return regex.startsWith('^(?!') ? [] : fail(`cannot convert the pattern ${regex}`);
}

function convertMatch(match) {
  const [[kind, value]] = Object.entries(match);
  switch (kind) {
    case 'or':
    case 'and':
      return value.flatMap(convertMatch);
    case 'starts_with':
      return [{ prefix: value }];
    case 'ends_with':
      return [{ suffix: value }];
    case 'regex':
      return convertRegex(value);
    default:
      return [{ [kind]: value }];
  }
}

function matchRules(provider, model) {
  const rules = convertMatch(model.match);
  if (supplement.dated_providers.includes(provider.id)) rules.push({ dated: model.id });
  if (rules.length === 0) rules.push({ equals: model.id });
  const seen = new Set();
  return rules.filter((rule) => {
    const key = JSON.stringify(rule).toLowerCase();
    return !seen.has(key) && seen.add(key);
  });
}

export function tokenizerOf(id) {
  const bare = id.toLowerCase().split('/').pop().split(':')[0];
  return supplement.tokenizers.find((t) => new RegExp(t.pattern).test(bare))?.tokenizer;
}

function isFree(qualified) {
  return supplement.free.models.includes(qualified)
    || supplement.free.patterns.some((p) => new RegExp(p).test(qualified));
}

function convertModel(provider, model) {
  const free = Object.keys(model.prices).length === 0 && isFree(`${provider.id}/${model.id}`);
  const entry = { provider: provider.id, id: model.id };
  if (model.name) entry.name = model.name.trim();
  entry.match = matchRules(provider, model);
  if (model.context_window) entry.limits = { context: model.context_window };
  const tokenizer = tokenizerOf(model.id);
  if (tokenizer) entry.tokenizer = tokenizer;
  if (model.deprecated) entry.status = 'deprecated';
  entry.rate_cards = rateCards(provider.id, free ? { input_mtok: 0, output_mtok: 0 } : model.prices);
  if (Object.keys(entry.rate_cards[0].prices).length === 0)
    entry.rate_cards[0].note ??= 'The source lists the model without a price.';
  return entry;
}

function hostsOf(provider) {
  const family = provider.id.split('_')[0];
  const known = supplement.api_hosts[provider.id] ?? supplement.api_hosts[family];
  if (known) return known;
  const host = provider.api_pattern.replace(/^https:\/\//, '').split(/\/|\(\?:\/|\(\//)[0];
  const plain = unescape(host);
  if (!/^[a-z0-9.-]+$/.test(plain)) fail(`give the hosts of ${provider.id} (${host})`);
  return [plain];
}

function convertProvider(provider) {
  const entry = { id: provider.id, name: provider.name };
  const otel = supplement.otel_providers[provider.id];
  if (otel) entry.otel_provider = otel;
  entry.api_hosts = hostsOf(provider);
  entry.pricing_urls = provider.pricing_urls;
  if (provider.fallback_model_providers) entry.fallback_providers = provider.fallback_model_providers;
  const generic = provider.id.startsWith('huggingface_') ? 'openai' : 'generic';
  entry.usage_profile = supplement.usage_profiles[provider.id] ?? generic;
  return entry;
}

// Developers before resellers: a model named without its provider is the developer's own.
function sorted(providers) {
  const rank = (p) => {
    const i = supplement.provider_order.indexOf(p.id);
    return i < 0 ? supplement.provider_order.length : i;
  };
  return providers.map((p, i) => [p, i])
    .sort((a, b) => rank(a[0]) - rank(b[0]) || a[1] - b[1]).map(([p]) => p);
}

// The seed: its providers in our order, their models, and what it was made from.
export function readSeed() {
  const { providers, sha256 } = readProviders();
  const ordered = sorted(providers);
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  return {
    providers: ordered.map(convertProvider),
    models: ordered.flatMap((p) => p.models.map((m) => convertModel(p, m))),
    source: {
      id: 'genai-prices', url: 'https://github.com/pydantic/genai-prices', version, licence: 'MIT',
      retrieved_at: RETRIEVED + MIDNIGHT, sha256,
    },
    licence: readFileSync(join(source, 'LICENSE'), 'utf8'),
  };
}
