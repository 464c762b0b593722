"""`sdg plan`: what a command line or a recipe will ask of which model, before it is paid for."""
