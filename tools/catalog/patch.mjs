// SPDX-License-Identifier: MIT
// Merges libtokenwise/catalog/patches/*.json into the seed: what it lacks or has wrong.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { MIDNIGHT, fail, supplement, target } from './common.mjs';
import { tokenizerOf } from './seed.mjs';

const FILE_KEYS = ['provider', 'about', 'retrieved', 'new_provider', 'sources', 'adjustments', 'models'];
const FACT_KEYS = ['name', 'developer', 'family', 'modalities', 'capabilities', 'reasoning_efforts',
  'tokenizer', 'released', 'knowledge_cutoff', 'status', 'deprecated_at', 'retires_at', 'successor',
  'alias_of'];
const ENTRY_KEYS = ['id', 'ids', 'why', 'source', 'confidence', 'verified_at', 'new', 'limits', 'match',
  'add_match', 'drop_match', 'cards', 'replace_cards', 'drop_cards', 'edit_cards', 'fees',
  'adjustments', ...FACT_KEYS];
const CARD_KEYS = ['id', 'from', 'to', 'announced', 'priority', 'mode', 'tier_scope', 'when', 'prices',
  'source', 'verified_at', 'confidence', 'note'];
const EDIT_KEYS = CARD_KEYS.filter((key) => key !== 'id');
const ADJUSTMENT_KEYS = ['id', 'when', 'from', 'to', 'multiply', 'meters', 'source', 'confidence', 'note'];
const SOURCE_KEYS = ['url', 'licence', 'version', 'retrieved'];
const PROVIDER_KEYS = ['name', 'otel_provider', 'api_hosts', 'pricing_urls', 'fallback_providers',
  'usage_profile'];
const CONFIDENCES = ['official', 'agreed', 'single', 'disputed', 'derived'];

// What "meters" of an adjustment may name as a whole.
const METER_GROUPS = {
  tokens: ['input', 'cache_read', 'cache_write', 'cache_write_5m', 'cache_write_1h', 'input_audio',
    'cache_read_audio', 'input_image', 'cache_read_image', 'input_video', 'cache_read_video',
    'input_tool', 'output', 'reasoning', 'citation', 'output_audio', 'output_image', 'output_video',
    'embedding'],
};

function checkKeys(object, allowed, where) {
  for (const key of Object.keys(object))
    if (!allowed.includes(key)) fail(`${where}: unknown key “${key}”`);
}

const asList = (value) => (Array.isArray(value) ? value : [value]);

// The sources that entries name: those of the file, then those that all files share.
class Sources {
  constructor(patch) {
    this.provider = patch.provider;
    this.shared = new Map(Object.entries(supplement.sources));
    this.own = new Map(Object.entries(patch.sources ?? {}).map(([id, value]) => [
      id, { retrieved: patch.retrieved, ...(typeof value === 'string' ? { url: value } : value) }]));
    for (const [id, value] of this.own) {
      checkKeys(value, SOURCE_KEYS, `patches/${patch.provider}.json, source ${id}`);
      if (this.shared.has(id)) fail(`patches/${patch.provider}.json: “${id}” is a source of all`);
    }
  }

  // { text: the ids as the catalogue lists them, retrieved: the newest of their days, n }
  resolve(names, where, used) {
    const list = asList(names ?? fail(`${where}: no source`));
    const found = list.map((name) => {
      const own = this.own.get(name);
      const source = own ?? this.shared.get(name) ?? fail(`${where}: unknown source “${name}”`);
      const id = own ? `${this.provider}:${name}` : name;
      used.set(id, source);
      return { id, retrieved: source.retrieved };
    });
    const retrieved = found.map((s) => s.retrieved).sort().at(-1);
    return { text: found.map((s) => s.id).join(', '), retrieved, n: found.length };
  }
}

// Where a figure comes from and how sure it is; what a card does not say, its entry says.
function provenance(card, entry, context) {
  const where = card.id ? `${context.where}, ${card.id}` : context.where;
  const source = context.sources.resolve(card.source ?? entry.source, where, context.used);
  const confidence = card.confidence ?? entry.confidence;
  if (!CONFIDENCES.includes(confidence)) fail(`${where}: no confidence, or an unknown one`);
  if (confidence === 'agreed' && source.n < 2) fail(`${where}: “agreed” needs two sources`);
  return { source: source.text, verified_at: card.verified_at ?? entry.verified_at ?? source.retrieved,
    confidence };
}

function convertCard(card, entry, context) {
  checkKeys(card, CARD_KEYS, `${context.where}, card ${card.id}`);
  const { id, prices, note, source, verified_at, confidence, ...rest } = card;
  const out = { id, ...rest, prices: prices ?? fail(`${context.where}, ${id}: no prices`),
    ...provenance(card, entry, context) };
  if (note) out.note = note;
  return out;
}

function convertAdjustment(adjustment, entry, context) {
  checkKeys(adjustment, ADJUSTMENT_KEYS, `${context.where}, adjustment ${adjustment.id}`);
  const { confidence, note, ...out } = adjustment;
  out.source = provenance(adjustment, entry, context).source;
  if (out.meters) out.meters = out.meters.flatMap((meter) => METER_GROUPS[meter] ?? [meter]);
  return out;
}

// Changes of cards that the seed has; "*" names them all.
function editCards(model, entry, context) {
  for (const [id, change] of Object.entries(entry.edit_cards ?? {})) {
    checkKeys(change, EDIT_KEYS, `${context.where}, card ${id}`);
    const cards = model.rate_cards.filter((c) => id === '*' || c.id === id);
    if (cards.length === 0) fail(`${context.where}: no card “${id}” to edit`);
    for (const card of cards) {
      const { prices, when, ...rest } = change;
      Object.assign(card, rest, provenance({ id, ...change }, entry, context));
      if (when) card.when = { ...card.when, ...when };
      for (const [meter, price] of Object.entries(prices ?? {}))
        if (price === null) delete card.prices[meter];
        else card.prices[meter] = price;
    }
  }
}

function addCards(model, entry, context) {
  for (const id of entry.drop_cards ?? [])
    if (!model.rate_cards.some((c) => c.id === id)) fail(`${context.where}: no card “${id}” to drop`);
  model.rate_cards = entry.replace_cards ? []
    : model.rate_cards.filter((c) => !entry.drop_cards?.includes(c.id));
  editCards(model, entry, context);
  for (const card of entry.cards ?? []) model.rate_cards.push(convertCard(card, entry, context));
}

const sameRule = (a) => (b) => JSON.stringify(a).toLowerCase() === JSON.stringify(b).toLowerCase();

function changeMatch(model, entry, context) {
  if (entry.match) model.match = entry.match;
  for (const rule of entry.drop_match ?? []) {
    if (!model.match.some(sameRule(rule)))
      fail(`${context.where}: no rule ${JSON.stringify(rule)} to drop`);
    model.match = model.match.filter((other) => !sameRule(rule)(other));
  }
  model.match = model.match.concat(entry.add_match ?? []);
}

function patchModel(model, entry, context) {
  for (const key of FACT_KEYS) if (entry[key] !== undefined) model[key] = entry[key];
  if (entry.capabilities) model.capabilities = [...entry.capabilities].sort();
  if (entry.limits) model.limits = { ...model.limits, ...entry.limits };
  changeMatch(model, entry, context);
  addCards(model, entry, context);
  const adjustments = (entry.adjustments ?? []).map((a) => convertAdjustment(a, entry, context));
  if (adjustments.length > 0) model.adjustments = [...(model.adjustments ?? []), ...adjustments];
  if (entry.fees) context.fees.set(model, { ...context.fees.get(model), ...entry.fees });
}

function newModel(provider, id) {
  const model = { provider, id, match: [{ equals: id }], rate_cards: [] };
  const tokenizer = tokenizerOf(id);
  if (tokenizer) model.tokenizer = tokenizer;
  return model;
}

// The models an entry is about; "gpt-5*" names all that the catalogue has so far.
function chosen(models, provider, entry, where) {
  const ids = asList(entry.ids ?? entry.id ?? fail(`${where}: an entry without an id`));
  return ids.flatMap((id) => {
    const pattern = new RegExp(`^${id.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
    const found = models.filter((m) => m.provider === provider && pattern.test(m.id));
    if (entry.new && found.length > 0) fail(`${where}: ${id} is in the seed now; review its entry`);
    if (!entry.new && found.length === 0) fail(`${where}: ${id} is not in the seed; review its entry`);
    if (!entry.new) return found;
    models.push(newModel(provider, id));
    return [models.at(-1)];
  });
}

// Fees of tools are the same on every card of a model, unless a card has its own.
function addFees(fees) {
  for (const [model, prices] of fees)
    for (const card of model.rate_cards)
      if (card.mode !== 'patch') card.prices = { ...card.prices, ...missing(prices, card.prices) };
}

function missing(prices, present) {
  return Object.fromEntries(Object.entries(prices).filter(([meter]) => !(meter in present)));
}

function addProvider(providers, patch, where) {
  if (!patch.new_provider) fail(`${where}: the provider is not in the seed; give new_provider`);
  checkKeys(patch.new_provider, PROVIDER_KEYS, where);
  const entry = { id: patch.provider, ...patch.new_provider };
  const rank = (id) => supplement.provider_order.indexOf(id);
  const before = providers.findIndex((p) => rank(p.id) < 0 || rank(p.id) > rank(entry.id));
  providers.splice(rank(entry.id) < 0 || before < 0 ? providers.length : before, 0, entry);
  return entry;
}

export function applyPatch(catalog, patch, where, used) {
  checkKeys(patch, FILE_KEYS, where);
  const context = { where, sources: new Sources(patch), used, fees: new Map() };
  const { providers, models } = catalog;
  const provider = providers.find((p) => p.id === patch.provider)
    ?? addProvider(providers, patch, where);
  const adjustments = (patch.adjustments ?? []).map((a) => convertAdjustment(a, {}, context));
  if (adjustments.length > 0) provider.adjustments = adjustments;
  for (const entry of patch.models ?? []) {
    context.where = `${where}, ${asList(entry.ids ?? entry.id).join(' ')}`;
    checkKeys(entry, ENTRY_KEYS, context.where);
    provenance({}, entry, context);
    for (const model of chosen(models, patch.provider, entry, context.where))
      patchModel(model, structuredClone(entry), context);
  }
  addFees(context.fees);
}

function readPatches() {
  const folder = join(target, 'patches');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
  return files.map((name) => {
    const patch = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    if (name !== `${patch.provider}.json`) fail(`patches/${name} is of ${patch.provider}`);
    return [patch, `patches/${name}`];
  });
}

// Applies every patch; gives the sources that were named, as the catalogue lists them. The seed's
// own is listed with it.
export function applyPatches(catalog) {
  const used = new Map();
  for (const [patch, where] of readPatches()) applyPatch(catalog, patch, where, used);
  used.delete(catalog.source.id);
  return [...used.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, source]) => ({
    id, url: source.url, ...(source.version && { version: source.version }),
    licence: source.licence ?? 'figures only', retrieved_at: source.retrieved + MIDNIGHT,
  }));
}
