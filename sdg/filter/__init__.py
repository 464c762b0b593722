"""`sdg filter`: keeps the lines that pass every rule. One rule a file, found by its name; a kept line is not edited."""
