"""`sdg why`: what became of a record."""
