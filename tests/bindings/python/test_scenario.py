#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The whole path from Python, through the introspection data alone: estimate, send, receipt."""

import gc
import json
import os
import sys
import tempfile
import unittest
from decimal import Decimal
from pathlib import Path

BUILD = Path(os.environ.get("TOKENWISE_BUILD", "build")).resolve() / "libtokenwise"
SKIP = 77
MODEL = "openai/gpt-4o-mini"


def enter_build():
    """The loader reads its path at start, so the test starts itself once more."""
    if os.environ.get("TOKENWISE_ENTERED"):
        return
    if not (BUILD / "Tokenwise-1.typelib").exists():
        print("This build has no introspection data; skipped.")
        sys.exit(SKIP)
    env = {name: value for name, value in os.environ.items() if not name.endswith("_KEY")}
    env.update(TOKENWISE_ENTERED="1", TOKENWISE_DATA_DIR=str(BUILD), GI_TYPELIB_PATH=str(BUILD),
               LD_LIBRARY_PATH=str(BUILD), TOKENWISE_SANDBOX_SPEED="0")
    os.execve(sys.executable, [sys.executable, *sys.argv], env)


enter_build()
try:
    import gi
except ImportError:
    print("Debian's python3-gi is not installed; skipped.")
    sys.exit(SKIP)

gi.require_version("Tokenwise", "1")
from gi.repository import Gio, GLib, Tokenwise  # noqa: E402


def request(text="Explain in two paragraphs why the sky is blue.", model=MODEL):
    made = Tokenwise.Request.new(model)
    made.add_text(Tokenwise.Role.USER, text)
    return made


class Scenario(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tokenwise-python-")
        self.addCleanup(folder.cleanup)
        for name in ("CONFIG", "DATA", "CACHE"):
            # GLib.setenv reaches the C library's environment; os.environ does so too, but only it.
            GLib.setenv(f"XDG_{name}_HOME", f"{folder.name}/{name.lower()}", True)
        self.client = Tokenwise.Client.new(None)
        self.client.set_sandbox(True)

    def send(self, made):
        reply = self.client.send(made, None)
        events = []
        while (event := reply.next(None)) is not None:
            events.append(event)
        return reply, events

    def test_estimate(self):
        estimate = self.client.estimate(request())
        costs = [Decimal(cost.to_decimal()) for cost in (
            estimate.get_cost_low(), estimate.get_cost_likely(), estimate.get_cost_high(),
            estimate.get_cost_worst())]
        self.assertEqual(estimate.get_model(), MODEL)
        self.assertTrue(estimate.get_is_exact())
        self.assertEqual(costs, sorted(costs))
        self.assertGreater(costs[0], 0)
        self.assertGreater(estimate.get_total_ms(), estimate.get_ttft_ms())
        self.assertEqual(json.loads(estimate.to_json())["model"], MODEL)

    def test_longer_prompts_cost_more(self):
        short, long = (self.client.estimate(request("word " * count)) for count in (10, 1000))
        self.assertGreater(long.get_input_tokens(), short.get_input_tokens() + 900)
        self.assertGreater(Decimal(long.get_cost_low().to_decimal()),
                           Decimal(short.get_cost_low().to_decimal()))

    def test_send_and_receipt(self):
        reply, events = self.send(request())
        kinds = [event.get_kind() for event in events]
        text = "".join(event.get_text() for event in events
                       if event.get_kind() == Tokenwise.EventKind.TEXT)
        receipt = reply.get_receipt()
        self.assertEqual(kinds[0], Tokenwise.EventKind.START)
        self.assertEqual(kinds[-1], Tokenwise.EventKind.END)
        self.assertTrue(text)
        self.assertEqual(text, reply.get_text())
        self.assertTrue(reply.get_is_simulated())
        self.assertTrue(receipt.get_is_simulated())
        self.assertFalse(receipt.get_is_incomplete())
        self.assertEqual(receipt.get_id(), reply.get_id())
        self.assertGreater(Decimal(receipt.get_cost_decimal()), 0)
        self.assertEqual(json.loads(receipt.to_json())["id"], reply.get_id())

    def test_receipt_is_in_the_ledger_and_apart_from_real_ones(self):
        reply, _ = self.send(request())
        ledger = self.client.get_ledger()
        self.assertEqual([r.get_id() for r in ledger.list_receipts(True, 10)], [reply.get_id()])
        self.assertEqual(ledger.list_receipts(False, 10), [])

    def test_lists_are_whole_and_freed_once(self):
        ledger = self.client.get_ledger()
        ledger.add_budget("month", "user", "month", "UTC", "5.00", "warn")
        reply, _ = self.send(request())
        for _ in range(3):
            names = [model.get_qualified_id() for model in self.client.list_choices()]
            found = [model.get_qualified_id()
                     for model in self.client.get_catalog().list_models("gpt-4o-mini")]
            self.assertGreater(len(names), 2)
            self.assertIn(MODEL, found)
            self.assertEqual([budget.get_name() for budget in ledger.list_budgets(True)], ["month"])
            self.assertEqual([receipt.get_id() for receipt in ledger.list_receipts(True, 9)],
                             [reply.get_id()])
            gc.collect()

    def test_send_async(self):
        loop = GLib.MainLoop()
        pieces = []

        def on_next(reply, result):
            event = reply.next_finish(result)
            if event is None:
                loop.quit()
                return
            pieces.append(event.get_text())
            reply.next_async(None, on_next)

        def on_sent(client, result):
            self.reply = client.send_finish(result)
            self.reply.next_async(None, on_next)

        GLib.timeout_add_seconds(20, loop.quit)
        self.client.send_async(request(), None, on_sent)
        loop.run()
        self.assertGreater(len(pieces), 2)
        self.assertIsNotNone(self.reply.get_receipt())

    def test_a_budget_refuses(self):
        ledger = self.client.get_ledger()
        ledger.add_budget("tiny", "user", "month", "UTC", "0.000000001", "block")
        with self.assertRaises(GLib.Error) as raised:
            self.send(request())
        self.assertTrue(raised.exception.matches(Tokenwise.error_quark(),
                                                 Tokenwise.Error.BUDGET_EXCEEDED))
        self.assertEqual(Tokenwise.error_to_code(raised.exception), "budget-exceeded")
        self.assertTrue(Tokenwise.error_to_hint(raised.exception))

    def test_unknown_model(self):
        with self.assertRaises(GLib.Error) as raised:
            self.client.estimate(request(model="openai/gpt-4o-minni"))
        self.assertTrue(raised.exception.matches(Tokenwise.error_quark(),
                                                 Tokenwise.Error.UNKNOWN_MODEL))
        self.assertIn("gpt-4o-mini", raised.exception.message)
        self.assertEqual(raised.exception.domain, "tw-error-quark")

    def test_cancelled(self):
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        with self.assertRaises(GLib.Error) as raised:
            self.client.send(request(), cancellable)
        self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))


if __name__ == "__main__":
    unittest.main()
