#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokenwise encode and tokenwise decode"""

import json
import unittest

from cli_case import CliCase

WHOLE = {
    "id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4o-mini-2024-07-18",
    "choices": [{"index": 0, "finish_reason": "stop",
                 "message": {"role": "assistant", "content": "Hello."}}],
    "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
}
STREAM = (
    'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1",'
    '"type":"message","role":"assistant","model":"claude-haiku-4-5","content":[],'
    '"usage":{"input_tokens":10,"output_tokens":1}}}\n\n'
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,'
    '"content_block":{"type":"text","text":""}}\n\n'
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
    '"delta":{"type":"text_delta","text":"Good day."}}\n\n'
    'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n'
    'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},'
    '"usage":{"output_tokens":5}}\n\n'
)
END = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'


class Encode(CliCase):
    def encode(self, dialect, *args, **members):
        call = json.loads(self.text("encode", "--dialect", dialect, "--request",
                                    self.request(**members), *args))
        self.assertEqual(sorted(call), ["body", "headers", "method", "path"])
        return call

    def test_openai(self):
        call = self.encode("openai-chat", model="openai/gpt-4o-mini", system="Be brief.")
        self.assertEqual((call["method"], call["path"]), ("POST", "/chat/completions"))
        self.assertEqual(call["body"]["model"], "gpt-4o-mini")
        self.assertEqual(call["body"]["messages"][-1], {"role": "user", "content": "Say hello."})

    def test_anthropic(self):
        call = self.encode("anthropic", model="anthropic/claude-haiku-4-5", max_output_tokens=99)
        self.assertEqual(call["path"], "/messages")
        self.assertEqual(call["body"]["model"], "claude-haiku-4-5")
        self.assertEqual(call["body"]["max_tokens"], 99)

    def test_no_key_leaks(self):
        path = self.request(model="openai/gpt-4o-mini")
        output = self.text("encode", "--dialect", "openai-chat", "--request", path,
                           env={"OPENAI_API_KEY": "sk-secret-of-the-test"})
        self.assertNotIn("sk-secret", output)
        self.assertNotIn("uthorization", output)

    def test_option_wins_over_the_file(self):
        call = self.encode("openai-chat", "-m", "openai/gpt-4o", model="openai/gpt-4o-mini")
        self.assertEqual(call["body"]["model"], "gpt-4o")

    def test_model_of_ones_own(self):
        call = self.encode("openai-chat", model="local/family/homemade")
        self.assertEqual(call["body"]["model"], "family/homemade")

    def test_bad_input(self):
        path = self.request(model="gpt-4o")
        self.error("invalid-input", 2, "encode", "--request", path)
        self.error("invalid-input", 2, "encode", "--dialect", "openai-chat")
        self.assertIn("anthropic", self.error("invalid-input", 2, "encode", "--dialect", "morse",
                                              "--request", path))
        self.assertIn("auto", self.error("invalid-input", 2, "encode", "--dialect", "openai-chat",
                                         "--request", self.request()))

    def test_request_file(self):
        for content, named in (("{", "request"), ({"messages": []}, "messages"),
                               ({"messages": [{"role": "user", "content": "x"}],
                                 "max_tokens": 5}, "max_tokens"),
                               (b"\xff\xfe", "UTF-8"), ("[]", "object")):
            with self.subTest(content=content):
                path = self.write("bad.json", content)
                self.assertIn(named, self.error("invalid-input", 2, "encode", "--dialect",
                                                "openai-chat", "-m", "gpt-4o", "--request", path))


class Decode(CliCase):
    def decode(self, reply, *args, exit=0):
        return json.loads(self.text("decode", *args, stdin=reply.encode(), exit=exit))

    def test_whole_reply(self):
        reply = self.decode(json.dumps(WHOLE), "--dialect", "openai-chat", "--provider", "openai")
        self.assertEqual(reply["text"], "Hello.")
        self.assertEqual(reply["finish"], "stop")
        self.assertIs(reply["complete"], True)
        self.assertIsNone(reply["error"])
        self.assertEqual((reply["usage"]["input_total"], reply["usage"]["output_total"]), (9, 2))

    def test_stream(self):
        reply = self.decode(STREAM + END, "--dialect", "anthropic", "--stream")
        self.assertEqual(reply["text"], "Good day.")
        self.assertEqual(reply["usage"]["output_total"], 5)
        self.assertIs(reply["complete"], True)

    def test_stream_without_its_end(self):
        reply = self.decode(STREAM, "--dialect", "anthropic", "--stream")
        self.assertEqual(reply["text"], "Good day.")
        self.assertIs(reply["complete"], False)

    def test_status_and_headers(self):
        body = {"error": {"message": "Slow down", "type": "rate_limit_exceeded"}}
        reply = self.decode(json.dumps(body), "--dialect", "openai-chat", "--status", "429",
                            "--header", "Retry-After: 7", "--header", "x-request-id: r1")
        self.assertIs(reply["error"]["retryable"], True)
        self.assertEqual(reply["error"]["retry_after_ms"], 7000)
        self.assertEqual(reply["error"]["kind"], "rate-limited")

    def test_from_a_file(self):
        path = self.write("reply.json", WHOLE)
        self.assertEqual(json.loads(self.text("decode", "--dialect", "openai-chat", path))["text"],
                         "Hello.")

    def test_bad_input(self):
        path = self.write("reply.json", WHOLE)
        decode = ["decode", "--dialect", "openai-chat", path]
        self.error("invalid-input", 2, "decode", path)
        self.error("invalid-input", 2, "decode", "--dialect", "morse", path)
        self.error("invalid-input", 2, *decode, "--header", "no colon")
        self.error("invalid-input", 2, *decode, "--header", ": no name")
        self.error("invalid-input", 2, *decode, "--status", "99")
        self.error("invalid-input", 2, *decode, "--status", "600")
        self.error("invalid-input", 2, "decode", "--dialect", "openai-chat", "missing.json")


if __name__ == "__main__":
    unittest.main()
