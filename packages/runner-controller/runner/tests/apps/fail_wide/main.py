from fastapi import FastAPI

app = FastAPI()


def gather(depth):
    parts = [gather(depth - 1) for _ in range(20)] if depth else [ValueError(f"part {part}") for part in range(50)]
    return ExceptionGroup("not ready", parts)


raise gather(3)
