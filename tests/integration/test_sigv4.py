#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Signatures against AWS's own signer for JavaScript, over random requests: test_sigv4.py SIGNER"""
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import urllib.parse

import harness

HERE = pathlib.Path(__file__).parent
SEED = 20261122
REQUESTS = 400
NASTY = list(":/%+&=?#@!$'()*,;~-._ \t\"<>[]{}|\\^`") + ["ä", "ሴ", "😀", "..", "%3A", "//", "/./", "/../"]
MODELS = ("us.amazon.nova-2-lite-v1:0", "anthropic.claude-3-haiku-20240307-v1:0:200k",
          "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-x")


def text(rng, longest):
    return "".join(rng.choice(NASTY) if rng.random() < 0.4 else rng.choice("abcXYZ019")
                   for _ in range(rng.randrange(longest)))


def path(rng):
    """As it stands on the request line: what is not one of a path's characters is encoded."""
    kind = rng.random()
    if kind < 0.3:
        model = urllib.parse.quote(rng.choice(MODELS), safe="")
        return f"/model/{model}/{rng.choice(('converse', 'converse-stream'))}"
    if kind < 0.6:
        return f"/model/{urllib.parse.quote(text(rng, 20), safe='')}/converse"
    return "/" + urllib.parse.quote(text(rng, 30), safe="/:@!$&'()*+,;=~%")


def query(rng):
    """The pairs as a URL has them, in any order, and as the other signer wants them."""
    parameters = {text(rng, 6) or "k": [text(rng, 8) for _ in range(rng.randint(1, 3))]
                  for _ in range(rng.choice((0, 0, 1, 2, 5)))}
    pairs = [(name, value) for name, values in parameters.items() for value in values]
    rng.shuffle(pairs)
    encoded = "&".join(f"{urllib.parse.quote(name, safe='~')}={urllib.parse.quote(value, safe=rng.choice(('', '/:@')))}"
                       for name, value in pairs)
    return encoded, parameters


def headers(rng):
    names = rng.sample(("Content-Type", "accept", "X-Amzn-Bedrock-Trace", "User-Agent",
                        "X-Amzn-Trace-Id", "Cache-Control", "sec-fetch-mode", "X-a-b", "X-a"), rng.randrange(6))
    return {name: rng.choice(("application/json", "  two   spaces  ", "a\tb", "ünïcode", "x" * 300, "a,b")) for name in names}


def request(rng):
    encoded, parameters = query(rng)
    made = {"method": rng.choice(("POST", "GET", "PUT", "DELETE")), "path": path(rng), "query": encoded,
            "parameters": parameters, "headers": headers(rng), "body": text(rng, 200),
            "host": rng.choice(("bedrock-runtime.us-east-1.amazonaws.com", "127.0.0.1:4010")),
            "region": rng.choice(("us-east-1", "eu-central-1", "us-gov-west-1")), "service": rng.choice(("bedrock", "service")),
            "key": "AKID" + str(rng.randrange(10**12)), "secret": f"s/{rng.getrandbits(200):x}+=",
            "seconds": rng.randrange(4 * 10**9)}
    if rng.random() < 0.2:
        made["headers"]["X-Amz-Content-Sha256"] = hashlib.sha256(made["body"].encode()).hexdigest()
    if rng.random() < 0.5:
        made["token"] = f"IQoJ//{rng.getrandbits(4000):x}=="
    return made


def sign(command, lines):
    done = subprocess.run(command, input=lines, capture_output=True, text=True, cwd=HERE, timeout=100)
    return done.returncode, done.stdout.splitlines(), done.stderr


def main():
    if not harness.node_is_new_enough():
        harness.skip_all("node 20.15 or later is needed for AWS's signer")
    if not (HERE / "node_modules" / "@smithy" / "signature-v4").exists():
        harness.skip_all("AWS's signer is not installed; run npm ci in tests/integration")
    rng = random.Random(SEED)
    requests = [request(rng) for _ in range(REQUESTS)]
    lines = "".join(json.dumps(made) + "\n" for made in requests)
    status, theirs, errors = sign(["node", "aws-signer.mjs"], lines)
    assert status == 0 and len(theirs) == REQUESTS, errors
    status, ours, errors = sign([os.path.abspath(sys.argv[1])], lines)
    assert status == 0 and len(ours) == REQUESTS, errors
    for made, mine, other in zip(requests, ours, theirs):
        assert mine == other, f"{json.dumps(made)}\n ours   {mine}\n theirs {other}"
    print(f"1..1\nok 1 # {REQUESTS} random requests are signed as AWS's signer signs them")


main()
