import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';
import { pythonPath, root, runnerPath } from '../../../tools/parts/paths.ts';
import { changeSays, dotenvSays, runnerSays, runnerSentences } from '../src/german/runner.ts';
import { changeSentences, changeWords } from '../src/german/sentences/changes.ts';
import { dotenvSentences } from '../src/german/sentences/dotenv.ts';
import { failureWords } from '../src/german/sentences/failures.ts';
import { historyEnglish } from '../src/strings/history.ts';
import { serverOnly, unshown, unshownCalls, unshownFiles } from './unshown.ts';

interface Said { readonly file: string; readonly call: string; readonly text: string }

/** Every text of the runner's Python in which there are words. */
const inPython = JSON.parse(execFileSync(pythonPath(), [join(runnerPath, 'tests/sentences.py'), join(runnerPath, 'fapi_runner')], { encoding: 'utf8', maxBuffer: 1 << 24 })) as Said[];

/** As `inPython`, of TypeScript. */
function readTypeScript(pattern: string): Said[] {
  return globSync(pattern, { cwd: root, exclude: ['**/*.test.ts'] }).flatMap((file) => [...textsIn(parseAst(transformSync(readFileSync(join(root, file), 'utf8'), { loader: 'ts', target: 'esnext' }).code))].map((text) => ({ file, call: '', text })));
}

function* textsIn(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  const { type, value, quasis } = node as { type?: string; value?: unknown; quasis?: readonly { value: { cooked: string } }[] };
  if (type === 'ImportDeclaration') return;
  if (type === 'Literal' && typeof value === 'string') yield value;
  if (type === 'TemplateLiteral') yield quasis!.map(({ value: { cooked } }) => cooked).join('{}');
  for (const part of Object.values(node)) yield* textsIn(part);
}

const isSentence = (text: string): boolean => text.trim().includes(' ') && /[a-z]{3,}/.test(text);
/** What a person may read of the runner, but for what is named in unshown.ts. */
const shown = inPython.filter(({ file, call, text }) => isSentence(text) && !unshownFiles.some(([pattern]) => pattern.test(file)) && !unshownCalls.has(call) && !unshown.has(text));
const told = ['packages/runner-controller/src/runtime/kubernetes/observe.ts', 'packages/runner-controller/src/{controller,reconcile}.ts', 'packages/server/src/domain/deployments/deployment.ts', 'packages/server/src/commands/tidying/settle-overdue.ts'].flatMap(readTypeScript);
const compared = readTypeScript('packages/server/src/domain/diff/*.ts');
const pasted = readTypeScript('packages/sdk/src/dotenv/index.ts').filter(({ text }) => isSentence(text));

const missing = (said: readonly Said[], ...tables: readonly object[]): string[] => [...new Set(said.filter(({ text }) => tables.every((table) => !(text in table))).map(({ file, text }) => `${file}: ${text}`))];
const holesOf = (text: string): number => text.split('{}').length - 1;

describe('what the runner and the server say in English', () => {
  it('is found in their sources', () => {
    expect(shown.length).toBeGreaterThan(250);
    expect(shown.map(({ text }) => text)).toEqual(expect.arrayContaining(['The app was not ready after {} s {}.{}', "Rename {} to 'app'.", '{} opens a connection; an app reaches only the addresses it was granted.']));
    expect(compared.filter(({ text }) => isSentence(text)).length).toBeGreaterThan(50);
  });

  it('has a German sentence wherever an element shows it', () => {
    expect(missing(shown, runnerSentences, failureWords)).toEqual([]);
    expect(missing(told.filter(({ text }) => isSentence(text) && !serverOnly.has(text)), runnerSentences)).toEqual([]);
    expect(missing(compared.filter(({ text }) => isSentence(text) && !serverOnly.has(text.trim())), changeSentences, changeWords)).toEqual([]);
    expect(missing(pasted, dotenvSentences)).toEqual([]);
  });

  it('is known to the history where the server writes it into a revision', () => {
    expect(readTypeScript('packages/server/src/commands/**/clone-app.ts').map(({ text }) => text)).toContain(historyEnglish.clonedFrom('{}'));
  });

  it('is what German has, and no sentence of before', () => {
    const [runner, changes] = [new Set([...inPython, ...told].map(({ text }) => text)), new Set(compared.map(({ text }) => text))];
    expect(Object.keys({ ...runnerSentences, ...failureWords }).filter((text) => !runner.has(text))).toEqual([]);
    // Of a kind of value the name alone is in the source.
    expect(Object.keys({ ...changeSentences, ...changeWords }).filter((text) => !changes.has(text) && !changes.has(text.replace(/^a \w+$/, 'a {}')) && !changes.has(` ${text.replaceAll('{}', '').trim()} `))).toEqual([]);
    expect(Object.keys(dotenvSentences).filter((text) => !pasted.some((one) => one.text === text))).toEqual([]);
    const texts = new Set(inPython.map(({ text }) => text));
    expect([...unshown].filter((text) => !texts.has(text))).toEqual([]);
    expect(unshownFiles.filter(([pattern]) => !inPython.some(({ file }) => pattern.test(file))).map(String)).toEqual([]);
  });

  it('names in German what it names in English', () => {
    const all = Object.entries({ ...runnerSentences, ...failureWords, ...changeSentences, ...changeWords, ...dotenvSentences });
    // A plural's letter is no name.
    const named = (text: string): number[] => Array.from({ length: text === '{} request{} in flight' ? 1 : holesOf(text) }, (_, index) => index);
    expect(all.filter(([english, german]) => JSON.stringify([...german.matchAll(/\{(\d)\}/g)].map(([, index]) => Number(index)).toSorted()) !== JSON.stringify(named(english)))).toEqual([]);
  });
});

describe('a sentence of the runner in German', () => {
  it.each([
    ['The app was not ready after 0.5 s while it was imported. It hung in main.py, line 2.', 'Die App war beim Importieren nach 0.5 s nicht bereit. Sie hing in main.py, Zeile 2.'],
    ['The event loop has stood still for 3.1 s with 2 requests in flight. It is held in app/main.py, line 9.', 'Die Ereignisschleife steht seit 3.1 s still; offene Anfragen: 2. Sie hängt in app/main.py, Zeile 9.'],
    ['The process was ended by signal SIGSEGV while it was running, in main.py, line 5.', 'Der Prozess wurde im Betrieb durch das Signal SIGSEGV beendet, in main.py, Zeile 5.'],
    ["The process ended while it was running: it went on filling its folder beyond its limit. The app's folder holds 513 MiB in 4 files; allowed are 512 MiB in 20000.", 'Der Prozess endete im Betrieb: Er füllte den Ordner der App über die Grenze hinaus. Der Ordner der App enthält 513 MiB in 4 Dateien; erlaubt sind 512 MiB in 20000.'],
    ['The app ran out of memory: it had 812 MiB in use at most. Its limit is 1024 MiB.', 'Der Speicher der App war aufgebraucht: Sie belegte höchstens 812 MiB. Die Grenze ist 1024 MiB.'],
    ["Did you mean DATABASE_URI, which is set? Add the variable DATABASE_URL in the app's settings, or read it with os.environ.get().", 'Meinten Sie DATABASE_URI? Diese Variable gibt es. Variable DATABASE_URL in den Einstellungen der App hinzufügen oder mit os.environ.get() lesen.'],
    ["main.py must define `app = FastAPI()` (or a function create_app() that returns the app); found a = FastAPI(...), b = FastAPI(...): 2 apps and none of them is named 'app'.", "main.py muss `app = FastAPI()` enthalten (oder eine Funktion create_app(), die die App zurückgibt); gefunden: a = FastAPI(...), b = FastAPI(...): 2 Apps, und keine davon heißt 'app'."],
    ["The folder 'random' has the name of the module 'random' of Python, which is imported instead.", "Der Ordner 'random' heißt wie das Modul 'random' von Python, das stattdessen importiert wird."],
    ['GET /items: It needs `store` (line 4), which stays. store: It reads `__file__`, which is another one in another file.', 'GET /items: Es braucht `store` (Zeile 4), und das bleibt. store: Es liest `__file__`, und das ist in einer anderen Datei ein anderes.'],
    ["main.py, line 19: The app ran out of memory: it had 9 MiB in use at most. Everything the app holds at the same time counts: load less at once.", 'main.py, Zeile 19: Der Speicher der App war aufgebraucht: Sie belegte höchstens 9 MiB. Es zählt alles, was die App gleichzeitig hält: Laden Sie weniger auf einmal.'],
    ["python-jose is hardly maintained: PyJWT (`import jwt`) is what FastAPI's own documentation uses. It is not installed here: whoever runs the portal can add the package 'python-jose' to what all apps have.", "python-jose wird kaum noch gepflegt: Die Dokumentation von FastAPI nimmt PyJWT (`import jwt`). Es ist hier nicht installiert: Der Betreiber kann das Paket 'python-jose' für alle Apps hinzufügen."],
    ["It holds 2 errors: LookupError: no cache; ValueError: while it was running.", 'Darin sind 2 Fehler: LookupError: no cache; ValueError: while it was running.'],
    ["KeyError: 'DATABASE_URL'", "KeyError: 'DATABASE_URL'"],
    ["No module named 'pandas'", "No module named 'pandas'"],
  ])('%s', (english, german) => {
    expect(runnerSays(english)).toBe(german);
  });

  it.each([
    ['query parameter limit is required now', 'query-Parameter limit ist jetzt nötig'],
    ['body.price takes only an integer or null', 'body.price nimmt nur eine ganze Zahl oder null an'],
    ['it needs authentication by key instead of token or cookie', 'braucht eine Anmeldung mit key statt mit token oder cookie'],
    ['answer 200.price has maximum 5 instead of 6', 'Antwort 200.price hat maximum 5 statt 6'],
    ['it no longer answers 200, but 201', 'antwortet nicht mehr mit 200, sondern mit 201'],
  ])('of a change of the API: %s', (english, german) => {
    expect(changeSays(english)).toBe(german);
  });

  it.each([
    ['there is no = in this line', 'In dieser Zeile fehlt ein ='],
    ['API_KEY is there already, in line 3', 'API_KEY gibt es schon, in Zeile 3'],
    ['startup: the value has 40000 bytes of UTF-8, and 32768 are allowed', 'startup: Der Wert hat 40000 Bytes in UTF-8, und 32768 sind erlaubt'],
  ])('of a pasted .env file: %s', (english, german) => {
    expect(dotenvSays(english)).toBe(german);
  });

  it('does not hang on what somebody wrote to make it', () => {
    const hostile = ['It needs `a` (line 1), which stays. '.repeat(2_000), 'a: '.repeat(10_000), '; found '.repeat(5_000), ` = ${', line '.repeat(9_000)}`].map((text) => runnerSays(text).length);
    expect(hostile.every((length) => length > 5_000)).toBe(true);
  });
});
