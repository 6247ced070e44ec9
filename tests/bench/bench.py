# SPDX-License-Identifier: MIT
"""Measures what the project promises, each figure beside its limit: bench.py BUILD_FOLDER [GROUP…]

Groups: estimate, window, tokens, prices, net; all unless said. The figures are of one run on this
machine. Exit status 1 if one misses its limit.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bench_decode  # noqa: E402
import bench_net  # noqa: E402
import bench_prices  # noqa: E402
import bench_tokens  # noqa: E402

RUNS = 21


def isolated(folder):
    env = dict(os.environ, XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder, XDG_CACHE_HOME=folder)
    return {name: value for name, value in env.items() if not name.endswith("_API_KEY")}


def process_ms(command, env):
    """Wall time of a whole process, its start included; the first two runs fill the page cache."""
    times = []
    for _ in range(RUNS + 2):
        begin = time.perf_counter()
        subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times[2:])


def estimate_figures(build, env):
    cli = str(build / "bindings" / "cli" / "tokenwise")
    steps = subprocess.run([build / "tests" / "bench" / "estimate"], env=env, check=True,
                           capture_output=True, text=True)
    figures = json.loads(steps.stdout)
    command = [cli, "estimate", "-m", "openai/gpt-4o", "Summarise this contract in five points."]
    yield "tokenwise estimate, start to answer", process_ms(command, env), 30, "ms"
    yield "estimate of a 4 KB prompt", figures["estimate_4k_ms"], 1, "ms"
    yield "estimate of a 1 MB prompt", figures["estimate_1m_ms"], 60, "ms"
    yield "catalogue load", figures["catalog_load_ms"], 10, "ms"


def window_figure(build, source):
    script = source / "tests" / "gui" / "time-to-window.sh"
    if not (build / "gui" / "tokenwise-gui").exists() or not script.exists():
        return
    done = subprocess.run([script, build / "gui" / "tokenwise-gui"], capture_output=True, text=True)
    if done.returncode == 0:
        yield "window up under Xvfb", json.loads(done.stdout)["median"] * 1000, 1000, "ms"
    else:
        print(f"window up under Xvfb: not measured ({done.stderr.strip()[-200:]})")


def timings(figures):
    """Prints figures that have an upper limit; answers the sentences of those over it."""
    over = []
    print(f"{'what':40} {'median':>12} {'limit':>9} {'of limit':>9}")
    for name, value, limit, unit in figures:
        print(f"{name:40} {value:9.2f} {unit} {limit:6} {unit} {value / limit:8.0%}")
        if value > limit:
            over.append(f"{name}: {value:.2f} {unit}, the limit is {limit}")
    return over


GROUPS = {
    "estimate": lambda build, source, env: timings(estimate_figures(build, env)),
    "window": lambda build, source, env: timings(window_figure(build, source)),
    "tokens": lambda build, source, env: bench_tokens.measure(build, env),
    "prices": lambda build, source, env: bench_prices.measure(build, env),
    "net": lambda build, source, env: bench_net.measure(build, timings),
    "decode": lambda build, source, env: bench_decode.measure(build),
}


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    source = pathlib.Path(__file__).resolve().parent.parent.parent
    names = sys.argv[2:] or list(GROUPS)
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        print(f"bench: there is no group '{unknown[0]}'; use {', '.join(GROUPS)}.", file=sys.stderr)
        return 2
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            missed += GROUPS[name](build, source, isolated(folder))
    for sentence in missed:
        print(f"missed: {sentence}")
    print(f"\n{len(missed)} limits missed" if missed else "\nEvery limit is met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
