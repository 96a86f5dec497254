import type { Limits } from '../system/importer.ts';

/** How the agent comes to know, and what its report is held against. */
export type Detection =
  /** The child says so, or ends: as fast as a switch of good code. */
  | { by: 'event' }
  /** Nothing happens, until this much time has gone by. */
  | { by: 'deadline'; ms: number }
  /** A limit ends it, and the way there is its own: held against a `main.py` that goes it alone. */
  | { by: 'limit'; alone: string };

export interface BadCode {
  id: string;
  what: string;
  /** `main.py`. */
  code: string;
  /** What brings it out: its import, its startup, or a request to this path. */
  at: 'import' | 'startup' | `/${string}`;
  detection: Detection;
}

const event: Detection = { by: 'event' };
const app = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/word")\nasync def read_word() -> str:\n    return "here"\n';
/** Of one app: OPEN_FILES_LIMIT and PROCESSES_LIMIT of the runner (`child/isolation/limits.py`). */
export const limits: Limits = { files: 4096, processes: 128 };
const forks = `import os\nimport time\n\n${app}\nwhile True:\n    if os.fork() == 0:\n        time.sleep(60)\n`;
const files = `${app}\nheld = [open("/dev/null") for _ in range(100_000)]\n`;
const hangMs = 500;
const hang: Detection = { by: 'deadline', ms: hangMs };
/** After so long without a heartbeat the agent calls it a stall. */
const stall: Detection = { by: 'deadline', ms: 1_000 };

const route = (path: string, body: string, { imports = '', isAsync = false } = {}): string => `${imports}${app}\n\n@app.get("${path}")\n${isAsync ? 'async ' : ''}def act():\n${body.replaceAll(/^/gm, '    ')}\n`;
const lifespan = (body: string): string => `import time\nfrom contextlib import asynccontextmanager\n\nfrom fastapi import FastAPI\n\n\n@asynccontextmanager\nasync def lifespan(app):\n    ${body}\n    yield\n\n\napp = FastAPI(lifespan=lifespan)\n`;

/** What an app can do to itself, at its import or while it serves. */
export const badCode: readonly BadCode[] = [
  { id: 'syntax', what: 'a syntax error', code: `${app}\n\ndef broken(:\n`, at: 'import', detection: event },
  { id: 'module', what: 'a module that is not there', code: `import no_such_module\n${app}`, at: 'import', detection: event },
  { id: 'raise', what: 'an exception at import', code: `${app}\nraise ValueError("no such colour: plaid")\n`, at: 'import', detection: event },
  { id: 'no_app', what: 'no app', code: 'from fastapi import FastAPI\n\napi = FastAPI()\n', at: 'import', detection: event },
  { id: 'sys_exit', what: 'sys.exit() at import', code: `import sys\n\n${app}\nsys.exit(3)\n`, at: 'import', detection: event },
  { id: 'uvicorn_run', what: 'uvicorn.run() at module level', code: `import uvicorn\n${app}\nuvicorn.run(app)\n`, at: 'import', detection: event },
  { id: 'os_exit', what: 'os._exit(7) at import', code: `import os\n\n${app}\nos._exit(7)\n`, at: 'import', detection: event },
  { id: 'segfault', what: 'a segmentation fault at import', code: `import ctypes\n\n${app}\nctypes.string_at(0)\n`, at: 'import', detection: event },
  { id: 'hang', what: 'an endless loop at import', code: `${app}\nwhile True:\n    pass\n`, at: 'import', detection: hang },
  { id: 'memory', what: 'more memory than the limit, at once, at import', code: `${app}\nheld = bytearray(4 << 30)\n`, at: 'import', detection: event },
  { id: 'fork_bomb', what: 'forks without an end at import', code: forks, at: 'import', detection: { by: 'limit', alone: forks } },
  { id: 'files', what: 'files that are never closed, at import', code: files, at: 'import', detection: { by: 'limit', alone: files } },
  { id: 'lifespan_raise', what: 'a lifespan that raises', code: lifespan('raise ConnectionError("the database is away")'), at: 'startup', detection: event },
  { id: 'lifespan_hang', what: 'a lifespan that hangs', code: lifespan('time.sleep(3600)'), at: 'startup', detection: hang },
  { id: 'running_memory', what: 'more memory than the limit, in a request', code: route('/act', 'bytearray(4 << 30)'), at: '/act', detection: event },
  { id: 'running_files', what: 'files that are never closed, in a request', code: route('/act', 'while True:\n    held.append(open("/dev/null"))', { imports: 'held = []\n' }), at: '/act', detection: { by: 'limit', alone: files } },
  { id: 'running_threads', what: 'threads without an end, in a request', code: route('/act', 'while True:\n    threading.Thread(target=forever.wait, daemon=True).start()', { imports: 'import threading\n\nforever = threading.Event()\n' }), at: '/act', detection: event },
  { id: 'running_exit', what: 'os._exit(7) in a request', code: route('/act', 'os._exit(7)', { imports: 'import os\n' }), at: '/act', detection: event },
  { id: 'running_segfault', what: 'a segmentation fault in a request', code: route('/act', 'ctypes.string_at(0)', { imports: 'import ctypes\n' }), at: '/act', detection: event },
  { id: 'stall_sleep', what: 'time.sleep() in an async route', code: route('/act', 'time.sleep(3600)', { imports: 'import time\n', isAsync: true }), at: '/act', detection: stall },
  { id: 'stall_loop', what: 'an endless loop in an async route', code: route('/act', 'while True:\n    pass', { isAsync: true }), at: '/act', detection: stall },
];

/** `prepare` and `activate` wait so long for the child. */
export const deadlineOf = ({ detection, at }: BadCode): number => (detection.by === 'deadline' && !at.startsWith('/') ? detection.ms : 30_000);
