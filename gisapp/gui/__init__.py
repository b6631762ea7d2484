"""Windows and panels; the only floor that knows Qt."""
