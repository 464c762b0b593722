"""`sdg probe`: what the configured endpoints can do."""
