# SPDX-License-Identifier: Apache-2.0
"""An HTTP server that keeps what is posted to it, and answers as it is told."""
import http.server
import json
import threading
import time

import server as servers


class Catcher:
    """`answers`: statuses of the first answers, or pairs with headers; after them 200."""

    def __init__(self, answers=()):
        self.answers, self.posts = list(answers), []
        self.held = threading.Event()  # what is posted to /slow is answered when this is set
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def handler(catcher):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                catcher.posts.append((self.path, dict(self.headers), body))
                if self.path == "/slow":
                    catcher.held.wait(servers.WAIT_SECONDS)
                answer = catcher.answers.pop(0) if catcher.answers else 200
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.path == "/endless":
                    self.flood()

            do_GET = do_POST

            def flood(self):
                try:
                    while True:
                        self.wfile.write(b"x" * 65536)
                        time.sleep(0)
                except OSError:
                    pass

            def log_message(self, *args):
                pass
        return Handler

    def url(self, path="/", host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def wait(self, count=1):
        """The document of the post with that number, once it is there."""
        servers.wait_for(lambda: len(self.posts) >= count, f"{count} posts")
        return json.loads(self.posts[count - 1][2])

    def stop(self):
        self.held.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
