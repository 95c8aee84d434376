"""Register every workload."""

from . import (  # noqa: F401 - each registers its own
    association,
    diffusion,
    exports,
    gravity,
    index,
    large_network,
    maps,
    network,
    pattern,
    records,
    regression,
    space,
    study,
)
