"""Study the geography of innovation: centers, tiers, flows and the spread of knowledge.

Four rooms, each imported on first use:

- ``innoscape.data``: shipped figures, table contracts, names of places, errors;
- ``innoscape.geo``: composite index, tiers, layers, maps;
- ``innoscape.network``: flow graphs, centrality, diffusion, scenarios;
- ``innoscape.study``: a study file turned into a results folder, and the command line.
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
__all__ += ["__version__"]
