"""Check a weighing and its parameters before there are data to weigh."""

from collections.abc import Mapping
from inspect import signature

from ....data.errors import OptionError
from ....data.options import check_choice, check_names, number_faults, refuse
from ....data.wording.catalogue import join_texts, text
from ..normalize.scale import STD
from .ahp import INCONSISTENT
from .combine import COMBINATIONS, check_share
from .data_driven import CORRELATIONS, ENTROPY_ON
from .measured_values import check_shift
from .optimize import IMPORTANCE
from .pca import check_pca
from .registry import GOALS, WEIGHINGS

__all__ = ["check_weighing"]

_CHOICES = {
    "on": ENTROPY_ON,
    "correlation": CORRELATIONS,
    "inconsistent": INCONSISTENT,
    "how": COMBINATIONS,
    "importance": IMPORTANCE,
    "std": STD,
}


def check_weighing(name: str, parameters: Mapping[str, object] | None = None) -> None:
    """Raise `OptionError` unless the weighing exists and its parameters can work on some data.

    Examples
    --------
    >>> check_weighing("entropy", {"on": "raw"})
    """
    check_choice("weigh", name, WEIGHINGS)
    given = dict(parameters or {})
    taken = [one.name for one in signature(WEIGHINGS[name]).parameters.values() if one.kind is one.KEYWORD_ONLY]
    if given and not taken:
        raise OptionError(
            text("faults.calls.check_weighing.weigh_takes_parameters", name=name, given=join_texts(sorted(given)))
        )
    check_names(f"weigh {name}", given, taken)
    for option in sorted(set(given) & set(_CHOICES)):
        check_choice(option, given[option], _CHOICES[option])
    if "shift" in given:
        check_shift("shift", given["shift"])
    if name == "given" and given.get("weights") is not None:
        _check_given(given["weights"])
    elif name == "pca":
        check_pca(**given)  # pyright: ignore[reportArgumentType]
    elif name == "ahp" and ("matrix" in given) == ("matrices" in given):
        raise OptionError(text("faults.calls.check_weighing.weigh_ahp_matrix_all"))
    elif name == "combined":
        _check_combined(given)
    elif name == "optimized" and isinstance(given.get("targets"), str):
        check_choice("targets", given["targets"], GOALS)


def _check_given(weights: object) -> None:
    if not isinstance(weights, Mapping):
        raise OptionError(text("faults.calls.check_weighing.weigh_given_weights_indicator", weights=repr(weights)))
    refuse(fault for name, one in weights.items() for fault in number_faults(f"weights.{name}", one, least=0))
    if not any(weights.values()):
        raise OptionError(text("faults.calls.check_weighing.weigh_given_weight_above"))


def _check_combined(given: Mapping[str, object]) -> None:
    for part, default in (("first", "given"), ("second", "entropy")):
        name = given.get(part, default)
        options = given.get(f"{part}_options")
        if name == "combined":
            raise OptionError(text("faults.calls.check_weighing.weighing_other_than_combined", part=part))
        check_weighing(str(name), options if isinstance(options, Mapping) else None)
    share = given.get("share")
    check_share(str(given.get("how", "multiplicative")), share)  # pyright: ignore[reportArgumentType]
