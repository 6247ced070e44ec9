# SPDX-License-Identifier: MIT
"""What a usage costs, written from the catalogue's schema and from nothing else: slow, in fractions,
one token after the other where that matters. test_price_oracle.py holds the engine against it."""
import datetime
import json
import zoneinfo
from fractions import Fraction

# A part without a price of its own is billed as its whole.
PARENT = {
    "cache_read": "input", "cache_write": "input", "cache_write_5m": "cache_write",
    "cache_write_1h": "cache_write", "input_audio": "input", "input_image": "input",
    "input_video": "input", "input_tool": "input", "cache_read_audio": "cache_read",
    "cache_read_image": "cache_read", "cache_read_video": "cache_read", "reasoning": "output",
    "output_audio": "output", "output_image": "output", "output_video": "output",
    "input_audio_second": "audio_second", "output_audio_second": "audio_second",
    "annotated_document_page": "document_page",
}
# The exclusive buckets in the order their tokens stand: a cached prefix first.
INPUT = (("input_cache_read", "cache_read"), ("input_cache_write_5m", "cache_write_5m"),
         ("input_cache_write_30m", "cache_write"), ("input_cache_write_1h", "cache_write_1h"),
         ("input_uncached", "input"))
OUTPUT = (("output_reasoning", "reasoning"), ("output_text", "output"))
FEES = ("web_search", "file_search", "maps", "document_page", "annotated_document_page",
        "audio_second", "input_audio_second", "image", "character")
STANDARD = {None, "", "standard", "default", "auto", "normal", "on_demand", "standard_only"}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FEMTO = Fraction(1, 10**15)
FIRST = "1970-01-01T00:00:00Z"


class Unpriced(Exception):
    """Nothing of a call has a price; the text is the error's code."""


def instant(text):
    return int(datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
               .replace(tzinfo=datetime.timezone.utc).timestamp())


def text_of(at):
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def decimal(amount):
    """A multiple of a femto-USD, in the shortest form."""
    femto = amount / FEMTO
    assert femto.denominator == 1
    text = str(femto.numerator).rjust(16, "0")
    return f"{text[:-15]}.{text[-15:]}".rstrip("0").rstrip(".")


def clock(text):
    return int(text[:2]) * 60 + int(text[3:])


def in_schedule(schedule, at):
    local = datetime.datetime.fromtimestamp(at, zoneinfo.ZoneInfo(schedule["tz"]))
    minute = local.hour * 60 + local.minute
    allowed = schedule.get("days", DAYS)
    today, yesterday = DAYS[local.weekday()], DAYS[local.weekday() - 1]
    for window in schedule["windows"]:
        start, end = (clock(part) for part in window.split("-"))
        if start < end:
            if start <= minute < end and today in allowed:
                return True
        elif (minute >= start and today in allowed) or (minute < end and yesterday in allowed):
            return True
    return False


def in_range(limits, n):
    return (("gt" not in limits or n > limits["gt"]) and ("ge" not in limits or n >= limits["ge"])
            and ("lt" not in limits or n < limits["lt"]) and ("le" not in limits or n <= limits["le"]))


def named(values, value):
    if value in STANDARD:
        return "standard" in values or "default" in values
    return value.lower() in (text.lower() for text in values)


class Call:
    def __init__(self, usage, at, service_tier=None, speed=None, region=None, endpoint=None,
                 params=None):
        self.usage, self.at = usage, at
        self.said = {"service_tier": service_tier, "speed": speed, "region": region,
                     "endpoint": endpoint}
        self.params = params or {}
        self.input = sum(usage.get(bucket, 0) for bucket, _ in INPUT)
        self.output = sum(usage.get(bucket, 0) for bucket, _ in OUTPUT)

    def holds(self, when, any_length=False, length=None):
        for key, asked in when.items():
            if key in self.said:
                true = named(asked, self.said[key])
            elif key == "schedule":
                true = in_schedule(asked, self.at)
            elif key == "params":
                true = all(self.params.get(name) in values for name, values in asked.items())
            elif key == "total_input_tokens":
                true = any_length or in_range(asked, self.input if length is None else length)
            else:
                true = any_length or in_range(asked, self.output)
            if not true:
                return False
        return True

    def applies(self, rule, **how):
        return (("from" not in rule or self.at >= instant(rule["from"]))
                and ("to" not in rule or self.at < instant(rule["to"]))
                and self.holds(rule.get("when", {}), **how))


def strength(card):
    return (card.get("priority", 0), len(card.get("when", {})),
            instant(card["from"]) if "from" in card else -2**63)


def start_of(card, key):
    """The number of the first token that a card is for."""
    limits = card.get("when", {}).get(key, {})
    return max(limits.get("gt", -1) + 1, limits.get("ge", 0))


class Catalog:
    def __init__(self, document):
        self.hosts = {host["id"]: host for host in document["providers"]}
        self.models = {f"{model['provider']}/{model['id']}".lower(): model
                       for model in document["models"]}

    @classmethod
    def read(cls, path):
        with open(path, encoding="utf-8") as file:
            return cls(json.load(file))

    def find(self, name, at):
        """What a name stands for: a name that moved has cards of its own until it did."""
        model = self.models[name.lower()]
        while "alias_of" in model:
            if any("to" in card and instant(card.get("from", FIRST)) <= at < instant(card["to"])
                   for card in model["rate_cards"]):
                break
            model = self.models[model["alias_of"].lower()]
        return model

    def price(self, model, call):
        """(state, amount), or Unpriced."""
        return Bill(self.hosts[model["provider"]], model, call).total()


class Bill:
    def __init__(self, host, model, call):
        self.call, self.model, self.host = call, model, host
        self.doubts = 0
        self.lines = []
        self.adjustments = [rule for rule in model.get("adjustments", []) + host.get("adjustments", [])
                            if call.applies(rule)]
        self.marginal = [card for card in model["rate_cards"]
                         if card.get("tier_scope") == "marginal"
                         and call.applies(card, any_length=True)]
        self.cards = self.select(None)
        self.split_turns(model.get("limits", {}).get("context", 0))

    def select(self, length):
        """The cards that count, strongest first: patches, and the first that replaces the rest."""
        chosen = []
        cards = [card for card in self.model["rate_cards"] if card.get("tier_scope") != "marginal"
                 and self.call.applies(card, length=length)]
        cards.sort(key=strength, reverse=True)
        for i, card in enumerate(cards):
            if i > 0 and strength(cards[i - 1]) == strength(card):
                raise Unpriced("unpriced")
            chosen.append(card)
            if card.get("mode") != "patch":
                if i + 1 < len(cards) and strength(cards[i + 1]) == strength(card):
                    raise Unpriced("unpriced")
                break
        return chosen

    def split_turns(self, window):
        """A prompt longer than the window is the sum of several turns of a tool loop, none of which
        is known to be long. A tier that begins beyond the window is of a time when it was larger."""
        if not 0 < window < self.call.input:
            return
        if any(start_of(card, "total_input_tokens") > window for card in self.cards):
            return
        at_window = self.select(window)
        self.cards = self.select(0)
        if at_window and self.cards and at_window[0] is not self.cards[0]:
            self.doubts += 1

    def names(self, key, value):
        rules = self.cards + self.adjustments
        return any(key in rule.get("when", {}) and named(rule["when"][key], value) for rule in rules)

    def check(self):
        for key in ("service_tier", "speed"):
            if self.call.said[key] not in STANDARD and not self.names(key, self.call.said[key]):
                raise Unpriced("tier-unpriced")
        if not self.cards or not self.cards[-1]["prices"]:
            raise Unpriced("unpriced")

    def price_of(self, meter, cards):
        while meter is not None:
            for card in cards:
                if meter in card["prices"]:
                    return meter, card["prices"][meter]
            meter = PARENT.get(meter)
        return None, None

    def charge(self, meter, quantity, source, price):
        if quantity == 0:
            return
        if price is None:
            self.doubts += 1
            return
        if isinstance(price, str):
            price = {"price": price, "per": 1_000_000}
        if meter == "cache_write_1h" and source != meter and Fraction(price["price"]) > 0:
            self.doubts += 1
        amount = Fraction(min(quantity, price.get("max_per_request", quantity)))
        amount *= Fraction(price["price"]) / price["per"]
        for rule in self.adjustments:
            if "meters" not in rule or meter in rule["meters"]:
                amount *= Fraction(rule["multiply"])
        # Python rounds a fraction half to even.
        self.lines.append(round(amount / FEMTO) * FEMTO)

    def marginal_card(self, meter, key, position):
        """That with the highest threshold, the last bracket that was entered."""
        fitting = [card for card in self.marginal if start_of(card, key) > 0
                   and in_range(card["when"][key], position) and self.price_of(meter, [card])[1]]
        return max(fitting, key=lambda card: (start_of(card, key), strength(card)), default=None)

    def charge_side(self, buckets, key):
        position = 0
        for bucket, meter in buckets:
            n = self.call.usage.get(bucket, 0)
            if not self.marginal:
                self.charge(meter, n, *self.price_of(meter, self.cards))
                continue
            per_card = {}
            for _ in range(n):
                position += 1
                card = self.marginal_card(meter, key, position)
                per_card.setdefault(id(card), [card, 0])[1] += 1
            for card, count in per_card.values():
                self.charge(meter, count, *self.price_of(meter, [card] if card else self.cards))

    def total(self):
        self.check()
        self.charge_side(INPUT, "total_input_tokens")
        self.charge_side(OUTPUT, "output_tokens")
        for fee in FEES:
            self.charge(fee, self.call.usage.get(fee, 0), *self.price_of(fee, self.cards))
        tokens = self.call.input + self.call.output
        source, price = self.price_of("request", self.cards)
        if tokens > 0 and price is not None:
            self.charge("request", 1, source, price)
        if self.doubts == 0:
            return "known", sum(self.lines, Fraction(0))
        if self.lines or tokens == 0:
            return "bounded", sum(self.lines, Fraction(0))
        raise Unpriced("unpriced")
