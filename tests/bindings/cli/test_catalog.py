#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokenwise models and tokenwise price"""

import json
import unittest
from decimal import Decimal

from cli_case import CliCase

MODEL = ["--provider", "openai", "--model", "gpt-4o-mini"]
USAGE = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200}


class Models(CliCase):
    def test_json_lines(self):
        models = self.json_lines("models")
        self.assertGreater(len(models), 100)
        for model in models:
            self.assertIn("/", model["id"])
            self.assertIsInstance(model["prices"], dict)
            for key in ("context", "output_limit", "capabilities", "status", "price_date",
                        "confidence"):
                self.assertIn(key, model)

    def test_pattern(self):
        models = self.json_lines("models", "gpt-4o-mini")
        self.assertIn("openai/gpt-4o-mini", [model["id"] for model in models])
        self.assertTrue(all("gpt-4o-mini" in json.dumps(model).lower() for model in models))

    def test_prices_are_decimal_strings(self):
        mini = next(model for model in self.json_lines("models", "gpt-4o-mini")
                    if model["id"] == "openai/gpt-4o-mini")
        self.assertEqual(mini["prices"]["input"], "0.15")
        self.assertEqual(mini["prices"]["output"], "0.6")

    def test_table(self):
        head, *rows = self.text("models", "gpt-4o-mini").splitlines()
        self.assertEqual(head.split(), ["MODEL", "CONTEXT", "INPUT", "$/M", "OUTPUT", "$/M",
                                        "STATUS"])
        row = next(row for row in rows if row.split()[0] == "openai/gpt-4o-mini")
        self.assertEqual(row.split()[1:4], ["128000", "0.15", "0.6"])

    def test_nothing_found_names_the_nearest(self):
        done = self.run_cli("models", "gpt-4o-minnni", "--json")
        self.assertEqual(done.stdout, b"")
        self.assertIn(b"gpt-4o-mini", done.stderr)


class Price(CliCase):
    def price(self, usage, *args, model=MODEL, **options):
        return self.json("price", *model, "--usage", json.dumps(usage), *args, **options)

    def test_exact(self):
        # 1,000 × $0.15 and 200 × $0.60 per million.
        cost = self.price(USAGE)
        self.assertEqual(cost["cost"], "0.00027")
        self.assertEqual(cost["state"], "known")
        self.assertTrue(cost["catalog_version"])

    def test_lines_sum_to_the_cost(self):
        usage = {**USAGE, "prompt_tokens_details": {"cached_tokens": 400}}
        cost = self.price(usage)
        for line in cost["lines"]:
            self.assertLessEqual({"card", "cost", "meter", "quantity", "rate"}, set(line))
            self.assertIsInstance(line["quantity"], int)
            self.assert_money(line["cost"])
        self.assertEqual(sum(Decimal(line["cost"]) for line in cost["lines"]),
                         Decimal(cost["cost"]))
        # 600 × 0.15 + 400 × 0.075 + 200 × 0.60 per million.
        self.assertEqual(Decimal(cost["cost"]), Decimal("0.00024"))

    def test_anthropic_dialect_is_the_providers(self):
        cost = self.price({"input_tokens": 1000, "output_tokens": 100},
                          model=["--provider", "anthropic", "--model", "claude-haiku-4-5"])
        # 1,000 × $1 and 100 × $5 per million.
        self.assertEqual(Decimal(cost["cost"]), Decimal("0.0015"))

    def test_normalised_usage_and_qualified_model(self):
        cost = self.price({"input_uncached": 1000, "output_text": 200},
                          model=["--model", "openai/gpt-4o-mini"])
        self.assertEqual(cost["cost"], "0.00027")

    def test_usage_from_standard_input(self):
        cost = self.json("price", *MODEL, "--usage", "-", stdin=json.dumps(USAGE).encode())
        self.assertEqual(cost["cost"], "0.00027")

    def test_instants(self):
        for at in ("2026-01-31", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00+02:00"):
            self.assertEqual(self.price(USAGE, "--at", at)["cost"], "0.00027")

    def test_bill(self):
        output = self.text("price", *MODEL, "--usage", json.dumps(USAGE))
        self.assertRegex(output, r"(?m)^input\S* +1000 +at \$0\.15 +per million += \$0\.00015$")
        self.assertRegex(output, r"(?m)^Total \$0\.00027 \(known; catalogue \S+\)$")


class BadInput(CliCase):
    def bad(self, code, exit, usage=USAGE, *args, model=MODEL):
        text = usage if isinstance(usage, str) else json.dumps(usage)
        return self.error(code, exit, "price", *model, "--usage", text, *args)

    def test_incomplete_arguments(self):
        self.error("invalid-input", 2, "price", "--provider", "openai")
        self.error("invalid-input", 2, "price", *MODEL)

    def test_unknown_model(self):
        self.assertIn("gpt-4o-mini", self.bad("unknown-model", 2, model=["--provider", "openai",
                                                                         "--model", "gpt-4o-minni"]))

    def test_usage_that_is_not_json(self):
        self.bad("invalid-input", 2, "{prompt_tokens: 1}")
        self.bad("invalid-input", 2, "[1, 2]")

    def test_usage_with_a_part_larger_than_its_whole(self):
        self.bad("inconsistent-usage", 2,
                 {"input_tokens": -5, "output_tokens": 5, "cache_read_input_tokens": 1}, model=[
                     "--provider", "anthropic", "--model", "claude-haiku-4-5"])

    def test_instant(self):
        self.assertIn("yesterday", self.bad("invalid-input", 2, USAGE, "--at", "yesterday"))

    def test_dialect(self):
        self.assertIn("openai-chat", self.bad("invalid-input", 2, USAGE, "--dialect", "morse"))

    def test_tier_without_a_price(self):
        self.bad("tier-unpriced", 3, USAGE, "--tier", "platinum")


if __name__ == "__main__":
    unittest.main()
