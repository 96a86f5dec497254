"""Where an app's guests come in: one way on a machine, another in a pod."""
