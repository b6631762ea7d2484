"""Files to layers and layers to files, and the shipped catalogue."""
