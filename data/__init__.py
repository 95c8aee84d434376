"""Say what the world is: shipped figures, table contracts, places and errors."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
