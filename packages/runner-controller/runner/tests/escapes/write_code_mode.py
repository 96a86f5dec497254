import os

import attack as own


def attack():
    folder = os.path.dirname(own.__file__)
    os.chmod(folder, 0o777)
    os.chmod(own.__file__, 0o666)
    return open(own.__file__, "w").write("changed")
