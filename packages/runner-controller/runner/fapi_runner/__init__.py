"""The Python side of fapi: the agent and the children that serve the apps."""
