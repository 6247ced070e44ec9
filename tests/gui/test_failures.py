# SPDX-License-Identifier: MIT
"""What goes wrong says so in a sentence, and what was written is not lost."""
import glob
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import uilib as ui  # noqa: E402

DATA = os.path.join(os.environ["XDG_DATA_HOME"], "tokenwise")
CONFIG = os.path.join(os.environ["XDG_CONFIG_HOME"], "tokenwise")
PROMPT = "Name three rivers."


def send(app, prompt=PROMPT):
    message = ui.find(app, "text", "Message")
    ui.type_into(message, prompt)
    send_button = ui.find(app, "push button", "Send")
    ui.wait(lambda: ui.is_sensitive(send_button), "Send to be usable")
    ui.click(send_button)
    return message


def check_budget():
    """A budget with no room: refused before anything is sent, and the text is still there."""
    os.makedirs(CONFIG, mode=0o700, exist_ok=True)
    policy = os.path.join(CONFIG, "policy.ini")
    with open(policy, "w", encoding="utf-8") as file:
        file.write("[budget pocket]\nlimit=0.000001\nwindow=month\non-exceed=block\n")
    app = ui.start()
    assert ui.find_all(app, "level bar"), "the budget is not shown"
    message = send(app)
    notice = ui.find(app, "label", contains="pocket").get_name()
    assert "left" in notice, notice
    ui.wait(lambda: ui.text(message) == PROMPT, "the message to be given back")
    assert not ui.find_all(app, "text", "Reply"), "a refused message left a reply"
    ui.shot("refused.png")
    assert ui.quit_app() == 0
    os.remove(policy)


def check_stop():
    """Esc stops; what has arrived stays, labelled and costed."""
    app = ui.start(TOKENWISE_SANDBOX_SPEED="0.5")
    send(app, "Explain at length how a river finds the sea, and name many rivers.")
    reply = ui.find(app, "text", "Reply", timeout=20)
    ui.wait(lambda: len(ui.text(reply)) > 10, "the first words", 20)
    ui.find(app, "push button", "Stop")
    ui.shot("streaming.png", 0)
    ui.key("Escape")
    footer = ui.find(app, "label", contains="· stopped", timeout=10).get_name()
    assert "estimated" in footer, footer
    ui.find(app, "push button", "Send")
    assert ui.quit_app() == 0


def check_closing_while_writing():
    """Quitting in the middle of a reply ends well and keeps what there is."""
    app = ui.start(TOKENWISE_SANDBOX_SPEED="0.5")
    send(app, "Explain at length how a lake freezes.")
    reply = ui.find(app, "text", "Reply", timeout=20)
    ui.wait(lambda: len(ui.text(reply)) > 10, "the first words", 20)
    assert ui.quit_app() == 0
    texts = [open(path, encoding="utf-8").read() for path in glob.glob(DATA + "/chats/*.json")]
    assert any("lake freezes" in text and '"state":"stopped"' in text for text in texts), texts


def check_damaged_chat():
    path = os.path.join(DATA, "chats", "0c5f6a5e-8d1f-4a53-9d4d-2f1d1c2b3a4e.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write("{ this is not a chat")
    app = ui.start()
    ui.find(app, "label", contains="1 chat could not be read")
    assert ui.quit_app() == 0
    assert open(path, encoding="utf-8").read() == "{ this is not a chat"
    os.remove(path)


def check_too_long():
    """More than the model's context: Send is off and the composer says why."""
    path = os.path.join(DATA, "chats", "7d0c1f9a-55a5-4ac2-8f0e-6a3f4d1e2b3c.json")
    chat = {"version": 1, "title": "Old model", "updated": 4000000000, "model": "openai/gpt-4",
            "draft": "", "messages": [{"role": "user", "text": "Hello"}]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(chat, file)
    app = ui.start()
    ui.find(ui.find(app, "list", "Chats"), "label", "Old model")
    ui.key("ctrl+f")
    ui.key("Tab")
    ui.key("space")
    ui.find(app, "push button", prefix="Model: ", contains="4")
    ui.type_into(ui.find(app, "text", "Message"), "a b c d e f g h i j " * 1000)
    ui.find(app, "label", contains="too long for")
    assert not ui.is_sensitive(ui.find(app, "push button", "Send")), "Send is on"
    ui.shot("too-long.png")
    assert ui.quit_app() == 0
    os.remove(path)


def check_config():
    """With a configuration that cannot be read, the window says which line to mend."""
    config = os.path.join(CONFIG, "config.ini")
    with open(config, "w", encoding="utf-8") as file:
        file.write("[client\n")
    app = ui.start()
    ui.find(app, "label", "tokenwise Cannot Start")
    ui.shot("unusable.png")
    assert ui.quit_app() == 0
    os.remove(config)


try:
    check_stop()
    check_closing_while_writing()
    check_damaged_chat()
    check_too_long()
    check_budget()
    check_config()
    print("failures: passed")
finally:
    ui.kill_app()
