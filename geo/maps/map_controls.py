"""Put the page's controls on the map: time, legend with layers, language, search.

They are built in the page once every layer is known, so the order in which they are asked for does not matter.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_number
from ...data.styles import EARLIER, LATER, UNCHANGED
from ...data.vocabulary import terms, unit_name
from ...data.wording.catalogue import Text, text
from ...data.wording.catalogue import plain as same
from .add_flows import group_color
from .atlas import AtlasMap
from .effects import effect_borders, effect_rows
from .encode import check_columns, plain, positions
from .places import warn_of_unplaced

_TIMES = ("median", "low", "high", "reached")


def add_arrivals(
    atlas: AtlasMap,
    arrivals: pd.DataFrame,
    reach: pd.DataFrame | None,
    centers: pd.DataFrame | Sequence[pd.DataFrame],
    *,
    scenario_names: Mapping[str, str | Text] | None = None,
    effects: pd.DataFrame | None = None,
    threshold: float = 0.01,
    horizon: float | None = None,
    start: float = 0,
    unit: str | Text = "years",
) -> AtlasMap:
    """Add the time control: play, pause, scrub and choose a scenario; centers fill as knowledge arrives.

    A center is tinted once knowledge has arrived in 2.5% of the runs and filled once it has in half of them (the
    median), in the color of its channel if the arrivals name one. The curve of reach is the track of the slider. All
    of it works from the keyboard.

    With several scenarios the control also shows what each changes: centers in fixed classes of earlier and later
    arrival, the difference of the curves, baseline and scenario side by side, and the effects in a ranked table, each
    with its precision and its size.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    arrivals : DataFrame
        ``scenario``, ``place``, ``median``; ``low``, ``high`` (2.5% and 97.5% of the runs), ``reached`` (share of
        runs), ``seed``, ``channel`` (the channel most arrivals there are credited to). Empty times mean not reached.
    reach : DataFrame or None
        ``scenario``, ``time``, ``mean``; ``low``, ``high``: share of centers reached, 0 to 1.
    centers : DataFrame or sequence of DataFrame
        The centers drawn.
    scenario_names : mapping of str to str or Text, optional
        Name of each scenario, in the order they are listed; without it ``baseline`` comes first,
        the others by name.
    effects : DataFrame, optional
        What scenarios change, see `effect_rows` in ``geo.maps.effects``; the ``scenarios`` table of a study.
    threshold : float
        Share of the baseline's time up to which an effect is called negligible in ``effects``.
    horizon : float, optional
        Time at which the simulation ended, and the slider ends; the latest time of ``arrivals`` and ``reach`` when not
        given.
    start : float
        Added to the times shown, such as a calendar year.
    unit : str or Text
        Unit of time.

    Returns
    -------
    AtlasMap
        The map; an empty frame leaves it as it was.

    Raises
    ------
    TableError
        A column is missing.
    OptionError
        No time is finite, or one is later than ``horizon``.

    Warns
    -----
    InnoscapeWarning
        Places that are not among the centers.

    Examples
    --------
    >>> centers = pd.DataFrame({"place": ["a"], "lon": [116], "lat": [40]})
    >>> arrivals = pd.DataFrame({"scenario": ["baseline"], "place": ["a"], "median": [2.5]})
    >>> page = add_arrivals(AtlasMap(), arrivals, None, centers).get_root().render()
    """
    check_columns(arrivals, "arrivals", ["scenario", "place", "median"])
    if reach is not None:
        check_columns(reach, "reach", ["scenario", "time", "mean"])
    if arrivals.empty:
        return atlas
    frames = [centers] if isinstance(centers, pd.DataFrame) else list(centers)
    missing = {str(place) for place in arrivals["place"]} - set(positions(*frames))
    if missing:
        warn_of_unplaced(missing, where=text("warnings.maps.arrivals"))
    given = list(scenario_names or {})
    order = [name for name in given if name in set(arrivals["scenario"])]
    others = {str(name) for name in arrivals["scenario"]} - set(order)
    order += sorted(others, key=lambda name: (name != "baseline", name))
    channels = _channels(arrivals)
    scenarios = [_scenario(name, arrivals, reach, (scenario_names or {}).get(name), channels) for name in order]
    times = [time for one in scenarios for time in (*one["median"], *one["high"], *one["curve"]["time"])]
    times = [time for time in times if time is not None]
    latest = max(times, default=0)
    if horizon is not None:
        check_number("horizon", horizon, above=0, least=latest)
    elif latest <= 0:
        raise OptionError("arrivals: needed at least one finite time above 0, got none; was the horizon too short?")
    end = latest if horizon is None else horizon
    data: dict[str, Any] = {"scenarios": scenarios, "horizon": plain(end), "start": plain(start)}
    data["unit"] = unit_name(unit).to_dict()
    data["channels"] = [{"key": channel, "color": group_color(channel, number)} for channel, number in channels.items()]
    if effects is not None and len(order) > 1:
        rows = effect_rows(effects)
        for one in scenarios:
            one["effects"] = rows.get(one["key"], [])
        sizes = [row["d"] for one in scenarios for row in one["effects"] if row["d"] is not None and not row["n"]]
        colors = [*reversed(EARLIER), UNCHANGED, *LATER]
        data["effects"] = {"borders": effect_borders(sizes), "colors": colors, "threshold": plain(threshold)}
    return atlas.request("arrivals", data)


def _channels(arrivals: pd.DataFrame) -> dict[str, int]:
    """Give each channel that arrivals name a number, the known ones in their order."""
    found = {str(channel) for channel in arrivals["channel"].dropna()} - {""} if "channel" in arrivals else set()
    known = [channel for channel in terms("channels") if channel in found]
    return {channel: number for number, channel in enumerate([*known, *sorted(found - set(known))])}


def _scenario(
    name: str,
    arrivals: pd.DataFrame,
    reach: pd.DataFrame | None,
    named: str | Text | None,
    channels: Mapping[str, int],
) -> dict[str, Any]:
    rows = arrivals[arrivals["scenario"] == name].sort_values("place")
    found: dict[str, Any] = {"key": name, **same(named or name).to_dict()}
    found["place"] = [str(place) for place in rows["place"]]
    for column in _TIMES:
        found[column] = [_short(value) for value in rows[column]] if column in rows else [None] * len(rows)
    seeds = rows["seed"].fillna(False).astype(bool) if "seed" in rows else [False] * len(rows)
    found["channel"] = [channels.get(str(value)) for value in rows["channel"]] if channels else []
    found["seed"] = [index for index, seed in enumerate(seeds) if seed]
    curve = reach[reach["scenario"] == name].sort_values("time") if reach is not None else pd.DataFrame()
    found["curve"] = {
        column: [_short(value) for value in curve[column]] if column in curve else []
        for column in ("time", "mean", "low", "high")
    }
    return found


def _short(value: Any) -> Any:  # noqa: ANN401
    number = plain(value)
    return plain(round(number, 4)) if isinstance(number, float) else number


def add_legend(atlas: AtlasMap, *, notes: Sequence[str | Text] = (), title: str | Text | None = None) -> AtlasMap:
    """Add the legend, which is also the layer control: each key has a box that switches its layer.

    It stands beside the map, not on it; layers of plain folium are listed too.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    notes : sequence of str or Text
        Remarks printed below it: sources, what is assumed.
    title : str or Text, optional
        Its heading.

    Returns
    -------
    AtlasMap
        The map.

    Examples
    --------
    >>> page = add_legend(AtlasMap(), notes=["Source: the papers"]).get_root().render()
    """
    heading = same(title) if title else text("map.layers.title")
    return atlas.request("legend", {"title": heading.to_dict(), "notes": [same(note).to_dict() for note in notes]})


def add_language_switch(atlas: AtlasMap) -> AtlasMap:
    """Add the switch between the languages: labels, layer names, legend, popups.

    Parameters
    ----------
    atlas : AtlasMap
        The map.

    Returns
    -------
    AtlasMap
        The map.

    Examples
    --------
    >>> page = add_language_switch(AtlasMap()).get_root().render()
    """
    return atlas.request("languages")


def add_search(atlas: AtlasMap) -> AtlasMap:
    """Add a field that finds centers, landmarks and scopes by key or by their name in any language.

    Parameters
    ----------
    atlas : AtlasMap
        The map.

    Returns
    -------
    AtlasMap
        The map.

    Examples
    --------
    >>> page = add_search(AtlasMap()).get_root().render()
    """
    return atlas.request("search")
