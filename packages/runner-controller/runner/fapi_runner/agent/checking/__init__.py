"""What is wrong with a revision, found without running any of it."""
