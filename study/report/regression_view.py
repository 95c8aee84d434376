"""Show the regression of a study: what it says, effects with their intervals, models side by side, other neighbors."""

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from ...data.vocabulary import name_of
from ...data.wording.catalogue import Text
from ..charts.bars import interval_chart
from ..charts.screens import for_screens
from ..facts.rows import Row, read_rows
from ..wording.markup import tell
from .analysis_views import (
    AnalysisBlock,
    AnalysisTable,
    Column,
    Look,
    bare,
    chance_column,
    number_column,
    text_column,
)
from .numbers import number
from .regression_sentences import Found, amount, regression_sentences

__all__ = ["regression_view"]

_STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))
_FOOT = (("observations", 0), ("log_likelihood", 2), ("aic", 1), ("bic", 1), ("r2", 3))
_LONG = 14
_TABLES = ("regression", "regression_impacts", "regression_tests", "regression_fit")


def regression_view(look: Look) -> list[AnalysisBlock]:
    """Return the block of the section on regression."""
    plan = look.study.regression
    rows = {name: read_rows(look.tables, name) for name in _TABLES}
    if plan is None or not rows["regression"]:
        return []
    names = {name: look.weights(name) for name in dict.fromkeys(row["weights"] for row in rows["regression"])}
    found = Found(plan, rows, look, names)
    title = tell("report.regression.title", outcome=look.variable(plan.outcome.key))
    figure = _figure(found)
    tables = [_models(found), *([_others(found)] if len(names) > 1 else []), _effects(found), *_tests(found)]
    note = tell("report.regression.note", level=f"{100 * plan.confidence_level:g}%")
    notes = [note]
    main = [fit for fit in rows["regression_fit"] if fit["model"] == found.main]
    if len({fit["free"] for fit in main}) > 1 and any(fit["log_likelihood"] is not None for fit in main):
        notes.append(tell("report.regression.incomparable"))
    edge = [row for row in rows["regression"] if row["term"] == "rho" and row["high"] is not None and row["high"] >= 1]
    lost = dict.fromkeys(row["weights"] for row in edge)
    notes += [tell("report.regression.unbounded", weights=names[weights]) for weights in lost]
    return [AnalysisBlock(title, [*regression_sentences(found)], [figure], tables, notes)]


def _stars(p: float | None) -> str:
    return next((stars for most, stars in _STARS if p is not None and p <= most), "")


def _estimate(row: Row | None) -> Markup:
    """Write an estimate with stars, its standard error below."""
    if row is None:
        return Markup()
    value, error = row["estimate"], row["standard_error"]
    below = Markup() if error is None else Markup('<br><span class="error">({})</span>').format(amount(error))
    return Markup("{}{}").format(f"{amount(value)}{_stars(row['p_value'])}", below)


def _interval(row: Row | None) -> Markup:
    if row is None:
        return Markup()
    ends = f"[{amount(row['low'])}, {amount(row['high'])}]"
    return Markup('{}<br><span class="error">{}</span>').format(
        f"{amount(row['estimate'])}{_stars(row['p_value'])}", ends
    )


def _order(keys: Sequence[tuple[str, str | None, str | None]]) -> list[tuple[str, str | None, str | None]]:
    """Put the terms first, then those of the neighbors, then parameters."""
    rank = {"place": 0, "neighbors": 1, None: 2}
    return sorted(dict.fromkeys(keys), key=lambda key: (rank[key[2]], key[0] == "intercept" and key[2] is None))


def _models(found: Found) -> AnalysisTable:
    """Set the models under the first weights side by side."""
    rows = [row for row in found.rows["regression"] if row["weights"] == found.first]
    return _side_by_side(
        found,
        rows,
        {model: name_of(model, "regression_models") for model in found.plan.shown_models},
        by="model",
        fits=[fit for fit in found.rows["regression_fit"] if fit["weights"] == found.first],
        caption=tell("report.regression.models", weights=found.weights[found.first]),
    )


def _others(found: Found) -> AnalysisTable:
    """Set the total effects of the main model under all weights side by side."""
    parameters = [row for row in found.rows["regression"] if row["model"] == found.main and row["of"] is None]
    total = [
        row | {"of": "place"}
        for row in found.rows["regression_impacts"]
        if row["model"] == found.main and row["effect"] == "total"
    ]
    return _side_by_side(
        found,
        [*total, *(row for row in parameters if row["term"] != "intercept")],
        found.weights,
        by="weights",
        fits=_comparable(found),
        caption=tell("report.regression.other_weights", model=name_of(found.main, "regression_models")),
    )


def _comparable(found: Found) -> list[Row]:
    """Return the fits of the main model, without likelihoods where not all are of as many free observations."""
    fits = [fit for fit in found.rows["regression_fit"] if fit["model"] == found.main]
    if len({fit["free"] for fit in fits}) == 1:
        return fits
    return [fit | dict.fromkeys(("log_likelihood", "aic", "bic")) for fit in fits]


def _side_by_side(
    found: Found, rows: list[Row], headings: dict[str, Text], *, by: str, fits: list[Row], caption: Text
) -> AnalysisTable:
    cells = {(row[by], row["term"], row["tier"], row["of"]): row for row in rows}
    keys = _order([(row["term"], row["tier"], row["of"]) for row in rows])
    fit = {row[by]: row for row in fits}
    foot = [(name, digits) for name, digits in _FOOT if any(row[name] is not None for row in fits)]
    first = [found.coefficient(*key) for key in keys] + [tell(f"report.regression.{name}") for name, _ in foot]
    columns = [text_column("term", first)]
    for one, heading in headings.items():
        own = [_estimate(cells.get((one, *key))) for key in keys]
        columns.append(
            Column(heading, [*own, *(number(fit[one][name], digits) for name, digits in foot)], numeric=True)
        )
    return AnalysisTable(caption, columns)


def _effects(found: Found) -> AnalysisTable:
    """List the effects of the main model with their intervals."""
    cells = {(row["term"], row["tier"], row["effect"]): row for row in found.effects}
    keys = [*dict.fromkeys((row["term"], row["tier"]) for row in found.effects)]
    columns = [text_column("term", [found.coefficient(*key, "place") for key in keys])]
    for effect in ("direct", "indirect", "total"):
        values = [_interval(cells.get((*key, effect))) for key in keys]
        columns.append(Column(name_of(effect, "regression_effects"), values, numeric=True))
    caption = tell("report.regression.effects", model=name_of(found.main, "regression_models"))
    return AnalysisTable(caption, columns)


def _tests(found: Found) -> list[AnalysisTable]:
    """List the tests, and Moran's I of residuals year by year."""
    rows = found.rows["regression_tests"]
    tests = [row for row in rows if row["test"] != "moran_residuals"]
    left = [row for row in rows if row["test"] == "moran_residuals"]
    return [_test_table(found, own, key) for own, key in ((tests, "tests"), (left, "residuals")) if own]


def _test_table(found: Found, rows: list[Row], key: str) -> AnalysisTable:
    columns = []
    if len(found.weights) > 1:
        columns.append(text_column("weights", [found.weights[row["weights"]] for row in rows]))
    columns.append(text_column("model", [name_of(row["model"], "regression_models") for row in rows]))
    if any(row["year"] is not None for row in rows):
        columns.append(text_column("year", [row["year"] for row in rows]))
    if key == "tests":
        columns.append(text_column("test", [name_of(row["test"], "regression_tests") for row in rows]))
        columns.append(number_column("statistic", [row["statistic"] for row in rows], decimals=2))
        columns.append(number_column("degrees_of_freedom", [row["degrees_of_freedom"] for row in rows]))
    else:
        columns.append(number_column("moran", [row["value"] for row in rows], decimals=3))
        columns.append(number_column("z", [row["statistic"] for row in rows], decimals=2))
    columns.append(chance_column("gravity_chance", [row["p_value"] for row in rows]))
    return AnalysisTable(tell(f"report.regression.{key}"), columns, folded=len(rows) > _LONG or key == "residuals")


def _figure(found: Found) -> tuple[Text, Markup]:
    """Draw the effects of the main model, of one standard deviation of each term, with their intervals."""
    shown = ("direct", "indirect", "total") if found.spills else ("direct",)
    rows = [row for row in found.effects if row["effect"] in shown]
    order = {key: n for n, key in enumerate(dict.fromkeys((row["term"], row["tier"]) for row in rows))}
    rows.sort(key=lambda row: (order[row["term"], row["tier"]], shown.index(row["effect"])))
    outcome = found.look.variable(found.plan.outcome.key)
    title = tell("report.regression.figure", outcome=outcome, model=name_of(found.main, "regression_models"))
    chart = partial(
        interval_chart,
        [name_of(row["effect"], "regression_effects") for row in rows],
        *([row[name] * row["scale"] for row in rows] for name in ("estimate", "low", "high")),
        title=bare(title),
        desc=tell("report.regression.figure_desc", level=f"{100 * found.plan.confidence_level:g}%"),
        groups=[bare(found.coefficient(row["term"], row["tier"], "place")) for row in rows],
        styles=[f"s-{shown.index(row['effect'])}" for row in rows],
        x_title=tell("report.regression.axis"),
        zero=True,
        decimals=2,
    )
    return title, Markup(for_screens(lambda width: chart(width=width)))  # noqa: S704 - of ours
