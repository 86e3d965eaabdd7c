"""The long NumPy loops: one formulation each, chosen by measurement."""
