"""`sdg split`: prompts into two parts that share none."""
