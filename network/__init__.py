"""Say how centers connect and change: flow graphs, centrality, diffusion, scenarios."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
