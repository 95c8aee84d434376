"""Communities, cores, roles and backbones of networks."""
