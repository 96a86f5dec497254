import sys

from fastapi import FastAPI

app = FastAPI()
sys.setrecursionlimit(100_000)


def there():
    return back()


def back():
    return there()


there()
