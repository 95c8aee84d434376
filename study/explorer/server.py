"""Serve a local page on which a study's levers are moved and their effect is seen at once.

The page is for one person on one machine: it listens on 127.0.0.1 only, answers nothing without the random token of
its address, and refuses requests that name another host or come from another page.
"""

import json
import secrets
import socket
import time
import webbrowser
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from importlib.resources import files
from pathlib import Path
from threading import Lock, Timer
from typing import Any

from pydantic import BaseModel, ValidationError

from ...data import InnoscapeError, MissingExtraError, OptionError, OutputError
from ...data.styles import vocabulary_styles
from ...data.tier_scale import TierScale
from ...data.vocabulary import terms
from ...data.wording.catalogue import Text, languages, text, words_of
from ..plan.read import read_study
from ..stages.run import bundled_study
from .request import Levers, SaveOrder, faults_of, plain_steps
from .save import save_scenario
from .session import Desk, prepare

__all__ = ["explore", "explorer_app"]

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")
_MOST_BYTES = 65536
# what is heard of a request that is refused: bytes, seconds
_MOST_UNREAD = 1 << 20
_MOST_PATIENCE = 2.0
_ASSETS = {
    "explorer.css": "text/css", "explorer.js": "text/javascript", "explorer_map.js": "text/javascript",
    "explorer_parts.js": "text/javascript",
    "explorer_levers.js": "text/javascript", "report.css": "text/css",
}  # fmt: skip
# words of the vocabulary that the page says
_TERMS = ("statuses", "channels", "scenario_measures", "groups")
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
    StudyError, TableError, OptionError
        If the study has faults or no diffusion section.
    OutputError
        If the port is in use.
    """
    uvicorn = _server_library()
    if not 50 <= runs <= 5000:
        raise OptionError(f"runs: needed 50 to 5,000, got {runs}")
    token = secrets.token_urlsafe(24)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise OutputError(f"port {port}: needed a free port on {HOST}, got: {error}; choose another") from None
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
    StudyError, TableError, OptionError
        If the study has faults or no diffusion section.
    """
    _server_library()
    from starlette.applications import Starlette
    from starlette.routing import Mount, Route

    desk = prepare(bundled_study() if study is None else read_study(study), runs=runs)
    office = _Office(desk, None if study is None else Path(study))
    # one draw now compiles or loads the kernels, so that the first lever is as quick as the next
    desk.answer(Levers(runs=50))
    routes = [
        Route("/", partial(_asset, "explorer.html", "text/html", desk.study.tiers.order)),
        *(Route(f"/{name}", partial(_asset, name, kind, desk.study.tiers.order)) for name, kind in _ASSETS.items()),
        Route("/explorer_words.js", _words),
        Route("/study", office.describe),
        Route("/run", office.run, methods=["POST"]),
        Route("/save", office.save, methods=["POST"]),
    ]
    inner = Starlette(routes=[Mount(f"/{token}", routes=routes)])
    return _Guard(inner, token=token, port=port)


def _server_library() -> Any:  # noqa: ANN401 - a module
    try:
        import starlette  # noqa: F401
        import tomlkit  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise MissingExtraError("explore", purpose="the explorer") from error
    return uvicorn


class _Guard:
    """Let through only what the page itself asks: right host, right token, own origin, small bodies."""

    def __init__(self, app: Any, *, token: str, port: int) -> None:  # noqa: ANN401 - an application
        self.app = app
        self.token = token
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
            if not length.isdigit() or int(length) > _MOST_BYTES:
                return 413, f"needed a body of at most {_MOST_BYTES} bytes with its length"
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


class _Office:
    """Answer the page's three questions."""

    def __init__(self, desk: Desk, folder: Path | None) -> None:
        self.desk = desk
        self.folder = folder
        self.told: dict[str, Any] | None = None
        self.saved: list[dict[str, Any]] = []
        self.writing = Lock()

    async def describe(self, _: Any) -> Any:  # noqa: ANN401 - request and response
        from starlette.concurrency import run_in_threadpool

        if self.told is None:
            self.told = await run_in_threadpool(self.desk.describe)
        presets = [*self.told["presets"], *self.saved]
        return _json({**self.told, "presets": presets, "bundled": self.folder is None})

    async def run(self, request: Any) -> Any:  # noqa: ANN401
        began = time.perf_counter()
        response = await _answer(request, Levers, self.desk.answer)
        response.headers["server-timing"] = f"run;dur={1000 * (time.perf_counter() - began):.0f}"
        return response

    async def save(self, request: Any) -> Any:  # noqa: ANN401
        return await _answer(request, SaveOrder, self._save)

    def _save(self, order: SaveOrder) -> dict[str, Any]:
        # what cannot be simulated is not saved
        self.desk.answer(Levers(interventions=order.interventions, runs=50))
        with self.writing:
            file = save_scenario(order, self.folder)
            # what is saved next goes into the same study
            self.folder = file.parent
            title = order.title or order.name
            steps = plain_steps(order.interventions)
            self.saved.append(
                {"name": order.name, "title": Text.of(en=title, zh=order.title_zh).to_dict(), "interventions": steps}
            )
        return {"file": str(file), "name": order.name}


async def _answer(request: Any, form: type[BaseModel], act: Callable[[Any], dict[str, Any]]) -> Any:  # noqa: ANN401
    from starlette.concurrency import run_in_threadpool

    try:
        order = form.model_validate_json(await request.body())
        return _json(await run_in_threadpool(act, order))
    except ValidationError as error:
        return _json({"faults": faults_of(error)}, status=422)
    except InnoscapeError as error:
        return _json({"faults": str(error).splitlines()}, status=422)


def _json(content: Any, *, status: int = 200) -> Any:  # noqa: ANN401
    from starlette.responses import Response

    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, status_code=status, media_type="application/json")


async def _words(_: Any) -> Any:  # noqa: ANN401
    """Answer with the languages and all that the page says."""
    from starlette.responses import Response

    named = {key: term.name.to_dict() for kind in _TERMS for key, term in terms(kind).items()}
    words = named | words_of("explorer.page.") | {"list.comma": text("list.comma").to_dict()}
    content = {"languages": languages(), "words": words}
    lines = [f"export const {name} = {json.dumps(said, ensure_ascii=False)};" for name, said in content.items()]
    return Response("\n".join(lines), media_type="text/javascript")


async def _asset(name: str, kind: str, tiers: TierScale, _: Any) -> Any:  # noqa: ANN401
    from starlette.responses import Response

    # the style sheet of the report is the explorer's too
    folder = files("innoscape.study") / ("report/templates" if name == "report.css" else "explorer/assets")
    styles = vocabulary_styles(tiers) if name == "report.css" else ""
    return Response(styles.encode() + (folder / name).read_bytes(), media_type=kind)
