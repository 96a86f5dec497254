import os
import sys

print("the last words")
sys.stdout.close()
sys.stderr.close()
sys.excepthook = lambda *_: os._exit(9)
raise ValueError("still told")
