"""A small Hugging Face hub on this machine: one model, and all the ways it can fail."""

import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.pretrained import tiny

COMMIT = "0123456789abcdef0123456789abcdef01234567"
MODEL = "lab/tiny"
#: Names of repositories, and what the hub answers for them.
REFUSED = {"lab/unknown": (401, "RepoNotFound"), "lab/gated": (403, "GatedRepo")}


class Hub:
    """What it has, and what it was asked.

    Attributes
    ----------
    files : dict of bytes by name
    asked : list of (str, str)
        Method and file of each request.
    revisions : list of str
        What revision each was for.
    sent : int
        Bytes of the largest answer so far.
    cuts : int
        How many times more it hangs up in the middle of a file.
    status : int
        What it answers instead, where it isn't 200.
    """

    def __init__(self, kind="bert"):
        names = ("config.json", "tokenizer.json", "model.safetensors")
        self.files = {name: (tiny.HOME / kind / name).read_bytes() for name in names}
        self.asked, self.revisions, self.sent, self.cuts, self.status = [], [], 0, 0, 200
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def open(self):
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self.close()
            thread.join()

    def close(self):
        """From now on nobody answers."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(hub):  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.answer()

            def do_GET(self):
                self.answer()

            def answer(self):
                repository, _, rest = self.path[1:].partition("/resolve/")
                revision, _, name = rest.partition("/")
                if name:  # the library asks for other things, too
                    hub.asked.append((self.command, name))
                    hub.revisions.append(revision)
                if hub.status != 200:
                    return self.refuse(hub.status)
                if repository in REFUSED:
                    return self.refuse(*REFUSED[repository])
                if repository != MODEL:
                    return self.refuse(404, "RepoNotFound")
                if name not in hub.files:
                    return self.refuse(404, "EntryNotFound")
                return self.send(hub.files[name])

            def refuse(self, status, code=None):
                self.send_response(status)
                if code:
                    self.send_header("X-Error-Code", code)
                self.send_header("X-Repo-Commit", COMMIT)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def send(self, content):
                whole, asked = len(content), self.headers["Range"]
                begin, _, last = (asked or "bytes=0-")[6:].partition("-")
                begin, end = int(begin), min(whole, int(last or whole) + 1)
                self.send_response(206 if asked else 200)
                self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
                self.send_header("X-Repo-Commit", COMMIT)
                self.send_header("Content-Length", str(end - begin))
                if asked:
                    self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{whole}")
                self.end_headers()
                if self.command == "GET":
                    cut = hub.cuts > 0
                    hub.cuts -= cut
                    end = begin + (end - begin) // 2 if cut else end
                    hub.sent = max(hub.sent, end - begin)
                    self.wfile.write(content[begin:end])

            def log_message(self, *_):
                pass

        return Handler
