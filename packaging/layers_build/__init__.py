"""How the sources become the layers that ship: read, checked, shaped, written."""
