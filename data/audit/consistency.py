"""Compare the figures of a table with one another: parts with wholes, shares with totals, multiples with growth."""

import pandas as pd

from ..options import check_number
from .audit_table import Finding, audit_table
from .place_checks import PLACE_CHECKS, nesting_of
from .printed_figures import printed_figures
from .relation_checks import RELATION_CHECKS
from .value_checks import VALUE_CHECKS, implausible_rates

__all__ = ["consistency", "figure_findings"]


def consistency(
    figures: pd.DataFrame,
    *,
    places: pd.DataFrame | None = None,
    most_per_head: float = 0.05,
    language: str = "en",
) -> pd.DataFrame:
    """Compare printed figures with one another, whatever they measure.

    Every number stands for all that round to it, so a difference that rounding explains is none. The checks:

    - ``part``: no part exceeds its whole, among places that contain one another (counts, levels, flows and shares of
      one whole) and figures ``of`` another.
    - ``sum``: disjoint parts together do not exceed their whole; what they leave is given.
    - ``shares``: shares of one whole over disjoint places sum to at most 100; of two places that overlap the smaller is
      left out.
    - ``total``: a share and what has the share imply a total: the one printed, or a whole number of counted things.
    - ``growth``: a yearly growth rate is that of the multiple, or of first and last value; a multiple is their ratio.
    - ``start``: parts divided by their multiples do not exceed the whole divided by its own.
    - ``ratio``: a ratio is that of the two figures it is made of, up to a power of ten (units).
    - ``per_head``: no more than ``most_per_head`` things for each person.
    - ``equal``: two indicators of a place, one after the other, or one indicator of two places that overlap, are not
      printed alike (copied or substituted?).
    - ``repeated``: what is printed twice is printed alike.

    Parameters
    ----------
    figures : pandas.DataFrame
        Contract ``figures``: ``id``, ``printed``, and what there is of ``place``, ``indicator``, ``year`` (a span as
        ``2011..2019``), ``unit``, ``kind``, ``comparator``, ``source`` and ``of``.
    places : pandas.DataFrame, optional
        Contract ``places`` with ``part_of`` or ``member_of``; without it places are not compared with one another.
    most_per_head : float, default 0.05
        Most things for each person that are plausible, above 0: one for every twenty. Assumed.
    language : str, default "en"
        Language of ``subject`` and ``meaning``.

    Returns
    -------
    pandas.DataFrame
        One row a comparison, by check: ``check``, ``id`` (of the figures, joined by ``; ``), ``source``, ``where``
        (missing), ``place``, ``year``, ``subject`` (the indicator), ``expected_low``, ``expected_high``, ``got``,
        ``got_low``, ``got_high``, ``verdict`` (``holds``, ``within_rounding``, ``contradicted``; ``doubtful`` for
        ``per_head`` and ``equal``), ``reason`` (missing), ``factor`` (a power of ten by which ``got`` would agree,
        where one does), ``meaning``.

    Raises
    ------
    TableError
        If the figures break their contract, or ``part_of`` runs in a circle.
    OptionError
        If ``most_per_head`` is no number above 0, or the language is unknown.

    Examples
    --------
    >>> figures = pd.DataFrame(
    ...     [("w", "5.69", ""), ("b", "4.94", "w"), ("t", "0.28", "w"), ("h", "1.47", "w")],
    ...     columns=["id", "printed", "of"],
    ... )
    >>> found = consistency(figures)
    >>> found.loc[found["check"] == "sum", ["expected_high", "got", "verdict"]].round(3).values.tolist()
    [[5.695, 6.69, 'contradicted']]
    """
    return audit_table(figure_findings(figures, places=places, most_per_head=most_per_head), language=language)


def figure_findings(
    figures: pd.DataFrame, *, places: pd.DataFrame | None = None, most_per_head: float = 0.05
) -> list[Finding]:
    """Return what `consistency` finds, its sentences in every language."""
    check_number("most_per_head", most_per_head, above=0)
    known = [one for one in printed_figures(figures).values() if one.value is not None]
    findings = [*implausible_rates(known, most=most_per_head)]
    for check in (*RELATION_CHECKS, *VALUE_CHECKS):
        findings += check(known)
    if places is not None:
        nested, located = nesting_of(known, places)
        for check in PLACE_CHECKS:
            findings += check(located, nested)
    return sorted(findings, key=lambda one: (one.check, one.id))
