"""Hold the flow networks of a study."""

from dataclasses import dataclass, field

import networkx as nx
import pandas as pd

from ..wording.notices import Notice

__all__ = ["Networks"]


@dataclass(frozen=True, eq=False)
class Networks:
    """The flow networks of a study, by name."""

    flows: dict[str, pd.DataFrame]
    graphs: dict[str, nx.Graph]
    notices: list[Notice] = field(default_factory=list)
