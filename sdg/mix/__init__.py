"""`sdg mix`: several files into one."""
