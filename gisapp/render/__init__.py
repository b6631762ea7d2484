"""Results to pictures: one symbology, one layout, and a drawer for each kind of output."""
