"""A terminal that the commands of one pipe share. Knows nothing of records or runs; progress.py uses it."""
