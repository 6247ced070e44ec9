# SPDX-License-Identifier: MIT
"""OpenAI's own SDK and tokenwise make the same calls of /responses, and read the same replies."""
import http.server
import json
import os
import shutil
import subprocess
import threading
import unittest

import harness

KEY = "sk-test-not-a-real-key"
SDK = harness.HERE / "node_modules" / "openai"
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}},
              "required": ["city"], "additionalProperties": False}


def user(content):
    return {"role": "user", "content": content}


def weather(call, city):
    return {"type": "tool_call", "id": call, "name": "get_weather", "arguments": {"city": city}}


def result(call, text):
    return {"type": "tool_result", "id": call, "content": text}


# The calls of openai-responses-client.mjs, in tokenwise's terms.
CALLS = {
    "text": {
        "model": "openai/gpt-5.4", "system": "Be short.", "max_output_tokens": 64,
        "reasoning_effort": "low",
        "messages": [user("Hello"), {"role": "assistant", "content": "Hello, who is there?"},
                     user("Me")]},
    "whole": {
        "model": "openai/gpt-4.1", "max_output_tokens": 64, "temperature": 0.5,
        "messages": [user("Hello")]},
    "media": {
        "model": "openai/gpt-4.1", "max_output_tokens": 64,
        "messages": [user([
            {"type": "text", "text": "What are these?"},
            {"type": "image", "url": "https://example.org/a.png"},
            {"type": "image", "data": "QUJD", "media_type": "image/png"},
            {"type": "file", "data": "QUJD", "media_type": "application/pdf", "name": "a.pdf"},
            {"type": "file", "url": "https://example.org/b.pdf"}])]},
    "tools": {
        "model": "openai/gpt-5.4", "max_output_tokens": 64, "service_tier": "flex",
        "tools": [{"name": "get_weather", "description": "Weather", "parameters": PARAMETERS}],
        "tool_choice": "get_weather",
        "messages": [user("Weather in Paris and Rome?"),
                     {"role": "assistant",
                      "content": [weather("c1", "Paris"), weather("c2", "Rome")]},
                     {"role": "tool", "content": [result("c1", "rain"), result("c2", "sun")]}]},
    "schema": {
        "model": "openai/gpt-4.1", "max_output_tokens": 64, "messages": [user("A city")],
        "response_format": {"type": "json_schema", "name": "city", "schema": PARAMETERS}},
    "refused": {
        "model": "openai/gpt-4.1", "max_output_tokens": 64, "messages": [user("fail")]},
}


def item_events(index, item, pieces):
    """One output item as the API streams it: opened, in pieces, whole."""
    kind = "function_call_arguments" if item["type"] == "function_call" else "output_text"
    empty = dict(item, status="in_progress")
    place = {"output_index": index, "item_id": item["id"]}
    if kind == "output_text":
        place["content_index"] = 0
        empty["content"] = []
    else:
        empty["arguments"] = ""
    yield {"type": "response.output_item.added", "output_index": index, "item": empty}
    if kind == "output_text":
        yield {"type": "response.content_part.added", **place,
               "part": {"type": "output_text", "text": "", "annotations": []}}
    for piece in pieces:
        yield {"type": f"response.{kind}.delta", **place, "delta": piece}
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


class Recorder(http.server.BaseHTTPRequestHandler):
    """Keeps what it is asked, and answers a text and a call of the tool."""
    protocol_version = "HTTP/1.1"
    seen = []

    TEXT = {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
            "content": [{"type": "output_text", "text": "Grüß dich ☃", "annotations": []}]}
    CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "status": "completed",
            "name": "get_weather", "arguments": '{"city":"Oslo"}'}

    def response(self, body, status, **members):
        return {"id": "resp_1", "object": "response", "created_at": 1, "status": status,
                "model": body["model"], "output": [], "error": None, "incomplete_details": None,
                "service_tier": "default", "usage": None, **members}

    def whole(self, body):
        return self.response(
            body, "completed", output=[self.TEXT, self.CALL],
            usage={"input_tokens": 30, "input_tokens_details": {"cached_tokens": 4},
                   "output_tokens": 20, "output_tokens_details": {"reasoning_tokens": 8},
                   "total_tokens": 50})

    def events(self, body):
        yield {"type": "response.created", "response": self.response(body, "in_progress")}
        if body["input"][-1].get("content") == "fail":
            error = {"type": "server_error", "code": "server_error", "message": "It broke."}
            yield {"type": "error", "error": error}
            yield {"type": "response.failed",
                   "response": self.response(body, "failed", error=error)}
            return
        yield from item_events(0, self.TEXT, ["Grü", "ß dich ", "☃"])
        yield from item_events(1, self.CALL, ['{"city"', ':"Oslo"}'])
        yield {"type": "response.completed", "response": self.whole(body)}

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append({"path": self.path, "body": body, "key": self.headers["Authorization"],
                          "type": self.headers["Content-Type"]})
        if body.get("stream"):
            kind = "text/event-stream"
            answer = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
                             for event in self.events(body))
        else:
            kind, answer = "application/json", json.dumps(self.whole(body))
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
        cls.url = f"http://127.0.0.1:{cls.server.server_address[1]}/v1"
        done = subprocess.run(
            ["node", str(harness.HERE / "openai-responses-client.mjs"), cls.url], text=True,
            capture_output=True, timeout=60, check=True, env={**os.environ, "TEST_KEY": KEY})
        results = [json.loads(line) for line in done.stdout.splitlines()]
        assert [entry["name"] for entry in results] == list(CALLS), done.stderr
        cls.read = {entry["name"]: entry for entry in results}
        cls.sent = dict(zip(CALLS, Recorder.seen, strict=True))

    def setUp(self):
        self.home = harness.Home().__enter__()
        self.addCleanup(self.home.__exit__)
        self.home.env["TEST_KEY"] = KEY
        self.home.write("config.ini", f"""
[provider openai]
dialect=openai-responses
base-url={self.url}
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
                self.send(name)
                self.assertEqual(Recorder.seen[0], self.sent[name])

    def test_replies_are_read_alike(self):
        for name in CALLS:
            if name == "refused":
                continue
            with self.subTest(name=name):
                status, lines = self.send(name)
                self.assertEqual(status, 0, lines)
                text = "".join(line["text"] for line in lines if line["type"] == "text")
                calls = [{key: line[key] for key in ("id", "name", "arguments")}
                         for line in lines if line["type"] == "tool_call"]
                usage = lines[-1]["actual"]["usage"]
                theirs = self.read[name]
                self.assertEqual(text, theirs["text"])
                self.assertEqual(calls, theirs["calls"])
                self.assertEqual(usage["input_total"], theirs["usage"]["input_tokens"])
                self.assertEqual(usage["output_total"], theirs["usage"]["output_tokens"])
                self.assertEqual((usage["input_cache_read"], usage["output_reasoning"]), (4, 8))

    def test_both_report_the_error_in_the_stream(self):
        status, lines = self.send("refused")
        self.assertNotEqual(status, 0)
        self.assertIn("It broke.", json.dumps(lines))
        self.assertIn("It broke.", self.read["refused"]["error"])


if __name__ == "__main__":
    if not shutil.which("node") or not SDK.is_dir():
        harness.skip_all("node and “npm ci” in tests/integration are needed for OpenAI's SDK")
    unittest.main(verbosity=2)
