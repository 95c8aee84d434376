"""Recompute what a text claims from the figures that it prints."""

import ast
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from keyword import iskeyword
from unicodedata import is_normalized, normalize

import pandas as pd

from ..contracts.check_table import check_table
from ..contracts.rules import ROW
from ..errors import Fault, TableError
from ..options import nearest
from ..vocabulary import name_of
from ..wording.catalogue import Text, few, join_texts, plain, text
from .audit_table import Finding, audit_table, spelled_number
from .expressions import COMPARING, FUNCTIONS, Value, evaluate, expression_faults
from .intervals import Interval, Truth, UndefinedResultError
from .printed_figures import NOT_PRINTED, PrintedFigure, printed_figures
from .wordings import WordedNumber, worded_number

__all__ = ["audit_claims", "check_claims", "claim_findings"]

# the reason of a claim is that an input is no figure, that the figure is no number, or that there is no result
_MISSING, _UNREADABLE, _UNDEFINED = "missing", "unreadable", "undefined"
_SIGNS = {ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "="}
_HOLDS, _ROUNDED, _CONTRADICTED, _UNCHECKED = "holds", "within_rounding", "contradicted", "not_checkable"


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim ready to be computed."""

    row: dict[str, str]
    tree: ast.expr | None
    names: Mapping[str, Value]
    wanted: WordedNumber | None
    reason: str
    lacking: tuple[str, ...]


def audit_claims(claims: pd.DataFrame, figures: pd.DataFrame, *, language: str = "en") -> pd.DataFrame:
    """Recompute claims from printed figures, and judge each.

    A figure printed with a rounding stands for all numbers that round to it. With c the value of the expression at the
    printed figures, [a, b] its bounds over all of these, and S and L the strict and the loose range of the wording:

    - ``holds``: c lies in S;
    - ``within_rounding``: it does not, but [a, b] meets L;
    - ``contradicted``: [a, b] lies outside L;
    - ``not_checkable``: an input is not printed or no number, or the table names an obstacle; what can be computed is
      given all the same.

    A comparison is judged likewise: true of the printed figures, of some that round to them, or of none.

    Parameters
    ----------
    claims : pandas.DataFrame
        Contract ``claims``: ``id``, ``inputs`` (``name = id`` or ``name = id, id, …``, joined by ``;``; an id that is a
        plain word names itself), ``expression``, ``wording`` and ``claimed``, both empty where the expression is a
        comparison, ``obstacle``.
    figures : pandas.DataFrame
        Contract ``figures``: ``id``, ``printed`` and, of use here, ``kind`` (a whole ``count`` or ``rank`` is exact)
        and ``comparator`` (≈, ≲ or ≳ widen a figure as the wordings about, nearly and over do).
    language : str, default "en"
        Language of ``subject`` and ``meaning``.

    Returns
    -------
    pandas.DataFrame
        One row a claim, in the given order: ``check`` (``claim``), ``id``, ``source``, ``where``, ``place`` and
        ``year`` (missing), ``subject``, ``expected_low`` and ``expected_high`` (the loose range; missing where open, or
        for a comparison), ``got``, ``got_low`` and ``got_high`` (1 or 0 for a comparison), ``verdict``, ``reason`` (of
        what is not checkable), ``factor`` (missing), ``meaning``.

    Raises
    ------
    TableError
        With every fault: unknown names, functions or wordings, unreadable numbers, a claim without a value or a
        comparison with one.

    Examples
    --------
    >>> figures = pd.DataFrame({"id": ["y2014", "y2020"], "printed": ["2.05", "5.69"]})
    >>> claims = pd.DataFrame({"id": ["growth"], "expression": ["cagr(y2014, y2020, 6)"], "claimed": ["18.60"]})
    >>> found = audit_claims(claims, figures)
    >>> found["verdict"].item(), round(found["got"].item(), 2)
    ('within_rounding', 18.55)
    """
    return audit_table(claim_findings(claims, figures), language=language)


def claim_findings(claims: pd.DataFrame, figures: pd.DataFrame) -> list[Finding]:
    """Return what `audit_claims` finds, its sentences in every language."""
    return [_judged(claim) for claim in _ready(claims, figures)]


def check_claims(claims: pd.DataFrame, figures: pd.DataFrame) -> None:
    """Raise with every fault of claims and figures; nothing is recomputed."""
    _ready(claims, figures)


def _ready(claims: pd.DataFrame, figures: pd.DataFrame) -> list[_Claim]:
    faults: list[Fault] = []
    known, checked = _both(figures, claims, faults)
    rows = claims.index if claims.index.name == ROW else range(2, len(claims) + 2)
    words = {
        i: one.value for i, one in known.items() if i.isidentifier() and one.value is not None and i not in FUNCTIONS
    }
    # an expression knows full-width letters and digits as the plain ones; an id that is plain itself comes first
    own = {normalize("NFKC", i): value for i, value in words.items()}
    own |= {i: value for i, value in words.items() if is_normalized("NFKC", i)}
    ready = [_read(row, int(at), known, own, faults) for row, at in zip(_rows(checked), rows, strict=True)]
    if faults:
        raise TableError(faults)
    return ready


def _both(
    figures: pd.DataFrame, claims: pd.DataFrame, faults: list[Fault]
) -> tuple[Mapping[str, PrintedFigure], pd.DataFrame]:
    """Read both tables; raise with the faults of both where one has any."""
    known: Mapping[str, PrintedFigure] = {}
    checked = pd.DataFrame()
    try:
        known = printed_figures(figures)
    except TableError as error:
        faults += error.faults
    try:
        checked = check_table(claims, "claims", where="claims")
    except TableError as error:
        faults += error.faults
    if faults:
        raise TableError(faults)
    return known, checked


def _rows(table: pd.DataFrame) -> list[dict[str, str]]:
    names, columns = [*map(str, table)], [cells.tolist() for _, cells in table.items()]
    rows = (zip(names, row, strict=True) for row in zip(*columns, strict=True))
    return [{name: value for name, value in row if isinstance(value, str)} for row in rows]


def _read(
    row: dict[str, str],
    at: int,
    known: Mapping[str, PrintedFigure],
    own: Mapping[str, Value],
    faults: list[Fault],
) -> _Claim:
    """Return a claim ready to be computed; ``own`` are the figures that bear a name as their id."""
    named, lacking = _inputs(row, at, known, faults)
    names = ChainMap(named, own)  # pyright: ignore[reportArgumentType] - the second is only read
    reason = row.get("obstacle", "")
    if not reason and lacking:
        reason = _MISSING if _MISSING in lacking.values() else _UNREADABLE
    claimed = row.get("claimed")
    wanted = worded_number(row.get("wording", "equal"), claimed) if claimed else None
    if claimed and wanted is None:
        faults.append(Fault.of("faults.audit.claimed", "claims", row=at, column="claimed", got=claimed))
    tree = None
    if "expression" in row:
        tree, wrong = expression_faults(row["expression"], names, without=lacking, where="claims", row=at)
        faults += wrong
        if tree is not None and not reason and (wanted or not claimed):
            _check_kind(tree, row, at, faults)
    elif not reason:
        faults.append(Fault.of("faults.audit.empty", "claims", row=at, column="expression"))
    return _Claim(row, tree, names, wanted, reason, tuple(lacking))


def _check_kind(tree: ast.expr, row: dict[str, str], at: int, faults: list[Fault]) -> None:
    """Say so where a comparison has a claimed value or wording, or another expression no value."""
    compares = isinstance(tree, ast.Compare | ast.BoolOp) or (
        isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in COMPARING
    )
    if compares and ("claimed" in row or "wording" in row):
        faults.append(Fault.of("faults.audit.spare", "claims", row=at, column="claimed"))
    elif not compares and "claimed" not in row:
        faults.append(Fault.of("faults.audit.value", "claims", row=at, column="claimed"))


def _inputs(
    row: dict[str, str], at: int, known: Mapping[str, PrintedFigure], faults: list[Fault]
) -> tuple[dict[str, Value], dict[str, str]]:
    """Return what each name stands for, and why a name stands for nothing."""
    names: dict[str, Value] = {}
    lacking: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in row.get("inputs", "").split(";"))):
        name, equals, listed = (word.strip() for word in part.partition("="))
        ids = [one.strip() for one in (listed if equals else name).split(",")]
        name = normalize("NFKC", name)
        if not name.isidentifier() or iskeyword(name) or name in FUNCTIONS or name in names or name in lacking:
            faults.append(Fault.of("faults.audit.input", "claims", row=at, column="inputs", got=part))
            continue
        unknown = [one for one in ids if one not in known and one != NOT_PRINTED]
        for one in unknown:
            near = nearest(one, known)
            fix = text("faults.advice.near", name=near[0]) if near else text("audit.expression.add", name=one)
            faults.append(Fault.of("faults.audit.id", "claims", row=at, column="inputs", got=one, fix=fix))
        values = [figure.value for one in ids if (figure := known.get(one)) is not None]
        hidden = [one for one in ids if one == NOT_PRINTED or (one in known and known[one].printed == NOT_PRINTED)]
        there = [value for value in values if value is not None]
        if unknown or hidden or len(there) < len(ids):
            lacking[name] = _MISSING if hidden else _UNREADABLE
            continue
        # a name of one figure is a number, of several a list
        names[name] = tuple(there) if len(there) > 1 else there[0]
    return names, lacking


def _judged(claim: _Claim) -> Finding:
    found, reason = None, claim.reason
    if claim.tree is not None:
        try:
            found = evaluate(claim.tree, claim.names)
        except UndefinedResultError:
            reason = reason or _UNDEFINED
    verdict = _UNCHECKED if reason else _verdict(found, claim.wanted)
    row = claim.row
    return Finding(
        check="claim",
        id=row["id"],
        verdict=verdict,
        meaning=_meaning(claim, found, reason),
        subject=Text.of(en=row.get("subject", row["id"]), zh=row.get("subject_zh", "")),
        expected=None if claim.wanted is None else claim.wanted.loose,
        got=None if isinstance(found, tuple) else found,
        source=row.get("source", ""),
        where=row.get("where", ""),
        reason=reason,
    )


def _verdict(found: Value | None, wanted: WordedNumber | None) -> str:
    if isinstance(found, Truth):
        return _HOLDS if found.center else _ROUNDED if found.possible else _CONTRADICTED
    if not isinstance(found, Interval) or wanted is None:
        raise TypeError(found)
    return _HOLDS if wanted.holds(found.center) else _ROUNDED if wanted.may_hold(found) else _CONTRADICTED


def _meaning(claim: _Claim, found: Value | None, reason: str) -> Text:
    """Say what was recomputed and what is claimed, or why nothing could be."""
    said = []
    if reason:
        lacking = text("audit.claim.lacking", names=few(claim.lacking)) if claim.lacking else None
        said = [name_of(reason, "obstacles"), *([lacking] if lacking else [])]
    if isinstance(found, Truth):
        key = "true" if found.center else "rounded" if found.possible else "false"
        said.append(text(f"audit.claim.{key}"))
        said += _sides(claim, holds=found.center)
    elif isinstance(found, Interval):
        exact = found.low == found.high
        ends = {"low": spelled_number(found.low), "high": spelled_number(found.high)}
        got = spelled_number(found.center)
        said.append(text("audit.claim.exact", got=got) if exact else text("audit.claim.rounding", got=got, **ends))
    if claim.wanted is not None:
        wording = name_of(claim.row.get("wording", "equal"), "wordings")
        said.append(text("audit.claim.claimed", wording=wording, claimed=claim.row["claimed"]))
    return join_texts(said, by="audit.claim.then")


def _sides(claim: _Claim, *, holds: bool) -> list[Text]:
    """Write the comparisons of a claim in numbers: those that fail, or all where none does."""
    match claim.tree:
        case ast.BoolOp(_, parts):
            pass
        case tree:
            parts = [tree]
    written = []
    for part in parts:
        if not isinstance(part, ast.Compare):
            continue
        values = [evaluate(side, claim.names) for side in (part.left, *part.comparators)]
        found = evaluate(part, claim.names)
        if isinstance(found, Truth) and found.center == holds:
            numbers = [spelled_number(value.center) for value in values if isinstance(value, Interval)]
            signs = [f" {_SIGNS[type(op)]} " for op in part.ops]
            written.append(plain("".join(one for pair in zip_longest(numbers, signs, fillvalue="") for one in pair)))
    return [few(written, most=3)] if written else []
