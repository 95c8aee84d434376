"""Draw one page for each center and each scored place of a study."""

import warnings
from collections.abc import Iterable

import pandas as pd

from ...data import InnoscapeWarning, UnknownPlaceError
from ...data.wording.catalogue import Text, few, join_texts, text
from ...geo import Profile, Scores, profile, score
from ..facts.place_facts import PlaceFacts
from ..facts.rows import place_names
from ..facts.spread_facts import spread_facts
from ..plan.inputs import Inputs
from ..report.profile_paths import FOLDER, MOST_PROFILES, profile_paths
from ..report.write_profile import render_profile
from ..results.study_results import StudyResults
from ..wording.notices import Notice
from ..wording.phrases import Words
from .score_places import scored_year

__all__ = ["draw_profiles", "profiled", "unprofiled"]

# places that a message names
_SHOWN = 8


def profiled(results: StudyResults) -> dict[str, str]:
    """Return the places that have a page in the results folder, with its path.

    The first 400 have: scored places by rank, then centers; of the others a notice says how to get one.
    """
    places = PlaceFacts(results.shown, {}, results.study).places()
    return dict(list(profile_paths(places).items())[:MOST_PROFILES])


def unprofiled(results: StudyResults) -> list[Notice]:
    """Say which places have no page in the results folder, if any."""
    left = PlaceFacts(results.shown, {}, results.study).places()[MOST_PROFILES:]
    values = {"n": len(left), "most": MOST_PROFILES, "places": left}
    return [Notice("notice", "notices.profiles", values)] if left else []


def draw_profiles(inputs: Inputs, results: StudyResults, places: Iterable[str] | None = None) -> dict[str, str]:
    """Draw profiles.

    Parameters
    ----------
    inputs : Inputs
        As checked.
    results : StudyResults
        What the study found.
    places : iterable of str, optional
        Keys of places; those of `profiled` when not given.

    Returns
    -------
    dict
        Path below the results folder -> HTML.

    Raises
    ------
    UnknownPlaceError
        A place is neither a center nor scored.
    """
    study, scale = results.study, results.study.tiers.order
    spread = spread_facts(results.shown, tiers=scale)
    facts = PlaceFacts(results.shown, results.tables, study, spread["base"])
    networks = {n.name: Text.of(en=n.title, zh=n.title_zh) for n in study.networks if n.title or n.title_zh}
    words = Words(place_names(results.shown), spread["titles"], networks, scale)
    paths = profile_paths(facts.places())
    if places is not None:
        places = [*places]
        if lost := [place for place in places if place not in paths]:
            named = {place: Text.of(en=en, zh=zh) for place in [*paths, *lost] for en, zh in [words.pair(place)]}
            names, got = few([named[place] for place in paths], most=_SHOWN), join_texts(named[place] for place in lost)
            raise UnknownPlaceError(text("faults.options.no_profile", got=got, names=names))
    held = profiled(results)
    links = {place: path.removeprefix(f"{FOLDER}/") for place, path in held.items()}
    scores, scored, names = _scores(inputs), {}, pd.DataFrame()
    if scores is not None:
        scored = dict.fromkeys(scores.scores["place"].astype(str))
        names = pd.DataFrame([(one, *words.pair(one)) for one in scored], columns=["place", "name_en", "name_zh"])
    pages: dict[str, str] = {}
    for place in held if places is None else places:
        own = facts.of(place)
        score_row = own["score"] or {}
        pages[paths[place]] = render_profile(
            _profile(place, scores, inputs, results, names) if place in scored and scores is not None else None,
            name=words.pair(place),
            tier=score_row.get("tier"),
            published_tier=score_row.get("published_tier"),
            tier_scale=scale,
            facts=own,
            words=words,
            links={key: link for key, link in links.items() if key != place} if places is None else None,
            language=study.language,
        )
    return pages


def _scores(inputs: Inputs) -> Scores | None:
    """Score the places once more under the main recipe; what there is to warn of has been said."""
    index = inputs.study.index
    if index is None or inputs.indicators is None or inputs.framework is None:
        return None
    panel = index.panel != "none"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        return score(
            inputs.indicators,
            inputs.framework,
            index.recipes[0].choices,
            places=inputs.places,
            among=index.units,
            year=None if panel else scored_year(inputs),
            nested=index.nested,
        )


def _profile(place: str, scores: Scores, inputs: Inputs, results: StudyResults, names: pd.DataFrame) -> Profile | None:
    year = results.index_year if "year" in scores.scores else None
    there = scores.scores if year is None else scores.scores[scores.scores["year"] == year]
    known = there["place"].astype(str).tolist()
    if place not in known or len(known) < 2:
        return None
    values = results.shown.get("indicators")
    if values is not None and values.duplicated(["place", "indicator"]).any():
        values = None
    return profile(scores, place, values=values, framework=inputs.framework, year=year, places=names)
