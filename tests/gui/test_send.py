# SPDX-License-Identifier: MIT
"""The main job: type, see the price, compare models, send, read, see the cost; and it is kept."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import uilib as ui  # noqa: E402

SHORT = "Why does parse_line() leak when the file ends early?"
LONG = SHORT + " Here is the code." + " while (fgets (line, sizeof line, file)) push (line);" * 12


def estimate_of(app):
    return ui.find(app, "push button", prefix="Estimated cost").get_name()


def check_estimate(app, message):
    assert not ui.is_sensitive(ui.find(app, "push button", "Send")), "Send is on for no message"
    ui.type_into(message, SHORT)
    before = estimate_of(app)
    assert "seconds" in before, before
    ui.wait(lambda: ui.is_sensitive(ui.find(app, "push button", "Send")), "Send to be usable")
    ui.type_into(message, LONG)
    ui.wait(lambda: estimate_of(app) != before, "the estimate to follow the text")
    ui.type_into(message, SHORT)
    ui.wait(lambda: estimate_of(app) == before, "the estimate to come back")


def check_breakdown(app):
    """Its numbers are filled in when it opens, so their presence says that it did."""
    ui.click(ui.find(app, "push button", prefix="Estimated cost"))
    ui.find(app, "label", contains="Prices of ")
    for title in ("Your message", "Answer, typical", "Worst case"):
        ui.find(app, "label", title)
    assert len(ui.find_all(app, "label", contains=" tokens")) >= 3, "the breakdown has no counts"
    ui.shot("breakdown.png")
    ui.key("Escape")


def prices_in(app):
    """The labels that are prices in the open list."""
    names = [label.get_name() for row in ui.find_all(app, "list item")
             for label in ui.find_all(row, "label")]
    return [name for name in names if "¢" in name or "$" in name]


def check_models(app):
    ui.click(ui.find(app, "combo box", "Model"))
    ui.wait(lambda: len(prices_in(app)) >= 3, "prices in the list of models")
    assert len(set(prices_in(app))) >= 3, "every model has the same price: %s" % prices_in(app)
    ui.find(app, "label", prefix="Auto → ")
    ui.shot("models.png")
    ui.key("Escape")


def footer_of(app):
    return ui.find(app, "label", contains=" · estimated ", timeout=30).get_name()


def check_send(app, message):
    ui.click(ui.find(app, "push button", "Send"))
    ui.find(app, "push button", "Stop")
    first = ui.wait(lambda: ui.text(ui.find(app, "text", "Reply")), "the first words", 20)
    footer = footer_of(app)
    assert footer.endswith("simulated"), footer
    assert " s · " in footer, "no time in " + footer
    reply = ui.text(ui.find(app, "text", "Reply"))
    assert reply.startswith(first) and len(reply) > len(first), "the reply did not stream"
    assert ui.text(message) == "", "the sent message stays in the composer"
    assert ui.find_all(app, "label", SHORT), "the question is not in the transcript"
    return reply, footer


def check_restart(reply, footer):
    assert ui.quit_app() == 0
    app = ui.start()
    row = ui.find(ui.find(app, "list", "Chats"), "list item")
    title = ui.find_all(row, "label")[0].get_name()
    assert SHORT.startswith(title.rstrip("…")), title
    # A row of the list has no action on the bus in GTK 4.8: it is chosen by keyboard.
    ui.key("ctrl+f")
    ui.key("Tab")
    ui.key("space")
    assert footer_of(app) == footer
    assert ui.text(ui.find(app, "text", "Reply")) == reply
    return app


def main():
    app = ui.start()
    message = ui.find(app, "text", "Message")
    ui.shot("empty.png")
    check_estimate(app, message)
    check_breakdown(app)
    check_models(app)
    reply, footer = check_send(app, message)
    app = check_restart(reply, footer)
    ui.shot("window.png")
    assert ui.quit_app() == 0
    print("send: passed")


try:
    main()
finally:
    ui.kill_app()
