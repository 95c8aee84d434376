"""Write the profile of one center as a page that fits on a sheet of paper, with no network needed.

The page asks for nothing from outside (a content policy in its head forbids it) and says one language or all. The
same profile gives the same bytes; every text of the tables is escaped.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from ...data import OptionError
from ...data.files import write_file
from ...data.styles import vocabulary_styles
from ...data.tier_scale import FOUR_TIERS, TierScale, as_scale
from ...data.wording.catalogue import Text, few, text
from ...geo import Profile
from ..charts.bars import format_number
from ..charts.position_chart import position_chart
from ..charts.screens import for_screens
from ..wording.markup import listed, spans, t
from ..wording.phrases import Words, amount_text, badge, phrase, tier_mark, word
from .numbers import chance
from .render_report import check_language, language_styles, opening_script, page_marks

__all__ = ["render_profile", "write_profile"]

_SHOWN = 3
# peers that are named, and rows of the table on paper
_PEERS, _ROWS = 14, 20
_NOTHING = pd.DataFrame(columns=["level", "name"])


def write_profile(
    profile: Profile,
    path: str | Path,
    *,
    tier: str | None = None,
    published_tier: str | None = None,
    tier_scale: TierScale | Sequence[str] = FOUR_TIERS,
    obstacles: pd.DataFrame | None = None,
    coupling: pd.DataFrame | None = None,
    language: str | None = None,
) -> Path:
    """Write the profile of a center as one HTML file with a chart.

    Parameters
    ----------
    profile : Profile
        What `innoscape.geo.profile` found.
    path : str or Path
        File to write, ``.html``; an existing one is replaced, whole or not at all.
    tier, published_tier : str, optional
        Tier from the scores and as published, as keys of the scale.
    tier_scale : TierScale or sequence of str
        The tiers, highest first, with their names and colors; the four of the sources by default.
    obstacles : pandas.DataFrame, optional
        What `innoscape.geo.obstacle_degree` found; the greatest of the center are listed.
    coupling : pandas.DataFrame, optional
        What `innoscape.geo.coupling_coordination` found; the center's row is shown.
    language : str, optional
        What the page shows when it opens, unless the reader chose before; the browser's language when not given.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OptionError
        If the file name does not end in ``.html``, or a language outside the choices.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from innoscape.data import Framework
    >>> from innoscape.geo import profile, score
    >>> data = pd.DataFrame({"place": ["甲", "乙", "丙"], "indicator": "labs", "value": [9.0, 5.0, 1.0]})
    >>> found = score(data, Framework.from_table(pd.DataFrame({"indicator": ["labs"]})))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = write_profile(profile(found, "甲"), Path(folder, "甲.html"))
    ...     "<title>甲</title>" in file.read_text(encoding="utf-8")
    True
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        raise OptionError(text("faults.calls.write_profile.path_name_ends_html", name=target.name))
    page = render_profile(
        profile,
        tier=tier,
        published_tier=published_tier,
        tier_scale=tier_scale,
        obstacles=obstacles,
        coupling=coupling,
        language=language,
    )
    return write_file(target, page)


def render_profile(
    profile: Profile | None,
    *,
    name: tuple[str, str] = ("", ""),
    tier: str | None = None,
    published_tier: str | None = None,
    tier_scale: TierScale | Sequence[str] = FOUR_TIERS,
    obstacles: pd.DataFrame | None = None,
    coupling: pd.DataFrame | None = None,
    facts: Mapping[str, Any] | None = None,
    words: Words | None = None,
    links: Mapping[str, str] | None = None,
    language: str | None = None,
) -> str:
    """Render the profile of a place as one page.

    Parameters
    ----------
    profile : Profile or None
        What `innoscape.geo.profile` found; None for a center that is not scored itself.
    name : tuple of str
        English and Chinese name, where there is no profile.
    tier, published_tier, tier_scale, obstacles, coupling, language
        See `write_profile`.
    facts : mapping, optional
        What a study knows of the place besides (`PlaceFacts.of`).
    words : Words, optional
        The names of the study, needed with ``facts``.
    links : mapping of str, optional
        The page of each place, as a path from this page; with it report and map are linked, which lie above.

    Returns
    -------
    str
    """
    check_language(language)
    scale = as_scale(tier_scale)
    table = _NOTHING if profile is None else profile.table
    known = words or Words({}, {}, {}, scale)
    return (
        _environment()
        .get_template("profile.html.j2")
        .render(
            profile=profile,
            names=(profile.name_en, profile.name_zh) if profile else name,
            index=next(iter(_records(table[table["level"] == "index"])), None),
            rows=_printed(_records(table[table["level"] != "index"])),
            strengths=_records(profile.strengths.head(_SHOWN)) if profile else [],
            weaknesses=_records(profile.weaknesses.head(_SHOWN)) if profile else [],
            chart=Markup(_chart(profile)) if profile else "",  # noqa: S704 - the chart escapes its texts
            peers=_peers(profile),
            facts=facts,
            place=known.name,
            tier_of=known.tier,
            network=known.network,
            scenario=known.scenario,
            links=links or {},
            beside=links is not None,
            tier=tier,
            published_tier=published_tier,
            tier_scale=scale,
            obstacles=_greatest(profile, obstacles) if profile else [],
            coupling=(own := _own(profile, coupling) if profile else None),
            lagging=_lagging(profile, own) if profile else "",
            language=language,
            style=Markup(language_styles() + vocabulary_styles(scale) + _asset("report.css") + _asset("profile.css")),  # noqa: S704
            opening=Markup(opening_script()),  # noqa: S704
            script=Markup(_asset("report.js")),  # noqa: S704
        )
    )


def _chart(profile: Profile) -> str:
    return for_screens(lambda width: position_chart(profile, width=width))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(number=lambda value, decimals=2: format_number(value, decimals=decimals), plain=_plain)
    environment.filters.update(chance=chance, address=quote, phrase=phrase)
    own = {"word": word, "tier_mark": tier_mark, "badge": badge, "col": _column, "amount": _amount}
    environment.globals.update({**page_marks(), **own})
    return environment


def _amount(value: float, unit: object) -> Markup:
    return spans(amount_text(value, unit))


def _peers(profile: Profile | None) -> Text:
    """List the peers, of many the first."""
    names = profile.peer_names if profile else ()
    named = [Text.of(en=english, zh=chinese) for english, chinese in names[:_PEERS]]
    return few(named, most=_PEERS, total=len(names))


def _printed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mark the rows that a sheet of paper has no room for: of many indicators those worth the fewest points."""
    tips = sorted((row for row in rows if row["level"] == "indicator"), key=lambda row: -abs(row["points"] or 0.0))
    left = {row["name"] for row in tips[max(0, _ROWS - len(rows) + len(tips)) :]}
    return [row | {"left": row["level"] == "indicator" and row["name"] in left} for row in rows]


def _column(key: str) -> Markup:
    return t(f"profile.columns.{key}")


def _asset(name: str) -> str:
    return (files("innoscape.study.report") / "templates" / name).read_text(encoding="utf-8")


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [{str(key): cell for key, cell in row.items()} for row in plain.to_dict("records")]


def _plain(value: float | None) -> str:
    """Write an observed value with as many decimals as it needs, four significant digits at least."""
    if value is None:
        return format_number(None)
    if float(value).is_integer():
        return format_number(value, decimals=0)
    size = abs(value)
    return format_number(value, decimals=0 if size >= 10_000 else 1 if size >= 1000 else 2 if size >= 1 else 4)


def _greatest(profile: Profile, obstacles: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return the greatest obstacles of the center, with the names that the profile knows."""
    if obstacles is None:
        return []
    own = obstacles[(obstacles["place"] == profile.place) & (obstacles["level"] == "indicator")]
    own = own[own["obstacle"] > 0].sort_values(["rank", "name"]).head(5)
    tips = profile.table[profile.table["level"] == "indicator"]
    names = tips.set_index("name")[["name_en", "name_zh"]].to_dict("index")
    return [row | names.get(row["name"], {"name_en": row["name"], "name_zh": row["name"]}) for row in _records(own)]


def _own(profile: Profile, coupling: pd.DataFrame | None) -> dict[str, Any] | None:
    own = [] if coupling is None else _records(coupling[coupling["place"] == profile.place])
    return own[0] if own else None


def _lagging(profile: Profile, coupling: dict[str, Any] | None) -> Markup:
    """Name the systems that lag, as the profile names its groups."""
    table = profile.table
    known = {row["name"]: (row["name_en"], row["name_zh"]) for row in _records(table[table["level"] != "indicator"])}
    keys = str(coupling["lagging"] or "").split("; ") if coupling else []
    names = (known.get(key, (key, key)) for key in keys if key)
    return spans(listed((Text.of(en=english, zh=chinese) for english, chinese in names), by="list.semicolon"))
