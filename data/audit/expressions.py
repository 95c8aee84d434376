"""Evaluate the arithmetic of a claim on printed numbers, and nothing else.

An expression is parsed and walked; what is no number, name, list, + - * / **, comparison, ``and`` or one of the
functions listed here is refused. Nothing of Python is run.
"""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import floor, inf
from warnings import catch_warnings, simplefilter

from ..errors import Fault
from ..options import nearest
from ..wording.catalogue import Text, plain, text
from .intervals import MOST_BITS, Interval, Truth, UndefinedResultError, exactly

__all__ = ["COMPARING", "FUNCTIONS", "Value", "evaluate", "expression_faults", "names_in", "parsed"]

Value = Interval | Truth | tuple[Interval, ...]
# a formula that is longer, or nested deeper, is no claim of a text
_LONGEST = 500
# no figure of a text is larger, and what is would only cost time
_MOST = Fraction(10) ** 30
_OPERATORS: dict[type[ast.operator], Callable[[Interval, Interval], Interval]] = {
    ast.Add: lambda one, other: one + other,
    ast.Sub: lambda one, other: one - other,
    ast.Mult: lambda one, other: one * other,
    ast.Div: lambda one, other: one / other,
    ast.Pow: lambda one, other: one**other,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Interval, Interval], Truth]] = {
    ast.Lt: lambda one, other: one < other,
    ast.LtE: lambda one, other: one <= other,
    ast.Gt: lambda one, other: one > other,
    ast.GtE: lambda one, other: one >= other,
    ast.Eq: lambda one, other: one.same(other),
}


# what a tree may be made of besides: signs of any kind are judged where they stand
_SIGNS = (ast.operator, ast.cmpop, ast.unaryop, ast.boolop)
_PARTS = (ast.Name, ast.Load, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.List, ast.Tuple, *_SIGNS)
_ALLOWED = frozenset({ast.USub, ast.And, *_OPERATORS, *_COMPARISONS})


class _WrongKindError(TypeError):
    """A list stands where a number is needed, or a number where a list is."""


def parsed(expression: str) -> ast.expr | Text:
    """Return the tree of an expression, or what in it is not allowed.

    Examples
    --------
    >>> print(parsed("open('x')"))
    open('x')
    """
    if len(expression) > _LONGEST:
        return text("audit.expression.long", most=_LONGEST)
    try:
        with catch_warnings():
            # what Python thinks of literals is said in Python's words
            simplefilter("ignore")
            tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text("audit.expression.syntax", expression=expression[:60])
    wrong = next(_not_allowed(tree), None)
    return tree if wrong is None else plain(wrong)


def _not_allowed(tree: ast.expr) -> Iterator[str]:
    """Name what an expression may not hold."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func, _, keywords):
                fine = isinstance(func, ast.Name) and func.id in FUNCTIONS and not keywords
            case ast.Constant(value=int() | float() as value):
                fine = not isinstance(value, bool) and abs(value) < inf
            case ast.Constant():
                fine = False
            case _:
                fine = isinstance(node, _PARTS)
        match node:
            case ast.BinOp(op=sign) | ast.UnaryOp(op=sign) | ast.BoolOp(op=sign):
                signs = [sign]
            case ast.Compare(ops=signs):
                pass
            case _:
                signs = []
        if not fine or any(type(sign) not in _ALLOWED for sign in signs):
            yield ast.unparse(node)[:60]


def names_in(tree: ast.expr) -> set[str]:
    """Return the names of an expression that are to be figures.

    Examples
    --------
    >>> sorted(names_in(ast.parse("sum(parts) / whole", mode="eval").body))
    ['parts', 'whole']
    """
    nodes = [*ast.walk(tree)]
    called = {node.func for node in nodes if isinstance(node, ast.Call)}
    return {node.id for node in nodes if isinstance(node, ast.Name) and node not in called}


def expression_faults(
    expression: str, names: Mapping[str, Value], *, without: Collection[str] = (), where: str, row: int
) -> tuple[ast.expr | None, list[Fault]]:
    """Return the tree of an expression and what is wrong with it; no tree where names without a value are used."""
    tree = parsed(expression)
    if isinstance(tree, Text):
        allowed = ", ".join(FUNCTIONS)
        return None, [
            Fault.of("faults.audit.expression", where, row=row, column="expression", got=tree, functions=allowed)
        ]
    unknown = sorted(name for name in names_in(tree) if name not in names and name not in without)
    faults = []
    for name in unknown:
        near = nearest(name, names)
        fix = text("faults.advice.near", name=near[0]) if near else text("audit.expression.name_it", name=name)
        fix = text("audit.expression.function", name=name) if name in FUNCTIONS else fix
        faults.append(Fault.of("faults.audit.name", where, row=row, column="expression", got=name, fix=fix))
    if faults or without:
        return None, faults
    try:
        several = isinstance(evaluate(tree, names), tuple)
    except _WrongKindError:
        several = True
    except UndefinedResultError:
        several = False
    if several:
        fault = Fault.of("faults.audit.kind", where, row=row, column="expression", got=expression[:60])
        return None, [fault]
    return tree, []


def evaluate(tree: ast.expr, names: Mapping[str, Value]) -> Value:
    """Return the value of an expression that `parsed` let pass.

    Parameters
    ----------
    tree : ast.expr
        As `parsed` returns it.
    names : mapping
        What each name stands for: a number, or several.

    Returns
    -------
    Interval, Truth or tuple of Interval

    Raises
    ------
    UndefinedResultError
        If the result does not exist, such as a quotient by 0.

    Examples
    --------
    >>> from .intervals import printed_interval
    >>> names = {"first": printed_interval("2.05"), "last": printed_interval("5.69")}
    >>> found = evaluate(parsed("cagr(first, last, 6)"), names)
    >>> f"{float(found.low):.2f} {float(found.center):.2f} {float(found.high):.2f}"
    '18.48 18.55 18.61'
    """
    match tree:
        case ast.Constant(value=int() | float() as value):
            found = exactly(value)
        case ast.Name(name):
            found = names[name]
        case ast.List(values) | ast.Tuple(values):
            found = tuple(one for part in values for one in _several(evaluate(part, names)))
        case ast.UnaryOp(_, operand):
            found = -_number(evaluate(operand, names))
        case ast.BinOp(left, op, right):
            found = _OPERATORS[type(op)](_number(evaluate(left, names)), _number(evaluate(right, names)))
        case ast.Compare(left, ops, comparators):
            numbers = [_number(evaluate(part, names)) for part in (left, *comparators)]
            found = _all(_COMPARISONS[type(op)](*pair) for op, pair in zip(ops, pairwise(numbers), strict=True))
        case ast.BoolOp(_, values):
            found = _all(_truth(evaluate(part, names)) for part in values)
        case ast.Call(ast.Name(name), args, _):
            found = _called(name, [evaluate(part, names) for part in args])
        case _:
            raise _WrongKindError
    if isinstance(found, Interval) and (max(abs(found.low), abs(found.high)) > _MOST or found.bits > MOST_BITS):
        raise UndefinedResultError
    return found


def _called(name: str, given: list[Value]) -> Value:
    try:
        return FUNCTIONS[name](*given)
    except TypeError as error:
        raise _WrongKindError(name) from error


def _number(value: Value) -> Interval:
    if not isinstance(value, Interval):
        raise _WrongKindError
    return value


def _truth(value: Value) -> Truth:
    if not isinstance(value, Truth):
        raise _WrongKindError
    return value


def _several(value: Value) -> tuple[Interval, ...]:
    if isinstance(value, Truth):
        raise _WrongKindError
    return value if isinstance(value, tuple) else (value,)


def _listed(given: Sequence[Value]) -> tuple[Interval, ...]:
    found = tuple(one for value in given for one in _several(value))
    if not found:
        raise _WrongKindError
    return found


def _all(truths: Iterator[Truth]) -> Truth:
    return reduce(lambda one, other: one & other, truths, Truth(center=True, possible=True))


def _sum(*given: Value) -> Interval:
    return reduce(lambda one, other: one + other, _listed(given))


def _extreme(pick: Callable[[Iterator[Fraction]], Fraction]) -> Callable[..., Interval]:
    def found(*given: Value) -> Interval:
        every = _listed(given)
        return Interval(pick(v.low for v in every), pick(v.center for v in every), pick(v.high for v in every))

    return found


def _mean(*given: Value) -> Interval:
    return _sum(*given) / exactly(len(_listed(given)))


def _length(*given: Value) -> Interval:
    return exactly(len(_listed(given)))


def _count(given: Value, low: Value, high: Value | None = None) -> Interval:
    """Count the numbers from one bound to another; those that rounding may bring in or out widen the count."""
    least, most = _number(low), _number(low if high is None else high)
    truths = [(least <= one) & (one <= most) for one in _several(given)]
    sure = sum(one.low >= least.high and one.high <= most.low for one in _several(given))
    center = sum(truth.center for truth in truths)
    return Interval(Fraction(min(sure, center)), Fraction(center), Fraction(sum(truth.possible for truth in truths)))


def _rank(one: Value, among: Value) -> Interval:
    """Return the rank of a number among several, the largest being 1; it may stand among them itself."""
    mine, others = _number(one), [*_several(among)]
    if mine in others:
        others.remove(mine)
    above = [other > mine for other in others]
    sure = sum(other.low > mine.high for other in others)
    center, possible = sum(truth.center for truth in above), sum(truth.possible for truth in above)
    return Interval(Fraction(1 + sure), Fraction(1 + center), Fraction(1 + possible))


def _share(part: Value, whole: Value) -> Interval:
    return exactly(100) * _number(part) / _number(whole)


def _ratio(above: Value, below: Value) -> Interval:
    return _number(above) / _number(below)


def _cagr(first: Value, last: Value, years: Value) -> Interval:
    grown = (_number(last) / _number(first)) ** (exactly(1) / _number(years))
    return exactly(100) * (grown - exactly(1))


def _nearest(value: Value) -> Interval:
    """Return the whole number nearest to one."""
    return exactly(floor(_number(value).center + Fraction(1, 2)))


def _denominators(*given: Value) -> tuple[Interval, ...]:
    """Return, for each share, the n of the nearest 1/n."""
    return tuple(_nearest(exactly(1) / exactly(one.center)) for one in _listed(given))


def _same(one: Value, other: Value) -> Truth:
    """Say whether two lists are equal, number by number."""
    ones, others = _several(one), _several(other)
    if len(ones) != len(others):
        raise _WrongKindError
    return _all(a.same(b) for a, b in zip(ones, others, strict=True))


def _within(parts: Value, wholes: Value) -> Truth:
    """Say whether no part exceeds its whole, number by number."""
    ones, others = _several(parts), _several(wholes)
    if len(ones) != len(others):
        raise _WrongKindError
    return _all(a <= b for a, b in zip(ones, others, strict=True))


def _descending(*given: Value) -> Truth:
    return _all(one >= other for one, other in pairwise(_listed(given)))


# what an expression may call: definition of each in docs/audit.md
FUNCTIONS: dict[str, Callable[..., Value]] = {
    "sum": _sum,
    "min": _extreme(min),
    "max": _extreme(max),
    "mean": _mean,
    "len": _length,
    "count": _count,
    "rank": _rank,
    "share": _share,
    "ratio": _ratio,
    "cagr": _cagr,
    "nearest": _nearest,
    "denominators": _denominators,
    "same": _same,
    "within": _within,
    "descending": _descending,
}
# those that compare
COMPARING = frozenset({"same", "within", "descending"})
