import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Bundle { revision: string; bundleSha256: string; bytes: Uint8Array }

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The files of an app as the server sends them; a text alone is `main.py`. */
export function makeBundle(files: string | Record<string, string>): Bundle {
  const folder = mkdtempSync(join(tmpdir(), 'fapi-bundle-'));
  try {
    const all = typeof files === 'string' ? { 'main.py': files } : files;
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, { mode: 0o644 });
    }
    const bytes = execFileSync('tar', ['cf', '-', '--mtime=@0', '--sort=name', '-C', folder, ...Object.keys(all).toSorted()]);
    return { revision: `sha256:${sha256(JSON.stringify(all))}`, bundleSha256: sha256(bytes), bytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An app that says `word` and a name that every import of it makes anew. */
export const makeApp = (word: string): string => `
import uuid
from fastapi import FastAPI

app = FastAPI()
born = uuid.uuid4().hex


@app.get("/")
def read_root() -> dict[str, str]:
    return {"word": "${word}", "born": born}


@app.get("/say/{text}")
def say(text: str) -> None:
    print(text, flush=True)
`;

/** An app in one file, that needs a value for drafts when it is imported. */
export const appInOneFile = `
import os
from fastapi import FastAPI

app = FastAPI(title=os.environ["WORD"])


@app.get("/words")
def list_words() -> list[str]:
    return [os.environ["WORD"]]
`;

/** An app that says how often it was asked, also before it was last started: it counts in a file of its folder. */
export const appThatCounts = `
from pathlib import Path
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def read_root() -> dict[str, int]:
    path = Path("count.txt")
    count = int(path.read_text()) + 1 if path.exists() else 1
    path.write_text(str(count))
    return {"word": count}
`;

/** An app that connects outwards when it is asked to, and says what came of it. */
export const appThatConnects = `
import socket
from fastapi import FastAPI

app = FastAPI()
held = []


@app.get("/reach/{host}/{port}")
def reach(host: str, port: int) -> dict[str, str]:
    try:
        with socket.create_connection((host, port), 12) as sock:
            sock.sendall(b"ping")
            sock.shutdown(socket.SHUT_WR)
            with sock.makefile() as file:
                return {"answer": file.read()}
    except OSError as error:
        return {"error": type(error).__name__}


@app.get("/hold/{host}/{port}")
def hold(host: str, port: int) -> dict[str, int]:
    held.append(socket.create_connection((host, port), 12))
    return {"held": len(held)}


@app.get("/held")
def read_held() -> dict[str, str]:
    try:
        return {"got": held[-1].recv(64).decode()}
    except OSError as error:
        return {"error": type(error).__name__}
`;

/** An app that says its limits: the kernel keeps one file to that of the folder, and is told that of the memory. */
export const appThatTellsItsLimits = `
import resource
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def read_limits() -> dict[str, int]:
    kinds = {"memoryMiB": resource.RLIMIT_RSS, "fileMiB": resource.RLIMIT_FSIZE}
    return {name: resource.getrlimit(kind)[0] >> 20 for name, kind in kinds.items()}
`;

/** An app that says the variable WORD, as its import saw it, and a name that every import of it makes anew. */
export const appThatReads = `
import os, uuid
from fastapi import FastAPI

app = FastAPI()
word = os.environ.get("WORD")
born = uuid.uuid4().hex


@app.get("/")
def read_root() -> dict[str, str | None]:
    return {"word": word, "born": born}


@app.get("/say")
def say() -> None:
    print(f"the word is {os.environ['WORD']}", flush=True)
`;

/** A test that passes only where WORD is `draft`. */
export const testThatReads = `
import os


def test_word() -> None:
    assert os.environ["WORD"] == "draft"
`;

export const appThatRaises = `from fastapi import FastAPI

print("about to fail")
app = FastAPI()
raise ValueError("no such colour: plaid")
`;

export const appThatCannotStart = `from contextlib import asynccontextmanager
from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    print("connecting")
    raise ConnectionError("the database is away")
    yield


app = FastAPI(lifespan=lifespan)
`;

/** Well until it is asked: then it blocks its event loop for some seconds, or asks for more memory than there is. */
export const makeAiling = (word: string): string => `import time
${makeApp(word)}

@app.get("/block/{seconds}")
async def block(seconds: int) -> None:
    time.sleep(seconds)


@app.get("/memory")
def use_memory() -> int:
    return len(bytearray(1 << 40))
`;

/** Ends soon after each of its starts. */
export const appThatDoesNotLast = `import asyncio
import os
from contextlib import asynccontextmanager
from fastapi import FastAPI


async def end() -> None:
    await asyncio.sleep(0.2)
    print("had enough", flush=True)
    os._exit(3)


@asynccontextmanager
async def lifespan(app):
    ending = asyncio.create_task(end())
    yield


app = FastAPI(lifespan=lifespan)
`;

/** Well until it is asked to end. */
export const appThatExits = `import os
from fastapi import FastAPI

app = FastAPI()


@app.get("/exit")
async def leave() -> None:
    os._exit(7)
`;

/** Starts once in its life; the lock keeps it from being parked. */
export const appThatStartsOnce = `import fcntl
import os
from fastapi import FastAPI

if os.path.exists("started"):
    raise RuntimeError("only once")
lock = open("started", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
app = FastAPI()
`;

/** An app that takes the place of our own answer: the agent is told the truth while it starts, and whoever asks later hears no end of it. */
export const appThatNeverEndsToSayWhoItIs = `import asyncio
from fastapi import FastAPI
from fapi_runner.child.identity import IdentifiedApp

app = FastAPI()
honest = IdentifiedApp.__call__
asked = []


def lie(self, scope, receive, send):
    if scope["type"] != "http" or not scope["path"].startswith("/.fapi/identity"):
        return honest(self, scope, receive, send)
    asked.append(scope)
    return honest(self, scope, receive, send) if len(asked) == 1 else go_on(receive, send)


async def go_on(receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    leaving = asyncio.create_task(until_left(receive))
    while not leaving.done():
        await send({"type": "http.response.body", "body": b" " * (1 << 20), "more_body": True})
        await asyncio.sleep(0)


async def until_left(receive):
    while (await receive())["type"] != "http.disconnect":
        pass


IdentifiedApp.__call__ = lie
`;

/** Ready only after some seconds, so that something can happen meanwhile. */
export const makeSlowImport = (word: string, seconds: number): string => `import time
time.sleep(${seconds})
${makeApp(word)}`;

/** An app that writes down in its folder when it starts and ends, and shows what was written. */
export const makeOwner = (word: string): string => `from contextlib import asynccontextmanager
from pathlib import Path
from fastapi import FastAPI

log = Path("log.txt")


def note(text: str) -> None:
    with log.open("a") as file:
        file.write(f"${word} {text}\\n")


@asynccontextmanager
async def lifespan(app):
    note("starts")
    yield
    note("ends")


app = FastAPI(lifespan=lifespan)


@app.get("/")
def read_root() -> dict[str, object]:
    return {"word": "${word}", "found": log.read_text().splitlines()}
`;

export const makeSlowStart = (word: string, seconds: number): string => `import asyncio
from contextlib import asynccontextmanager
from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    await asyncio.sleep(${seconds})
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
def read_root() -> dict[str, str]:
    return {"word": "${word}"}
`;
