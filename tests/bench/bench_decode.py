# SPDX-License-Identifier: MIT
"""The decode group of bench.py: OpenAI chat deltas to events, beside npm's openai in the same run."""
import json
import pathlib
import shutil
import subprocess
import tempfile

EVENTS = 20000
FLOOR = 500_000
PEER_FACTOR = 5
WORDS = ["The", " quick", " brown", " fox", " said:", ' \\"no\\"', "\\n", " über", " and", " 42"]


def write_stream(path):
    """A stream as OpenAI sends it: the role, deltas with padding, the finish, usage, the mark."""
    head = ('data: {"id":"chatcmpl-CkX2vQ8b1y3m5n7p9r","object":"chat.completion.chunk",'
            '"created":1764000000,"model":"gpt-5.4-2026-03-05","service_tier":"default",'
            '"system_fingerprint":"fp_a1b2c3d4e5",')
    with open(path, "w", encoding="utf-8") as out:
        out.write(head + '"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":'
                  'null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"a"}\n\n')
        for i in range(EVENTS):
            out.write(head + '"choices":[{"index":0,"delta":{"content":"' + WORDS[i % len(WORDS)] +
                      '"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"' +
                      "q7Zk"[: i % 5] + '"}\n\n')
        out.write(head + '"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],'
                  '"usage":null}\n\n')
        out.write(head + '"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":20000,'
                  '"total_tokens":20009}}\n\ndata: [DONE]\n\n')


def run(*command):
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def peer_rate(sources, stream):
    """None where node or the package is missing."""
    if shutil.which("node") is None or not (sources / "node_modules" / "openai").is_dir():
        print("Without node or npm's openai there is no peer; `./dev bench decode` installs it.")
        return None
    peer = run("node", sources / "decode-peer.mjs", stream)
    assert peer["texts"] == EVENTS, peer
    return peer["events_per_second"]


def measure(build):
    sources = pathlib.Path(__file__).resolve().parent
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        stream = pathlib.Path(folder) / "stream.txt"
        write_stream(stream)
        ours = run(build / "tests/bench/decode", stream)
        assert ours["texts"] == EVENTS, ours
        peer = peer_rate(sources, stream)
    rate = ours["events_per_second"]
    print(f"{'chat deltas to events':40} {rate:12,} /s, the floor is {FLOOR:,} /s")
    print(f"{'  by the parser alone':40} {ours['events_per_second_parser']:12,} /s")
    if rate < FLOOR:
        missed.append(f"chat deltas to events: {rate:,} /s, the floor is {FLOOR:,}")
    if peer is not None:
        print(f"{'  npm openai':40} {peer:12,} /s, we are {rate / peer:.1f} times as fast")
        if rate < PEER_FACTOR * peer:
            missed.append(f"chat deltas to events: {rate / peer:.1f} times npm openai, "
                          f"the floor is {PEER_FACTOR}")
    return missed
