"""Study the geography of innovation: centers, tiers, flows and the spread of knowledge.

Four rooms, each imported on first use:

- ``innoscape.data``: shipped figures, table contracts, names of places, errors;
- ``innoscape.geo``: composite index, tiers, layers, maps;
- ``innoscape.network``: flow graphs, centrality, diffusion, scenarios;
- ``innoscape.study``: a study file turned into a results folder, and the command line.
"""

from pathlib import Path as _Path

import lazy_loader as _lazy

from .data.kernel_cache import kernel_cache as _kernel_cache

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
__all__ += ["__version__"]

# before any kernel is compiled
_kernel_cache(_Path(__file__).parent)
