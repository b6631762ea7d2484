"""Expressions over the columns of a layer: filter, selection and calculation by one language."""
