"""Serve local pages on which a study is made from files and its weights, ties and levers are moved.

The page is for one person on one machine: it listens on 127.0.0.1 only, answers nothing without the random token of
its address, and refuses requests that name another host or come from another page.
"""

import json
import secrets
import socket
import webbrowser
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from importlib.resources import files
from pathlib import Path
from threading import Timer
from typing import Any

from ...data import MissingExtraError, OptionError, OutputError
from ...data.styles import vocabulary_styles
from ...data.vocabulary import terms
from ...data.wording.catalogue import languages, text, words_of
from ...data.wording.reader_language import reader_language_script
from .office import Office

__all__ = ["explore", "explorer_app"]

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")
# what is heard of a request that is refused: bytes, seconds
_MOST_UNREAD = 1 << 20
_MOST_PATIENCE = 2.0
_SCRIPTS = ("", "_arrivals", "_ask", "_data", "_index", "_levers", "_link", "_map", "_networks", "_parts", "_spread")
_ASSETS = {
    "explorer.css": "text/css", "report.css": "text/css",
    **{f"explorer{part}.js": "text/javascript" for part in _SCRIPTS},
}  # fmt: skip
# words of the vocabulary that the page says
_TERMS = ("statuses", "channels", "scenario_measures", "groups", "block_roles")
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_Scope = Mapping[str, Any]
_Receive = Callable[[], Awaitable[Any]]
_Send = Callable[[Any], Awaitable[None]]


def explore(
    study: Path | None = None,
    *,
    port: int = 0,
    open_browser: bool = True,
    runs: int = 1000,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the explorer of a study until it is interrupted.

    Parameters
    ----------
    study : Path, optional
        Study folder; the bundled study when missing.
    port : int
        Port on 127.0.0.1; a free one when 0.
    open_browser : bool
        Whether to open the page in the reader's browser.
    runs : int
        Simulation runs an answer rests on, 50 to 5,000.
    say : callable
        Told the address of the page.

    Raises
    ------
    MissingExtraError
        If the extra ``explore`` is not installed.
    StudyError
        If there is no study file. A study with faults is opened on the page that lists them.
    OutputError
        If the port is in use.
    """
    uvicorn = _server_library()
    if not 50 <= runs <= 5000:
        raise OptionError(text("faults.calls.server.runs_50_5000", runs=runs))
    token = secrets.token_urlsafe(24)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise OutputError(
                text("faults.calls.server.port_free_port_on", port=port, host=HOST, error=error)
            ) from None
        port = listener.getsockname()[1]
        app = explorer_app(study, token=token, port=port, runs=runs)
        # the address is good from the moment it is told
        listener.listen(64)
        address = f"http://{HOST}:{port}/{token}/"
        say(address)
        options = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="off", ws="none", server_header=False,
            timeout_graceful_shutdown=2,
        )  # fmt: skip
        if open_browser:
            opening = Timer(0.5, webbrowser.open, [address])
            opening.daemon = True
            opening.start()
        uvicorn.Server(options).run(sockets=[listener])


def explorer_app(study: Path | None = None, *, token: str, port: int, runs: int = 1000) -> Any:  # noqa: ANN401
    """Build the application that `explore` serves.

    Parameters
    ----------
    study : Path, optional
        Study folder; the bundled study when missing.
    token : str
        What every path must begin with.
    port : int
        The port that requests must name as their host's.
    runs : int
        Simulation runs an answer rests on.

    Returns
    -------
    ASGI application

    Raises
    ------
    MissingExtraError
        If the extra ``explore`` is not installed.
    StudyError
        If there is no study file. A study with faults is opened on the page that lists them.
    """
    _server_library()
    from starlette.applications import Starlette
    from starlette.routing import Mount, Route

    office = Office(None if study is None else Path(study), runs=runs)
    routes = [
        Route("/", partial(_asset, "explorer.html", "text/html", office)),
        *(Route(f"/{name}", partial(_asset, name, kind, office)) for name, kind in _ASSETS.items()),
        Route("/explorer_words.js", _words),
        *(
            Route(f"/{name}", partial(office.ask, name), methods=["GET" if one.form is None else "POST"])
            for name, one in office.questions.items()
        ),
        *(Route(f"/{name}", partial(office.pack, name)) for name in office.packs),
    ]
    inner = Starlette(routes=[Mount(f"/{token}", routes=routes)])
    limits = {f"/{token}/{name}": one.most_bytes for name, one in office.questions.items()}
    return _Guard(inner, token=token, port=port, limits=limits)


def _server_library() -> Any:  # noqa: ANN401 - a module
    try:
        import starlette  # noqa: F401
        import tomlkit  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise MissingExtraError("explore", purpose="explorer") from error
    return uvicorn


class _Guard:
    """Let through only what the page itself asks: right host, right token, own origin, small bodies."""

    def __init__(
        self,
        app: Any,  # noqa: ANN401 - an application
        *,
        token: str,
        port: int,
        limits: Mapping[str, int],
    ) -> None:
        self.app = app
        self.token = token
        self.limits = limits
        self.hosts = {f"{name}:{port}" for name in _NAMES} | (set(_NAMES) if port == 80 else set())

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)

        async def send_with_headers(message: Any) -> None:  # noqa: ANN401
            if message["type"] == "http.response.start":
                more = [(k.encode(), v.encode()) for k, v in _HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *more]}
            await send(message)

        if refusal is None:
            await self.app(scope, receive, send_with_headers)
            return
        status, text = refusal
        await _let_finish(receive)
        head = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        await send_with_headers({"type": "http.response.start", "status": status, "headers": head})
        await send_with_headers({"type": "http.response.body", "body": text.encode()})

    def _refusal(self, scope: _Scope) -> tuple[int, str] | None:
        told = [(k.lower(), v.decode("latin-1").lower()) for k, v in scope["headers"]]
        heads, hosts = dict(told), [v for k, v in told if k == b"host"]
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return 421, "this page is available only at 127.0.0.1"
        given = scope["path"].split("/")[1] if scope["path"].count("/") > 1 else ""
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            return 403, "the address lacks its token; use the address that innoscape explore printed"
        origin = heads.get(b"origin")
        if origin is not None and origin != f"http://{hosts[0]}":
            return 403, "the request comes from another page"
        if scope["method"] == "POST":
            if heads.get(b"content-type", "").split(";")[0].strip() != "application/json":
                return 415, "needed application/json"
            length = heads.get(b"content-length", "")
            most = self.limits.get(scope["path"], 0)
            # a body in chunks has whatever length it takes
            if not length.isdigit() or int(length) > most or b"transfer-encoding" in heads:
                return 413, f"needed a body of at most {most} bytes with its length"
        return None


async def _let_finish(receive: _Receive) -> None:
    """Hear a refused request out, within bounds: closing on unread bytes resets the line and loses the refusal."""
    import asyncio

    left = _MOST_UNREAD
    with suppress(TimeoutError):
        async with asyncio.timeout(_MOST_PATIENCE):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


async def _words(_: Any) -> Any:  # noqa: ANN401
    """Answer with the languages and all that the page says."""
    from starlette.responses import Response

    named = {key: term.name.to_dict() for kind in _TERMS for key, term in terms(kind).items()}
    words = named | words_of("explorer.page.") | {"list.comma": text("list.comma").to_dict()}
    content = {"languages": languages(), "words": words}
    lines = [f"export const {name} = {json.dumps(said, ensure_ascii=False)};" for name, said in content.items()]
    lines += [reader_language_script(), "export { readerLanguage };"]
    return Response("\n".join(lines), media_type="text/javascript")


async def _asset(name: str, kind: str, office: Office, _: Any) -> Any:  # noqa: ANN401
    from starlette.responses import Response

    # the style sheet of the report is the explorer's too
    folder = files("innoscape.study") / ("report/templates" if name == "report.css" else "explorer/assets")
    styles = vocabulary_styles(office.tiers) if name == "report.css" else ""
    return Response(styles.encode() + (folder / name).read_bytes(), media_type=kind)
