"""`sdg respond`: responses to prompts."""
