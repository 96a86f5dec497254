import os
import pathlib
import sys

for module in (pathlib, os):
    vars(module).clear()
sys.modules.clear()
raise ValueError("still told")
