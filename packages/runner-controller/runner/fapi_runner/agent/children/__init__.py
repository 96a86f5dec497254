"""Forked children as the agent sees them: birth, pipes, words, output and end."""
