"""Make a ring of stocks, each driving the next and the last driving the first."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from ...data.errors import OptionError
from ...data.options import Wrong, is_number, listed, name_faults, number_faults, refuse
from .stepped import Steps
from .stock_model import StockModel, Transfer

__all__ = ["ring"]


def ring(
    stocks: Sequence[str],
    *,
    forward: float = 0.2,
    feedback: float = 0.01,
    depreciation: float = 0.2,
    inputs: Mapping[str, Steps] | None = None,
    start: Mapping[str, float] | float = 0.0,
) -> StockModel:
    """Make a ring in which each stock drives the next, and the last feeds back to the first.

    With the stocks a, b, ..., z in order and inputs u::

        da/dt = u[a] + feedback * z - depreciation * a
        db/dt = u[b] + forward  * a - depreciation * b        ... and so on to z

    Nothing is taken from the stock that drives.

    Parameters
    ----------
    stocks : sequence of str
        At least two different names.
    forward, feedback : float
        Rate at which each drives the next, and the last the first.
    depreciation : float
        Share of a stock that is lost per unit of time.
    inputs : mapping, optional
        Stock -> input per unit of time: a number, or time -> input from then on.
    start : mapping or float
        Stocks at time 0, by name (0 for the others) or for all.

    Returns
    -------
    StockModel
        Transfers: ``a to b`` and so on, ``input to a``, ``depreciation of a``.

    Raises
    ------
    OptionError
        If a name is unknown or a number outside its range.

    Notes
    -----
    With n stocks the eigenvalues are ``(feedback * forward ** (n-1)) ** (1/n) * w - depreciation``, w the n-th roots of
    1: the ring feeds itself where feedback * forward ** (n-1) > depreciation ** n.

    Examples
    --------
    >>> from innoscape.network import run_stocks
    >>> model = ring(["science", "industry"], forward=0.4, feedback=0.1, inputs={"science": 1.0})
    >>> path = run_stocks(model, horizon=400.0)
    >>> path.stability().verdict  # 0.1 * 0.4 = 0.2 ** 2
    'neutral'
    """
    names = [str(name) for name in listed(stocks, name="stocks")]
    if len(names) < 2 or len(set(names)) < len(names):
        raise OptionError(f"stocks: needed at least two different names in order, got {', '.join(names) or 'none'}")
    given = inputs or {}
    begin = dict.fromkeys(names, start) if is_number(start) else start

    def faults() -> Iterator[Wrong]:
        rates = {"forward": forward, "feedback": feedback, "depreciation": depreciation}
        for name, value in rates.items():
            yield from number_faults(name, value, least=0.0)
        yield from name_faults(given, names, name="inputs")
        if not isinstance(begin, Mapping):
            yield f"start: needed a number, or one by stock, got {start!r}"
            return
        yield from name_faults(begin, names, name="start")

    refuse(faults())
    drives = [*itertools.pairwise(names), (names[-1], names[0])]
    rates = [forward] * (len(names) - 1) + [feedback]
    transfers = [
        Transfer(f"{source} to {target}", target=target, rate=rate, by=[source])
        for (source, target), rate in zip(drives, rates, strict=True)
    ]
    transfers += [Transfer(f"input to {name}", target=name, rate=given[name]) for name in names if name in given]
    transfers += [Transfer(f"depreciation of {name}", name, rate=depreciation) for name in names]
    return StockModel({name: begin.get(name, 0.0) for name in names}, transfers)  # type: ignore[union-attr]
