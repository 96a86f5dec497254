def check(name):
    raise LookupError(f"no {name}")


def gather():
    errors = []
    for name in ("database", "cache"):
        try:
            check(name)
        except LookupError as error:
            errors.append(error)
    raise ExceptionGroup("not ready", errors)


gather()
