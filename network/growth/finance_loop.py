"""Make the loop of technology, industry and finance a model of stocks."""

from collections.abc import Mapping

from ...data.options import name_faults, number_faults, refuse
from .stepped import Steps
from .stock_model import ByName, StockModel, Transfer, by_name

__all__ = ["FINANCE_SOURCES", "finance_loop"]

FINANCE_SOURCES = ("angel capital", "banks", "insurers", "social-security funds")


def finance_loop(
    sources: Mapping[str, Steps] | None = None,
    *,
    investment: float = 0.3,
    commercialization: float = 0.2,
    returns: float = 0.1,
    write_off: float = 0.1,
    obsolescence: float = 0.2,
    depreciation: float = 0.1,
    start: ByName | None = None,
) -> StockModel:
    """Make a loop in which finance turns into technology, technology feeds industry, and industry returns finance.

    In money, F finance, T technology, I industry::

        dF/dt = sources + returns * I - investment * F - write_off * F
        dT/dt = investment * F - obsolescence * T
        dI/dt = commercialization * T - depreciation * I

    One unit of finance comes back as the **gain** of the loop::

        investment / (investment + write_off) * commercialization / obsolescence * returns / depreciation

    Below 1 the stocks rest at a level that the sources feed; above 1 the loop feeds itself (a positive cycle).

    Parameters
    ----------
    sources : mapping, optional
        Source -> money per unit of time (a number, or time -> number from then on), by any names, such as
        `FINANCE_SOURCES`: angel capital, banks, insurers, social-security funds. Each by 1 if not given.
    investment, write_off : float
        Shares of finance that are invested, and lost, per unit of time.
    commercialization, returns : float
        Industry that a unit of technology yields, and finance that a unit of industry returns, per unit of time.
    obsolescence, depreciation : float
        Shares of technology and of industry that are lost per unit of time.
    start : mapping or Series, optional
        Stocks at time 0: ``finance``, ``technology``, ``industry``; 0 if not given.

    Returns
    -------
    StockModel
        Transfers: the names of the options and of the sources.

    Raises
    ------
    OptionError
        If a number is outside its range or a stock is unknown.

    Notes
    -----
    The cycle and the four sources are those of Zhuang, Wu and Tan (§3(3)), who give no number: all are assumptions.
    That money alone is counted in all three stocks is our reading.

    Examples
    --------
    >>> from innoscape.network import run_stocks
    >>> path = run_stocks(finance_loop(), horizon=60.0)  # gain 0.75
    >>> path.equilibrium().round(6).to_dict(), path.stability().verdict
    ({'finance': 40.0, 'technology': 60.0, 'industry': 120.0}, 'stable')
    >>> run_stocks(finance_loop(returns=0.2), horizon=60.0).stability().verdict  # gain 1.5
    'growing together'
    """
    stocks = ("finance", "technology", "industry")
    given = dict.fromkeys(FINANCE_SOURCES, 1.0) if sources is None else sources
    held = by_name(start, name="start")
    rates = {"investment": investment, "commercialization": commercialization, "returns": returns}
    rates |= {"write-off": write_off, "obsolescence": obsolescence, "depreciation": depreciation}
    faults = [fault for name, value in rates.items() for fault in number_faults(name, value, least=0.0)]
    refuse([*faults, *name_faults(held, stocks, name="start")])
    inputs = [Transfer(str(name), target="finance", rate=amount) for name, amount in given.items()]
    moves = [
        Transfer("investment", "finance", "technology", rate=investment),
        Transfer("commercialization", target="industry", rate=commercialization, by=["technology"]),
        Transfer("returns", target="finance", rate=returns, by=["industry"]),
        Transfer("write-off", "finance", rate=write_off),
        Transfer("obsolescence", "technology", rate=obsolescence),
        Transfer("depreciation", "industry", rate=depreciation),
    ]
    return StockModel({name: held.get(name, 0.0) for name in stocks}, [*inputs, *moves])
