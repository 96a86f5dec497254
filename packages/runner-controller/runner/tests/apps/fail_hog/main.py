hog = []
while True:
    hog.append(list(range(1000)))
