import os

print("before the end")
os._exit(7)
