error = ValueError("no settings")
error.add_note("They are read from settings.toml.")
raise error
