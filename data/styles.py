"""Write the colors, marks and borders of the vocabulary as style sheets, so that no page states them again.

Tiers are classes by rank (``t0`` the highest), so that no key of a user's reaches a style sheet. A class sets
``--fill`` for areas and ``--tier`` for lines, signs and grounds of white letters.
"""

from .tier_scale import FOUR_TIERS, TierScale, contrast_with_white
from .vocabulary import terms

__all__ = [
    "ARRIVAL",
    "CORRIDOR",
    "EARLIER",
    "FLOWS",
    "HUES",
    "LATER",
    "SOME_RUNS",
    "UNCHANGED",
    "channel_class",
    "map_styles",
    "tier_styles",
    "vocabulary_styles",
]

# all of them stay apart for readers who do not distinguish red and green, also from the inks of the four tiers
FLOWS = ("#1a7fc4", "#b0528c", "#241a5e", "#56a5cf")
CORRIDOR = "#5d8a4a"
# a place that knowledge has reached in half of the runs, and in some
ARRIVAL, SOME_RUNS = "#4a1fc0", "#cabff2"
# what a scenario does to times of arrival: little, some, much
EARLIER = ("#b9d7ee", "#4f94cd", "#0b4f91")
LATER = ("#fbd5a5", "#e08a2c", "#8f4300")
UNCHANGED = "#f4f3ef"
# of lines, bars and groups that have no color of their own; the last is for what is left
HUES = ("#1c2430", "#0072b2", "#d1480a", "#4f9a5c", "#6a1fd0", "#5c3a10", "#68abda", "#7a7f87")


# letters are white on a ground at least this far from white, else dark
_WHITE_ON = 3.0
_OUTLINE = "#5a6675"


def tier_styles(scale: TierScale = FOUR_TIERS, *, within: str = "") -> str:
    """Write one class a tier, and one for places without a tier, for the elements within a selector.

    Examples
    --------
    >>> rules = tier_styles(TierScale.of({"key": "a", "color": "#112233"}, {"key": "b", "color": "#445566"}))
    >>> rules.splitlines()[:2]
    ['.t0 { --fill: #112233; --tier: #112233; }', '.t1 { --fill: #445566; --tier: #445566; }']
    """
    start = f"{within} " if within else ""
    classes = {f"t{rank}": tier for rank, tier in enumerate(scale.tiers)} | {"untiered": terms("groups")["untiered"]}
    return "\n".join(
        f"{start}.{name} {{ --fill: {tier.color}; --tier: {tier.ink}; }}" for name, tier in classes.items()
    )


def map_styles(scale: TierScale = FOUR_TIERS, *, within: str) -> str:
    """Write the colors of a map: of its tiers, of what has arrived, of corridors.

    Examples
    --------
    >>> map_styles(within="#a").splitlines()[0]
    '#a { --new: #4a1fc0; --maybe: #cabff2; --corridor: #5d8a4a; }'
    """
    own = f"{within} {{ --new: {ARRIVAL}; --maybe: {SOME_RUNS}; --corridor: {CORRIDOR}; }}"
    return f"{own}\n{tier_styles(scale, within=within)}"


def channel_class(channel: str, position: int) -> str:
    """Return the class that colors a channel: its own, or for one outside the vocabulary that of its position."""
    return f"c-{channel}" if channel in terms("channels") else f"s-{position % 8}"


def vocabulary_styles(scale: TierScale = FOUR_TIERS) -> str:
    """Write the colors of lines (``--s-0``), and classes of tiers (``t0``), channels (``c-peer``) and statuses.

    Fills too light for white are outlined in charts, and letters on them are dark.
    """
    hues = " ".join(f"--s-{number}: {color};" for number, color in enumerate(HUES))
    rules = [f":root {{ {hues} --flow: {FLOWS[0]}; }}", tier_styles(scale)]
    rules += [
        f"svg .bar.t{rank} {{ stroke: {_OUTLINE}; stroke-width: .7; }}"
        for rank, tier in enumerate(scale.tiers)
        if tier.ink != tier.color
    ]
    for key, channel in terms("channels").items():
        rules.append(f".c-{key} {{ --fill: {channel.color}; }}")
        if contrast_with_white(channel.color) < _WHITE_ON:
            rules.append(f"svg .share.on-c-{key} {{ fill: #111; }}")
    for number, cluster in enumerate(terms("clusters").values()):
        rules.append(f".k-{number} {{ --fill: {cluster.color}; }}")
    for key, status in terms("statuses").items():
        ground = f" background: {status.color};" if status.color else ""
        rules.append(f".badge.b-{key} {{ border-style: {status.line};{ground} }}")
        rules.append(f'.badge.b-{key}::before {{ content: "{status.mark}"; }}')
    return "\n".join(rules) + "\n"
