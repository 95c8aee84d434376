"""Write the colors, marks and borders of the vocabulary as style sheets, so that no page states them again.

Tiers are classes by rank (``t0`` the highest), so that no key of a user's reaches a style sheet. A class sets
``--fill`` for areas and ``--tier`` for lines, signs and grounds of white letters.
"""

from .tier_scale import FOUR_TIERS, TierScale, contrast_with_white
from .vocabulary import terms

__all__ = ["channel_class", "tier_styles", "vocabulary_styles"]

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


def channel_class(channel: str, position: int) -> str:
    """Return the class that colors a channel: its own, or for one outside the vocabulary that of its position."""
    return f"c-{channel}" if channel in terms("channels") else f"s-{position % 8}"


def vocabulary_styles(scale: TierScale = FOUR_TIERS) -> str:
    """Write the classes of tiers (``t0``), channels (``c-peer``) and statuses (``badge b-observed``).

    Fills too light for white are outlined in charts, and letters on them are dark.
    """
    rules = [tier_styles(scale)]
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
