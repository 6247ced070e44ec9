# SPDX-License-Identifier: MIT
"""At its smallest, 360 points wide, the window still shows the cost and the buttons."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import uilib as ui  # noqa: E402
from uilib import Atspi  # noqa: E402

WIDTH, HEIGHT = 412, 700


def resize(width, height):
    window = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "tokenwise"],
                            check=True, stdout=subprocess.PIPE).stdout.split()[-1]
    subprocess.run(["xdotool", "windowsize", "--sync", window, str(width), str(height)],
                   check=True, timeout=10)


def check_inside(node):
    box = node.get_extents(Atspi.CoordType.WINDOW)
    assert box.width > 0 and box.x >= 0 and box.x + box.width <= WIDTH, \
        "%s is outside: %d + %d" % (node.get_name(), box.x, box.width)


def main():
    app = ui.start()
    message = ui.find(app, "text", "Message")
    ui.type_into(message, "Name three rivers.")
    ui.find(app, "push button", prefix="Estimated cost")
    resize(WIDTH, HEIGHT)
    for name in ("Send", "Chats"):
        check_inside(ui.find(app, "push button", name))
    check_inside(ui.find(app, "push button", prefix="Estimated cost"))
    check_inside(ui.find(app, "combo box", "Model"))
    ui.shot("narrow.png")
    ui.click(ui.find(app, "push button", "Send"))
    ui.find(app, "label", contains=" · estimated ", timeout=30)
    ui.shot("narrow-reply.png")
    ui.key("F9")
    ui.shot("narrow-chats.png")
    assert ui.quit_app() == 0
    print("narrow: passed")


try:
    main()
finally:
    ui.kill_app()
