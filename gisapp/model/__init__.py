"""Vocabulary, layers, alliances, geodesy and feedback: what every floor speaks of."""
