class Silent(Exception):
    def __str__(self):
        raise ZeroDivisionError

    __repr__ = __str__


raise Silent
