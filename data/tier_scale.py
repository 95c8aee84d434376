"""Order the tiers of a hierarchy, the highest first, each with its names, color and mark.

The four tiers of the sources are the default; a study may name two to seven of its own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

from .errors import OptionError
from .options import hint
from .vocabulary import Term, terms
from .wording.catalogue import LANGUAGES, Text, join_texts, plain, text

__all__ = [
    "FOUR_TIERS",
    "MARKS",
    "MOST_TIERS",
    "ScaleFault",
    "TierScale",
    "as_scale",
    "contrast_with_white",
    "scale_faults",
]

MARKS: tuple[str, ...] = ("star", "square", "circle", "triangle", "diamond", "pentagon", "cross")
FEWEST_TIERS, MOST_TIERS = 2, 7
# what tables write beside tiers, and columns of tables that have a column for each tier
_RESERVED = ("all", "other", "place", "tier", "name_en", "probability", "most_likely_tier")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_KNOWN = ("key", "color", "mark", *(f"name_{language}" for language in LANGUAGES))
# the least contrast of a sign or line with a white ground (WCAG 2.1, 1.4.11)
_CONTRAST = 3.0


@dataclass(frozen=True)
class TierScale(Sequence[str]):
    """The tiers of a study from the highest to the lowest: a sequence of their keys that knows how each looks.

    Parameters
    ----------
    tiers : tuple of Term
        Two to seven tiers; `TierScale.of` makes them from what a study file or a program gives.

    Raises
    ------
    OptionError
        With every fault: too few or too many tiers, a key that is empty, repeated or
        used by result tables (``all``, ``place``, …), a color that is not ``#rrggbb``, a mark outside `MARKS`.

    Examples
    --------
    >>> scale = TierScale.of({"key": "hub", "name_zh": "枢纽", "color": "#114477"}, "node", "leaf")
    >>> list(scale), scale.rank("node"), scale.name("hub").in_("zh")
    (['hub', 'node', 'leaf'], 1, '枢纽')
    """

    tiers: tuple[Term, ...]

    def __post_init__(self) -> None:
        faults = [f"needed {fault.needed}, got {fault.got}" for fault in _faults(self.tiers)]
        if faults:
            raise OptionError(text("faults.calls.tier_scale.tiers", faults=join_texts(faults, by="list.semicolon")))

    @classmethod
    def of(cls, *tiers: str | Mapping[str, object]) -> "TierScale":
        """Make a scale of keys, or of mappings: ``key`` and, if wanted, ``name_en``, ``name_zh``, ``color``, ``mark``.

        An English name that is not given is the key, a Chinese one the English; a color is taken from the scale
        of the sources, a mark from `MARKS`.

        Raises
        ------
        OptionError
            See `TierScale`; also an entry with a property that tiers do not have.

        Examples
        --------
        >>> [tier.mark for tier in TierScale.of("high", "low").tiers]
        ['star', 'square']
        """
        given = [tier if isinstance(tier, Mapping) else {"key": tier} for tier in tiers]
        strange = sorted({str(name) for tier in given for name in tier} - set(_KNOWN))
        if strange:
            near = (text("faults.calls.hinted", got=repr(name), hint=hint(name, _KNOWN)) for name in strange)
            listed = join_texts(near, by="list.semicolon")
            raise OptionError(text("faults.calls.tier_scale.tiers_properties", known=join_texts(_KNOWN), listed=listed))
        return cls(_terms(given))

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...

    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        """Return the key at a rank, 0 being the highest."""
        return tuple(tier.key for tier in self.tiers)[at]

    def __iter__(self) -> Iterator[str]:
        return (tier.key for tier in self.tiers)

    def __len__(self) -> int:
        return len(self.tiers)

    def rank(self, key: object) -> int:
        """Return the place of a tier, 0 being the highest; the number of tiers for a key that is none of them."""
        return next((rank for rank, tier in enumerate(self.tiers) if tier.key == key), len(self.tiers))

    def term(self, key: object) -> Term:
        """Return a tier with its names, color and mark.

        Raises
        ------
        OptionError
            No tier has that key.
        """
        self.check({"tier": key})
        return self.tiers[self.rank(key)]

    def name(self, key: object) -> Text:
        """Return the name of a tier; a key that is none of them is said as it is written."""
        rank = self.rank(key)
        return self.tiers[rank].name if rank < len(self.tiers) else plain(str(key).replace("_", " "))

    def check(self, given: Mapping[str, object]) -> None:
        """Raise `OptionError` naming every entry of ``given`` (where -> tier) that is not a tier of this scale."""
        wrong = [
            text("faults.calls.tier_at", tier=repr(tier), place=where, hint=hint(tier, self))
            for where, tier in sorted(given.items())
            if tier not in self
        ]
        if wrong:
            raise OptionError(
                text("faults.calls.tier_scale.tier", v=join_texts(self), wrong=join_texts(wrong, by="list.semicolon"))
            )


def as_scale(tiers: Iterable[str]) -> TierScale:
    """Return tiers as a scale; keys of the sources keep their names and colors."""
    return tiers if isinstance(tiers, TierScale) else TierScale.of(*tiers)


def _tier(given: Mapping[str, object], rank: int, count: int) -> Term:
    key = given.get("key", "")
    known = terms("tiers").get(str(key))
    names = {language: str(given.get(f"name_{language}") or "") for language in LANGUAGES}
    said = known.name if known else plain(str(key).replace("_", " "))
    name = Text.of(**(names | {"en": names["en"] or said.in_("en")})) if any(names.values()) else said
    color = given.get("color") or (known.color if known else _between(rank, count))
    mark = given.get("mark") or (known.mark if known else MARKS[min(rank, MOST_TIERS - 1)])
    ink = known.ink if known and color == known.color else _darkened(str(color))
    return Term(key if isinstance(key, str) else str(key), name, str(color), ink, str(mark))


def _terms(given: Sequence[Mapping[str, object]]) -> tuple[Term, ...]:
    return tuple(_tier(tier, rank, len(given)) for rank, tier in enumerate(given))


class ScaleFault(NamedTuple):
    """What keeps tiers from being a scale, and where: the rank and the property of a tier, or nothing for all."""

    at: tuple[int | str, ...]
    needed: Text
    got: str | Text


def scale_faults(given: Sequence[Mapping[str, object]]) -> list[ScaleFault]:
    """Find everything that keeps some tiers, in the form of `TierScale.of`, from being a scale.

    Examples
    --------
    >>> [fault.at for fault in scale_faults([{"key": "high", "color": "red"}, {"key": "low"}])]
    [(0, 'color')]
    """
    return [*_faults(_terms(given))]


def _faults(tiers: tuple[Term, ...]) -> Iterator[ScaleFault]:
    if not FEWEST_TIERS <= len(tiers) <= MOST_TIERS:
        yield ScaleFault((), text("faults.calls.scale.number", least=FEWEST_TIERS, most=MOST_TIERS), str(len(tiers)))
    keys = [tier.key for tier in tiers]
    for i, tier in enumerate(tiers):
        at, shown = i + 1, repr(tier.key)
        if not tier.key or tier.key != tier.key.strip() or not tier.key.isprintable():
            yield ScaleFault((i, "key"), text("faults.calls.scale.visible", at=at), shown)
        elif tier.key in _RESERVED:
            yield ScaleFault((i, "key"), text("faults.calls.scale.reserved", names=join_texts(_RESERVED), at=at), shown)
        elif tier.key in keys[:i]:
            yield ScaleFault(
                (i, "key"), text("faults.calls.scale.once"), text("faults.calls.scale.again", key=shown, at=at)
            )
        if not _COLOR.fullmatch(tier.color):
            yield ScaleFault((i, "color"), text("faults.calls.scale.color", key=shown), repr(tier.color))
        if tier.mark not in MARKS:
            got = text("faults.calls.hinted", got=repr(tier.mark), hint=hint(tier.mark, MARKS))
            yield ScaleFault((i, "mark"), text("faults.calls.scale.mark", marks=join_texts(MARKS), key=shown), got)


def _between(rank: int, count: int) -> str:
    """Return a color on the way from the highest to the lowest tier of the sources."""
    stops = [_rgb(term.color) for term in terms("tiers").values()]
    at = rank * (len(stops) - 1) / max(count - 1, 1)
    low = min(int(at), len(stops) - 2)
    return _hex(a + (b - a) * (at - low) for a, b in zip(stops[low], stops[low + 1], strict=True))


def _darkened(color: str) -> str:
    """Return a color, darkened until lines of it stand out from a white ground."""
    if not _COLOR.fullmatch(color):
        return color
    while contrast_with_white(color) < _CONTRAST:
        color = _hex(0.95 * part for part in _rgb(color))
    return color


def contrast_with_white(color: str) -> float:
    """Return the contrast of a color (``#rrggbb``) with white, from 1 to 21 (WCAG 2.1)."""
    shares = [part / 255 for part in _rgb(color)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def _rgb(color: str) -> list[float]:
    return [float(int(color[at : at + 2], 16)) for at in (1, 3, 5)]


def _hex(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in parts)


FOUR_TIERS = TierScale(tuple(terms("tiers").values()))
