from fastapi.testclient import TestClient

from main import app

client = TestClient(app)


def test_status():
    response = client.get("/items/5")
    assert response.status_code == 201


def test_zero():
    client.get("/items/0")


def test_fine():
    print("a line for the builder")
