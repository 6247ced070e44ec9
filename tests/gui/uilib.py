# SPDX-License-Identifier: MIT
"""A small driver for GTK 4.8 programs over AT-SPI. Widgets are found by role and accessible name."""
import os
import subprocess
import time
import warnings

import gi

warnings.simplefilter("ignore")
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

Atspi.init()

# What the bus raises while the tree changes under the reader: look again.
TRANSIENT = (GLib.Error, AttributeError, TypeError)

process = None


def wait(check, what, timeout=10.0):
    """The first true answer of check(), polled; AssertionError names what never came."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            answer = check()
            if answer:
                return answer
        except TRANSIENT:
            pass
        time.sleep(0.04)
    raise AssertionError("timed out waiting for " + what)


def walk(node):
    yield node
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child:
            yield from walk(child)


def start(app=None, **environment):
    """Starts the app and returns its node once its window is there."""
    global process
    log = open(os.path.join(os.environ["OUT"], "app.log"), "ab")
    process = subprocess.Popen(
        [app or os.environ["APP"]], stdout=log, stderr=log, env={**os.environ, **environment}
    )
    log.close()
    return wait(_find_application, "the application on the accessibility bus", 20)


def _find_application():
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        node = desktop.get_child_at_index(index)
        if node and node.get_process_id() == process.pid and node.get_child_count():
            return node
    assert process.poll() is None, "the app ended with %s" % process.returncode
    return None


def quit_app():
    """Ends the app as a person does, and says whether it ended well."""
    key("ctrl+q")
    return process.wait(timeout=10)


def kill_app():
    if process is not None and process.poll() is None:
        process.kill()
        process.wait()


def find_all(root, role=None, name=None, prefix=None, contains=None):
    return [
        node
        for node in walk(root)
        if (role is None or node.get_role_name() == role)
        and (name is None or node.get_name() == name)
        and (prefix is None or node.get_name().startswith(prefix))
        and (contains is None or contains in node.get_name())
    ]


def find(root, role=None, name=None, prefix=None, contains=None, timeout=10.0):
    what = "%s “%s”" % (role or "node", name or prefix or contains)
    return wait(
        lambda: next(iter(find_all(root, role, name, prefix, contains)), None), what, timeout
    )


def is_sensitive(node):
    return node.get_state_set().contains(Atspi.StateType.SENSITIVE)


def is_focusable(node):
    return node.get_state_set().contains(Atspi.StateType.FOCUSABLE)


def text(node):
    """GTK 4.8 answers "" to the end offset −1, so the count is asked for first."""
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


def type_into(node, content):
    assert Atspi.EditableText.set_text_contents(node, content)
    wait(lambda: text(node) == content, "the text to be set")


def click(node):
    """A menu button or a drop-down holds the button that has the action."""
    for part in walk(node):
        if "Action" not in part.get_interfaces():
            continue
        for index in range(part.get_n_actions()):
            if part.get_action_name(index) == "click":
                assert part.do_action(index)
                return
    raise AssertionError("there is nothing to click in " + node.get_name())


def key(*keys):
    subprocess.run(["xdotool", "key", *keys], check=True)


def shot(name, timeout=3.0):
    """A picture of the settled screen: two captures alike, a quarter of a second apart."""
    path = os.path.join(os.environ["OUT"], name)
    end, before = time.monotonic() + timeout, b""
    while time.monotonic() < end:
        now = subprocess.run(
            ["import", "-window", "root", "rgb:-"], check=True, stdout=subprocess.PIPE
        ).stdout
        if now == before:
            break
        before = now
        time.sleep(0.25)
    subprocess.run(["import", "-window", "root", path], check=True)
    return path
