"""How knowledge spreads: model, simulation, scenarios, fit."""
