# SPDX-License-Identifier: MIT
"""What needs no server: the sandbox, missing keys, damaged ledgers."""
import sqlite3
import unittest

import harness

MODEL = "openai/gpt-4o-mini"


class NoNetwork(unittest.TestCase):
    def setUp(self):
        self.home = harness.Home().__enter__()
        self.addCleanup(self.home.__exit__)

    def test_without_a_key_the_sandbox_answers_and_says_so(self):
        done = self.home.run("send", "Explain caching in one sentence.")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("simulated", done.stderr)
        self.assertTrue(done.stdout.strip())

    def test_sandbox_speaks_both_dialects(self):
        for model in (MODEL, "anthropic/claude-haiku-4-5"):
            for mode in ("--stream", "--no-stream"):
                with self.subTest(model=model, mode=mode):
                    status, lines = self.home.send("--sandbox", "-m", model, mode, "Hello there")
                    self.assertEqual(status, 0, lines)
                    self.assertTrue(lines[-1]["simulated"])
                    self.assertEqual(lines[-1]["status"], "complete")
                    self.assertGreater(lines[-1]["actual"]["usage"]["output_total"], 0)

    def test_sandbox_never_mixes_into_real_totals(self):
        self.home.run("budget", "add", "month", "--limit", "5")
        self.home.send("--sandbox", "-m", MODEL, "Hello there")
        _, real = self.home.json("budget", "list")
        _, simulated = self.home.json("budget", "list", "--simulated")
        self.assertEqual(real["budgets"][0]["spent"], "0")
        self.assertNotEqual(simulated["budgets"][0]["spent"], "0")

    def test_history_moves_the_estimate(self):
        _, before = self.home.json("estimate", "--sandbox", "-m", MODEL, "Hello there")
        for _ in range(3):
            self.home.send("--sandbox", "-m", MODEL, "Hello there")
        _, after = self.home.json("estimate", "--sandbox", "-m", MODEL, "Hello there")
        self.assertEqual(before["output"]["samples"], 0)
        self.assertEqual(after["output"]["samples"], 3)
        self.assertNotEqual(before["output"]["p50"], after["output"]["p50"])

    def test_no_key_names_the_three_ways(self):
        done = self.home.run("send", "-m", MODEL, "hello")
        self.assertEqual(done.returncode, 2)
        for way in ("OPENAI_API_KEY", "key-command", "Secret Service"):
            self.assertIn(way, done.stderr)

    def test_key_command(self):
        self.home.write("config.ini", """
[provider openai]
dialect=openai-chat
base-url=http://127.0.0.1:9/v1
key-command=sh -c 'echo sk-from-a-command'
""")
        done = self.home.run("send", "-m", MODEL, "hello")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertNotIn("sk-from", done.stderr)

    def test_doctor_says_who_cannot_be_reached(self):
        self.home.write("config.ini", f"""
[provider local]
dialect=openai-chat
base-url=http://127.0.0.1:{harness.closed_port()}/v1
""")
        status, report = self.home.json("doctor")
        check = next(check for check in report["checks"] if check["name"] == "provider")
        self.assertEqual(status, 0)
        self.assertEqual(check["status"], "warning")
        self.assertTrue(check["remedy"])

    def test_unknown_model_names_the_nearest(self):
        done = self.home.run("estimate", "-m", "openai/gpt-4o-minni", "hello")
        self.assertEqual(done.returncode, 2)
        self.assertIn("gpt-4o-mini", done.stderr)

    def test_over_the_context_window(self):
        done = self.home.run("send", "--sandbox", "-m", MODEL, "-", stdin="word " * 150000)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("too long", done.stderr)

    def test_a_damaged_ledger_is_left_alone(self):
        self.home.ledger.parent.mkdir(parents=True, mode=0o700)
        self.home.ledger.write_bytes(b"This is no ledger.\n" * 100)
        self.home.ledger.chmod(0o600)
        before = self.home.ledger.read_bytes()
        done = self.home.run("send", "--sandbox", "-m", MODEL, "hello")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("ledger.db", done.stderr)
        self.assertEqual(self.home.ledger.read_bytes(), before)

    def test_a_ledger_of_the_future_is_left_alone(self):
        self.home.send("--sandbox", "-m", MODEL, "hello")
        with sqlite3.connect(self.home.ledger) as ledger:
            ledger.execute("PRAGMA user_version = 9999")
        ledger.close()
        done = self.home.run("send", "--sandbox", "-m", MODEL, "hello")
        self.assertEqual(done.returncode, 1)
        self.assertIn("9999", done.stderr)

    def test_estimate_works_without_key_or_network(self):
        status, estimate = self.home.json("estimate", "-m", MODEL, "Hello there")
        self.assertEqual(status, 0)
        self.assertTrue(estimate["input"]["exact"])
        self.assertEqual(estimate["cost"]["state"], "known")
        self.assertGreaterEqual(len(estimate["alternatives"]), 5)

    def test_wrong_configuration_names_the_key(self):
        self.home.write("config.ini", "[client]\ndefault-modell=x\n")
        done = self.home.run("estimate", "hello")
        self.assertEqual(done.returncode, 2)
        self.assertIn("default-modell", done.stderr)

    def test_policy_budget_refuses(self):
        self.home.write("policy.ini", """
[budget tiny]
scope=user
window=day
timezone=UTC
limit=0.000001
on-exceed=block
""")
        _, estimate = self.home.json("estimate", "--sandbox", "-m", MODEL, "hello")
        status, lines = self.home.send("--sandbox", "-m", MODEL, "hello")
        self.assertEqual(status, 3, lines)
        self.assertEqual(estimate["refusal"], lines[-1]["error"]["message"])
        self.assertIn("tiny", lines[-1]["error"]["message"])
        (self.home.root / "config" / "tokenwise" / "policy.ini").unlink()
        self.assertEqual(self.home.send("--sandbox", "-m", MODEL, "hello")[0], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
