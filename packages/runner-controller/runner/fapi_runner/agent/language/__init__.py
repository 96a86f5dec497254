"""Language intelligence for editors: one broker for each, in front of two language servers that are children."""
