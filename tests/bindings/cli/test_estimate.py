#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokenwise estimate and tokenwise doctor"""

import unittest

from cli_case import CliCase

MEMBERS = {"id", "model", "input", "output", "cost", "latency", "budget", "alternatives", "hints",
           "route", "prices_as_of"}


class Estimate(CliCase):
    def test_json_has_what_the_contract_names(self):
        estimate = self.json("estimate", "-m", "openai/gpt-4o-mini", "--sandbox", "Say hello.")
        self.assertLessEqual(MEMBERS, set(estimate))
        self.assertEqual(estimate["model"], "openai/gpt-4o-mini")
        self.assertIsInstance(estimate["input"]["tokens"], int)
        for member in ("low", "likely", "high", "worst"):
            self.assert_money(estimate["cost"][member])
        self.assertEqual(estimate["cost"]["state"], "known")
        output = estimate["output"]
        self.assertLessEqual(output["p50"], output["p90"])
        self.assertLessEqual(output["p90"], output["max"])

    def test_three_ways_to_give_a_prompt(self):
        words = self.json("estimate", "--sandbox", "Say", "hello.")
        for args, stdin in ((["Say hello."], b""), (["-"], b"Say hello."), ([], b"Say hello."),
                            (["--", "Say", "hello."], b"")):
            self.assertEqual(self.json("estimate", "--sandbox", *args, stdin=stdin)["input"],
                             words["input"])

    def test_request_file_and_options_that_win(self):
        path = self.request(model="openai/gpt-4o", max_output_tokens=500)
        estimate = self.json("estimate", "--sandbox", "--request", path)
        self.assertEqual(estimate["model"], "openai/gpt-4o")
        self.assertEqual(estimate["output"]["max"], 500)
        estimate = self.json("estimate", "--sandbox", "--request", path, "-m", "openai/gpt-4o-mini",
                             "--max-output-tokens", "7")
        self.assertEqual(estimate["model"], "openai/gpt-4o-mini")
        self.assertEqual(estimate["output"]["max"], 7)

    def test_text_says_cost_and_simulation(self):
        output = self.text("estimate", "--sandbox", "Say hello.")
        self.assertIn("¢", output)
        self.assertIn("simulated", output.lower())

    def test_any_locale(self):
        for locale in ("C", "C.UTF-8"):
            self.json("estimate", "--sandbox", "Grüße an 世界", env={"LC_ALL": locale})

    def test_without_a_key_auto_is_the_sandbox(self):
        self.assertIn("simulated", self.text("estimate", "Say hello.").lower())


class BadInput(CliCase):
    def test_no_prompt(self):
        self.assertIn("empty", self.error("invalid-input", 2, "estimate"))
        self.error("invalid-input", 2, "send")

    def test_prompt_and_request(self):
        self.error("invalid-input", 2, "estimate", "--request", self.request(), "hello")

    def test_prompt_that_is_not_text(self):
        for bad in (b"\xff", b"a\x00b"):
            self.assertIn("UTF-8", self.error("invalid-input", 2, "estimate", stdin=bad))

    def test_unknown_model(self):
        self.assertIn("gpt-4o-mini", self.error("unknown-model", 2, "estimate", "-m",
                                                "openai/gpt-4o-minni", "hello"))

    def test_unknown_key_of_the_request_is_named(self):
        self.assertIn("max_tokens", self.error("invalid-input", 2, "estimate", "--request",
                                               self.request(max_tokens=3)))

    def test_broken_configuration(self):
        (self.config / "config.ini").write_text("[provider local]\ndialect=openai-chat\n")
        self.assertIn("base-url", self.error("invalid-input", 2, "estimate", "hello"))


class Doctor(CliCase):
    def test_healthy(self):
        report = self.json("doctor")
        self.assertIs(report["ok"], True)
        for check in report["checks"]:
            self.assertIn(check["status"], ("ok", "note", "warning"))
            self.assertTrue(check["name"] and check["message"])

    def test_text_names_each_check(self):
        output = self.text("doctor")
        for check in self.json("doctor")["checks"]:
            self.assertIn(f"{check['name']}: {check['message']}", output)

    def test_broken_configuration_is_a_finding(self):
        (self.config / "config.ini").write_text("[nonsense]\n")
        report = self.json("doctor", exit=1)
        self.assertIs(report["ok"], False)
        self.assertIn("nonsense", report["checks"][0]["message"])
        self.assertIn("nonsense", self.text("doctor", exit=1))

    def test_damaged_ledger_is_a_finding_and_stays(self):
        ledger = self.home / "data" / "tokenwise" / "ledger.db"
        ledger.parent.mkdir(parents=True, mode=0o700)
        ledger.write_bytes(b"not a database, but someone's file" * 200)
        ledger.chmod(0o600)
        before = ledger.read_bytes()
        self.assertIs(self.json("doctor", exit=1)["ok"], False)
        self.error("ledger-damaged", 1, "send", "--sandbox", "hello")
        self.assertEqual(ledger.read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
