"""List the numbers and options that rates of diffusion are built from, so that two models can be compared."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import fields
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

from ...network import Channel, Rates, hazard_rates

__all__ = ["inputs_of", "rate_numbers"]

_WHOLE = "all"
_UNITS = {"rate": "per year"}


def inputs_of(model: Rates) -> dict[str, Any]:
    """Return what the rates of a model are built from."""
    return {name: getattr(model, name) for name in signature(hazard_rates).parameters}


def rate_numbers(inputs: Mapping[str, Any], planted: Mapping[Hashable, float] | None = None) -> pd.Series:
    """Return numbers and options by measure, what they are of, place and unit.

    Parameters
    ----------
    inputs : mapping
        What rates are built from.
    planted : mapping, optional
        Place -> the year in which a scenario lets it adopt.

    Returns
    -------
    Series
        Options of channels (``channel_rate`` and so on), of all places; of every place ``receptivity``, ``external``
        (its rate of adoption from outside), ``people`` (mean multiplier of what other places bring it) and
        ``planted``.
    """
    rows = {row[:4]: row[4] for row in _rows(inputs, planted or {})}
    index = pd.Index(list(rows), tupleize_cols=False)
    return pd.Series(list(rows.values()), index=index, dtype=object)


def _rows(
    inputs: Mapping[str, Any], planted: Mapping[Hashable, float]
) -> Iterator[tuple[str, Any, Any, str | None, Any]]:
    for channel in inputs["channels"]:
        for name, value in _options(channel):
            yield f"channel_{name}", channel.name, _WHOLE, _UNITS.get(name), value
    for place, value in inputs["receptivity"].items():
        yield "receptivity", None, place, None, value
    for place, value in inputs["external"].items():
        yield "external", None, place, "per year", value
    places = [*inputs["centers"]["place"]]
    for place, value in zip(places, _arriving(inputs["people"], places), strict=True):
        yield "people", None, place, None, value
    for place, date in planted.items():
        yield "planted", None, place, "years", date


def _options(channel: Channel) -> Iterator[tuple[str, Any]]:
    for one in fields(channel):
        value = getattr(channel, one.name)
        if one.name != "name" and isinstance(value, str | int | float):
            yield one.name, value


def _arriving(people: pd.DataFrame | None, places: list[Hashable]) -> np.ndarray:
    if people is None or len(places) < 2:
        return np.ones(len(places))
    given = people.astype(float).reindex(index=places, columns=places).fillna(1.0).to_numpy(copy=True)
    np.fill_diagonal(given, 0.0)
    return given.sum(axis=0) / (len(places) - 1)
