def test_takes_all():
    hoard = []
    while True:
        hoard.append(bytearray(50_000_000))
