# SPDX-License-Identifier: MIT
"""From exec to a window on the screen, with two hundred chats on disk: under a second, best of
five. Prints one JSON line with the times."""
import json
import os
import subprocess
import sys
import time
import uuid

LIMIT_SECONDS = float(os.environ.get("GUI_STARTUP_LIMIT", "1.0"))
RUNS = 5
CHATS = int(os.environ.get("GUI_STARTUP_CHATS", "200"))


def write_chats():
    folder = os.path.join(os.environ["XDG_DATA_HOME"], "tokenwise", "chats")
    os.makedirs(folder, mode=0o700)
    for index in range(CHATS):
        messages = []
        for turn in range(10):
            messages.append({"role": "user", "text": "Question %d. " % turn + "word " * 60})
            messages.append({"role": "assistant", "text": "Answer %d. " % turn + "word " * 300,
                             "state": "done", "cost": "0.71 ¢", "estimate": "0.63 ¢",
                             "model": "Large", "total_ms": 5900, "simulated": False})
        chat = {"version": 1, "title": "Chat %d" % index, "updated": 1790000000 + index,
                "model": "auto", "draft": "", "messages": messages}
        with open(os.path.join(folder, str(uuid.uuid4()) + ".json"), "w", encoding="utf-8") as file:
            json.dump(chat, file, ensure_ascii=False)


def mapped_windows():
    search = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^tokenwise$"],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return search.stdout.split()


def time_to_window():
    log = open(os.path.join(os.environ["OUT"], "app.log"), "ab")
    begin = time.monotonic()
    process = subprocess.Popen([os.environ["APP"]], stdout=log, stderr=log)
    log.close()
    try:
        while not mapped_windows():
            assert process.poll() is None, "the app ended with %s" % process.returncode
            assert time.monotonic() - begin < 20, "no window in 20 s"
            time.sleep(0.005)
        return time.monotonic() - begin
    finally:
        process.terminate()
        process.wait()


def main():
    write_chats()
    times = sorted(time_to_window() for _ in range(RUNS))
    print(json.dumps({"figure": "gui-time-to-window", "unit": "s", "chats": CHATS,
                      "best": round(times[0], 3), "median": round(times[RUNS // 2], 3)}))
    if times[0] > LIMIT_SECONDS:
        sys.exit("the window took %.2f s; the limit is %.2f s" % (times[0], LIMIT_SECONDS))


main()
