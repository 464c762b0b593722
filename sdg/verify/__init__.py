"""`sdg verify`: checks responses by program where a prompt says what a right one is. One verifier a file."""
