"""Say places, scenarios, tiers, statuses and measures in every language, as texts and as markup.

A name shows both languages of the tables (classes ``n-en``, ``n-zh``); prose shows the one that the reader chose.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from markupsafe import Markup

from ...data.amounts import readable_amount
from ...data.tier_scale import FOUR_TIERS, TierScale
from ...data.vocabulary import is_term, name_of, unit_name
from ...data.wording.catalogue import Text, keys, plain, text
from .markup import listed, name_mark, spans, tell

__all__ = ["Pair", "Words", "amount_text", "badge", "phrase", "phrase_text", "tier_mark", "word"]

# an English name and a Chinese one
Pair = tuple[str, str]


class Words:
    """Say places, scenarios and networks by the names that a study gives them."""

    def __init__(
        self,
        names: Mapping[str, Pair],
        titles: Mapping[str, Text],
        networks: Mapping[str, Text],
        tiers: TierScale = FOUR_TIERS,
        channels: Mapping[str, Text] | None = None,
    ) -> None:
        self.names = names
        self.titles = titles
        self.networks = networks
        self.tiers = tiers
        self.channels = channels or {}

    def channel(self, channel: str) -> Text:
        """Return the name of a channel: the study's own, or that of the vocabulary."""
        return self.channels.get(channel) or name_of(channel, "channels")

    def tier(self, tier: str | None) -> Markup:
        """Write a tier beside its color."""
        return tier_mark(tier, self.tiers)

    def value(self, given: object) -> Markup:
        """Write an assumed value: a tier by its name, anything else as it is."""
        return Markup("–") if given is None else spans(self.tiers.name(given))

    def tier_class(self, tier: object) -> str:
        """Return the class that gives a shape the color of a tier."""
        return f"t{self.tiers.rank(tier)}"

    def network_text(self, kind: str, years: str = "") -> Text:
        """Return the title of a kind of flow: the study's own, or the kind and its years."""
        own = self.networks.get(kind)
        return own or name_of(kind, "flows").map(lambda said: f"{said} {years}".strip())

    def network(self, kind: str, years: str = "") -> Markup:
        """Write the title of a kind of flow."""
        return spans(self.network_text(kind, years))

    def cited(self, kind: str, years: str = "") -> Text:
        """Return the title of a kind of flow within a sentence: the study's own in quotation marks."""
        title = self.network_text(kind, years)
        return tell("list.quoted", text=title) if kind in self.networks else title

    def pair(self, place: str | None) -> Pair:
        """Return both names of a place."""
        if place is None:
            return ("", "")
        return self.names.get(str(place), (str(place), str(place)))

    def title(self, scenario: str | None) -> Text:
        """Return the title of a scenario."""
        return self.titles.get(str(scenario), plain(scenario))

    def label(self, place: str | None) -> Pair | Text:
        """Return both names of a place, or the name of a tier in every language."""
        return self.tiers.name(place) if place not in self.names and place in self.tiers else self.pair(place)

    def name(self, place: str | None) -> Markup:
        """Write a name."""
        label = self.label(place)
        return spans(label) if isinstance(label, Text) else name_mark(*label)

    def places(self, places: Iterable[str | None], *, last: str | None = None) -> Text:
        """List names."""
        return listed((self.name(place) for place in places), last=last)

    def few(self, places: Iterable[str | None], *, most: int = 5, last: str | None = None) -> Text:
        """List the first names and say how many more there are; ``last`` joins the last where there are no more."""
        names = [*places]
        more = len(names) - most
        if more <= 0:
            return self.places(names, last=last)
        return tell("list.and_more", names=self.places(names[:most]), n=more, total=len(names))

    def scenario(self, scenario: str | None) -> Markup:
        """Write a scenario."""
        return spans(self.title(scenario))


def word(key: object, *kinds: str) -> Markup:
    """Write a word of the vocabulary, or what stands for itself; a dash for nothing."""
    return Markup("–") if key is None else spans(name_of(key, *kinds))


def phrase(given: object) -> Markup:
    """Write what tables of the package say in English, such as a unit, in every language; else the text as it is."""
    return spans(phrase_text(given))


def phrase_text(given: object) -> Text:
    """Return what tables of the package say in English in every language."""
    key = _phrases().get(str(given))
    if key is not None:
        return text(key)
    units = str(given).split(", ")
    return listed(map(unit_name, units)) if all(is_term("units", one) for one in units) else plain(given)


def amount_text(value: float, unit: object, *, digits: int = 4) -> Text:
    """Say a value and its unit as each language does; several units, as of flows of several kinds, are listed."""
    return readable_amount(value, phrase_text(unit) if ", " in str(unit) else unit or "", digits=digits)


@cache
def _phrases() -> dict[str, str]:
    return {str(text(key)): key for key in keys("phrases.")}


def badge(status: object) -> Markup:
    """Write a status, told apart by word, sign and border."""
    key = str(status) if is_term("statuses", status) else "other"
    return Markup('<span class="badge b-{}">{}</span>').format(key, word(status))


def tier_mark(tier: str | None, scale: TierScale = FOUR_TIERS) -> Markup:
    """Write a tier beside its color."""
    if tier is None:
        return Markup("–")
    return Markup('<span class="tier t{}">{}</span>').format(scale.rank(tier), spans(scale.name(tier)))
