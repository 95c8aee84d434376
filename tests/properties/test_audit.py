"""Laws of printed numbers: bounds hold every number that rounds to what is printed, and the evaluator is arithmetic."""

import ast
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from innoscape import data
from innoscape.data.audit.expressions import evaluate, parsed
from innoscape.data.audit.intervals import Interval, UndefinedResultError, exactly, printed_interval
from innoscape.data.audit.wordings import WORDINGS, worded_number

decimals = st.decimals(-(10**6), 10**6, places=4) | st.decimals(-12, 12, places=4)
digits = st.integers(0, 3)
shares = st.fractions(0, 1)


@st.composite
def rounded(draw, values=decimals):
    """Draw a number and the interval of what would be printed for it."""
    value, places = draw(values), draw(digits)
    return Fraction(value), printed_interval(f"{value:.{places}f}")


positive = st.decimals("0.9", 10**5, places=4)


@given(rounded())
def test_a_printed_number_holds_what_rounds_to_it(drawn):
    value, interval = drawn
    assert interval.holds(value)
    assert interval.holds(interval.center)


@given(st.integers(1, 50), st.integers(1, 50))
def test_a_fraction_holds_what_is_nearest_to_its_denominator(above, below):
    interval = printed_interval(f"{above}/{below}")
    assert interval.low < Fraction(above, below) < interval.high
    assert not interval.holds(Fraction(above, below + 1))


@pytest.mark.parametrize("sign", ["+", "-", "*", "/"])
@given(one=rounded(), other=rounded())
def test_bounds_of_a_result_hold_the_result_of_what_they_stand_for(sign, one, other):
    (x, a), (y, b) = one, other
    names = {"a": a, "b": b}
    tree = parsed(f"a {sign} b")
    if sign == "/" and b.low <= 0 <= b.high:
        with pytest.raises(UndefinedResultError):
            evaluate(tree, names)
        return
    result = {"+": lambda: x + y, "-": lambda: x - y, "*": lambda: x * y, "/": lambda: x / y}[sign]()
    assert evaluate(tree, names).holds(result)


@given(rounded(), st.integers(0, 6))
def test_bounds_of_a_whole_power_hold_it(drawn, exponent):
    value, interval = drawn
    assert (interval ** exactly(exponent)).holds(value**exponent)


@given(rounded(positive), rounded(positive), st.integers(1, 30))
def test_bounds_of_growth_hold_the_growth(first, last, years):
    names = {"first": first[1], "last": last[1]}
    assume(first[1].low > 0)
    assume(last[1].low > 0)
    found = evaluate(parsed(f"cagr(first, last, {years})"), names)
    rate = 100 * ((float(last[0]) / float(first[0])) ** (1 / years) - 1)
    assert float(found.low) - 1e-9 * (1 + abs(rate)) <= rate <= float(found.high) + 1e-9 * (1 + abs(rate))
    assert found.low <= found.center <= found.high


expressions = st.recursive(
    st.integers(0, 99).map(str) | st.sampled_from(["x", "y"]) | st.decimals(0, 9, places=2).map(str),
    lambda part: st.tuples(part, st.sampled_from("+-*"), part).map(lambda three: "({} {} {})".format(*three)),
    max_leaves=12,
)


@given(expressions, decimals, decimals)
def test_the_evaluator_is_exact_arithmetic(expression, x, y):
    # the same tree with every number a fraction, in Python itself
    tree = ast.parse(expression, mode="eval")
    for node in ast.walk(tree):
        for field, child in ast.iter_fields(node):
            if isinstance(child, ast.Constant):
                call = ast.Call(ast.Name("Fraction", ast.Load()), [ast.Constant(str(child.value))], [])
                setattr(node, field, call)
    code = compile(ast.fix_missing_locations(tree), "test", "eval")
    expected = eval(code, {"Fraction": Fraction, "x": Fraction(x), "y": Fraction(y)})  # noqa: S307
    names = {name: exactly(Fraction(value)) for name, value in (("x", x), ("y", y))}
    assert evaluate(parsed(expression), names) == exactly(expected)


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_refused(text):
    found = parsed(text)
    assert isinstance(found, ast.expr) or str(found)


@given(st.lists(rounded(), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_lists_do_not_depend_on_their_order(drawn, random):
    values = [interval for _, interval in drawn]
    mixed = random.sample(values, len(values))
    for name in ("sum", "min", "max", "mean", "len"):
        tree = parsed(f"{name}(all)")
        assert evaluate(tree, {"all": tuple(values)}) == evaluate(tree, {"all": tuple(mixed)})
    rank = parsed("rank(one, all)")
    found = evaluate(rank, {"one": values[0], "all": tuple(values)})
    assert found == evaluate(rank, {"one": values[0], "all": tuple(mixed)})
    assert found.holds(Fraction(1 + sum(x > drawn[0][0] for x, _ in drawn)))
    among = evaluate(parsed("count(all, -10, 10)"), {"all": tuple(values)})
    assert among.holds(Fraction(sum(-10 <= x <= 10 for x, _ in drawn)))


@given(rounded(), rounded())
def test_comparisons_know_what_rounding_leaves_open(one, other):
    (x, a), (y, b) = one, other
    for truth, real in ((a < b, x < y), (a <= b, x <= y), (a > b, x > y), (a >= b, x >= y), (a.same(b), x == y)):
        # what is true of the numbers themselves is at least possible
        assert truth.possible or not real
        assert truth.possible or not truth.center


@pytest.mark.parametrize("wording", WORDINGS)
@given(number=st.decimals("0.5", 1000, places=1).map(str), share=shares)
def test_the_loose_range_of_a_wording_holds_its_strict_one(wording, number, share):
    worded = worded_number(wording, number)
    assert worded.loose.low <= worded.strict.low <= worded.strict.high <= worded.loose.high
    point = worded.strict.low + share * (worded.strict.high - worded.strict.low)
    if worded.holds(point):
        assert worded.may_hold(Interval(point, point, point))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=6), st.integers(-4, 4))
def test_parts_that_sum_to_their_whole_are_never_contradicted(parts, power):
    scaled = [part * Fraction(10) ** power for part in parts]
    places = max(0, -power)
    rows = [(f"p{i}", f"{float(part):.{places}f}", "w") for i, part in enumerate(scaled)]
    rows.append(("w", f"{float(sum(scaled)):.{places}f}", None))
    table = pd.DataFrame(rows, columns=["id", "printed", "of"])
    assert set(data.consistency(table)["verdict"]) == {"holds"}
    tenfold = table.assign(printed=table["printed"].mask(table["id"] == "w", f"{float(sum(scaled)) / 100:.6f}"))
    slip = data.consistency(tenfold).set_index("check").loc["sum"]
    assert (slip["verdict"], slip["factor"]) == ("contradicted", 0.01)
