import os

os.makedirs("static/uploads", exist_ok=True)
