"""Name what weights are compared with to make them ties."""

from typing import Literal, TypeAlias, get_args

__all__ = ["CUTOFFS", "Cutoff"]

Cutoff: TypeAlias = Literal["row_mean", "mean", "median"]
CUTOFFS: tuple[str, ...] = get_args(Cutoff)
