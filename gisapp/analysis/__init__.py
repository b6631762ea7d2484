"""Layers to results: distance to processing and alliance-jurisdiction coverage."""
