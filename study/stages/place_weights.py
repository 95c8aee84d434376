"""Build the weights between places that a study declares, see `WeightsPlan`."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...data import Fault, GeometryError, InnoscapeWarning, OptionError, StudyError, TableError, UnknownPlaceError
from ..plan.schema import STUDY_FILE
from ..plan.weights_plan import WeightsPlan, weights_named
from .build_chain import Chain
from .costs import cost_matrix
from .place_areas import place_areas
from .place_variables import values_of_variable

if TYPE_CHECKING:
    from ...geo import SpatialWeights

__all__ = ["place_weights"]


def place_weights(chain: Chain, name: str, places: Sequence[str], *, year: int | None = None) -> "SpatialWeights":
    """Return the weights of a name between some places, row-scaled.

    Parameters
    ----------
    chain : Chain
    name : str
    places : sequence of str
    year : int, optional
        Of flows and of what places are alike in; the last at hand where there is none of it.

    Raises
    ------
    StudyError
        If they cannot be built: places without position, area or cost, or no tie at all.
    """
    plans = weights_named(chain.inputs.study)
    at = f"weights[{[*plans].index(name) + 1}]" if chain.inputs.study.weights else "weights"
    try:
        with warnings.catch_warnings():
            # islands are counted in the tables
            warnings.simplefilter("ignore", InnoscapeWarning)
            weights = _Builder(chain, plans, sorted({*places}), year, at).built(plans[name]).scaled("row")
    except (GeometryError, OptionError, TableError, UnknownPlaceError) as error:
        raise _refused("faults.weights.unfit", at, got=repr(name), error=error) from None
    if plans[name].islands == "leave_out":
        weights = weights.without_islands()
    if not weights.matrix.nnz:
        raise _refused("faults.weights.no_links", at, got=repr(name))
    return weights


class _Builder:
    """What the methods share."""

    def __init__(
        self, chain: Chain, plans: dict[str, WeightsPlan], places: list[str], year: int | None, at: str
    ) -> None:
        self.chain, self.plans, self.places, self.year, self.at = chain, plans, places, year, at

    def built(self, plan: WeightsPlan) -> "SpatialWeights":
        """Return weights by their method."""
        from ...geo import spatial_weights

        options = plan.options
        if plan.method == "nearest" and plan.neighbors is None:
            # of few places all others are near
            options["neighbors"] = min(options["neighbors"], max(len(self.places) - 1, 1))
        if plan.method == "network":
            return self._ties(plan)
        if plan.method == "product":
            one, other = (self.built(self.plans[name]) for name in plan.factors or ())
            return one.nested(other)
        given: dict[str, Any] = {}
        if options.pop("by", None) == "costs":
            given["costs"] = cost_matrix(self.chain.inputs, self.places)
        if plan.method == "likeness":
            options.pop("of")
            given["values"] = self._values(plan)
        if plan.method in {"queen", "rook"}:
            table: Any = place_areas(self.chain.inputs, self.places)
            if table is None:
                raise _refused("faults.weights.no_areas", self.at, got=plan.method)
        else:
            known = self.chain.inputs.places
            table = known[known["place"].isin(self.places)].sort_values("place", ignore_index=True)
        return spatial_weights(table, method=plan.method, scaling="none", **given, **options)

    def _ties(self, plan: WeightsPlan) -> "SpatialWeights":
        from ...geo import SpatialWeights

        years = self.chain.networks.by_year[str(plan.network)]
        one = years[self.year] if self.year in years else [*years.values()][-1]
        flows = one.between_places(self.chain.inputs.aggregates).flows
        inner = flows[flows["source"].isin(self.places) & flows["target"].isin(self.places)]
        table = inner.rename(columns={"source": "origin", "target": "destination"})
        kind = f"flows of {plan.network}"
        weights = SpatialWeights.from_table(table, places=self.places, kind=kind)
        if not one.directed:
            # flows without a direction stand once a pair
            return weights.symmetrized("sum")
        return weights.symmetrized("mean") if plan.options["both_ways"] else weights

    def _values(self, plan: WeightsPlan) -> Any:  # noqa: ANN401 - a Series
        assert plan.of is not None  # noqa: S101 - a study whose weights lack it is refused before
        table = values_of_variable(self.chain, plan.of, f"{self.at}.of")
        table = table[table["place"].isin(self.places)]
        table = table.assign(far=(table["year"] != self.year).fillna(value=True))
        # the year asked for, else the last
        table = table.sort_values(["far", "year"], ascending=[False, True], na_position="first", kind="stable")
        last = table.drop_duplicates("place", keep="last").set_index("place")["value"].rename(plan.of.key)
        if lost := sorted({*self.places} - {*last.index}):
            raise _refused("faults.weights.values", f"{self.at}.of", places=lost)
        return last.loc[self.places]


def _refused(key: str, at: str, **values: Any) -> StudyError:  # noqa: ANN401 - of any sentence
    return StudyError([Fault.of(key, STUDY_FILE, column=at, **values)])
