"""Names: what is imported is not always what is installed."""

from __future__ import annotations

from fapi_runner.validate.findings import Fix

# Import name to the distribution that brings it, where the two differ.
DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "bson": "pymongo",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "discord": "discord.py",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fasthtml": "python-fasthtml",
    "fitz": "PyMuPDF",
    "git": "GitPython",
    "googleapiclient": "google-api-python-client",
    "gridfs": "pymongo",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "kafka": "kafka-python",
    "ldap": "python-ldap",
    "magic": "python-magic",
    "markdown": "Markdown",
    "monsterui": "MonsterUI",
    "multipart": "python-multipart",
    "nacl": "PyNaCl",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socketio": "python-socketio",
    "telegram": "python-telegram-bot",
    "usb": "pyusb",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}
# Namespace packages are brought by many distributions: the longest name that fits decides.
NAMESPACES = {
    "google.auth": "google-auth",
    "google.cloud.bigquery": "google-cloud-bigquery",
    "google.cloud.firestore": "google-cloud-firestore",
    "google.cloud.pubsub": "google-cloud-pubsub",
    "google.cloud.storage": "google-cloud-storage",
    "google.generativeai": "google-generativeai",
    "google.genai": "google-genai",
    "google.oauth2": "google-auth",
    "google.protobuf": "protobuf",
    "azure.identity": "azure-identity",
    "azure.storage.blob": "azure-storage-blob",
    "opentelemetry.sdk": "opentelemetry-sdk",
}
# Packages that work and that something maintained has replaced.
NOTICES = {
    "jose": "python-jose is hardly maintained: PyJWT (`import jwt`) is what FastAPI's own documentation uses.",
    "passlib": "passlib is no longer maintained: pwdlib is what FastAPI's own documentation uses.",
    "motor": "motor was replaced by the asynchronous client of pymongo itself (`AsyncMongoClient`).",
    "aioredis": "aioredis became a part of redis (`from redis import asyncio`).",
    "pkg_resources": "pkg_resources was replaced by `importlib.metadata` and `importlib.resources`.",
}


def find_distribution(module: str) -> str:
    """Return the name under which the package of a module can be added."""
    parts = module.split(".")
    for depth in range(len(parts), 1, -1):
        if found := NAMESPACES.get(".".join(parts[:depth])):
            return found
    return DISTRIBUTIONS.get(parts[0], parts[0])


def make_package_fix(module: str) -> Fix:
    """Offer the package that brings a module."""
    package = find_distribution(module)
    return {"title": f"Add the package {package}", "applicability": "suggested", "edits": [], "package": package}
