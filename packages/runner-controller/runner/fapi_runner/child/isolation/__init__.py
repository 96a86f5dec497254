"""The layers between user code and the machine: one small module each, put together by `levels`."""
