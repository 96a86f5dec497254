"""The parent of everything: it holds listeners, state and secrets, and never imports user code."""
