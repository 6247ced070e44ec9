#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The engine against price_oracle.py: test_price_oracle.py PRICE_BATCH.

Every model of the built-in catalogue one token and one second before, at and after each threshold
that its price has; then made-up catalogues with rules that no provider has yet."""
import json
import os
import pathlib
import random
import subprocess
import sys
import unittest

import price_oracle
from price_oracle import Call, Catalog, Unpriced, decimal, instant, text_of

SEED = 20261122
NOW = "2026-10-01T12:00:00Z"
WEEK, DAY = 7 * 86400, 86400
N_CATALOGS, N_CALLS = 700, 6
SHOWN = 5


def batch(cases):
    text = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([BATCH], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def split(total):
    """A prompt of this many tokens with something in every bucket."""
    sizes = {"input_cache_read": total // 3, "input_cache_write_5m": total // 7,
             "input_cache_write_30m": total // 11}
    return {"input_uncached": total - sum(sizes.values()), **sizes}


def usage_of(total, output):
    return {**split(total), "output_text": output - output // 3, "output_reasoning": output // 3}


def thresholds(card, key):
    return set(card.get("when", {}).get(key, {}).values())


def around(values):
    return sorted({value + step for value in values for step in (-1, 0, 1) if value + step >= 0})


def edges(card):
    """Both ends of a card in time, and of its windows in a week that it holds."""
    ends = [instant(card[key]) for key in ("from", "to") if key in card]
    schedule = card.get("when", {}).get("schedule")
    if schedule is None:
        return ends
    start = (ends[0] if "from" in card else instant(NOW)) // WEEK * WEEK + WEEK
    zone = price_oracle.zoneinfo.ZoneInfo(schedule["tz"])
    for day in range(8):
        for window in schedule["windows"]:
            for edge in window.split("-"):
                date = price_oracle.datetime.datetime.fromtimestamp(start + day * DAY, zone)
                hour, minute = divmod(price_oracle.clock(edge) % 1440, 60)
                ends.append(int(date.replace(hour=hour, minute=minute, second=0).timestamp()))
    return ends


def terms_of(rules):
    """The ordinary terms, and those that a card or an adjustment asks for."""
    found = [{}]
    for rule in rules:
        when = rule.get("when", {})
        asked = {key: when[key][0] for key in ("service_tier", "speed", "region", "endpoint")
                 if key in when}
        if "params" in when:
            asked["params"] = {key: values[0] for key, values in when["params"].items()}
        if asked and asked not in found:
            found.append(asked)
    return found


def boundary_calls(model, host):
    cards = model["rate_cards"]
    instants = around({instant(NOW), *(edge for card in cards for edge in edges(card))})
    inputs = around({n for card in cards for n in thresholds(card, "total_input_tokens")}) or [3001]
    outputs = around({n for card in cards for n in thresholds(card, "output_tokens")}) or [501]
    for terms in terms_of(cards + model.get("adjustments", []) + host.get("adjustments", [])):
        for at in instants:
            for total in inputs:
                for output in outputs:
                    yield usage_of(total, output), at, terms


class Comparison(unittest.TestCase):
    def compare(self, cases, answers):
        wrong = []
        for (case, want), got in zip(cases, answers, strict=True):
            found = {key: got[key] for key in want if key in got}
            if found != want:
                wrong.append(f"{json.dumps(case)}\n   the oracle says {want}, the engine {got}")
        self.assertEqual(len(wrong), 0, f"{len(wrong)} of {len(cases)} differ, such as\n"
                         + "\n".join(wrong[:SHOWN]))

    @staticmethod
    def answer(catalog, model, usage, at, terms):
        try:
            state, amount = catalog.price(model, Call(usage, at, **terms))
        except Unpriced as problem:
            return {"error": str(problem)}
        return {"cost": decimal(amount), "state": state}

    def test_every_threshold_of_the_catalogue(self):
        path = pathlib.Path(os.environ["TOKENWISE_DATA_DIR"]) / "catalog" / "catalog.json"
        catalog = Catalog.read(path)
        cases = []
        for name, named in catalog.models.items():
            provider, identifier = name.split("/", 1)
            for usage, at, terms in boundary_calls(named, catalog.hosts[provider]):
                model = catalog.find(name, at)
                case = {"provider": provider, "model": identifier, "at": text_of(at), "usage": usage,
                        **terms}
                cases.append((case, self.answer(catalog, model, usage, at, terms)))
        print(f"{len(cases)} calls at the thresholds of {len(catalog.models)} models")
        self.assertGreater(len(cases), 4000)
        self.compare(cases, batch(case for case, _ in cases))

    def test_made_up_catalogues(self):
        rand = random.Random(SEED)
        cases = []
        for _ in range(N_CATALOGS):
            document = made_up_catalog(rand)
            catalog = Catalog(document)
            model = catalog.models["acme/m"]
            for _ in range(N_CALLS):
                usage, at, terms = made_up_call(rand)
                case = {"provider": "acme", "model": "m", "at": text_of(at), "usage": usage, **terms,
                        "catalog": document}
                cases.append((case, self.answer(catalog, model, usage, at, terms)))
        kinds = {json.dumps(want.get("state") or want["error"]) for _, want in cases}
        print(f"{len(cases)} calls of {N_CATALOGS} made-up catalogues: {', '.join(sorted(kinds))}")
        self.assertEqual(len(kinds), 4)
        self.compare(cases, batch(case for case, _ in cases))


METERS = ("input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning", "web_search")
TIERS, REGIONS = ("flex", "priority"), ("us", "eu")
# Monday to Sunday of one week, two of which hold a change of clocks in New York.
WEEKS = tuple(instant(text) for text in ("2026-03-02T00:00:00Z", "2026-10-26T00:00:00Z"))


def money(rand):
    return rand.choice(("0", "0.000000001", f"{rand.randrange(1, 99)}",
                        f"{rand.randrange(9)}.{rand.randrange(1, 10**9):09d}".rstrip("0")))


def made_up_prices(rand, at_least=0):
    prices = {}
    for meter in rand.sample(METERS, rand.randrange(at_least, len(METERS) + 1)):
        price = money(rand)
        prices[meter] = {"price": price, "per": rand.choice((3, 7, 1000, 3600))} \
            if meter == "web_search" else price
    return prices


def made_up_range(rand):
    low = rand.randrange(0, 60)
    limits = {rand.choice(("gt", "ge")): low}
    if rand.random() < 0.5:
        limits[rand.choice(("lt", "le"))] = low + rand.randrange(2, 40)
    return limits


def made_up_when(rand, marginal=False):
    when = {}
    if marginal:
        return {"total_input_tokens": {"gt": rand.randrange(1, 40)}}
    if rand.random() < 0.3:
        when["service_tier"] = rand.sample(TIERS, rand.randrange(1, 3))
    if rand.random() < 0.2:
        when["speed"] = ["fast"]
    if rand.random() < 0.2:
        when["region"] = rand.sample(REGIONS, 1)
    if rand.random() < 0.3:
        when["total_input_tokens"] = made_up_range(rand)
    if rand.random() < 0.2:
        when["output_tokens"] = made_up_range(rand)
    if rand.random() < 0.2:
        start, end = (f"{rand.randrange(24):02d}:{rand.choice(('00', '30'))}" for _ in range(2))
        when["schedule"] = {"tz": rand.choice(("UTC", "America/New_York", "Asia/Kolkata")),
                            "days": rand.sample(price_oracle.DAYS, rand.randrange(1, 7)),
                            "windows": [f"{start}-{end}"]}
    return when


def made_up_card(rand, i):
    # A priority of its own, now and then shared, so that most cards differ and some tie.
    card = {"id": f"c{i}", "priority": rand.choice((i, i, i, 0))}
    marginal = rand.random() < 0.15
    when = made_up_when(rand, marginal)
    if marginal:
        card["tier_scope"] = "marginal"
    elif rand.random() < 0.4:
        card["mode"] = "patch"
    if when:
        card["when"] = when
    if rand.random() < 0.3:
        card[rand.choice(("from", "to"))] = text_of(rand.choice(WEEKS) + rand.randrange(WEEK))
    card["prices"] = made_up_prices(rand, 1)
    return card


def made_up_adjustment(rand, i):
    rule = {"id": f"a{i}", "multiply": rand.choice(("0", "0.5", "1.1", "0.123456", "2"))}
    when = made_up_when(rand)
    if when:
        rule["when"] = when
    if rand.random() < 0.5:
        rule["meters"] = rand.sample(METERS, rand.randrange(1, 5))
    return rule


def made_up_catalog(rand):
    """Never two cards of one key, which would be refused."""
    cards = [{"id": "base", "priority": -1, "prices": made_up_prices(rand, 3)}]
    keys = {()}
    for i in range(rand.randrange(0, 6)):
        card = made_up_card(rand, i)
        key = (price_oracle.strength(card), json.dumps(card.get("when", {}), sort_keys=True))
        if key not in keys:
            keys.add(key)
            cards.append(card)
    model = {"provider": "acme", "id": "m", "rate_cards": cards}
    if rand.random() < 0.5:
        model["adjustments"] = [made_up_adjustment(rand, i) for i in range(rand.randrange(1, 3))]
    return {"providers": [{"id": "acme", "name": "Acme", "usage_profile": "openai",
                           "adjustments": [made_up_adjustment(rand, 9)]}], "models": [model]}


def made_up_call(rand):
    usage = {bucket: rand.choice((0, rand.randrange(0, 50)))
             for bucket, _ in price_oracle.INPUT + price_oracle.OUTPUT}
    usage["web_search"] = rand.choice((0, 0, rand.randrange(1, 9)))
    terms = {}
    if rand.random() < 0.3:
        terms["service_tier"] = rand.choice(TIERS + ("default",))
    if rand.random() < 0.2:
        terms["speed"] = "fast"
    if rand.random() < 0.3:
        terms["region"] = rand.choice(REGIONS)
    return usage, rand.choice(WEEKS) + rand.randrange(WEEK), terms


if __name__ == "__main__":
    BATCH = sys.argv.pop(1)
    unittest.main()
