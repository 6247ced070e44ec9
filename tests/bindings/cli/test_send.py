#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokenwise send: the sandbox, and a provider on the loopback that misbehaves"""

import json
import os
import pty
import signal
import subprocess
import threading
import time
import unittest

from cli_case import PROGRAM, SECONDS, CliCase
from loopback import END, Loopback, event

SANDBOX = ["send", "--sandbox", "-m", "openai/gpt-4o-mini"]
LOCAL = ["send", "-m", "local/homemade", "hello"]


class Sandbox(CliCase):
    def test_text_out_estimate_and_receipt_beside(self):
        done = self.run_cli(*SANDBOX, "Say hello.")
        self.assertTrue(done.stdout.decode().strip())
        self.assertTrue(done.stdout.endswith(b"\n"))
        first, *_, last = done.stderr.decode().splitlines()
        self.assertTrue(first.startswith("Estimated cost"), first)
        self.assertIn("simulated", done.stderr.decode())
        self.assertIn("nothing is billed", done.stderr.decode())
        self.assertIn("openai/gpt-4o-mini", last)

    def test_json_lines(self):
        for flag in ("--stream", "--no-stream"):
            with self.subTest(flag=flag):
                events = self.json_lines(*SANDBOX, flag, "Say hello.")
                self.assertEqual(events[0]["type"], "start")
                self.assertEqual([event["type"] for event in events[-2:]], ["end", "receipt"])
                self.assertTrue(any(event["type"] == "text" for event in events))
                receipt = events[-1]
                self.assertIs(receipt["simulated"], True)
                self.assert_money(receipt["actual"]["cost"])
                self.assert_money(receipt["estimate"]["cost"]["likely"])

    def test_json_and_text_say_the_same(self):
        said = self.text(*SANDBOX, "Say hello.")
        events = self.json_lines(*SANDBOX, "Say hello.")
        joined = "".join(event["text"] for event in events if event["type"] == "text")
        self.assertEqual(said.rstrip("\n"), joined.rstrip("\n"))

    def test_request_and_prompt_on_standard_input(self):
        path = self.request(model="anthropic/claude-haiku-4-5")
        self.assertEqual(self.json_lines("send", "--sandbox", "--request", path)[-1]["type"],
                         "receipt")
        self.assertTrue(self.text(*SANDBOX, stdin="Grüße".encode()).strip())

    def test_no_key(self):
        message = self.error("no-key", 2, "send", "-m", "openai/gpt-4o-mini", "hello")
        for way in ("OPENAI_API_KEY", "key-command", "secret"):
            self.assertIn(way, message)

    def test_interrupt_keeps_the_text_and_settles(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number), subprocess.Popen(
                    [PROGRAM, *SANDBOX, "--json", "Write a long story."], stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, env={**self.env, "TOKENWISE_SANDBOX_SPEED": "0.5"}
            ) as process:
                first = process.stdout.readline()
                process.send_signal(number)
                rest, _ = process.communicate(timeout=SECONDS)
                lines = [json.loads(line) for line in (first + rest).splitlines()]
                self.assertEqual(process.returncode, 130)
                self.assertEqual(lines[-2]["error"]["code"], "cancelled")
                self.assertEqual(lines[-1]["type"], "receipt")
                self.assertEqual(lines[-1]["status"], "cancelled")

    def test_reader_that_goes_away_stops_the_reply(self):
        with subprocess.Popen([PROGRAM, *SANDBOX, "Write a long story."], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE,
                              env={**self.env, "TOKENWISE_SANDBOX_SPEED": "0.5"}) as process:
            process.stdout.read(1)
            process.stdout.close()
            said = process.stderr.read().decode()
            self.assertEqual(process.wait(SECONDS), 1)
        self.assertIn("could not be written", said)


class Provider(CliCase):
    def serve(self, pieces, **options):
        server = self.enterContext(Loopback(pieces, **options))
        (self.config / "config.ini").write_text(
            f"[provider local]\ndialect=openai-chat\nbase-url={server.url}\n")
        return server

    def test_what_is_sent_is_what_is_encoded(self):
        server = self.serve([event("Hello."), *END])
        path = self.request(model="local/homemade", system="Be brief.", max_output_tokens=64)
        self.assertEqual(self.text("send", "--request", path), "Hello.\n")
        encoded = json.loads(self.text("encode", "--dialect", "openai-chat", "--request", path))
        (sent_path, headers, body), = server.requests
        self.assertEqual(sent_path, "/v1" + encoded["path"])
        self.assertEqual(body, encoded["body"])
        self.assertNotIn("Authorization", headers)

    def test_text_arrives_as_it_comes(self):
        seen = threading.Event()
        server = self.serve([event("Hello,"), seen, event(" world."), *END])
        with subprocess.Popen([PROGRAM, *LOCAL], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.env) as process:
            self.assertEqual(process.stdout.read(6), b"Hello,")
            seen.set()
            rest, _ = process.communicate(timeout=SECONDS)
        self.assertEqual((rest, process.returncode), (b" world.\n", 0))
        self.assertTrue(server.patient, "the first words were held back")

    def test_broken_stream_is_incomplete(self):
        self.serve([event("Half an ans")])
        done = self.run_cli(*LOCAL, exit=4)
        self.assertEqual(done.stdout, b"Half an ans\n")
        self.assertIn(b"incomplete", done.stderr)
        lines = self.json_lines(*LOCAL, exit=4)
        self.assertEqual(lines[-2]["error"]["code"], "truncated")
        self.assertEqual((lines[-1]["type"], lines[-1]["status"]), ("receipt", "incomplete"))

    def test_length_is_a_whole_reply(self):
        self.serve([event("So far"), event(finish_reason="length"), *END[1:]])
        self.assertEqual(self.text(*LOCAL), "So far\n")

    def test_second_try_is_said(self):
        server = self.serve([event("Hello."), *END], failures=1)
        done = self.run_cli(*LOCAL)
        self.assertEqual(done.stdout, b"Hello.\n")
        self.assertRegex(done.stderr.decode(), r"Trying again in \d+ ms\.")
        self.assertEqual(len(server.requests), 2)
        server.requests.clear()
        (retry,) = [event for event in self.json_lines(*LOCAL) if event["type"] == "retry"]
        self.assertTrue(retry["reason"])
        self.assertIsInstance(retry["delay_ms"], int)

    def test_refused_key(self):
        body = b'{"error":{"message":"Incorrect API key","type":"invalid_request_error"}}'
        self.serve([body], status=401, content_type="application/json")
        done = self.run_cli(*LOCAL, exit=1)
        self.assertEqual(done.stdout, b"")
        self.assertEqual(self.json_lines(*LOCAL, exit=1)[0]["error"]["code"], "authentication")

    def test_nobody_there(self):
        server = self.serve([])
        server.server.server_close()
        self.assertIn(b"tokenwise: ", self.run_cli(*LOCAL, exit=1).stderr)

    def on_terminal(self, *args):
        """The exit status and what a terminal gets to see, both outputs together."""
        pid, master = pty.fork()
        if pid == 0:
            os.execve(PROGRAM, [PROGRAM, *args], self.env)
        seen = b""
        try:
            while chunk := os.read(master, 4096):
                seen += chunk
        except OSError:
            pass
        os.close(master)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen

    def test_model_cannot_drive_the_terminal(self):
        text = "A\x1b]0;owned\x07B\u009b31mC\x7f\rD\tE\n"
        self.serve([event(text), *END])
        status, seen = self.on_terminal(*LOCAL)
        self.assertEqual(status, 0)
        self.assertIn("A]0;ownedB31mCD\tE".encode(), seen)
        self.assertEqual(self.run_cli(*LOCAL).stdout.decode(), text)

    def test_error_text_cannot_drive_the_terminal(self):
        body = json.dumps({"error": {"message": "No\x1b[2J\u009b2J", "type": "server_error"}})
        self.serve([body.encode()], status=400, content_type="application/json")
        said = self.run_cli(*LOCAL, exit=1).stderr
        self.assertNotIn(b"\x1b", said)
        self.assertNotIn(b"\xc2\x9b", said)

    def test_wait_is_shown_on_a_terminal_only(self):
        self.serve([1.0, event("Hello."), *END])
        _, seen = self.on_terminal(*LOCAL)
        self.assertIn(b"Waiting for local/homemade", seen)
        self.assertNotIn(b"Waiting", self.run_cli(*LOCAL).stderr)

    def test_interrupt_before_the_first_word(self):
        server = self.serve([10.0])
        with subprocess.Popen([PROGRAM, *LOCAL], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.env) as process:
            while not server.requests:
                time.sleep(0.02)
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, said = process.communicate(timeout=SECONDS)
        self.assertLess(time.monotonic() - begun, 5.0)
        self.assertEqual((process.returncode, out), (130, b""))
        self.assertTrue(said.decode().strip())


if __name__ == "__main__":
    unittest.main()
