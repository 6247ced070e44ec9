#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokenwise budget, and what a budget does to send"""

import unittest
from decimal import Decimal

from cli_case import CliCase


class Budget(CliCase):
    def test_none(self):
        self.assertEqual(self.json("budget", "list"), {"budgets": []})
        self.assertIn(b"no budget", self.run_cli("budget", "list").stderr)

    def test_add_and_list(self):
        added = self.json("budget", "add", "weekly", "--limit", "20.00", "--scope", "project:alpha",
                          "--window", "week", "--timezone", "Europe/Berlin", "--on-exceed", "block")
        self.assertEqual(added, self.json("budget", "list"))
        (budget,) = added["budgets"]
        self.assertEqual({key: budget[key] for key in ("name", "scope", "window", "on_exceed")},
                         {"name": "weekly", "scope": "project:alpha", "window": "week",
                          "on_exceed": "block"})
        self.assertEqual(Decimal(budget["limit"]), 20)
        for key in ("spent", "held", "remaining"):
            self.assert_money(budget[key])

    def test_defaults(self):
        (budget,) = self.json("budget", "add", "month", "--limit", "5")["budgets"]
        self.assertEqual((budget["scope"], budget["window"], budget["on_exceed"]),
                         ("user", "month", "ask"))

    def test_text(self):
        output = self.text("budget", "add", "month", "--limit", "20.00")
        self.assertRegex(output, r"^month +user +\S.*\$20\.00")
        self.assertEqual(output, self.text("budget", "list"))

    def test_sandbox_totals_are_kept_apart(self):
        self.run_cli("budget", "add", "month", "--limit", "20")
        self.run_cli("send", "--sandbox", "-m", "openai/gpt-4o-mini", "hello")
        (real,) = self.json("budget", "list")["budgets"]
        (rehearsed,) = self.json("budget", "list", "--simulated")["budgets"]
        self.assertEqual(Decimal(real["spent"]), 0)
        self.assertGreater(Decimal(rehearsed["spent"]), 0)
        self.assertEqual(Decimal(rehearsed["held"]), 0)

    def test_refusal(self):
        self.run_cli("budget", "add", "tiny", "--limit", "0.000001", "--on-exceed", "block")
        self.assertIn("tiny", self.error("budget-exceeded", 3, "send", "--sandbox", "-m",
                                         "openai/gpt-4o-mini", "hello"))


class BadInput(CliCase):
    def bad(self, *args):
        return self.error("invalid-input", 2, "budget", *args)

    def test_wrong_usage(self):
        self.bad()
        self.bad("remove", "x")
        self.bad("list", "x")
        self.bad("list", "--limit", "3")
        self.bad("add", "--limit", "3")
        self.bad("add", "a", "b", "--limit", "3")
        self.assertIn("--limit", self.bad("add", "month"))

    def test_wrong_values(self):
        for limit in ("lots", "-5", "1e3", "0.1234567890123456789"):
            with self.subTest(limit=limit):
                self.bad("add", "month", "--limit", limit)
        self.bad("add", "two words", "--limit", "3")
        self.bad("add", "month", "--limit", "3", "--scope", "planet")
        self.bad("add", "month", "--limit", "3", "--window", "fortnight")
        self.bad("add", "month", "--limit", "3", "--timezone", "Mars/Olympus")
        self.bad("add", "month", "--limit", "3", "--on-exceed", "shout")
        self.assertEqual(self.json("budget", "list"), {"budgets": []})

    def test_the_same_name_twice(self):
        self.run_cli("budget", "add", "month", "--limit", "3")
        self.assertIn("month", self.bad("add", "month", "--limit", "4"))


if __name__ == "__main__":
    unittest.main()
