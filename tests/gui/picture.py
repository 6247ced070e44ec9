# SPDX-License-Identifier: MIT
"""Takes docs/images/window.png from the running app: real chats with the sandbox, a real budget.
Run by “ninja -C build readme-picture”, which sets PICTURE to the file."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import uilib as ui  # noqa: E402

MODEL = "Claude Sonnet 5"
EARLIER = [
    "Summarise this contract in five points for a supplier who is in a hurry.",
    "Find the weak point in this business case.",
    "Reply to the vendor: we need the corrected invoice by Friday.",
]
SHOWN = "In three points: where the margin went, in plain words."
DRAFT = "Now one slide for the board, and name the one number that matters most."
# Of the corners of an Adwaita window, in pixels.
RADIUS = 12


def write_budget():
    folder = os.path.join(os.environ["XDG_CONFIG_HOME"], "tokenwise")
    os.makedirs(folder, mode=0o700)
    with open(os.path.join(folder, "policy.ini"), "w", encoding="utf-8") as file:
        file.write("[budget mine]\nlimit=20\nwindow=month\n")


def choose_model(app, name):
    ui.click(ui.find(app, "combo box", "Model"))
    rows = ui.find_all(ui.find(app, "list", "Models"), "list item")
    names = [ui.find_all(row, "label")[0].get_name() for row in rows]
    ui.key(*["Down"] * names.index(name), "Return")
    ui.find(app, "push button", "Model: " + name)


def send(app, prompt):
    ui.type_into(ui.find(app, "text", "Message"), prompt)
    button = ui.find(app, "push button", "Send")
    ui.wait(lambda: ui.is_sensitive(button), "Send to be usable")
    ui.click(button)
    ui.find(app, "label", contains=" · estimated ", timeout=60)
    ui.find(app, "push button", "Send")


def crop(source, target):
    """The window alone, out of a black screen, with its round corners cut out."""
    size = subprocess.run(["convert", source, "-trim", "-format", "%[fx:w-1],%[fx:h-1]", "info:"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    subprocess.run(["convert", source, "-trim", "+repage",
                    "(", "+clone", "-fill", "black", "-colorize", "100", "-fill", "white",
                    "-draw", "roundrectangle 0,0 %s %d,%d" % (size, RADIUS, RADIUS), ")",
                    "-alpha", "off", "-compose", "CopyOpacity", "-composite",
                    "-define", "png:exclude-chunks=date,time", "-strip", target], check=True)


def main():
    write_budget()
    # The pace of a real service, so that the seconds beside the cost are plausible.
    app = ui.start(TOKENWISE_SANDBOX_SPEED="1")
    choose_model(app, MODEL)
    for prompt in EARLIER:
        send(app, prompt)
        ui.key("ctrl+n")
        ui.find(app, "label", "New chat")
    send(app, SHOWN)
    ui.type_into(ui.find(app, "text", "Message"), DRAFT)
    ui.find(app, "push button", prefix="Estimated cost")
    ui.key("ctrl+End")
    crop(ui.shot("screen.png"), os.environ["PICTURE"])
    assert ui.quit_app() == 0


try:
    main()
finally:
    ui.kill_app()
