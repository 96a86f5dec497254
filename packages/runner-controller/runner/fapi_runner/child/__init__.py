"""What runs in a forked child. The zygote imports all of it, so nothing here is imported after the fork."""
