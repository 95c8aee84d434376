from . import data, geo, network, study

__version__: str
__all__ = ["__version__", "data", "geo", "network", "study"]
