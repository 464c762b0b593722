"""`sdg prompts`: prompts for a task, from topics or documents. One task a file, found by its name."""
