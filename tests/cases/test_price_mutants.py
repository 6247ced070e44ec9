#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Whether a wrong catalogue would be noticed: test_price_mutants.py PRICE_BATCH.

Each rate card and each adjustment that a case of prices/ has a line from is taken out, each price of
such a line is raised by its last digit, and each limit of such a card is moved by one token, one
second or one half-hour, or dropped. At least one case must then fail. What survives is named."""
import collections
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import price_oracle

FOLDER = pathlib.Path(__file__).resolve().parent / "prices"
PER_MILLE = 1000
# Limits that need two cases each, on either side: not every date of every model has both.
MOVED_AT_LEAST = 900


def batch(lines):
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run([BATCH], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def lines_of(result):
    return sorted((line["meter"], line["quantity"], line["cost"]) for line in result.get("lines", []))


def passes(case, result):
    expect = case["expect"]
    return all(lines_of(result) == lines_of(expect) if key == "lines" else result.get(key) == value
               for key, value in expect.items())


def raise_price(price):
    """One more in the last place."""
    if isinstance(price, dict):
        return {**price, "price": raise_price(price["price"])}
    digits = len(price.partition(".")[2])
    raised = str(int(price.replace(".", "")) + 1).rjust(digits + 1, "0")
    return f"{raised[:-digits]}.{raised[-digits:]}" if digits else raised


def shifted(text, seconds):
    return price_oracle.text_of(price_oracle.instant(text) + seconds)


def half_an_hour_later(window):
    def move(clock):
        return f"{(price_oracle.clock(clock) + 30) // 60 % 24:02d}:{clock[3:]}" if clock[3:] == "30" \
            else f"{clock[:2]}:30"
    start, end = window.split("-")
    return f"{move(start)}-{move(end)}"


def moved(card):
    """A card or an adjustment with one of its limits elsewhere, and what that is."""
    # A card that ends late may give way to the next one all the same; one that ends early may not.
    for key, seconds in (("from", 1), ("to", -1)):
        if key in card:
            yield f"{key} {seconds:+} s", {**card, key: shifted(card[key], seconds)}
    when = card.get("when", {})
    for key, limits in when.items():
        rest = {name: value for name, value in when.items() if name != key}
        if rest or "tier_scope" not in card:
            yield f"without {key}", {**card, "when": rest}
        if key in ("total_input_tokens", "output_tokens"):
            for side, value in limits.items():
                limit = {**limits, side: value + 1}
                yield f"{key} {side} {value + 1}", {**card, "when": {**when, key: limit}}
        if key == "schedule":
            for i, window in enumerate(limits["windows"]):
                windows = copy.copy(limits["windows"])
                windows[i] = half_an_hour_later(window)
                schedule = {**limits, "windows": windows}
                yield f"{window} later", {**card, "when": {**when, key: schedule}}


class Covered:
    """What the lines of the cases of one model came from: per card or adjustment, the meters."""

    def __init__(self):
        self.cases = []
        self.meters = collections.defaultdict(set)


def own_meter(card, meter):
    while meter is not None and meter not in card["prices"]:
        meter = price_oracle.PARENT.get(meter)
    return meter


def with_rules(owner, key, rules):
    """A model or a provider with other cards or adjustments; without a list rather than an empty one."""
    rest = {name: value for name, value in owner.items() if name != key}
    return {**rest, key: rules} if rules or key == "rate_cards" else rest


def changes(rule, key, meters):
    """(kind, words, what stands in its place) for each change to a card or an adjustment."""
    yield "taken out", "taken out", []
    for words, other in moved(rule):
        yield "moved", words, [other]
    if key == "adjustments":
        yield "raised", "raised", [{**rule, "multiply": raise_price(rule["multiply"])}]
        return
    for meter in sorted({own_meter(rule, meter) for meter in meters} - {None}):
        prices = {**rule["prices"], meter: raise_price(rule["prices"][meter])}
        yield "raised", f"{meter} raised", [{**rule, "prices": prices}]


def mutants(model, host, covered):
    """(kind, words, model, host) for each change to what the cases cover."""
    for owner, key in ((model, "rate_cards"), (model, "adjustments"), (host, "adjustments")):
        for i, rule in enumerate(owner.get(key, [])):
            if rule["id"] not in covered.meters:
                continue
            for kind, words, others in changes(rule, key, covered.meters[rule["id"]]):
                changed = with_rules(owner, key, [*owner[key][:i], *others, *owner[key][i + 1:]])
                yield (kind, f"{rule['id']}: {words}",
                       *((changed, host) if owner is model else (model, changed)))


def models_named(value):
    """Other models that the iterations of a usage name."""
    if isinstance(value, list):
        return set().union(*(models_named(item) for item in value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found = {value["model"]} if isinstance(value.get("model"), str) else set()
    return found.union(*(models_named(item) for item in value.values()))


class Mutants(unittest.TestCase):
    def setUp(self):
        self.cases = [case for path in sorted(FOLDER.glob("*.json"))
                      for case in json.loads(path.read_text("utf-8"))]
        path = pathlib.Path(os.environ["TOKENWISE_DATA_DIR"]) / "catalog" / "catalog.json"
        self.document = json.loads(path.read_text("utf-8"))
        self.models = {f"{model['provider']}/{model['id']}": model for model in self.document["models"]}

    @staticmethod
    def shows_lines(case, result):
        """Not where the lines are of several models, or count for nothing: the provider's own word
        stands above them, or a factor of 0."""
        said = result.get("source") == "provider" and "computed" not in case["expect"]
        factors = [rule["multiply"] for model in case.get("catalog", {}).get("models", [])
                   for rule in model.get("adjustments", [])]
        return not said and not models_named(case["usage"]) and "0" not in factors

    def cover(self):
        """Covered by (catalogue, model); the built-in catalogue is None."""
        covered = collections.defaultdict(Covered)
        results = batch(map(json.dumps, self.cases))
        for case, result in zip(self.cases, results, strict=True):
            self.assertTrue(passes(case, result), f"{case['name']} fails as it is: {result}")
            if "model" not in result:
                continue
            fragment = json.dumps(case["catalog"]) if "catalog" in case else None
            entry = covered[fragment, result["model"]]
            entry.cases.append(case)
            for line in result.get("lines", []) if self.shows_lines(case, result) else []:
                for rule in line["card"].split("+"):
                    entry.meters[rule].add(line["meter"])
        return covered

    def replace(self, fragment, name, entry, model, host):
        """A catalogue of the models that the cases name, with this one in place of its original."""
        document = json.loads(fragment) if fragment is not None else self.document
        if "providers" in document:
            document = {**document, "providers": [host if other["id"] == host["id"] else other
                                                  for other in document["providers"]]}
        if fragment is not None:
            document["models"] = [model if f"{other['provider']}/{other['id']}" == name else other
                                  for other in document["models"]]
            return document
        named = {f"{model['provider']}/{other}" for case in entry.cases
                 for other in {case["model"], *models_named(case["usage"])}}
        others = [other for key, other in self.models.items() if key in named and key != name]
        return {**document, "models": [model, *others]}

    def original(self, fragment, name):
        """The model, and its provider."""
        document = self.document if fragment is None else json.loads(fragment)
        model = next(model for model in document["models"]
                     if f"{model['provider']}/{model['id']}" == name)
        hosts = [host for host in document.get("providers", []) if host["id"] == model["provider"]]
        return model, hosts[0] if hosts else {"id": model["provider"]}

    def requests(self, covered, folder):
        """(kind, words, cases, lines for price-batch) for each mutant."""
        for (fragment, name), entry in covered.items():
            for kind, words, model, host in mutants(*self.original(fragment, name), entry):
                document = self.replace(fragment, name, entry, model, host)
                if fragment is None:
                    path = pathlib.Path(folder) / f"{len(os.listdir(folder))}.json"
                    path.write_text(json.dumps(document), "utf-8")
                    document = str(path)
                yield kind, f"{name}: {words}", entry.cases, \
                    [json.dumps({**case, "catalog": document}) for case in entry.cases]

    def test_each_change_fails_a_case(self):
        covered = self.cover()
        killed, survived = collections.Counter(), collections.defaultdict(list)
        with tempfile.TemporaryDirectory() as folder:
            requests = list(self.requests(covered, folder))
            results = iter(batch(line for request in requests for line in request[3]))
        for kind, words, cases, _ in requests:
            if all([passes(case, next(results)) for case in cases]):
                survived[kind].append(words)
            else:
                killed[kind] += 1
        n_cards = sum(len(model["rate_cards"]) for model in self.document["models"])
        n_covered = sum(len({card["id"] for card in self.models[name]["rate_cards"]} & set(entry.meters))
                        for (fragment, name), entry in covered.items() if fragment is None)
        for kind in sorted({*killed, *survived}):
            print(f"{kind}: {killed[kind]} of {killed[kind] + len(survived[kind])} noticed")
        print(f"{n_covered} of the catalogue's {n_cards} rate cards are covered by a case")
        for words in [*survived["taken out"], *survived["raised"], *survived["moved"]]:
            print(f"not noticed: {words}")
        self.assertGreater(killed["taken out"] + killed["raised"], 500)
        self.assertEqual(survived["taken out"] + survived["raised"], [])
        self.assertGreaterEqual(killed["moved"] * PER_MILLE,
                                MOVED_AT_LEAST * (killed["moved"] + len(survived["moved"])))


if __name__ == "__main__":
    BATCH = sys.argv.pop(1)
    unittest.main()
