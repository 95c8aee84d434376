"""An explorer that tests ask, and visits of its pages."""

import http.client
import re
import threading

import pytest

from innoscape.study.explorer import server as explorer


class Served:
    """An explorer listening on a free port of this machine."""

    def __init__(self, study):
        self.said, self.ready, self.server = [], threading.Event(), None
        self.study = study

    def __enter__(self):
        import uvicorn

        def keep(server, *args, **options):
            # two explorers may be up at once, each in its own thread
            if threading.current_thread() is self.thread:
                self.server = server
            init(server, *args, **options)

        init = uvicorn.Server.__init__

        def serve():
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(uvicorn.Server, "__init__", keep)
                explorer.explore(self.study, open_browser=False, runs=200, say=self.hear)

        self.thread = threading.Thread(target=serve, daemon=True)
        self.thread.start()
        assert self.ready.wait(60)
        self.host, self.path = re.fullmatch(r"http://([^/]+)(/.*)", self.said[0]).groups()
        return self

    def hear(self, address):
        self.said.append(address)
        self.ready.set()

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(10)

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        given = {k.replace("_", "-"): v for k, v in headers.items()}
        if body is not None:
            given = {"content-type": "application/json", **given}
        connection.request(method, path, body if body is None else body.encode(), given)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response, text


class Visit:
    """A page of the explorer with all that it asked and complained of."""

    def __init__(self, browser, one, tab, **options):
        self.asked, self.complaints, self.home = [], [], f"http://{one.host}{one.path}"
        self.context = browser.new_context(locale="en-US", **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60000)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda m: self.complaints.append(m.text) if "status of 422" not in m.text else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.goto(f"{self.home}#{tab}")

    def close(self):
        self.context.close()
        assert self.complaints == []
        assert [
            u for u in self.asked if not u.startswith((self.home, "data:", f"blob:{self.home.split('/', 3)[0]}"))
        ] == []


def until(page, holds):
    """Wait for an expression to hold; the page lets nobody evaluate text within it, so it is asked from outside."""
    for _ in range(600):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(100)
    raise AssertionError(holds)


def slide(locator, value):
    locator.evaluate("(node, v) => { node.value = v; node.dispatchEvent(new Event('input', {bubbles: true})); }", value)
