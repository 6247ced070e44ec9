# SPDX-License-Identifier: MIT
"""What the network costs over plain libcurl, in one run against one server, which is not ours.

The server is aimock, which the integration tests have, at the pace of net-server.mjs. Ours and the
peer take turns; each figure is a median.
"""
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys

INTEGRATION = pathlib.Path(__file__).resolve().parent.parent / "integration"
ROUNDS = 5
CALLS = 100
STREAMS = 1000
QUESTION = "hello"


def body(text):
    return json.dumps({"model": "gpt-4o-mini", "stream": True,
                       "messages": [{"role": "user", "content": text}]})


@contextlib.contextmanager
def server():
    script = pathlib.Path(__file__).resolve().parent / "net-server.mjs"
    process = subprocess.Popen(["node", str(script)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


def run(program, *args, env=None):
    done = subprocess.run([program, *map(str, args)], check=True, capture_output=True, text=True,
                          env=env)
    return json.loads(done.stdout)


def first_figures(ours, peer, url, env):
    """Microseconds from readable to the caller's hands."""
    samples = {"first": ([], []), "text": ([], [])}
    for _ in range(ROUNDS):
        for what, (mine, theirs) in samples.items():
            target = (url, body(QUESTION)) if what == "first" else ("openai/gpt-4o-mini", QUESTION)
            mine += run(ours, what, *target, CALLS, env=env)
            theirs += run(peer, what, url, body(QUESTION), CALLS)
    first, text = ((statistics.median(mine), statistics.median(theirs))
                   for mine, theirs in samples.values())
    print(f"  first byte: {first[0]:.1f} µs, curl_easy {first[1]:.1f} µs; "
          f"text: {text[0]:.1f} µs, libcurl {text[1]:.1f} µs; {ROUNDS * CALLS} calls each")
    yield "first byte over curl_easy", first[0] - first[1], 5, "µs"
    yield "first text event over plain libcurl", text[0] - text[1], 50, "µs"


def many_figures(ours, peer, url, env):
    question = body("many")
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(run(ours, "many", url, question, STREAMS, env=env))
        theirs.append(run(peer, "many", url, question, STREAMS))

    def median(runs, of):
        return statistics.median(of(one) for one in runs)

    def pace(one):
        return one["bytes"] / one["seconds"] / 1e6

    def cpu(one):
        return one["cpu"] / one["bytes"] * 1e9

    print(f"  {STREAMS} streams: {median(mine, pace):.1f} MB/s, curl_multi "
          f"{median(theirs, pace):.1f} MB/s; own CPU {median(mine, cpu):.0f} ns a byte, curl_multi "
          f"{median(theirs, cpu):.0f}; {median(mine, lambda one: one['kb']):.1f} KB a stream, "
          f"curl_multi {median(theirs, lambda one: one['kb']):.1f}")
    yield ("time of 1,000 streams over curl_multi's", 100 * median(theirs, pace)
           / median(mine, pace), 111, "%")
    yield "memory of a stream", median(mine, lambda one: one["kb"]), 40, "KB"


def measure(build, timings):
    os.environ.setdefault("TOKENWISE_CLI", str(build / "bindings" / "cli" / "tokenwise"))
    sys.path.insert(0, str(INTEGRATION))
    import harness

    if not harness.node_is_new_enough():
        print("net: not measured (node 20.15 or later is needed for the stand-in)")
        return []
    folder = build / "tests" / "bench"
    with server() as base, harness.Home() as home:
        home.use_mock(base)
        url = f"{base}/v1/chat/completions"
        home.env["TOKENWISE_DATA_DIR"] = str(build / "libtokenwise")
        both = (folder / "net", folder / "net-peer", url, home.env)
        return timings(first_figures(*both)) + timings(many_figures(*both))
