# SPDX-License-Identifier: MIT
"""A provider on this machine that says what a test tells it to."""

import http.server
import json
import threading
import time

GATE_SECONDS = 10


def event(text=None, **members):
    """One event of an openai-chat stream."""
    choice = {"index": 0, "delta": {} if text is None else {"content": text}, "finish_reason": None}
    choice.update(members)
    body = {"id": "c1", "object": "chat.completion.chunk", "model": "homemade",
            "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n".encode()


END = [event(finish_reason="stop"),
       b'data: {"id":"c1","object":"chat.completion.chunk","model":"homemade","choices":[],'
       b'"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}\n\n',
       b"data: [DONE]\n\n"]


class Loopback:
    """Answers every request with the same pieces. A number among them is a pause in seconds; an
    event is waited for, and `patient` turns false if it does not come. The first `failures`
    requests are answered with 503."""

    def __init__(self, pieces, status=200, content_type="text/event-stream", failures=0):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802, the name http.server calls
                length = int(self.headers["Content-Length"])
                outer.requests.append((self.path, dict(self.headers),
                                       json.loads(self.rfile.read(length))))
                if len(outer.requests) <= failures:
                    self.send_error(503)
                    return
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.end_headers()
                try:
                    outer.speak(self.wfile)
                except OSError:
                    outer.hung_up.set()

            def log_message(self, *_):
                pass

        outer = self
        self.pieces = pieces
        self.requests = []
        self.patient = True
        self.hung_up = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def speak(self, output):
        for piece in self.pieces:
            if isinstance(piece, bytes):
                output.write(piece)
                output.flush()
            elif isinstance(piece, threading.Event):
                self.patient = piece.wait(GATE_SECONDS)
            else:
                time.sleep(piece)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
