# SPDX-License-Identifier: MIT
"""OpenAI's and Anthropic's own SDKs and tokenwise send the same bodies for the same calls."""
import json
import pathlib
import subprocess
import unittest

import harness

SDKS = ("openai", "@anthropic-ai/sdk")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}},
          "required": ["city"], "additionalProperties": False}
TOOLS = [{"name": "get_weather", "description": "Weather", "parameters": SCHEMA, "strict": True}]
FORMAT = {"type": "json_schema", "name": "city", "schema": SCHEMA}


def text(words, **more):
    return {"type": "text", "text": words, **more}


def user(content):
    return {"role": "user", "content": content}


def call(name, city):
    return {"type": "tool_call", "id": name, "name": "get_weather", "arguments": {"city": city}}


def result(name, words, **more):
    return {"type": "tool_result", "id": name, "content": words, **more}


def media(*more):
    return [user([text("What are these?"), *more])]


IMAGE = {"type": "image", "data": "QUJD", "media_type": "image/png"}
PDF = {"type": "file", "data": "QUJD", "media_type": "application/pdf", "name": "a.pdf"}
ASKED = user("Weather in Paris and Rome?")
URL = "https://example.org/"

# The calls of official-sdks-client.mjs, in tokenwise's terms.
CALLS = {
    "openai-chat text": {
        "model": "openai/gpt-5.4", "system": "Be short.", "messages": [user("Hello")],
        "reasoning_effort": "low", "stop": ["END"], "service_tier": "flex",
        "cache": {"key": "k"}, "metadata": {"team": "t"}},
    "openai-chat sampling": {
        "model": "openai/gpt-4.1", "messages": [user("Hello")], "temperature": 0.5},
    "openai-chat media": {
        "model": "openai/gpt-4.1", "messages": media(
            {"type": "image", "url": URL + "a.png", "detail": "low"}, IMAGE, PDF,
            {"type": "file", "data": "QUJD", "media_type": "audio/wav"})},
    "openai-chat tools": {
        "model": "openai/gpt-5.4", "tools": TOOLS, "tool_choice": "get_weather",
        "messages": [ASKED, {"role": "assistant",
                             "content": [call("c1", "Paris"), call("c2", "Rome")]},
                     {"role": "tool", "content": [result("c1", "rain"), result("c2", "sun")]}]},
    "openai-chat schema": {
        "model": "openai/gpt-4.1", "messages": [user("A city")], "response_format": FORMAT},
    "openai-chat cache": {
        "model": "openai/gpt-5.6-sol", "system": "Long.", "cache": {"system": "30m"},
        "messages": [user([text("Longer.", cache="30m"), text("What?")])]},
    "anthropic text": {
        "model": "anthropic/claude-opus-5-5", "system": "Be short.", "messages": [user("Hello")],
        "reasoning_effort": "low", "stop": ["END"], "service_tier": "standard",
        "metadata": {"user_id": "u"}},
    "anthropic plain": {
        "model": "anthropic/claude-haiku-4-5", "messages": [user("Hello")]},
    "anthropic budget": {
        "model": "anthropic/claude-haiku-4-5", "messages": [user("Hello")],
        "max_output_tokens": 4000, "reasoning_effort": "medium"},
    "anthropic media": {
        "model": "anthropic/claude-opus-5-5", "messages": media(
            {"type": "image", "url": URL + "a.png"}, IMAGE, PDF,
            {"type": "file", "url": URL + "b.pdf"},
            {"type": "file", "data": "QUJD", "media_type": "text/plain"})},
    "anthropic tools": {
        "model": "anthropic/claude-opus-5-5", "tools": TOOLS, "tool_choice": "get_weather",
        "system": "Long.", "cache": {"system": "1h", "tools": "1h"},
        "messages": [ASKED, {"role": "assistant", "content": [
            {"type": "reasoning", "text": "Hm", "signature": "Eq0"},
            {"type": "reasoning", "signature": "redacted:ZZ"},
            call("c1", "Paris"), call("c2", "Rome")]},
            {"role": "tool", "content": [result("c1", "rain"),
                                         result("c2", "sun", cache="5m")]}]},
    "anthropic schema": {
        "model": "anthropic/claude-opus-5-5", "messages": [user("A city")],
        "response_format": FORMAT},
}


def spell_out(body):
    """Documented difference: a lone text is a string or a list of one block, which is the same."""
    for message in body["messages"]:
        if isinstance(message.get("content"), str) and message["role"] != "tool":
            message["content"] = [text(message["content"])]
    return body


class OfficialSdks(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        done = subprocess.run(["node", str(harness.HERE / "official-sdks-client.mjs")],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        cls.recorded = json.loads(done.stdout)

    def encode(self, name):
        with harness.Home() as home:
            path = pathlib.Path(home.root) / "request.json"
            path.write_text(json.dumps({"max_output_tokens": 64, **CALLS[name]}))
            done = home.run("encode", "--dialect", name.split()[0], "--request", str(path))
            self.assertEqual(done.returncode, 0, done.stderr)
            return json.loads(done.stdout)

    def test_every_call_is_compared(self):
        self.assertEqual(set(self.recorded), set(CALLS))

    def test_same_bodies(self):
        for name, recorded in self.recorded.items():
            with self.subTest(name):
                ours = self.encode(name)
                self.assertEqual(spell_out(ours["body"]), spell_out(recorded["body"]))
                self.assertEqual("/v1" + ours["path"], recorded["path"])

    def test_versions(self):
        """Documented difference: the SDK speaks the newest version, tokenwise the one that still
        has a temperature, unless told otherwise."""
        self.assertEqual(self.recorded["anthropic text"]["version"], "2026-10-21")
        self.assertEqual(self.encode("anthropic text")["headers"]["anthropic-version"],
                         "2023-06-01")


if not harness.node_is_new_enough():
    harness.skip_all("node 20.15 or later is needed for the SDKs")
if not all((harness.HERE / "node_modules" / sdk).exists() for sdk in SDKS):
    harness.skip_all("the SDKs are missing; run npm ci in tests/integration")
if __name__ == "__main__":
    unittest.main()
