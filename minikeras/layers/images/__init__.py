"""Layers that change images: their size, place, colours, and mixtures of several."""
