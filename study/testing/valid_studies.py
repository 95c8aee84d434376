"""Draw small studies that run."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...data.options import check_number
from ...data.testing.strategies import strategies
from ...data.vocabulary import terms
from ..plan.schema import STUDY_FILE
from .file_texts import csv_text, toml_text

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["valid_studies"]

Draw = Callable[[Any], Any]
_TIERS = tuple(terms("tiers"))


def valid_studies(*, most: int = 6) -> "SearchStrategy[dict[str, str]]":
    """Return a strategy that draws the files of small studies, which `check` accepts and `run` completes.

    A study has places with tiers, an index of one or two recipes, and perhaps a network, a diffusion along it and a
    scenario. Values differ, so that ranks and tiers exist; a check may doubt something. Each run takes a second or two.

    Parameters
    ----------
    most : int
        Most places, at least 4.

    Returns
    -------
    SearchStrategy
        Of dictionaries: name of a file -> its text.

    Raises
    ------
    MissingExtraError
        If hypothesis is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import warnings
    >>> from pathlib import Path
    >>> from hypothesis import given, settings
    >>> from innoscape.study import check
    >>> @settings(max_examples=2, database=None, deadline=None)
    ... @given(valid_studies())
    ... def test_a_check_passes(files):
    ...     with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
    ...         warnings.simplefilter("ignore")  # a study may be doubtful
    ...         for name, text in files.items():
    ...             _ = Path(folder, name).write_text(text, encoding="utf-8")
    ...         assert len(check(folder).places) >= 4
    >>> test_a_check_passes()
    """
    check_number("most", most, least=4, whole=True)
    return strategies().composite(_drawn)(most)


def _drawn(draw: Draw, most: int) -> dict[str, str]:
    st = strategies()
    places = [f"p{i}" for i in range(draw(st.integers(4, most)))]
    cells = [[p, f"{100 + 2 * i}", f"{30 + i % 3}", _TIERS[min(i, 3)]] for i, p in enumerate(places)]
    values = [draw(st.permutations(range(1, len(places) + 1))) for _ in range(2)]
    rows = [[p, name, str(own[i])] for name, own in zip("ab", values, strict=True) for i, p in enumerate(places)]
    recipes = [
        {"name": "equal"},
        {"name": "entropy", "weigh": "entropy"},
        {"name": "ranks", "normalize": "rank"},
        {"name": "z", "normalize": "zscore"},
    ]
    chosen = draw(st.lists(st.sampled_from(recipes), min_size=1, max_size=2, unique_by=lambda one: one["name"]))
    content: dict[str, Any] = {
        "name": "drawn",
        "title": draw(st.sampled_from(["Drawn", "\u753b\u51fa\u7684", "<b>drawn</b>"])),
        "tables": {"places": ["places.csv"], "indicators": "indicators.csv", "framework": "framework.csv"},
        "index": {"units": places, "recipes": chosen},
        "tiers": {"method": draw(st.sampled_from(["quantiles", "natural_breaks", "head_tail"]))},
        "centers": {"tiers": draw(st.sampled_from(["given", "scores", ["scores", "given"]]))},
        "map": {"boundaries": "none"},
    }
    files = {
        "places.csv": csv_text([["place", "lon", "lat", "tier"], *cells]),
        "indicators.csv": csv_text([["place", "indicator", "value"], *rows]),
        "framework.csv": csv_text([["indicator"], ["a"], ["b"]]),
    }
    if draw(st.booleans()):
        flows = [[a, b, str(draw(st.integers(1, 9)))] for a in places for b in places if a != b]
        files["flows.csv"] = csv_text([["source", "target", "value"], *flows])
        content["networks"] = [{"name": "trade", "directed": True, "flows": "flows.csv"}]
    if draw(st.booleans()):
        content |= _spread(draw, places, tied="networks" in content)
    return {STUDY_FILE: toml_text(content), **files}


def _spread(draw: Draw, places: list[str], *, tied: bool) -> dict[str, Any]:
    """Draw a diffusion from the first place, and perhaps a scenario."""
    st = strategies()
    channels: list[dict[str, Any]] = [{"name": "peer", "rate": 0.3, "half_distance": 300.0}]
    if tied:
        channels.append({"name": "tie", "rate": 0.2, "decay": "none", "normalize": "origin"})
    spread = {"seeds": places[:1], "horizon": 5.0, "runs": 4, "channels": channels}
    drawn: dict[str, Any] = {"diffusion": spread | ({"tie_network": "trade"} if tied else {})}
    verbs = [
        {"verb": "scale_receptivity", "factor": 2.0},
        {"verb": "set_channel", "channel": "peer", "rate": 0.6, "start": 1.0},
        *([{"verb": "scale_flow", "factor": 0.5}] if tied else []),
    ]
    if draw(st.booleans()):
        drawn["scenarios"] = [{"name": "change", "interventions": [draw(st.sampled_from(verbs))]}]
    return drawn
