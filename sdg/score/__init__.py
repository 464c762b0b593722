"""`sdg score`: attributes and one reward for every response, from whatever reward model is configured."""
