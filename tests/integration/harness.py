# SPDX-License-Identifier: MIT
"""A command line of one's own: isolated folders, and the providers' stand-in over loopback."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
CLI = os.environ["TOKENWISE_CLI"]
# Keys of the person who runs the tests must not reach a test.
KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MISTRAL_API_KEY", "DEEPSEEK_API_KEY")


def node_is_new_enough():
    node = shutil.which("node")
    if node is None:
        return False
    text = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    version = tuple(int(part) for part in text.strip().lstrip("v").split(".")[:2])
    return version >= (20, 15)


class Mock:
    """The stand-in; its answers are listed at the head of aimock-server.mjs."""

    def __enter__(self):
        self.process = subprocess.Popen(
            ["node", str(HERE / "aimock-server.mjs")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), "the stand-in did not start; run npm ci here"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def closed_port():
    """A loopback port where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Home:
    """One person's folders, gone at the end."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tokenwise-test-"))
        self.env = {name: value for name, value in os.environ.items() if name not in KEYS}
        self.env.update(
            HOME=str(self.root), LC_ALL="C.UTF-8", TZ="UTC", TOKENWISE_SANDBOX_SPEED="0",
            XDG_CONFIG_HOME=str(self.root / "config"), XDG_DATA_HOME=str(self.root / "data"),
            XDG_CACHE_HOME=str(self.root / "cache"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root)

    def write(self, name, text):
        path = self.root / "config" / "tokenwise" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def use_mock(self, url):
        """Both dialects, under the providers' own names, so that their prices apply."""
        self.env["TEST_KEY"] = "sk-test-not-a-real-key"
        self.write("config.ini", f"""
[provider openai]
dialect=openai-chat
base-url={url}/v1
key-env=TEST_KEY
[provider anthropic]
dialect=anthropic
base-url={url}/v1
key-env=TEST_KEY
""")

    @property
    def ledger(self):
        return self.root / "data" / "tokenwise" / "ledger.db"

    def start(self, *args, **kwargs):
        return subprocess.Popen([CLI, *args], env=self.env, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **kwargs)

    def run(self, *args, stdin=""):
        return subprocess.run([CLI, *args], env=self.env, input=stdin, text=True,
                              capture_output=True, timeout=60)

    def json(self, *args):
        done = self.run(*args, "--json")
        return done.returncode, json.loads(done.stdout)

    def send(self, *args):
        """Exit status and the JSON lines of a send."""
        done = self.run("send", *args, "--json")
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(77)
