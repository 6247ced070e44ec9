# SPDX-License-Identifier: MIT
"""Whatever the keyboard can reach has a name that a person can be told."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import uilib as ui  # noqa: E402

# GTK's own names for what has none: the class of the widget.
CLASS_PREFIXES = ("Gtk", "Adw", "App")


def unnamed(app):
    found = []
    for node in ui.walk(app):
        name = node.get_name()
        if not ui.is_focusable(node):
            continue
        if not name or name.startswith(CLASS_PREFIXES):
            if not has_named_part(node) and not is_inside_menu(node):
                found.append("%s “%s” below %s" % (node.get_role_name(), name, path(node)))
    return found


def has_named_part(node):
    """A row or a combo box is read out by what it holds; GTK calls the chosen row a filler."""
    if node.get_role_name() not in ("list item", "combo box", "menu item", "filler"):
        return False
    return any(part.get_name() for part in ui.walk(node) if part != node)


def is_inside_menu(node):
    """GTK scrolls a long menu in a pane that says it takes focus and never does."""
    return node.get_role_name() == "scroll pane" and "GtkPopoverMenu" in path(node)


def path(node):
    parts = []
    parent = node.get_parent()
    while parent and len(parts) < 5:
        parts.append(parent.get_name() or parent.get_role_name())
        parent = parent.get_parent()
    return " < ".join(parts)


def check(app, where):
    found = unnamed(app)
    assert not found, "unnamed in %s:\n  %s" % (where, "\n  ".join(found))


def main():
    app = ui.start()
    message = ui.find(app, "text", "Message")
    check(app, "the empty window")
    ui.type_into(message, "Name three rivers.")
    ui.find(app, "push button", prefix="Estimated cost")
    check(app, "the window with a draft")
    ui.click(ui.find(app, "combo box", "Model"))
    ui.find(app, "list", "Models")
    check(app, "the list of models")
    ui.key("Escape")
    ui.click(ui.find(app, "push button", "Main Menu"))
    ui.find(app, "menu item", "New Chat")
    check(app, "the menu")
    ui.key("Escape")
    ui.click(ui.find(app, "push button", "Send"))
    ui.find(app, "label", contains=" · estimated ", timeout=30)
    check(app, "the window with a reply")
    assert ui.find_all(app, "text", "Reply"), "the reply has no name"
    assert described_by(message), "the composer is not described by the estimate"
    assert ui.quit_app() == 0
    print("names: passed")


def described_by(node):
    return [relation for relation in node.get_relation_set()
            if relation.get_relation_type().value_nick == "described-by"]


try:
    main()
finally:
    ui.kill_app()
