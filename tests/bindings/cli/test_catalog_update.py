#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokenwise catalog"""

import base64
import contextlib
import functools
import hashlib
import http.server
import json
import pathlib
import shutil
import subprocess
import threading
import unittest

from cli_case import CliCase

OPENSSL = shutil.which("openssl")
CARD = {"id": "base", "source": "test", "verified_at": "2026-01-01", "prices": {"input": "3", "output": "15"}}


def catalog(version, models=("a", "b", "c", "d", "e"), **prices):
    """A catalogue of models at acme; prices are those of the first one."""
    cards = [{**CARD, "prices": {**CARD["prices"], **(prices if name == models[0] else {})}} for name in models]
    return {"schema": "tokenwise-catalog/1", "catalog_id": "test", "version": version,
            "generated_at": "2026-01-01T00:00:00Z", "currency": "USD", "sources": [],
            "providers": [{"id": "acme", "name": "Acme", "usage_profile": "openai"}],
            "models": [{"provider": "acme", "id": name, "match": [{"equals": name}], "rate_cards": [card]}
                       for name, card in zip(models, cards)]}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Redirecting(Quiet):
    """What is neither below /files nor a signature leads to where `target` says."""

    target = ""

    def do_GET(self):  # noqa: N802, the name http.server calls
        if self.path.startswith("/files/") or self.path.endswith(".sig"):
            super().do_GET()
            return
        self.send_response(302)
        self.send_header("Location", self.target)
        self.end_headers()


@contextlib.contextmanager
def serving(folder, handler=Quiet):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class CatalogCase(CliCase):
    """Beside a small built-in catalogue."""

    def setUp(self):
        super().setUp()
        self.write_catalog("data/catalog.json", catalog("2026.03.01"))
        self.env["TOKENWISE_DATA_DIR"] = str(self.home / "data")
        self.cache = self.home / "cache" / "tokenwise"

    def write_catalog(self, name, content):
        path = self.home / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(json.dumps(content), encoding="utf-8")
        return str(path)

    def update(self, path, *args, **options):
        return self.json("catalog", "update", "--from", path, *args, **options)

    def in_force(self):
        return self.json("catalog", "show")["version"]


class Update(CatalogCase):
    def test_install_keep_and_go_back(self):
        first = self.write_catalog("first.json", catalog("2026.04.01"))
        second = self.write_catalog("second.json", catalog("2026.05.01", input="4"))
        done = self.update(first, "--accept", "unsigned")
        self.assertEqual((done["state"], done["version"], done["in_force"]), ("installed", "2026.04.01", "2026.03.01"))
        self.assertEqual(done["sha256"], hashlib.sha256(pathlib.Path(first).read_bytes()).hexdigest())
        self.update(second, "--accept", "unsigned")
        shown = self.json("catalog", "show")
        self.assertEqual((shown["version"], shown["previous_version"]), ("2026.05.01", "2026.04.01"))
        self.assertEqual(shown["origin"]["source"], second)
        self.assertEqual(self.json("catalog", "update", "--revert")["version"], "2026.04.01")
        self.assertEqual(self.in_force(), "2026.04.01")
        self.assertEqual(self.update(first, "--accept", "unsigned")["state"], "current")

    def test_refusals_say_how_to_accept(self):
        path = self.write_catalog("dear.json", catalog("2026.04.01", input="31"))
        answer = self.update(path, exit=3)
        self.assertEqual(answer["error"]["code"], "refused")
        self.assertEqual([(one["name"], one["subject"], one["accepted"]) for one in answer["findings"]],
                         [("unsigned", None, False), ("price-jump", "acme/a", False)])
        said = self.run_cli("catalog", "update", "--from", path, "--accept", "unsigned", exit=3)
        self.assertEqual(said.stdout, b"")
        self.assertIn("--accept price-jump:acme/a", said.stderr.decode())
        self.assertEqual(self.in_force(), "2026.03.01")
        self.assertFalse((self.cache / "catalog.json").exists())
        self.update(path, "--accept", "unsigned", "--accept", "price-jump:acme/a")
        self.assertEqual(self.in_force(), "2026.04.01")

    def test_dry_run_writes_nothing(self):
        path = self.write_catalog("first.json", catalog("2026.04.01"))
        self.assertEqual(self.update(path, "--accept", "unsigned", "--dry-run")["state"], "ready")
        self.assertFalse(self.cache.exists())

    def test_sha256(self):
        path = self.write_catalog("first.json", catalog("2026.04.01"))
        digest = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
        args = ("catalog", "update", "--from", path, "--accept", "unsigned", "--sha256")
        self.assertIn(digest, self.error("invalid-input", 2, *args, "0" * 64))
        self.error("invalid-input", 2, *args, digest[1:])
        self.assertEqual(self.json(*args, digest.upper())["state"], "installed")

    def test_bad_catalogues(self):
        number = catalog("2026.04.01")
        number["models"][0]["rate_cards"][0]["prices"]["input"] = 3
        message = self.error("invalid-input", 2, "catalog", "update", "--from",
                             self.write_catalog("number.json", number), "--accept", "unsigned")
        for part in ("number.json", "acme/a", "base", "input"):
            self.assertIn(part, message)
        for name, content in (("empty.json", ""), ("cut.json", '{"schema":'), ("list.json", "[]")):
            path = self.write(name, content)
            self.assertIn(name, self.run_cli("catalog", "update", "--from", path,
                                             exit=2 if content == "[]" else 1).stderr.decode())
        self.assertEqual(self.in_force(), "2026.03.01")

    def test_wrong_usage(self):
        for args in ((), ("eat",), ("update",), ("update", "--from", "x", "--revert"), ("show", "--from", "x"),
                     ("update", "x", "--from", "x"), ("diff", "a", "b", "c"), ("diff", "--against", "x"),
                     ("show", "--against", "x", "--format", "litellm"), ("update", "--revert", "--dry-run")):
            with self.subTest(args=args):
                self.error("invalid-input", 2, "catalog", *args)
        self.error("invalid-input", 2, "catalog", "update", "--revert")
        self.error("invalid-input", 2, "catalog", "update", "--from", "missing.json")
        path = self.write_catalog("first.json", catalog("2026.04.01"))
        self.assertIn("price-jump", self.error("invalid-input", 2, "catalog", "update", "--from", path,
                                               "--accept", "all"))


@unittest.skipUnless(OPENSSL, "openssl, which makes the signatures, is not installed")
class Signed(CatalogCase):
    """By another program than the one that checks."""

    def setUp(self):
        super().setUp()
        self.path = self.write_catalog("signed.json", catalog("2026.04.01"))
        self.private = self.home / "key.pem"
        self.openssl("genpkey", "-algorithm", "ed25519", "-out", self.private)
        public = self.openssl("pkey", "-in", self.private, "-pubout", "-outform", "DER")[-32:]
        self.public = self.write("release.pub", base64.b64encode(public) + b"\n")
        self.signature = pathlib.Path(self.path + ".sig")
        self.signature.write_bytes(self.openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.private,
                                                "-in", self.path))

    def openssl(self, *args):
        return subprocess.run([OPENSSL, *map(str, args)], capture_output=True, check=True).stdout

    def test_key_given(self):
        done = self.update(self.path, "--key", self.public)
        self.assertEqual((done["state"], done["signature"]["state"], done["signature"]["key"]),
                         ("installed", "valid", self.public))

    def test_key_installed(self):
        folder = self.config / "catalog-keys"
        folder.mkdir()
        shutil.copy(self.public, folder)
        self.assertEqual(self.update(self.path)["signature"]["key"], str(folder / "release.pub"))
        self.assertTrue(self.json("catalog", "verify")["ok"])

    def test_one_bit(self):
        for path in (self.signature, pathlib.Path(self.path)):
            content = bytearray(path.read_bytes())
            content[-3] ^= 1 if path == self.signature else 0
            path.write_bytes(content if path == self.signature else bytes(content).replace(b'"15"', b'"14"', 1))
            answer = self.update(self.path, "--key", self.public, exit=3)
            self.assertEqual([one["name"] for one in answer["findings"]], ["bad-signature"])
        # "unsigned" is another matter than a signature that is wrong.
        self.update(self.path, "--key", self.public, "--accept", "unsigned", exit=3)

    def test_download(self):
        with serving(self.home) as url:
            self.assertEqual(self.update(f"{url}/signed.json?now", "--key", self.public)["state"], "installed")


class Download(CatalogCase):
    def test_unsigned_and_missing(self):
        self.write_catalog("files/first.json", catalog("2026.04.01"))
        with serving(self.home) as url:
            self.assertEqual(self.update(f"{url}/files/first.json", exit=3)["signature"]["state"], "missing")
            self.assertEqual(self.update(f"{url}/files/first.json", "--accept", "unsigned")["state"], "installed")
            self.assertIn("404", self.error("bad-request", 1, "catalog", "update", "--from", f"{url}/none.json"))
        self.assertEqual(self.run_cli("catalog", "update", "--from", f"{url}/files/first.json", exit=1).stdout, b"")

    def test_redirections(self):
        self.write_catalog("files/first.json", catalog("2026.04.01"))
        with serving(self.home, Redirecting) as url:
            Redirecting.target = "/files/first.json"
            self.assertEqual(self.update(f"{url}/latest", "--accept", "unsigned")["state"], "installed")
            for target in ("ftp://127.0.0.1/x", "https://127.0.0.1/x", "file:///etc/passwd", "/again",
                           "http://example.com/x"):
                Redirecting.target = target
                with self.subTest(target=target):
                    self.run_cli("catalog", "update", "--from", f"{url}/latest", exit=2 if "example" in target else 1)

    def test_too_long(self):
        (self.home / "big.json").write_bytes(b" " * ((16 << 20) + 1))
        with serving(self.home) as url:
            self.assertIn("16777216", self.error("limit", 1, "catalog", "update", "--from", f"{url}/big.json"))

    def test_addresses_that_are_not_taken(self):
        for url in ("http://example.com/c.json", "ftp://example.com/c.json", "https://me:secret@example.com/c.json",
                    "https://"):
            with self.subTest(url=url):
                self.error("invalid-input", 2, "catalog", "update", "--from", url)


class Look(CatalogCase):
    def test_diff(self):
        path = self.write_catalog("other.json", catalog("2026.04.01", models=("a", "b", "c", "d", "x"), output="16"))
        report = self.json("catalog", "diff", path)
        self.assertEqual((report["models_added"], report["models_removed"]), (["acme/x"], ["acme/e"]))
        self.assertEqual([(one["model"], one["path"], one["old"], one["new"]) for one in report["changes"]
                          if one["price"]], [("acme/a", "rate_cards.base.prices.output", "15", "16")])
        text = self.text("catalog", "diff", path)
        self.assertIn("acme/a  rate_cards.base.prices.output  15 → 16", text)
        self.assertIn("1 prices and 1 other fields differ", text)
        self.assertEqual(self.json("catalog", "diff", path, path)["changes"], [])
        self.assertEqual(self.json("catalog", "diff")["changes"], [])

    def test_show(self):
        report = self.json("catalog", "show", "a")
        self.assertEqual(report["model"]["id"], "acme/a")
        self.assertEqual(report["model"]["rate_cards"][0]["prices"], {"input": "3", "output": "15"})
        self.assertIsInstance(report["age_days"], int)
        self.assertIn("acme/a, active", self.text("catalog", "show", "a"))
        self.error("unknown-model", 2, "catalog", "show", "acme/none")

    def test_verify(self):
        self.assertTrue(self.json("catalog", "verify")["ok"])
        path = self.write_catalog("other.json", catalog("2026.04.01"))
        report = self.json("catalog", "verify", path, exit=1)
        self.assertEqual([one["name"] for one in report["findings"]], ["unsigned"])
        self.update(path, "--accept", "unsigned")
        self.assertIn("It is sound", self.text("catalog", "verify"))
        with (self.cache / "catalog.json").open("a", encoding="utf-8") as file:
            file.write("\n")
        self.assertEqual(self.json("catalog", "verify", exit=1)["findings"][0]["name"], "changed")

    def test_damaged_update_falls_back_and_says_so(self):
        self.update(self.write_catalog("first.json", catalog("2026.04.01")), "--accept", "unsigned")
        (self.cache / "catalog.json").write_text("{", encoding="utf-8")
        shown = self.json("catalog", "show")
        self.assertEqual((shown["version"], shown["updated"]), ("2026.03.01", False))
        self.assertIn("catalog.json", shown["fallback"])
        self.assertIn("catalog.json", self.run_cli("catalog", "show").stderr.decode())

    def test_cross_check(self):
        path = self.write("litellm.json", {
            "acme/a": {"litellm_provider": "acme", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.6e-05},
            "acme/b": {"litellm_provider": "acme", "input_cost_per_token": 0.2}})
        report = self.json("catalog", "diff", "--against", path, "--format", "litellm")
        self.assertEqual((report["agree"], report["disagree"]), (1, 1))
        self.assertEqual([one["problem"] for one in report["problems"]], ["unit-error"])
        text = self.text("catalog", "diff", "--against", path, "--format", "litellm")
        self.assertIn("acme/a  output  ours 15  theirs 16", text)
        self.error("invalid-input", 2, "catalog", "diff", "--against", path, "--format", "morse")


if __name__ == "__main__":
    unittest.main()
