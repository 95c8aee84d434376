"""Class the centers of a study as driven by the supply of research or pulled by demand."""

from dataclasses import replace

import pandas as pd

from ...data import Fault, Framework, OptionError, StudyError, TableError
from ...data.contracts.results import result_tables
from ..plan.schema import STUDY_FILE
from ..plan.table_desk import DATASET
from ..plan.typology_plan import TypologyPlan
from .analyzed import Analyzed
from .build_chain import Chain

__all__ = ["find_typology"]


def find_typology(chain: Chain, plan: TypologyPlan, *, trial: bool = False) -> Analyzed:
    """Class the places compared, by each criterion and by most of them.

    Parameters
    ----------
    chain : Chain
    plan : TypologyPlan
    trial : bool
        Class the places and tabulate nothing; of shipped tables look at the choices alone.

    Returns
    -------
    Analyzed
        ``typology``, ``typology_criteria``, ``typology_firsts`` and, where ranks are open, ``typology_ranks``.

    Raises
    ------
    StudyError, TableError
        If the framework lacks a group, or places cannot be compared.
    """
    further = chain.inputs.further
    light = trial and _shipped(plan)
    framework = further["typology", "framework"] if light else _framework(chain, plan)
    if missing := _groups_lacking(framework, plan):
        raise StudyError(missing)
    values = chain.inputs.indicators if plan.takes_indicators else None
    values = values if plan.values is None else further["typology", "values"]  # noqa: PD011 - a key of the study
    values = None if values is None else _among(_latest(values), plan)
    ranks = None if plan.ranks is None else _among(further["typology", "ranks"], plan)
    positions = values if ranks is None else ranks
    assert positions is not None  # noqa: S101 - a study without either is refused
    _compared(positions, framework, plan)
    if light:
        return Analyzed({})
    from ...geo.profiles.typology import typology

    try:
        found = typology(
            positions,
            framework,
            values=values,
            science=plan.science,
            industry=plan.industry,
            criteria=plan.criteria,
            margin=plan.margin,
        )
    except (OptionError, TableError) as error:
        raise StudyError([Fault.of("faults.typology.unfit", STUDY_FILE, column="typology", error=error)]) from None
    if trial:
        return Analyzed({})
    names = _names(framework)
    tables = {
        "typology": _placed(found.table, chain),
        "typology_criteria": _without_named(found.criteria, names),
        "typology_firsts": _groups_named(found.firsts, framework),
        "typology_ranks": found.open_ranks.assign(
            **{f"name_{one}": found.open_ranks["indicator"].map(held) for one, held in names.items()}
        ),
    }
    return Analyzed({name: table.reindex(columns=list(result_tables()[name].fixed)) for name, table in tables.items()})


def _framework(chain: Chain, plan: TypologyPlan) -> Framework:
    if plan.framework is None:
        framework = chain.inputs.framework
        assert framework is not None  # noqa: S101 - a study without one is refused
        return framework
    try:
        return Framework.from_table(chain.inputs.further["typology", "framework"])
    except TableError as error:
        where = plan.framework.removeprefix(DATASET)
        raise TableError(replace(fault, where=where) for fault in error.faults) from None


def _shipped(plan: TypologyPlan) -> bool:
    """Whether all tables are shipped and compared as they are: these have no faults."""
    tables = [plan.framework, plan.ranks, plan.values or plan.ranks]  # noqa: PD011 - a key of the study
    return plan.places is None and all(one is not None and one.startswith(DATASET) for one in tables)


def _groups_lacking(framework: Framework | pd.DataFrame, plan: TypologyPlan) -> list[Fault]:
    table = framework.table if isinstance(framework, Framework) else framework
    groups = [*table["level1"].dropna().unique()] if "level1" in table else []
    return [
        Fault.of("faults.typology.group", STUDY_FILE, column=f"typology.{key}", got=repr(name), names=groups or ["–"])
        for key in ("science", "industry")
        if (name := getattr(plan, key)) not in groups
    ]


def _latest(values: pd.DataFrame) -> pd.DataFrame:
    """Return the values of the last year that each indicator has."""
    if "year" not in values or values["year"].isna().all():
        return values
    return values[values["year"].eq(values.groupby("indicator")["year"].transform("max")) | values["year"].isna()]


def _among(table: pd.DataFrame, plan: TypologyPlan) -> pd.DataFrame:
    return table if plan.places is None else table[table["place"].isin(plan.places)]


def _compared(positions: pd.DataFrame, framework: Framework | pd.DataFrame, plan: TypologyPlan) -> None:
    """Refuse places that have none of the indicators, and fewer than two."""
    known = framework.indicators if isinstance(framework, Framework) else framework["indicator"]
    have = set(positions.loc[positions["indicator"].isin(known), "place"])
    lost = [place for place in plan.places or () if place not in have]
    faults = [Fault.of("faults.typology.place", STUDY_FILE, column="typology.places", got=repr(one)) for one in lost]
    if not faults and len(have) < 2:
        faults = [Fault.of("faults.typology.two_places", STUDY_FILE, column="typology", got=sorted(have) or ["–"])]
    if faults:
        raise StudyError(faults)


def _names(framework: Framework) -> dict[str, dict[str, str]]:
    """Return what each indicator is called, by language; its id where it has no name."""
    table = framework.table.set_index("indicator", drop=False)
    return {
        one: table.get(f"name_{one}", table["indicator"]).fillna(table["indicator"]).to_dict()  # pyright: ignore[reportOptionalMemberAccess]
        for one in ("en", "zh")
    }


def _placed(table: pd.DataFrame, chain: Chain) -> pd.DataFrame:
    names = chain.inputs.names
    return table.assign(**{column: table["place"].map(names[column]) for column in names})


def _without_named(table: pd.DataFrame, names: dict[str, dict[str, str]]) -> pd.DataFrame:
    """Add what the indicators are called that decide a class alone; missing where none does."""
    ids = [str(one).split("; ") if one else [] for one in table["without"]]
    named = {
        f"without_{one}": ["; ".join(held[key] for key in own) or None for own in ids] for one, held in names.items()
    }
    return table.assign(**named, without=table["without"].replace("", None))


def _groups_named(table: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    held = framework.table.drop_duplicates("level1").set_index("level1", drop=False)
    return table.assign(
        **{
            f"group_{one}": table["group"].map(held.get(f"level1_{one}", held["level1"])).fillna(table["group"])  # pyright: ignore[reportArgumentType]
            for one in ("en", "zh")
        }
    )
