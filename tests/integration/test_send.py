# SPDX-License-Identifier: MIT
"""The whole path over real HTTP: estimate, hold, send, read, settle, in both dialects."""
import decimal
import signal
import unittest

import harness

OPENAI, ANTHROPIC = "openai/gpt-4o-mini", "anthropic/claude-haiku-4-5"
# USD per million tokens, in and out, as the catalogue has them.
RATES = {OPENAI: ("0.15", "0.6"), ANTHROPIC: ("1", "5")}


def price(model, prompt, completion):
    rate_in, rate_out = (decimal.Decimal(rate) / 1000000 for rate in RATES[model])
    return prompt * rate_in + completion * rate_out


def text_of(lines):
    return "".join(line["text"] for line in lines if line.get("type") == "text")


class Send(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mock = harness.Mock().__enter__()
        cls.addClassCleanup(cls.mock.__exit__)

    def setUp(self):
        self.home = harness.Home().__enter__()
        self.addCleanup(self.home.__exit__)
        self.home.use_mock(self.mock.url)

    def receipt(self, lines):
        self.assertEqual(lines[-1]["type"], "receipt", lines)
        return lines[-1]

    def held(self):
        _, budgets = self.home.json("budget", "list")
        return [budget["held"] for budget in budgets["budgets"]]

    def test_both_dialects_streaming_and_not(self):
        for model in (OPENAI, ANTHROPIC):
            for mode in ("--stream", "--no-stream"):
                with self.subTest(model=model, mode=mode):
                    status, lines = self.home.send("-m", model, mode, "hello")
                    receipt = self.receipt(lines)
                    self.assertEqual(status, 0, lines)
                    self.assertEqual(lines[0]["type"], "start")
                    self.assertEqual(text_of(lines), "Hello from the mock.")
                    self.assertEqual(receipt["status"], "complete")
                    self.assertFalse(receipt["simulated"])
                    self.assertEqual(receipt["actual"]["usage"]["input_total"], 9)
                    self.assertEqual(receipt["actual"]["usage"]["output_total"], 4)
                    self.assertEqual(
                        decimal.Decimal(receipt["actual"]["cost"]), price(model, 9, 4))
                    self.assertEqual(receipt["actual"]["state"], "known")

    def test_streaming_comes_in_pieces(self):
        _, lines = self.home.send("-m", OPENAI, "long")
        pieces = [line for line in lines if line["type"] == "text"]
        self.assertGreater(len(pieces), 100)
        self.assertTrue(text_of(lines).endswith("word1199"))

    def test_tool_call(self):
        for model in (OPENAI, ANTHROPIC):
            status, lines = self.home.send("-m", model, "weather")
            call = next(line for line in lines if line["type"] == "tool_call")
            self.assertEqual(status, 0)
            self.assertEqual((call["name"], call["arguments"]), ("get_weather", '{"city":"Paris"}'))

    def test_reply_text_goes_to_standard_output_alone(self):
        done = self.home.run("send", "-m", OPENAI, "hello")
        self.assertEqual(done.stdout.strip(), "Hello from the mock.")
        self.assertIn("¢", done.stderr)
        self.assertNotIn("sk-test", done.stderr + done.stdout)

    def test_refusals_have_no_cost_and_release_the_hold(self):
        self.home.run("budget", "add", "month", "--limit", "5")
        for word, code, wanted in (("401", "authentication", 1), ("403", "permission", 1),
                                   ("404", "not-found", 1), ("overlong", "context-length", 1),
                                   ("broke", "quota", 1)):
            with self.subTest(word=word):
                status, lines = self.home.send("-m", OPENAI, word)
                errors = [line["error"] for line in lines if "error" in line and "type" not in line]
                self.assertEqual(status, wanted, lines)
                self.assertEqual(errors[0]["code"], code)
                self.assertEqual(self.held(), ["0"])

    def test_retry_once_then_answer(self):
        for word in ("flaky", "patient"):
            with self.subTest(word=word):
                status, lines = self.home.send("-m", OPENAI, word)
                self.assertEqual(status, 0, lines)
                self.assertIn("retry", [line.get("type") for line in lines])
                self.assertEqual(self.receipt(lines)["attempts"], 2)

    def test_server_error_is_given_up_after_three_attempts(self):
        status, lines = self.home.send("-m", ANTHROPIC, "500")
        self.assertEqual(status, 1)
        self.assertEqual([line.get("type") for line in lines].count("retry"), 2)

    def test_broken_stream_keeps_the_text_and_settles(self):
        for model in (OPENAI, ANTHROPIC):
            with self.subTest(model=model):
                status, lines = self.home.send("-m", model, "cut")
                receipt = self.receipt(lines)
                self.assertEqual(status, 4, lines)
                self.assertTrue(text_of(lines).startswith("word0 word1"))
                self.assertEqual(receipt["status"], "incomplete")
                self.assertEqual(receipt["actual"]["state"], "bounded")
                self.assertGreater(decimal.Decimal(receipt["actual"]["cost"]), 0)

    def test_server_down(self):
        self.home.use_mock(f"http://127.0.0.1:{harness.closed_port()}")
        self.home.run("budget", "add", "month", "--limit", "5")
        done = self.home.run("send", "-m", OPENAI, "hello")
        self.assertEqual(done.returncode, 1)
        self.assertIn("127.0.0.1", done.stderr)
        self.assertEqual(self.held(), ["0"])

    def test_budget_is_spent_and_then_refuses(self):
        self.home.run("budget", "add", "month", "--limit", "0.01", "--on-exceed", "block")
        self.assertEqual(self.home.send("-m", OPENAI, "hello")[0], 0)
        _, budgets = self.home.json("budget", "list")
        spent = decimal.Decimal(budgets["budgets"][0]["spent"])
        self.assertEqual(spent, price(OPENAI, 9, 4))
        status, lines = self.home.send("-m", "openai/gpt-4o", "hello")
        self.assertEqual(status, 3, lines)
        self.assertEqual(lines[-1]["error"]["code"], "budget-exceeded")

    def test_interrupt_keeps_the_text_and_settles(self):
        self.home.run("budget", "add", "month", "--limit", "5")
        process = self.home.start("send", "-m", OPENAI, "slow")
        first = process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130, errors)
        self.assertIn("Stopping ends the billing", errors)
        self.assertTrue("Hello from the mock.".startswith((first + rest).strip()))
        self.assertEqual(self.held(), ["0"])

    def test_a_model_without_a_price_is_unknown_and_never_free(self):
        self.home.write("config.ini", f"""
[provider local]
dialect=openai-chat
base-url={self.mock.url}/v1
""")
        status, lines = self.home.send("-m", "local/llama", "hello")
        self.assertEqual(status, 0, lines)
        self.assertEqual(self.receipt(lines)["actual"]["state"], "unknown")
        self.assertIsNone(self.receipt(lines)["actual"]["cost"])
        self.home.run("budget", "add", "month", "--limit", "5")
        status, lines = self.home.send("-m", "local/llama", "hello")
        self.assertEqual(status, 3, lines)
        self.assertEqual(lines[-1]["error"]["code"], "unpriced")

    def test_not_a_reply(self):
        status, lines = self.home.send("-m", OPENAI, "malformed")
        self.assertIn(status, (1, 4), lines)

    def test_ledger_is_private(self):
        self.home.send("-m", OPENAI, "hello")
        self.assertEqual(self.home.ledger.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.home.ledger.parent.stat().st_mode & 0o777, 0o700)
        self.assertNotIn(b"hello", self.home.ledger.read_bytes())

    def test_estimate_and_receipt_share_an_id(self):
        _, lines = self.home.send("-m", OPENAI, "hello")
        receipt = self.receipt(lines)
        self.assertEqual(len(receipt["id"]), 36)
        self.assertGreater(decimal.Decimal(receipt["estimate"]["cost"]["likely"]), 0)


if __name__ == "__main__":
    if not harness.node_is_new_enough():
        harness.skip_all("node 20.15 or later is needed for the providers' stand-in")
    unittest.main(verbosity=2)
