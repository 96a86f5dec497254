/** Texts of the runner that no element shows, and why: all others must be in German. By file, by what they are given to, or one by one. */
export const unshownFiles: readonly (readonly [RegExp, string])[] = [
  [/^(__main__|zygote|protocol|libc|stack|calls|grants)\.py$|^(heap|metrics)\/|^child\/isolation\//, 'for whoever runs or programs it'],
  [/^agent\/(options|main|machine|params|commands|orders|routes|failures)\.py$/, 'for whoever runs or programs it'],
  [/^agent\/(pod|methods)\/|^agent\/disk\/(folder|keeping|revisions)\.py$/, 'answers a controller, whose fault it is'],
  [/^agent\/language\//, 'answers the editor, which has words of its own for each'],
  [/^agent\/serving\/(draft|drafts)\.py$/, 'the editor says itself why a draft is prepared on the click only'],
  [/^child\/(preview_script|identity|preview)\.py$/, 'no person reads it'],
  [/^child\/traces\.py$/, "printed into the app's output, as Python prints it"],
];

/** By the innermost call around it. */
export const unshownCalls: ReadonlySet<string> = new Set(['print', 'compile', 'FrameError', 'write_error', 'sub', 'startswith']);

const oneByOne: Readonly<Record<string, readonly string[]>> = {
  'as Python says it itself, in whose words it is told where it fails': ['No module named {}'],
  'looked for, not said': ['Max open files', 'Max data size', 'Max resident set', 'Traceback (most recent call last)', 'During handling of the above exception, another exception occurred', 'The above exception was the direct cause of the following exception', "can't start new thread", '<frozen importlib._bootstrap>', 'circular import', 'add the package', 'no main.py', 'ignore:Using `httpx` with `starlette.testclient` is deprecated'],
  'code, or nearly': ['{} = FastAPI(...)', 'APIRouter as {}', 'from fastapi import {}', 'import {}', 'from {} import {}', 'from {} import (', 'app = {}', 'from fastapi import FastAPI\n\napp = FastAPI()', 'GET /.fapi/identity?nonce={} HTTP/1.1\r\nhost: fapi\r\nconnection: close', '[masked {}]', '{}[masked {}]{}', 'forbidden {}', 'silent {}', 'failed {}'],
  'for whoever runs or programs it': ["a file is bounded by the kernel, a folder's {} MiB by a look every {} s: what an app writes between two looks may be more", ', and so may what it keeps in deleted files (no CAP_SYS_PTRACE)', 'egress must not name {}: it is {}.', '{} is no port', 'an answer of {} bytes', 'a piece of {} bytes', 'the apps were not resumed yet', 'no listener was handed in', ', for the layer {} does not hold', 'the zygote died'],
  'why an app is not frozen: nobody is told': ['The app cannot be frozen: it has {}.', 'a blocked event loop', 'no answer', 'open connections', 'outbound connections', 'tasks under way', 'processes of its own', 'a file lock, a request, or a call that cannot be stopped'],
  "printed into the app's output, as others print it": ['Exception in ASGI application'],
};
export const unshown: ReadonlySet<string> = new Set(Object.values(oneByOne).flat());

/** As `unshown`, of the server and the controller: for their own logs, of what did not fail, or a reason that has words of the elements' own. */
export const serverOnly: ReadonlySet<string> = new Set([
  'this controller was overtaken and stops acting', 'a look at an app failed', 'a status could not be published', '{} broke and starts again', 'following specs', 'a spec could not be read', 'following the runtime', 'forwarding logs and metrics', 'answering calls', 'carrying language sessions', 'app {} is not wanted',
  '{} went back to an earlier revision with deployment {}', 'deployment {} is live', '{} of {}{}',
  'The documents are nested too deeply to be compared.', 'The documents are too large to be compared as a whole: there may be more changes.', 'pyproject.toml cannot be read: {}',
]);
