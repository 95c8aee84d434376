"""Say places, scenarios, tiers, statuses and measures in English and Chinese, as markup a style sheet can choose from.

A name shows both languages side by side (classes ``n-en``, ``n-zh``); prose shows the one the reader chose (``en``,
``zh``).
"""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from ...data.vocabulary import is_term, name_of
from ..charts.bars import Prose
from ..report.facts.rows import Pair


class Words:
    """Say places and scenarios in both languages."""

    def __init__(
        self, names: Mapping[str, Pair], titles: Mapping[str, Pair], networks: Mapping[str, Sequence[str]]
    ) -> None:
        self.names = names
        self.titles = titles
        self.networks = networks

    def network_pair(self, kind: str, years: str = "") -> Prose:
        """Give both titles of a kind of flow: the study's own, or the kind and its years."""
        english, chinese = (*self.networks.get(kind, ()), "", "")[:2]
        if english or chinese:
            return Prose(english or chinese, chinese or english)
        english, chinese = pair_of(kind)
        return Prose(f"{english} {years}".strip(), f"{chinese} {years}".strip())

    def network(self, kind: str, years: str = "") -> Markup:
        """Write the title of a kind of flow."""
        return say(*self.network_pair(kind, years))

    def cited(self, kind: str, years: str = "") -> Markup:
        """Write the title of a kind of flow within a sentence: the study's own in quotation marks."""
        english, chinese = self.network_pair(kind, years)
        own = any(self.networks.get(kind, ()))
        return say(f"“{english}”", f"“{chinese}”") if own else say(english, chinese)

    def pair(self, place: str | None) -> Pair:
        """Give both names of a place."""
        return ("", "") if place is None else self.names.get(str(place), _place_pair(str(place)))

    def title(self, scenario: str | None) -> Prose:
        """Give both titles of a scenario."""
        return Prose(*self.titles.get(str(scenario), (str(scenario), str(scenario))))

    def name(self, place: str | None) -> Markup:
        """Write a name."""
        return name_mark(*self.pair(place))

    def scenario(self, scenario: str | None) -> Markup:
        """Write a scenario."""
        return say(*self.title(scenario))


def _place_pair(place: str) -> Pair:
    return pair_of(place) if is_term("tiers", place) else (place, place)


def name_mark(english: str, chinese: str) -> Markup:
    """Put both names down; both may show at a time."""
    if english == chinese:
        return escape(english)
    return Markup('<span class="n-en">{} </span><span class="n-zh" lang="zh">{}</span>').format(english, chinese)


def say(english: object, chinese: object) -> Markup:
    """Put both languages down; the style sheet shows the one the reader chose."""
    if english == chinese:
        return escape(english)
    template = Markup('<span class="en">{}</span><span class="zh" lang="zh">{}</span>')
    return template.format(english, chinese)


def pair_of(key: object) -> Pair:
    """Give both words for a key; a key without words stands for itself."""
    name = name_of(key)
    return name.in_("en"), name.in_("zh")


def word(key: object) -> Markup:
    """Write a word."""
    return Markup("–") if key is None else say(*pair_of(key))


def badge(status: object) -> Markup:
    """Write a status, told apart by word, sign and border."""
    key = str(status) if is_term("statuses", status) else "other"
    return Markup('<span class="badge b-{}">{}</span>').format(key, word(status))


def tier_mark(tier: str | None) -> Markup:
    """Write a tier beside its color."""
    if tier is None:
        return Markup("–")
    key = tier if is_term("tiers", tier) else "other"
    return Markup('<span class="tier t-{}">{}</span>').format(key, word(tier))
