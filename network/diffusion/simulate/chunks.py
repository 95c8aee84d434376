"""Run many simulation runs chunk by chunk, on any executor, with finished chunks saved.

A chunk has a fixed number of runs, so results do not depend on how many workers there are.
"""

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import OptionError, OutputError
from ....data.files import write_file

__all__ = ["CHUNK", "chunked", "digest"]

CHUNK = 256

Parts = dict[str, np.ndarray]


def digest(*arrays: object) -> str:
    """Return a hash of all that a simulation depends on."""
    seen = hashlib.sha256()
    for array in arrays:
        content = np.ascontiguousarray(np.asarray(array))
        seen.update(str((content.shape, content.dtype)).encode())
        seen.update(content.tobytes())
    return seen.hexdigest()[:20]


@contextmanager
def _workers(executor: Executor | None) -> Iterator[Executor]:
    if executor is not None:
        if not hasattr(executor, "submit"):
            raise OptionError(f"executor: needed one of concurrent.futures, got {executor!r}")
        yield executor
        return
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        yield threads


@contextmanager
def _canceled(waiting: dict[Future, int]) -> Iterator[None]:
    """Cancel what has not begun when the work is left early."""
    try:
        yield
    finally:
        for future in waiting:
            future.cancel()


def chunked(
    task: Callable[..., Parts],
    shared: tuple[Any, ...],
    runs: int,
    *,
    executor: Executor | None = None,
    save: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    chunk: int = CHUNK,
) -> Iterator[Parts]:
    """Yield the result of each chunk of runs, in order; chunks that wait when this is left are not begun.

    Parameters
    ----------
    task : callable
        ``task(*shared, first, last)`` -> arrays by name; must be importable (workers may be other processes).
    shared : tuple
        What every chunk needs.
    runs : int
    executor : concurrent.futures.Executor, optional
        Threads of this machine by default.
    save : Path, optional
        Folder in which finished chunks are kept; chunks found there are not run again, unless they cannot be read.
    progress : callable, optional
        Called with (finished runs, all runs) after each chunk, and once of what was found.

    Raises
    ------
    OutputError
        If chunks cannot be kept in the folder.
    """
    bounds = [(first, min(first + chunk, runs)) for first in range(0, runs, chunk)]
    ready: dict[int, Parts] = {}
    done = 0
    following = 0
    waiting: dict[Future, int] = {}
    with _workers(executor) as workers, _canceled(waiting):
        for i, (first, last) in enumerate(bounds):
            kept = _load(save, first, last)
            if kept is None:
                waiting[workers.submit(partial(task, *shared, first, last))] = i
            else:
                ready[i] = kept
                done += last - first
        finished = as_completed(waiting)
        if done and progress is not None:
            progress(done, runs)
        while following < len(bounds):
            while following not in ready:
                future = next(finished)
                i = waiting.pop(future)
                ready[i] = future.result()
                first, last = bounds[i]
                _keep(save, first, last, ready[i])
                done += last - first
                if progress is not None:
                    progress(done, runs)
            yield ready.pop(following)
            following += 1


def _name(save: Path, first: int, last: int) -> Path:
    return save / f"runs-{first:09d}-{last:09d}.npz"


def _load(save: Path | None, first: int, last: int) -> Parts | None:
    if save is None or not _name(save, first, last).is_file():
        return None
    with _name(save, first, last).open("rb") as file:
        try:
            with np.load(file) as kept:
                return {name: kept[name] for name in kept.files}
        except Exception:  # noqa: BLE001 - spoiled files fail in many ways
            return None


def _keep(save: Path | None, first: int, last: int, parts: Parts) -> None:
    if save is None:
        return
    try:
        held = io.BytesIO()
        np.savez(held, **parts)  # pyright: ignore[reportArgumentType]
        write_file(_name(save, first, last), held.getvalue())
    except OSError as error:
        raise OutputError(f"finished chunks cannot be kept in {save}: {error.strerror or error}") from None
