"""What outlives the agent: the state folder and what is in it."""
