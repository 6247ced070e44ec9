# SPDX-License-Identifier: MIT
"""Every dialect and provider the stand-in speaks, through the whole path: what is sent and how it
is signed, what comes back, retries, cuts and nonsense."""
import json
import unittest
import urllib.request

import harness

KEY = "sk-test-not-a-real-key"
# Dialect, model, section; the stand-in answers each at its own service's path.
PROVIDERS = {
    "openai-chat": ("openai/gpt-4o-mini", "openai", "base-url={url}/v1"),
    "openai-responses": ("openai/gpt-4o-mini", "openai", "base-url={url}/v1"),
    "anthropic": ("anthropic/claude-haiku-4-5", "anthropic", "base-url={url}/v1"),
    "gemini": ("google/gemini-2.5-flash", "google", "base-url={url}/v1beta"),
    "bedrock-converse": ("aws/amazon.nova-lite-v1:0", "aws", "base-url={url}\nregion=us-east-1"),
    "cohere": ("cohere/command-a", "cohere", "base-url={url}/v2"),
    "ollama": ("ollama/llama3.2", "ollama", "base-url={url}"),
}
# The stand-in's replies in these have no counts.
COUNTS_NOTHING = ("ollama",)


def text_of(lines):
    return "".join(line["text"] for line in lines if line.get("type") == "text")


class Providers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mock = harness.Mock().__enter__()
        cls.addClassCleanup(cls.mock.__exit__)

    def setUp(self):
        self.home = harness.Home().__enter__()
        self.addCleanup(self.home.__exit__)
        for name in [name for name in self.home.env if name.startswith("AWS_")]:
            del self.home.env[name]
        self.home.env["TEST_KEY"] = KEY

    def use(self, dialect, more=""):
        model, provider, section = PROVIDERS[dialect]
        self.configure(provider, f"dialect={dialect}\nkey-env=TEST_KEY\n{section}\n{more}")
        return model

    def configure(self, provider, section):
        self.home.write(
            "config.ini", f"[provider {provider}]\n{section.format(url=self.mock.url)}\n")

    def last_request(self):
        with urllib.request.urlopen(f"{self.mock.url}/__aimock/journal", timeout=10) as reply:
            return json.load(reply)[-1]

    def each(self, check, modes=("--stream", "--no-stream")):
        for dialect in PROVIDERS:
            for mode in modes:
                with self.subTest(dialect=dialect, mode=mode):
                    check(dialect, self.use(dialect), mode)

    def test_an_answer(self):
        def check(dialect, model, mode):
            status, lines = self.home.send("-m", model, mode, "hello")
            self.assertEqual(status, 0, lines)
            self.assertEqual(text_of(lines), "Hello from the mock.")
            receipt = lines[-1]
            self.assertEqual(receipt["status"], "complete")
            self.assertEqual(receipt["attempts"], 1)
            usage = receipt["actual"]["usage"]
            self.assertEqual((usage["input_total"], usage["output_total"]),
                             (0, 0) if dialect in COUNTS_NOTHING else (9, 4))
            self.assertEqual(receipt["actual"]["state"],
                             "unknown" if dialect == "ollama" else "known", receipt)
        self.each(check)

    def test_a_tool_call(self):
        def check(dialect, model, mode):
            status, lines = self.home.send("-m", model, mode, "weather")
            self.assertEqual(status, 0, lines)
            call = next(line for line in lines if line["type"] == "tool_call")
            self.assertEqual(call["name"], "get_weather")
            self.assertEqual(json.loads(call["arguments"]), {"city": "Paris"})
        self.each(check)

    def test_one_retry_is_enough(self):
        for word, refused in (("flaky", 503), ("patient", 429)):
            def check(dialect, model, mode):
                status, lines = self.home.send("-m", model, mode, word)
                self.assertEqual(status, 0, lines)
                self.assertEqual([line["type"] for line in lines].count("retry"), 1)
                attempts = lines[-1]["attempt_list"]
                self.assertEqual([row["status"] for row in attempts], [refused, 200])
                self.assertEqual(attempts[0]["cost"], "0")
            self.each(check, ["--stream"])

    def test_three_attempts_and_no_cost(self):
        def check(dialect, model, mode):
            status, lines = self.home.send("-m", model, mode, "529")
            self.assertEqual(status, 1, lines)
            self.assertEqual([line.get("type") for line in lines].count("retry"), 2)
            self.assertEqual([row["status"] for row in lines[-1]["attempt_list"]], [529] * 3)
        self.each(check, ["--stream"])

    def test_a_refusal_is_not_repeated(self):
        for word in ("401", "broke"):
            def check(dialect, model, mode):
                status, lines = self.home.send("-m", model, mode, word)
                self.assertEqual(status, 1, lines)
                self.assertNotIn("retry", [line.get("type") for line in lines])
            self.each(check)

    def test_a_stream_that_is_cut(self):
        def check(dialect, model, mode):
            status, lines = self.home.send("-m", model, mode, "cut")
            self.assertEqual(status, 4, lines)
            self.assertTrue(text_of(lines).startswith("word0 word1"))
            self.assertEqual(lines[-1]["status"], "incomplete")
            self.assertNotEqual(lines[-1]["actual"]["state"], "known")
        self.each(check, ["--stream"])

    def test_nonsense(self):
        def check(dialect, model, mode):
            status, lines = self.home.send("-m", model, mode, "malformed")
            self.assertIn(status, (1, 4), lines)
        self.each(check)

    def test_no_reply_at_all_may_have_been_billed(self):
        """The connection was closed after the request: the hold has no room for another try."""
        model = self.use("openai-chat")
        status, lines = self.home.send("-m", model, "dropped")
        self.assertEqual(status, 1, lines)
        self.assertNotIn("retry", [line.get("type") for line in lines])
        self.assertEqual(lines[-1]["actual"]["state"], "bounded")
        self.assertEqual(lines[-1]["actual"]["cost"], lines[-1]["estimate"]["cost"]["worst"])

    def test_the_key_is_where_the_provider_wants_it(self):
        wanted = {"openai-chat": "authorization", "openai-responses": "authorization",
                  "anthropic": "x-api-key", "gemini": "x-goog-api-key",
                  "cohere": "authorization", "bedrock-converse": "authorization"}
        for dialect, header in wanted.items():
            with self.subTest(dialect=dialect):
                model = self.use(dialect)
                self.assertEqual(self.home.send("-m", model, "hello")[0], 0)
                request = self.last_request()
                self.assertIn(header, request["headers"], request)
                self.assertNotIn(KEY, request["path"])

    def test_azure(self):
        section = "base-url={url}/openai/deployments/mini\napi-version=2024-10-21\nkey-env=TEST_KEY"
        self.configure("azure", section)
        status, lines = self.home.send("-m", "azure/gpt-4o-mini", "hello")
        self.assertEqual(status, 0, lines)
        request = self.last_request()
        self.assertIn("/openai/deployments/mini/chat/completions", request["path"])
        self.assertIn("api-key", request["headers"])
        self.assertNotIn("authorization", request["headers"])

    def test_bedrock_is_signed_without_a_bearer_key(self):
        self.configure("aws", "base-url={url}\nregion=us-east-1")
        self.home.env.update(AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="secret",
                             AWS_SESSION_TOKEN="TOKEN123")
        self.home.env.pop("AWS_BEARER_TOKEN_BEDROCK", None)
        status, lines = self.home.send("-m", "aws/amazon.nova-lite-v1:0", "hello")
        self.assertEqual(status, 0, lines)
        headers = self.last_request()["headers"]
        self.assertIn("x-amz-date", headers)
        self.assertIn("x-amz-security-token", headers)

    def test_a_local_server_needs_no_settings_but_where_it_is(self):
        self.configure("llama.cpp", "base-url={url}/v1")
        status, lines = self.home.send("-m", "llama.cpp/anything", "hello")
        self.assertEqual(status, 0, lines)
        self.assertNotIn("authorization", self.last_request()["headers"])

    def test_openrouter_is_told_who_asks(self):
        self.configure("openrouter", "base-url={url}/v1\nkey-env=TEST_KEY")
        status, lines = self.home.send("-m", "openrouter/openai/gpt-4o-mini", "hello")
        self.assertEqual(status, 0, lines)
        self.assertEqual(self.last_request()["headers"].get("x-title"), "tokenwise")

    def test_headers_of_ones_own(self):
        self.use("openai-chat", "headers=OpenAI-Project: p1;X-Note: two words")
        self.assertEqual(self.home.send("-m", "openai/gpt-4o-mini", "hello")[0], 0)
        headers = self.last_request()["headers"]
        self.assertEqual(headers.get("openai-project"), "p1")
        self.assertEqual(headers.get("x-note"), "two words")
        self.assertEqual(len(headers.get("idempotency-key")), 36)


if __name__ == "__main__":
    if not harness.node_is_new_enough():
        harness.skip_all("node 20.15 or later is needed for the providers' stand-in")
    unittest.main(verbosity=2)
