"""`sdg import`: chats of the field's formats as prompts and responses."""
