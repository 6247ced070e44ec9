# SPDX-License-Identifier: MIT
"""Google's own SDK and tokenwise make the same calls of Gemini and Vertex, and read the same
replies."""
import http.server
import json
import os
import shutil
import subprocess
import threading
import unittest

import harness

KEY = "test-not-a-real-key"
SDK = harness.HERE / "node_modules" / "@google" / "genai"
PARAMETERS = {"type": "object", "properties": {"city": {"type": ["string", "null"]}},
              "required": ["city"], "additionalProperties": False}


def user(content):
    return {"role": "user", "content": content}


def weather(call, city):
    return {"type": "tool_call", "id": call, "name": "get_weather", "arguments": {"city": city}}


def result(call, text):
    return {"type": "tool_result", "id": call, "content": text}


# The calls of gemini-client.mjs, in tokenwise's terms.
CALLS = {
    "text": {
        "model": "google/gemini-3.5-flash", "system": "Be short.", "max_output_tokens": 64,
        "temperature": 0.5, "stop": ["END"], "reasoning_effort": "low", "service_tier": "flex",
        "messages": [user("Hello"), {"role": "assistant", "content": "Hello, who is there?"},
                     user("Me")]},
    "whole": {
        "model": "google/gemini-2.5-flash", "max_output_tokens": 64, "messages": [user("Hello")]},
    "budget": {
        "model": "google/gemini-2.5-flash", "max_output_tokens": 64, "reasoning_effort": "none",
        "messages": [user("Hello")]},
    "media": {
        "model": "google/gemini-3.5-flash", "max_output_tokens": 64,
        "messages": [user([
            {"type": "text", "text": "What are these?"},
            {"type": "image", "url": "https://example.org/a.png", "media_type": "image/png"},
            {"type": "image", "data": "QUJD", "media_type": "image/png"},
            {"type": "file", "data": "QUJD", "media_type": "application/pdf"},
            {"type": "file", "data": "QUJD", "media_type": "audio/wav"}])]},
    "tools": {
        "model": "google/gemini-3.5-flash", "max_output_tokens": 64,
        "tools": [{"name": "get_weather", "description": "Weather", "parameters": PARAMETERS}],
        "tool_choice": "get_weather",
        "messages": [user("Weather in Paris and Rome?"),
                     {"role": "assistant",
                      "content": [weather("c1", "Paris"), weather("c2", "Rome")]},
                     {"role": "tool", "content": [result("c1", "rain"), result("c2", "sun")]}]},
    "schema": {
        "model": "google/gemini-2.5-flash", "max_output_tokens": 64,
        "messages": [user("A city")],
        "response_format": {"type": "json_schema", "name": "city", "schema": PARAMETERS}},
    "vertex": {
        "model": "google-vertex/gemini-2.5-pro", "max_output_tokens": 64,
        "reasoning_effort": "medium",
        "messages": [user([{"type": "file", "url": "gs://bucket/a.mp4",
                            "media_type": "video/mp4"}])]},
    "refused": {
        "model": "google/gemini-3.5-flash", "max_output_tokens": 64, "messages": [user("fail")]},
}


class Recorder(http.server.BaseHTTPRequestHandler):
    """Keeps what it is asked, and answers a thought, a text and two calls of a tool."""
    protocol_version = "HTTP/1.1"
    seen = []

    THOUGHT = {"text": "Hm.", "thought": True}
    CALLS = [{"functionCall": {"id": "fc_1", "name": "get_weather", "args": {"city": "Oslo"}},
              "thoughtSignature": "U0lH"},
             {"functionCall": {"id": "fc_2", "name": "get_weather", "args": {"city": None}}}]

    def reply(self, parts, usage, **candidate):
        total = sum(usage)
        return {"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0,
                                **candidate}],
                "usageMetadata": {"promptTokenCount": usage[0], "candidatesTokenCount": usage[1],
                                  "thoughtsTokenCount": usage[2], "totalTokenCount": total,
                                  "cachedContentTokenCount": 4},
                "modelVersion": "gemini-3.5-flash", "responseId": "resp_1"}

    def chunks(self, body):
        yield self.reply([self.THOUGHT], (31, 0, 3))
        yield self.reply([{"text": "Grü"}], (31, 2, 8))
        if body["contents"][-1]["parts"][-1].get("text") == "fail":
            yield {"error": {"code": 503, "message": "It broke.", "status": "UNAVAILABLE"}}
            return
        yield self.reply([{"text": "ß dich ☃"}], (31, 7, 8))
        yield self.reply(self.CALLS, (30, 12, 8), finishReason="STOP")

    def whole(self):
        return self.reply([self.THOUGHT, {"text": "Grüß dich ☃"}, *self.CALLS], (30, 12, 8),
                          finishReason="STOP")

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append({"path": self.path, "body": body, "key": self.headers["x-goog-api-key"],
                          "type": self.headers["Content-Type"]})
        if self.path.endswith(":streamGenerateContent?alt=sse"):
            kind = "text/event-stream"
            answer = "".join(f"data: {json.dumps(chunk)}\r\n\r\n" for chunk in self.chunks(body))
        else:
            kind, answer = "application/json", json.dumps(self.whole(), indent=2)
        data = answer.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class SameAsTheSdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
        cls.addClassCleanup(cls.server.server_close)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.shutdown)
        cls.url = f"http://127.0.0.1:{cls.server.server_address[1]}"
        env = {name: value for name, value in os.environ.items()
               if not name.startswith(("GOOGLE_", "GEMINI_"))}
        done = subprocess.run(
            ["node", str(harness.HERE / "gemini-client.mjs"), cls.url], text=True,
            capture_output=True, timeout=60, check=True, env={**env, "TEST_KEY": KEY})
        results = [json.loads(line) for line in done.stdout.splitlines()]
        assert [entry["name"] for entry in results] == list(CALLS), done.stderr
        cls.read = {entry["name"]: entry for entry in results}
        cls.sent = dict(zip(CALLS, Recorder.seen, strict=True))

    def setUp(self):
        self.home = harness.Home().__enter__()
        self.addCleanup(self.home.__exit__)
        self.home.env["TEST_KEY"] = KEY
        # Vertex in its express mode, which takes a key as the Gemini API does.
        self.home.write("config.ini", f"""
[provider google]
dialect=gemini
base-url={self.url}/v1beta
key-env=TEST_KEY
[provider google-vertex]
dialect=gemini
base-url={self.url}/v1beta1/publishers/google
key-env=TEST_KEY
""")
        Recorder.seen.clear()

    def send(self, name):
        request = self.home.root / "request.json"
        request.write_text(json.dumps(CALLS[name]))
        mode = ["--no-stream"] if name == "whole" else []
        return self.home.send(*mode, "--request", str(request))

    def test_requests_are_equal(self):
        for name in CALLS:
            with self.subTest(name=name):
                Recorder.seen.clear()
                status, lines = self.send(name)
                self.assertTrue(Recorder.seen, (status, lines))
                self.assertEqual(Recorder.seen[0], self.sent[name])

    def test_replies_are_read_alike(self):
        for name in CALLS:
            if name == "refused":
                continue
            with self.subTest(name=name):
                status, lines = self.send(name)
                self.assertEqual(status, 0, lines)
                text = "".join(line["text"] for line in lines if line["type"] == "text")
                calls = [{"id": line["id"], "name": line["name"],
                          "args": json.loads(line["arguments"])}
                         for line in lines if line["type"] == "tool_call"]
                theirs = self.read[name]
                self.assertEqual(theirs["text"], "Grüß dich ☃")
                self.assertEqual(text, theirs["text"])
                self.assertEqual(calls, theirs["calls"])
                # What Gemini 3 wants back with the first of the calls.
                self.assertEqual([line.get("signature") for line in lines
                                  if line["type"] == "tool_call"], ["U0lH", None])
                self.check_usage(lines[-1]["actual"]["usage"], theirs["usage"])

    def check_usage(self, usage, theirs):
        self.assertEqual(usage["input_total"], theirs["promptTokenCount"])
        self.assertEqual(usage["input_cache_read"], theirs["cachedContentTokenCount"])
        self.assertEqual(usage["output_text"], theirs["candidatesTokenCount"])
        self.assertEqual(usage["output_reasoning"], theirs["thoughtsTokenCount"])

    def test_both_report_the_error_in_the_stream(self):
        status, lines = self.send("refused")
        self.assertNotEqual(status, 0)
        self.assertIn("It broke.", json.dumps(lines))
        self.assertIn("It broke.", self.read["refused"]["error"])


if __name__ == "__main__":
    if not shutil.which("node") or not SDK.is_dir():
        harness.skip_all("node and “npm ci” in tests/integration are needed for Google's SDK")
    unittest.main(verbosity=2)
