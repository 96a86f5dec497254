import os

os._exit(70)
