# SPDX-License-Identifier: MIT
"""The `prices` figures: loading the catalogue, pricing a record beside npm's @pydantic/genai-prices in
the same run, and 2.8 million calls summed to the exact decimal."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cases"))
from price_oracle import Call, Catalog, decimal, instant  # noqa: E402

SECONDS = 120
OPEN_MS, OPEN_MB = 5, 3
RECORD_US, PEER_TIMES = 1, 30
N_CALLS = 2_800_000
BLOCK_TOKENS = 512
AT = "2026-10-01T12:00:00Z"
REPLAYED = ("openai/gpt-4.1-nano", "openai/gpt-5.4-mini", "google/gemini-2.5-pro", "x-ai/grok-4.5")
# Provider, model, input, cached, written, output: both sides of cliffs, with and without a cache, by
# an id's exact name and by a dated one.
RECORDS = """\
openai gpt-5.4 12000 8000 0 900
openai gpt-5.4 300000 200000 0 4000
openai gpt-4o-2024-08-06 1500 0 0 300
openai gpt-4.1-nano 800 0 0 120
anthropic claude-opus-5 48213 40000 7000 1270
anthropic claude-sonnet-4-6 15000 0 12304 550
anthropic claude-haiku-4-5-20251001 2459 2455 0 23
google gemini-2.5-pro 262960 257955 0 1744
google gemini-2.5-flash 130 0 0 120
mistral mistral-large-2512 5000 0 0 700
x-ai grok-4.5 199999 100000 0 1000
groq llama-3.3-70b-versatile 3000 0 0 400
"""


class Verdicts:
    def __init__(self):
        self.missed = []

    def say(self, name, value, limit, unit, most=True):
        met = value <= limit if most else value >= limit
        if not met:
            self.missed.append(f"{name}: {value:.2f} {unit}, the limit is {limit}")
        print(f"{name:46} {value:9.2f} {unit:3} {'≤' if most else '≥'} {limit} {unit:3} "
              f"{'met' if met else 'MISSED'}")

    def same(self, name, found, wanted):
        if found != wanted:
            self.missed.append(f"{name}: {found}, and not {wanted}")
        print(f"{name:46} ${found} {'exactly' if found == wanted else f'MISSED: ${wanted}'}")


def run(env, *command):
    done = subprocess.run([str(part) for part in command], env=env, capture_output=True, text=True,
                          timeout=SECONDS, cwd=pathlib.Path(__file__).resolve().parent)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip()[-300:] or f"{command[0]} failed")
    return json.loads(done.stdout)


def load(program, env, verdicts):
    figures = run(env, program, "load")
    verdicts.say("opening the catalogue, median", figures["open_ms"], OPEN_MS, "ms")
    verdicts.say("resident for it", figures["open_bytes"] / 1e6, OPEN_MB, "MB")
    print(f"{'reading each of the ' + str(figures['models']) + ' models as well':46} "
          f"{figures['read_all_ms']:9.2f} ms  {figures['read_all_bytes'] / 1e6:.2f} MB  shown only: a call "
          "needs one")


def records(program, env, folder, verdicts):
    path = pathlib.Path(folder) / "records"
    path.write_text(RECORDS)
    ours = run(env, program, "records", path)
    verdicts.say("pricing a record, without allocating", ours["total_ns"] / 1000, RECORD_US, "µs")
    print(f"{'with lines, each with its card':46} {ours['lines_ns'] / 1000:9.2f} µs  shown only")
    print(f"{'with looking its model up by name':46} {ours['by_name_ns'] / 1000:9.2f} µs  shown only")
    peer = path_of_peer()
    if peer is None:
        print("beside npm's @pydantic/genai-prices: not measured; `./dev bench prices` installs it")
        return
    theirs = run(env, "node", peer, path)
    print(f"{'npm @pydantic/genai-prices, with looking up':46} {theirs['ns'] / 1000:9.2f} µs")
    verdicts.say("times as fast, looking up as it does", theirs["ns"] / ours["by_name_ns"], PEER_TIMES, "×",
                 most=False)
    print(f"{'times as fast, the model at hand':46} {theirs['ns'] / ours['total_ns']:9.2f} ×    shown only")
    for line, mine, other in zip(RECORDS.splitlines(), ours["costs"], theirs["costs"], strict=True):
        if other is None or abs(float(mine) - other) > 1e-9:
            verdicts.missed.append(f"{line}: ${mine}, and ${other} by the peer")


def path_of_peer():
    source = pathlib.Path(__file__).resolve().parent
    here = (source / "node_modules" / "@pydantic" / "genai-prices").is_dir()
    return source / "price-peer.mjs" if here and shutil.which("node") else None


def azure(folder):
    for line in (folder / "azure-2023-code.csv").read_text().splitlines()[1:]:
        _, prompt, answer = line.split(",")
        yield int(prompt), 0, int(answer)


def mooncake(path):
    """With the prefix blocks that came before as cache reads."""
    seen = set()
    for line in path.read_text().splitlines():
        call = json.loads(line)
        hits = 0
        while hits < len(call["hash_ids"]) and call["hash_ids"][hits] in seen:
            hits += 1
        seen.update(call["hash_ids"])
        yield (call["input_length"], min(hits * BLOCK_TOKENS, call["input_length"]),
               call["output_length"])


def made_up():
    state = 20261122
    for _ in range(20_000):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        prompt = (state >> 33) % 250_000
        yield prompt, (state >> 20) % (prompt + 1), (state >> 50) % 4_000


def calls():
    folder = pathlib.Path(os.environ.get("TOKENWISE_SHARED", "")) / "data" / "traces"
    if not os.environ.get("TOKENWISE_SHARED") or not folder.is_dir():
        return "made-up calls (TOKENWISE_SHARED has no traces)", list(made_up())
    traces = [*azure(folder), *mooncake(folder / "mooncake-synthetic.jsonl"),
              *mooncake(folder / "mooncake-conversation-first-30-min.jsonl")]
    return "calls of the Azure 2023 and Mooncake traces", traces


def replay(build, env, folder, verdicts):
    program = build / "tests" / "bench" / "prices"
    what, rows = calls()
    path = pathlib.Path(folder) / "calls"
    path.write_text("".join(f"{prompt} {cached} {answer}\n" for prompt, cached, answer in rows))
    print(f"{N_CALLS:,} calls: {len(rows):,} {what}, over and over")
    catalog = Catalog.read(build / "libtokenwise" / "catalog" / "catalog.json")
    whole, rest = divmod(N_CALLS, len(rows))
    for name in REPLAYED:
        ours = run(env, program, "replay", path, name, N_CALLS, AT)
        total = Fraction(0)
        for i, (prompt, cached, answer) in enumerate(rows):
            call = Call({"input_uncached": prompt - cached, "input_cache_read": cached,
                         "output_text": answer}, instant(AT))
            state, cost = catalog.price(catalog.models[name], call)
            total += cost * (whole + (i < rest))
            if state != "known":
                verdicts.missed.append(f"{name}: a call of the replay is {state}")
        verdicts.same(f"{name}, in {ours['seconds']:.2f} s", ours["cost"], decimal(total))


def measure(build, env):
    """Prints every figure; answers the sentences of the limits that were missed."""
    verdicts = Verdicts()
    program = build / "tests" / "bench" / "prices"
    env = dict(env, TOKENWISE_DATA_DIR=str(build / "libtokenwise"))
    with tempfile.TemporaryDirectory() as folder:
        load(program, env, verdicts)
        records(program, env, folder, verdicts)
        replay(build, env, folder, verdicts)
    return verdicts.missed
