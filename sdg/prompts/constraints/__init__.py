"""Drawing verifiable instructions for a prompt and putting them into words. What an answer must hold is in core."""
