#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Bedrock against AWS's own SDK for JavaScript: the same call is the same path and body, and an
event stream of its codec is read."""
import base64
import json
import os
import pathlib
import subprocess

import harness

HERE = pathlib.Path(__file__).parent
MODEL = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-opus-5-5-v1:0"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
PNG = "iVBORw0KGgo="

# Each the request of a person, and the same call as one writes it with the SDK.
CALLS = (
    ({"model": "bedrock/us.amazon.nova-2-lite-v1:0", "max_output_tokens": 10,
      "messages": [{"role": "user", "content": "hi"}]},
     {"modelId": "us.amazon.nova-2-lite-v1:0", "inferenceConfig": {"maxTokens": 10},
      "messages": [{"role": "user", "content": [{"text": "hi"}]}]}),
    ({"model": "bedrock/" + MODEL, "system": "Be brief.", "max_output_tokens": 1000,
      "stop": ["END"], "reasoning_effort": "max", "service_tier": "priority", "cache": {"system": "1h", "tools": "5m"},
      "metadata": {"team": "a"},
      "tools": [{"name": "w", "description": "weather", "parameters": SCHEMA}], "tool_choice": "auto",
      "response_format": {"type": "json_schema", "name": "answer", "schema": SCHEMA},
      "messages": [
          {"role": "user", "content": [
              {"type": "text", "text": "ä\"\\", "cache": "5m"},
              {"type": "image", "data": PNG, "media_type": "image/png"},
              {"type": "file", "data": "QUJD", "media_type": "application/pdf", "name": "a b"}]},
          {"role": "assistant", "content": [
              {"type": "reasoning", "text": "Hm", "signature": "Eq0="},
              {"type": "reasoning", "text": "", "signature": "redacted:QUJD"},
              {"type": "tool_call", "id": "t1", "name": "w", "arguments": {"city": "Paris"}}]},
          {"role": "tool", "content": [{"type": "tool_result", "id": "t1", "content": "18"}]}]},
     {"modelId": MODEL, "system": [{"text": "Be brief."}, {"cachePoint": {"type": "default", "ttl": "1h"}}],
      "inferenceConfig": {"maxTokens": 1000, "stopSequences": ["END"]},
      "additionalModelRequestFields": {"thinking": {"type": "adaptive"}},
      "outputConfig": {"effort": "max", "textFormat": {"type": "json_schema", "structure": {"jsonSchema": {
          "name": "answer", "schema": json.dumps(SCHEMA, separators=(",", ":"))}}}},
      "serviceTier": {"type": "priority"}, "requestMetadata": {"team": "a"},
      "toolConfig": {"toolChoice": {"auto": {}}, "tools": [
          {"toolSpec": {"name": "w", "description": "weather", "inputSchema": {"json": SCHEMA}}},
          {"cachePoint": {"type": "default"}}]},
      "messages": [
          {"role": "user", "content": [
              {"text": "ä\"\\"}, {"cachePoint": {"type": "default"}},
              {"image": {"format": "png", "source": {"bytes": {"$bytes": PNG}}}},
              {"document": {"format": "pdf", "name": "a b", "source": {"bytes": {"$bytes": "QUJD"}}}}]},
          {"role": "assistant", "content": [
              {"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "Eq0="}}},
              {"reasoningContent": {"redactedContent": {"$bytes": "QUJD"}}},
              {"toolUse": {"toolUseId": "t1", "name": "w", "input": {"city": "Paris"}}}]},
          {"role": "user", "content": [{"toolResult": {"toolUseId": "t1", "content": [{"text": "18"}]}}]}]}),
    ({"model": "bedrock/amazon.nova-2-lite-v1:0", "max_output_tokens": 9, "reasoning_effort": "low", "temperature": 0.25,
      "messages": [{"role": "user", "content": "hi"}], "tools": [{"name": "f"}], "tool_choice": "f"},
     {"modelId": "amazon.nova-2-lite-v1:0", "inferenceConfig": {"maxTokens": 9, "temperature": 0.25},
      "additionalModelRequestFields": {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}},
      "toolConfig": {"toolChoice": {"tool": {"name": "f"}}, "tools": [
          {"toolSpec": {"name": "f", "inputSchema": {"json": {"type": "object"}}}}]},
      "messages": [{"role": "user", "content": [{"text": "hi"}]}]}),
)

EVENTS = (
    ("messageStart", {"role": "assistant", "p": "abc"}),
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "15 °C"}}),
    ("contentBlockStop", {"contentBlockIndex": 0}),
    ("messageStop", {"stopReason": "end_turn"}),
    ("metadata", {"usage": {"inputTokens": 3, "outputTokens": 5, "totalTokens": 8}, "metrics": {"latencyMs": 1}}),
)


def record():
    calls = [theirs for _, theirs in CALLS]
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(["node", "bedrock-sdk.mjs"], input=json.dumps({"calls": calls, "events": EVENTS}), env=env,
                          capture_output=True, text=True, cwd=HERE, timeout=100)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check_body(home, ours, recorded):
    done = home.run("encode", "--dialect", "bedrock-converse", "--request", "-", "--json", stdin=json.dumps(ours))
    assert done.returncode == 0, done.stdout + done.stderr
    call = json.loads(done.stdout)
    assert call["path"] == recorded["path"], (call["path"], recorded["path"])
    assert call["body"] == json.loads(recorded["body"]), f"\n ours   {call['body']}\n theirs {recorded['body']}"
    assert call["headers"]["Content-Type"] == recorded["type"]


def check_stream(home, stream):
    path = home.root / "reply.eventstream"
    path.write_bytes(base64.b64decode(stream))
    done = home.run("decode", "--dialect", "bedrock-converse", "--stream",
                    "--header", "Content-Type: application/vnd.amazon.eventstream", "--json", str(path))
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert reply["text"] == "15 °C" and reply["complete"] and reply["error"] is None, reply
    assert reply["usage"]["input_uncached"] == 3 and reply["usage"]["output_text"] == 5, reply


def main():
    if not harness.node_is_new_enough():
        harness.skip_all("node 20.15 or later is needed for AWS's SDK")
    if not (HERE / "node_modules" / "@aws-sdk" / "client-bedrock-runtime").exists():
        harness.skip_all("AWS's SDK is not installed; run npm ci in tests/integration")
    result = record()
    assert len(result["recorded"]) == len(CALLS)
    with harness.Home() as home:
        for (ours, _), recorded in zip(CALLS, result["recorded"]):
            check_body(home, ours, recorded)
        check_stream(home, result["stream"])
    print(f"1..1\nok 1 # {len(CALLS)} calls as AWS's SDK sends them, and its event stream read")


main()
