# SPDX-License-Identifier: MIT
"""The `tokens` figures: counting beside npm's tokenizers on the same texts, in the same run.

A limit in MB/s belongs to the machine it was set on. So it is met in one of two ways, and the table
says which: `absolute`, the figure reaches the limit; or `ratio`, this machine runs the peers slower
than the reference machine did, and the figure reaches the limit times that factor. A machine that
runs the peers as fast or faster gives no discount.
"""
import json
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import adversarial  # noqa: E402
import make_corpora  # noqa: E402

ENCODING = "o200k_base"
SECONDS = 120
CORPORA = ("prose", "code", "json", "cjk", "multi", "markdown")
PEERS = ("gpt-tokenizer", "tiktoken", "ai-tokenizer")
# MB/s, first pass and warm, on the corpus of 8 MB.
LIMITS = {"prose": (300, 600), "code": (280, 520), "json": (280, 450), "cjk": (70, 200),
          "multi": (110, 250)}
# What the peers did on the reference machine (AMD EPYC Zen 4, 2.6 GHz, Node 20.20; gpt-tokenizer
# 4.0.0, tiktoken 1.0.22, ai-tokenizer 1.0.6), MB/s, first pass and warm, None: not measured there.
REFERENCE = {
    "gpt-tokenizer": {"prose": (3.1, 9.4), "code": (3.7, 11.1), "json": (3.1, 5.5), "cjk": (1.3, 16.9),
                      "multi": (2.0, 9.5), "markdown": (3.5, 8.6)},
    "tiktoken": {"prose": (None, 4.3), "code": (None, 3.0), "json": (None, 2.8), "cjk": (None, 4.8),
                 "multi": (None, 4.4), "markdown": (None, 3.3)},
    "ai-tokenizer": {"prose": (3.7, 9.0), "json": (3.8, 9.5), "cjk": (1.3, 18.1), "multi": (1.8, 13.3)},
}
GPT_TOKENIZER_TIMES, TIKTOKEN_TIMES = 60, 20
# tiktoken's Rust core as a native program and in npm's WebAssembly, prose, warm, reference machine.
TIKTOKEN_NATIVE, TIKTOKEN_WASM = 26, 4.3
ADVERSARIAL_LIMIT = 25
ADVERSARIAL_BYTES = 1_000_000
START_MS, START_MB, SPAWNS = 2, 6, 101
# Other texts than what is written are shown, such as a word of 100 KB.
KEYSTROKE_US, KEYSTROKE_BYTES, KEYSTROKE_TEXTS = 5, 100_000, ("prose", "cjk")
ESTIMATES, ESTIMATE_LIMIT = ("claude-3", "claude-4.7"), 50
INSTALLED_BYTES = 9_000_000


class Verdicts:
    """Counts the limits that were missed."""

    def __init__(self):
        self.missed = []
        self.machine = 1.0

    def rate(self, name, value, limit):
        if value >= limit:
            return "absolute"
        if value >= limit * min(self.machine, 1.0):
            return f"ratio (limit × {self.machine:.2f})"
        self.missed.append(f"{name}: {value:.0f} MB/s, the limit is {limit}")
        return "MISSED"

    def most(self, name, value, limit, unit):
        if value <= limit:
            return "met"
        self.missed.append(f"{name}: {value:.2f} {unit}, the limit is {limit}")
        return "MISSED"

    def least(self, name, value, limit, unit):
        if value >= limit:
            return "met"
        self.missed.append(f"{name}: {value:.1f} {unit}, the limit is {limit}")
        return "MISSED"


def json_values(text):
    """What a program printed: JSON Lines, or one value over several lines."""
    decoder, values, at = json.JSONDecoder(), [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        values.append(value)
    return values


class Bench:
    def __init__(self, build, env):
        self.programs = build / "tests" / "bench"
        self.build = build
        self.env = env
        self.folder = build / "bench-corpora"
        self.sources = pathlib.Path(__file__).resolve().parent

    def run(self, *command):
        try:
            done = subprocess.run([str(part) for part in command], env=self.env, capture_output=True,
                                  text=True, cwd=self.sources, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{pathlib.Path(command[0]).name} took more than {SECONDS} s") from None
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip()[-300:] or f"{command[0]} failed")
        return json_values(done.stdout)

    def ours(self, *paths, encoding=ENCODING):
        return self.run(self.programs / "tokens", "--json", "--encoding", encoding, *paths)

    def peer(self, peer, path):
        return self.run("node", self.sources / "peers.mjs", peer, path)[0]


def heading(text):
    print(f"\n{text}\n{'-' * len(text)}")


def pair(figures):
    return f"{figures['first_pass_mb_s']:.0f} / {figures['warm_mb_s']:.0f}"


def peer_pair(figures):
    return f"{figures['first_pass_mb_s']:.1f} / {figures['warm_mb_s']:.1f}" if figures else "–"


def measure_peers(bench):
    """Peer, corpus: figures of the first megabyte. Empty where node or the packages are missing."""
    if shutil.which("node") is None or not (bench.sources / "node_modules").is_dir():
        print("Without node or the npm packages there are no peers; `./dev bench tokens` installs them.")
        return {}
    figures = {}
    for corpus in CORPORA:
        for peer in PEERS:
            try:
                figures[peer, corpus] = bench.peer(peer, bench.folder / f"{corpus}.1m")
            except RuntimeError as problem:
                print(f"{peer} on {corpus}: not measured ({problem})")
    return figures


def machine_factor(peers):
    """How fast the peers ran here, as a multiple of the reference machine: the median of all."""
    factors = []
    for (peer, corpus), figures in peers.items():
        first, warm = REFERENCE[peer].get(corpus, (None, None))
        factors += [figures["first_pass_mb_s"] / first] if first else []
        factors += [figures["warm_mb_s"] / warm] if warm else []
    return statistics.median(factors) if factors else 1.0


def check_tokens(ours, peers, verdicts):
    """A speed says nothing while the counts differ."""
    for (peer, corpus), figures in peers.items():
        if figures["tokens"] != ours[corpus]["tokens"]:
            verdicts.missed.append(f"{corpus}: {ours[corpus]['tokens']} tokens here, "
                                   f"{figures['tokens']} by {peer}")


def corpora(bench, verdicts):
    missing = make_corpora.make(bench.folder)
    if missing:
        print(f"Not from Debian's packages, since these could not be had: {', '.join(sorted(missing))}.\n"
              "The corpora hold what this machine has of them; figures of empty ones are left out.")
    names = [name for name in CORPORA if (bench.folder / f"{name}.8m").stat().st_size >= 1_000_000]
    small = dict(zip(names, bench.ours(*(bench.folder / f"{name}.1m" for name in names))))
    large = dict(zip(names, bench.ours(*(bench.folder / f"{name}.8m" for name in names))))
    peers = {key: value for key, value in measure_peers(bench).items() if key[1] in names}
    verdicts.machine = machine_factor(peers)
    check_tokens(small, peers, verdicts)

    heading(f"{ENCODING}, MB/s of one thread's processor time, first pass / warm")
    print(f"{'corpus':9} {'8 MB':>11} {'limit':>11} {'1 MB':>11} "
          f"{'gpt-tokenizer':>13} {'tiktoken*':>11} {'ai-tokenizer':>12}   met by")
    for name in names:
        limit = LIMITS.get(name)
        how = [verdicts.rate(f"{name}, {what}", large[name][key], bound) for what, key, bound in
               (zip(("first pass", "warm"), ("first_pass_mb_s", "warm_mb_s"), limit) if limit else ())]
        print(f"{name:9} {pair(large[name]):>11} {'%d / %d' % limit if limit else '–':>11} "
              f"{pair(small[name]):>11} {peer_pair(peers.get(('gpt-tokenizer', name))):>13} "
              f"{peer_pair(peers.get(('tiktoken', name))):>11} "
              f"{peer_pair(peers.get(('ai-tokenizer', name))):>12}   {' / '.join(how)}")
    if peers:
        ratios(names, small, large, peers, verdicts)


def ratios(names, small, large, peers, verdicts):
    lowered = "so no limit is lowered" if verdicts.machine >= 1 else "by which a limit may be lowered"
    print("* npm's tiktoken is OpenAI's Rust core in WebAssembly; as a native program it ran "
          f"{TIKTOKEN_NATIVE / TIKTOKEN_WASM:.1f} ×\n  as fast on the reference machine. Peers count the first "
          f"megabyte. They ran at {verdicts.machine:.2f} × their speed\n  on the reference machine (median of "
          f"all), {lowered}.")
    heading("Times as fast as, first pass on the same megabyte / warm")
    print(f"{'corpus':9} " + " ".join(f"{peer:>15}" for peer in PEERS))
    for name in names:
        cells = []
        for peer in PEERS:
            theirs = peers.get((peer, name))
            cells.append(f"{small[name]['first_pass_mb_s'] / theirs['first_pass_mb_s']:.0f} × / "
                         f"{large[name]['warm_mb_s'] / theirs['warm_mb_s']:.0f} ×" if theirs else "–")
        print(f"{name:9} " + " ".join(f"{cell:>15}" for cell in cells))
    prose(large, peers, verdicts)


def prose(large, peers, verdicts):
    """The two multiples that are promised. tiktoken's is of its native speed, taken from here."""
    for peer, native, least in (("gpt-tokenizer", 1, GPT_TOKENIZER_TIMES),
                                ("tiktoken", TIKTOKEN_NATIVE / TIKTOKEN_WASM, TIKTOKEN_TIMES)):
        if (peer, "prose") not in peers:
            continue
        times = large["prose"]["warm_mb_s"] / peers[peer, "prose"]["warm_mb_s"] / native
        said = verdicts.least(f"prose, warm, beside {peer}", times, least, "×")
        how = "" if native == 1 else f"'s native core, by its WebAssembly here × {native:.1f}"
        print(f"prose, warm: {times:.0f} × {peer}{how}; the limit is {least} ×: {said}")


def adversarial_inputs(bench, verdicts):
    heading("1 MB of what hurts, first pass")
    with tempfile.TemporaryDirectory() as folder:
        names = list(adversarial.KINDS)
        for name in names:
            (pathlib.Path(folder) / name).write_bytes(adversarial.make(name, ADVERSARIAL_BYTES))
        figures = bench.ours(*(pathlib.Path(folder) / name for name in names))
    for name, result in zip(names, figures):
        said = verdicts.rate(f"adversarial {name}", result["first_pass_mb_s"], ADVERSARIAL_LIMIT)
        print(f"{name:24} {result['first_pass_mb_s']:8.1f} MB/s {ADVERSARIAL_LIMIT:6} {said}")


def start(bench, verdicts):
    heading("Process start to the first count of 1 KB, over an empty program")
    empty, ours = (bench.run(bench.programs / "spawn", SPAWNS, bench.programs / name)[0]
                   for name in ("empty", "first-count"))
    took = ours["min_ms"] - empty["min_ms"]
    memory = (ours["max_rss_kib"] - empty["max_rss_kib"]) * 1024 / 1e6
    print(f"{'wall time, best':24} {took:8.2f} ms {START_MS:6} ms   "
          f"{verdicts.most('first count', took, START_MS, 'ms')} "
          f"(median {ours['median_ms']:.2f} against {empty['median_ms']:.2f} ms)")
    print(f"{'peak memory':24} {memory:8.2f} MB {START_MB:6} MB   "
          f"{verdicts.most('first count', memory, START_MB, 'MB')}")


def train_sentencepiece(bench):
    """A byte-pair vocabulary of SentencePiece, once: Debian has the programs but no model."""
    prefix = bench.folder / "sentencepiece"
    if not prefix.with_suffix(".model").exists():
        subprocess.run(["spm_train", f"--input={bench.folder / 'prose.1m'}", f"--model_prefix={prefix}",
                        "--model_type=bpe", "--vocab_size=8000", "--byte_fallback=true",
                        "--normalization_rule_name=identity", "--remove_extra_whitespaces=false",
                        "--character_coverage=1.0", "--minloglevel=2"], check=True, capture_output=True)
    return prefix.with_suffix(".model")


def spm_encode(model, data):
    """Number of tokens, and seconds of processor time, of which the start is not taken off."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["spm_encode", f"--model={model}", "--output_format=id"], input=data,
                          check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return len(done.stdout.split()), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def sentencepiece(bench, verdicts):
    heading("SentencePiece BPE, 8,000 tokens, 1 MB of prose on one line, beside Debian's spm_encode")
    if shutil.which("spm_train") is None or shutil.which("spm_encode") is None:
        print("not measured: Debian's package sentencepiece is not installed")
        return
    model, line = train_sentencepiece(bench), bench.folder / "prose-line.1m"
    line.write_text(" ".join((bench.folder / "prose.1m").read_text().split()))
    try:
        bench.run(bench.build / "bindings" / "cli" / "tokenwise", "vocab", "add", "--json", model,
                  "--name", "sentencepiece-bench")
        ours = bench.ours(line, encoding="sentencepiece-bench")[0]
    except RuntimeError as problem:
        verdicts.missed.append(f"SentencePiece: not measured ({problem})")
        return
    _, start_seconds = spm_encode(model, b"\n")
    tokens, seconds = spm_encode(model, line.read_bytes())
    theirs = ours["bytes"] / 1e6 / max(seconds - start_seconds, 1e-6)
    print(f"{ours['tokens']} tokens at {pair(ours)} MB/s; spm_encode {tokens} tokens at {theirs:.1f} MB/s: "
          f"{ours['first_pass_mb_s'] / theirs:.0f} × / {ours['warm_mb_s'] / theirs:.0f} ×")
    if tokens != ours["tokens"]:
        verdicts.missed.append(f"SentencePiece: {ours['tokens']} tokens, {tokens} by spm_encode")


def keystrokes(bench, verdicts):
    heading("A key pressed in a text that is counted as it is written, wall time")
    if not (bench.programs / "keystroke").exists():
        print("not measured: this build has no TwTextCounter")
        return
    for row in bench.run(bench.programs / "keystroke", ENCODING)[0]:
        judged = row["text_bytes"] == KEYSTROKE_BYTES and row["text"] in KEYSTROKE_TEXTS
        what = f"{row['text_bytes'] // 1000} KB of {row['text']}, {row['where']}"
        said = f"limit of p99 {KEYSTROKE_US} µs: " + verdicts.most(
            f"keystroke in {what}, p99", row["p99_us"], KEYSTROKE_US, "µs") if judged else "shown only"
        print(f"{what:44} median {row['p50_us']:7.2f} µs   p99 {row['p99_us']:7.2f} µs   {said}")


def others(bench, verdicts):
    heading("Estimate for Claude, first pass, and what is installed")
    for encoding in ESTIMATES:
        for corpus in ("prose", "code"):
            figures = bench.ours(bench.folder / f"{corpus}.8m", encoding=encoding)[0]
            said = verdicts.rate(f"{encoding} on {corpus}", figures["first_pass_mb_s"], ESTIMATE_LIMIT)
            print(f"{encoding + ' ' + corpus:24} {figures['first_pass_mb_s']:8.0f} MB/s {ESTIMATE_LIMIT:6} {said}")
    for path in bench.build.glob(f"libtokenwise/tokens/{ENCODING}.tokbin"):
        size = path.stat().st_size / 1e6
        print(f"{path.name:24} {size:8.2f} MB {INSTALLED_BYTES / 1e6:8.1f} "
              f"{verdicts.most('installed size', size, INSTALLED_BYTES / 1e6, 'MB')}")


def measure(build, env):
    """Prints every figure; answers the sentences of the limits that were missed."""
    bench, verdicts = Bench(build, env), Verdicts()
    for part in (corpora, adversarial_inputs, sentencepiece, start, keystrokes, others):
        try:
            part(bench, verdicts)
        except RuntimeError as problem:
            print(f"not measured: {problem}")
            verdicts.missed.append(f"{part.__name__}: not measured ({problem})")
        sys.stdout.flush()
    return verdicts.missed
