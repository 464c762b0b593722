"""`sdg topics`: trees of topics and keywords."""
