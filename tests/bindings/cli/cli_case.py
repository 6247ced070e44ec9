# SPDX-License-Identifier: MIT
"""Runs the program in a home of its own, as a shell would."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("TOKENWISE_CLI", "tokenwise")
SECONDS = 30
# Nothing of the tester's machine may decide a test: no key, no configuration, no ledger.
KEPT = ("PATH", "LANG", "TOKENWISE_DATA_DIR", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")
DECIMAL = re.compile(r"^\d+(\.\d+)?$")


class CliCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tokenwise-cli-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.config = self.home / "config" / "tokenwise"
        self.config.mkdir(parents=True)
        self.env = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.env.update(
            HOME=str(self.home),
            XDG_CONFIG_HOME=str(self.home / "config"),
            XDG_DATA_HOME=str(self.home / "data"),
            XDG_CACHE_HOME=str(self.home / "cache"),
            TOKENWISE_SANDBOX_SPEED="0",
            G_DEBUG="fatal-warnings",
        )

    def run_cli(self, *args, stdin=b"", exit=0, env=None):
        """Runs to the end and checks the exit status; answers the finished process."""
        done = subprocess.run([PROGRAM, *args], input=stdin, capture_output=True, timeout=SECONDS,
                              env={**self.env, **(env or {})}, cwd=self.home, check=False)
        self.assertEqual(done.returncode, exit,
                         f"{args}\n{done.stdout.decode(errors='replace')}\n"
                         f"{done.stderr.decode(errors='replace')}")
        return done

    def text(self, *args, **options):
        return self.run_cli(*args, **options).stdout.decode()

    def json(self, *args, **options):
        """The one JSON object on standard output, and nothing else there."""
        output = self.text(args[0], "--json", *args[1:], **options)
        self.assertEqual(output.count("\n"), 1, output)
        return json.loads(output)

    def json_lines(self, *args, **options):
        return [json.loads(line) for line in self.text(args[0], "--json", *args[1:], **options).splitlines()]

    def error(self, code, exit, *args, **options):
        """The error in JSON; the same in text says the same sentence and nothing on stdout."""
        error = self.json(*args, exit=exit, **options)["error"]
        self.assertEqual(sorted(error), ["code", "hint", "message"])
        self.assertEqual(error["code"], code)
        said = self.run_cli(*args, exit=exit, **options)
        self.assertEqual(said.stdout, b"")
        *_, message, hint = said.stderr.decode().splitlines()
        self.assertEqual((message, hint), (f"tokenwise: {error['message']}", error["hint"]))
        return error["message"]

    def write(self, name, content):
        path = self.home / name
        if isinstance(content, (dict, list)):
            content = json.dumps(content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def request(self, **members):
        members.setdefault("messages", [{"role": "user", "content": "Say hello."}])
        return self.write("request.json", members)

    def assert_money(self, text):
        self.assertRegex(text, DECIMAL)
