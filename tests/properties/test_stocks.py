"""Laws of stocks that move, tried on generated models."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.network import StockModel, StockScenario, Transfer, run_stocks

STOCKS = ("a", "b", "c")
amounts = st.floats(0.0, 20.0)
rates = st.floats(0.0, 2.0)


@st.composite
def closed_models(draw, *, plain=False):
    """Stocks that pass on to one another, with drivers, thresholds and delays, and nothing from outside."""
    transfers = []
    for i in range(draw(st.integers(1, 5))):
        source, target = draw(st.permutations(STOCKS))[:2]
        by = [source] if plain else [source, *draw(st.lists(st.sampled_from(STOCKS), max_size=1))]
        after = draw(st.dictionaries(st.sampled_from(STOCKS), amounts, max_size=1))
        delay = 0.0 if plain else draw(st.sampled_from([0.0, 0.7]))
        rate = draw(rates if plain else st.one_of(rates, st.fixed_dictionaries({0.0: rates, 1.3: rates})))
        if len(by) > 1:
            rate = rate / 10 if isinstance(rate, float) else {t: r / 10 for t, r in rate.items()}
        transfers.append(Transfer(f"t{i}", source, target, rate=rate, by=by, after=after, delay=delay, order=2))
    return StockModel({name: draw(amounts) for name in STOCKS}, transfers)


@settings(deadline=None, max_examples=25)
@given(closed_models())
def test_what_moves_between_stocks_is_neither_made_nor_lost_and_no_stock_falls_below_0(model):
    path = run_stocks(model, horizon=4.0, points=21)
    whole = path.stocks.sum(axis=1) + path.under_way.sum(axis=1)
    assert whole.to_numpy() == pytest.approx(sum(model.stocks.values()), rel=1e-7, abs=1e-9)
    assert path.stocks.to_numpy().min() >= -1e-9
    assert (path.amounts.to_numpy() >= -1e-9).all()


@settings(deadline=None, max_examples=25)
@given(closed_models())
def test_what_opens_opens_once_when_its_stock_stands_at_the_threshold(model):
    path = run_stocks(model, horizon=4.0, points=41)
    for row in path.openings.itertuples():
        stock = path.stocks[row.stock]
        if row.status == "reached":
            near = np.interp(row.time, stock.index, stock)
            assert near >= row.threshold - 0.5 * stock.diff().abs().max() - 1e-9
        else:
            assert (stock < row.threshold).all()
        closed = path.amounts[row.transfer].loc[: row.time if row.status == "reached" else None].iloc[:-1]
        before = closed[closed.index < row.time] if row.status == "reached" else closed
        assert (before == 0).all()


@settings(deadline=None, max_examples=25)
@given(closed_models(plain=True), st.floats(0.1, 3.0))
def test_time_may_be_counted_in_another_unit(model, factor):
    slower = StockScenario("slower")
    for transfer in model.transfers:
        slower = slower.scale_rate(transfer.name, factor=1.0 / factor)
    one = run_stocks(model, horizon=4.0, points=21)
    other = run_stocks(slower.apply(model), horizon=4.0 * factor, points=21)
    # a threshold that is met within rounding may open in one of the two alone
    if all((one.stocks[row.stock] - row.threshold).abs().min() > 1e-6 for row in one.openings.itertuples()):
        assert other.stocks.to_numpy() == pytest.approx(one.stocks.to_numpy(), rel=1e-6, abs=1e-7)
