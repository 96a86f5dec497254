"""What a text could do that has taken over the compiler; it shows as a finding in attack.py."""

import os
import sys


def take_over(event, arguments):
    if event == "compile" and arguments[1] == "attack.py":
        try:
            os.posix_spawn("/bin/true", ["true"], {})
        except OSError as error:
            raise ValueError(f"refused: {error}") from None
        raise ValueError("a program ran")


sys.addaudithook(take_over)
