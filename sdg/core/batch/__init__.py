"""Answers through the Batch API: requests go to the server in files, and their replies are fetched hours later."""
