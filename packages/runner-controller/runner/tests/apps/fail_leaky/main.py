import os

print("connecting with", os.environ["API_KEY"])
raise ConnectionError("x" * int(os.environ["PADDING"]) + " 401 for " + os.environ["API_KEY"])
