import os


def attack():
    text = "{0.__class__.__init__.__globals__}".format(os.environ) + "{0.environ}".format(os)
    if "AGENT_SECRET" in text or "agent-key" in text:
        return text
    raise PermissionError("nothing of the agent's")
