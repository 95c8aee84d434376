"""Run many simulation runs chunk by chunk, on any executor, with finished chunks saved.

A chunk has a fixed number of runs, so results do not depend on how many workers there are.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

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
        yield executor
        return
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        yield threads


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
    """Yield the result of each chunk of runs, in order.

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
        Folder in which finished chunks are kept; chunks found there are not run again.
    progress : callable, optional
        Told (finished runs, all runs) after each chunk.
    """
    bounds = [(first, min(first + chunk, runs)) for first in range(0, runs, chunk)]
    ready: dict[int, Parts] = {}
    done = 0
    following = 0
    with _workers(executor) as workers:
        waiting = {}
        for i, (first, last) in enumerate(bounds):
            kept = _load(save, first, last)
            if kept is None:
                waiting[workers.submit(partial(task, *shared, first, last))] = i
            else:
                ready[i] = kept
                done += last - first
        finished = as_completed(waiting)
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
    with np.load(_name(save, first, last)) as kept:
        return {name: kept[name] for name in kept.files}


def _keep(save: Path | None, first: int, last: int, parts: Parts) -> None:
    if save is None:
        return
    save.mkdir(parents=True, exist_ok=True)
    part = _name(save, first, last).with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, **parts)  # pyright: ignore[reportArgumentType]
    part.rename(_name(save, first, last))
