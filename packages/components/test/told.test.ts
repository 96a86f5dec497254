import type { DeploymentStage, FailureReport, Finding } from '@fapi/sdk/contract';
import type { FapiDeployStatus, FapiEditor, FapiHistory } from '../src/index.ts';
import { appId, makeDeployment, makeDiff, makeResponder, makeRevision, until } from '../scenes/server/responder.ts';
import { wordsIn } from '../scenes/play.ts';
import { runnerSentences } from '../src/german/runner.ts';
import { failureWords } from '../src/german/sentences/failures.ts';
import { codeOf, expect, find, show, text } from './show.ts';

afterEach(() => {
  document.documentElement.lang = 'en';
  document.body.replaceChildren();
});

type Told = Pick<FailureReport, 'phase' | 'class' | 'type' | 'message' | 'hint'>;
/** What the runner said of each row of its failure table, as its own tests hold it. */
const told = await (await fetch(new URL('../../runner-controller/runner/tests/told.json', import.meta.url))).json() as Record<string, Told>;
/** What is English in every sentence of ours, without what it names; long enough not to be a word that both languages have. */
const english = Object.keys({ ...runnerSentences, ...failureWords }).flatMap((sentence) => sentence.split('{}')).map((piece) => piece.trim()).filter((piece) => piece.length >= 9 && /[a-z] [a-z]/.test(piece));
const englishIn = (words: string): string[] => english.filter((piece) => words.includes(piece));

const stages: DeploymentStage[] = [{ name: 'queued', startedAt: '2026-11-24T10:00:00.000Z', endedAt: '2026-11-24T10:00:01.000Z', durationMs: 10 }];

async function showFailure(report: Told, change: Parameters<typeof makeDeployment>[0]): Promise<FapiDeployStatus> {
  const deployment = makeDeployment({ status: 'failed', reason: 'import_failed', endedAt: '2026-11-24T10:00:03.000Z', stages, failure: { frames: [], output: [], ...report }, ...change });
  const status = show<FapiDeployStatus>('fapi-deploy-status', makeResponder(undefined, { latest: deployment }));
  await until(() => find(status, '.failure .message'), 'the card');
  return status;
}

describe('a failure on a German page', () => {
  it('is known from the runner, each of its kinds', () => {
    for (const row of ['fail_syntax', 'fail_module', 'fail_no_app', 'fail_no_main', 'fail_sys_exit', 'fail_os_exit', 'fail_segfault', 'fail_hang', 'fail_memory', 'fail_recursion', 'fail_threads', 'fail_files', 'fail_unprintable', 'fail_lifespan_exit', 'killed', 'crash', 'memory', 'stalled', 'flood', 'overflow', 'open_files', 'shut', 'breakdown']) if (!(row in told)) throw new Error(`${row} is not told`);
    if (english.length < 250) throw new Error(`${english.length} pieces of sentences`);
  });

  for (const [row, report] of Object.entries(told)) {
    it(`has no English sentence of ours: ${row}`, async () => {
      document.documentElement.lang = 'de';
      const status = await showFailure(report, row in { stalled: 1, killed: 1 } ? { reason: 'rolled_back' } : {});
      await until(() => englishIn(wordsIn(find(status, '.failure')!)).length === 0, `German in ${text(status)}, not ${englishIn(wordsIn(find(status, '.failure')!)).join(' | ')}`);
      const [message, hint] = ['.message', '.hint'].map((place) => find(status, `.failure ${place}`)?.textContent ?? '');
      if (report.hint && hint!.includes(report.hint)) throw new Error(`"${hint}" is as it came`);
      const isQuote = report.message === '...';
      if (message!.includes(report.message) !== isQuote) throw new Error(`"${message}" is ${isQuote ? 'no quote any more' : 'as it came'}`);
    });
  }

  it('quotes what an exception says, even where it says what we say', async () => {
    document.documentElement.lang = 'de';
    const said = 'The app reached its memory limit.';
    const status = await showFailure({ phase: 'import', class: 'import', type: 'ValueError', message: said, hint: said }, {});
    await until(() => find(status, '.hint')?.textContent?.includes('Speichergrenze'));
    expect(find(status, '.message')!.textContent, `ValueError: ${said}`);
  });
});

describe('what is found in a draft, on a German page', () => {
  const place = { line: 1, column: 1 };
  const found = (code: string, message: string, more: Partial<Finding> = {}): Finding => ({ code, severity: 'error', source: 'project', file: 'main.py', start: place, end: place, message, ...more });

  it('is German in the list, at its line and in what mends it, and is quoted where Python, ruff or a test says it', async () => {
    document.documentElement.lang = 'de';
    const responder = makeResponder();
    responder.findings = [
      found('ENT001', 'main.py must define `app = FastAPI()` (or a function create_app() that returns the app); found no app in it.', { hint: 'Add `app = FastAPI()`.', fixes: [{ title: 'Add app = FastAPI()', applicability: 'suggested', edits: [{ file: 'main.py', start: place, end: place, text: 'app = FastAPI()\n' }] }] }),
      found('PY001', 'The app reached its memory limit.'),
      found('RUF-F401', 'The app reached its memory limit.', { severity: 'warning' }),
    ];
    const editor = show<FapiEditor>('fapi-editor', responder);
    const german = 'main.py muss `app = FastAPI()` enthalten (oder eine Funktion create_app(), die die App zurückgibt); darin ist keine App.';
    await until(() => [...editor.shadowRoot!.querySelectorAll('.finding .what')].some(({ textContent }) => textContent!.includes(german)), german);
    expect([...editor.shadowRoot!.querySelectorAll('.finding .what')].filter(({ textContent }) => textContent!.includes('The app reached its memory limit.')).length, 2);
    expect([...editor.shadowRoot!.querySelectorAll('.fix')].map(({ textContent }) => textContent), ['app = FastAPI() hinzufügen']);
    const lint = await import('@codemirror/lint');
    const messages = (): string[] => codeOf(editor)?.act(({ state }) => {
      const all: string[] = [];
      lint.forEachDiagnostic(state, ({ message }) => all.push(message));
      return all;
    }) ?? [];
    await until(() => messages().includes(`${german}\nFügen Sie \`app = FastAPI()\` hinzu.`), 'the same at its line');
  });
});

describe('what the server and the runner say elsewhere on a German page', () => {
  it('is German in a comparison of revisions', async () => {
    document.documentElement.lang = 'de';
    const responder = makeResponder();
    responder.revisions = [makeRevision(2), makeRevision(1)];
    responder.diff = makeDiff({ api: { isKnown: true, routes: [{ method: 'GET', path: '/a', change: 'changed', isBreaking: true, reasons: [{ isBreaking: true, message: 'query parameter limit is required now' }] }], schemas: [] } });
    const history = show<FapiHistory>('fapi-history', responder);
    await until(() => find(history, '[data-digest]'));
    history.diff('live', 'draft');
    await until(() => find(history, '.reasons')?.textContent?.includes('query-Parameter limit ist jetzt nötig'));
  });

  it('is German among the reasons why an app stays in one file', async () => {
    document.documentElement.lang = 'de';
    const convert = document.createElement('fapi-convert');
    convert.conversion = { state: 'proposed', before: [], proposal: { files: [], routes: 1, kept: [{ name: 'GET /items', line: 3, reason: 'It needs `store` (line 4), which stays. store: It uses `app` itself.' }] } } as never;
    document.body.append(convert);
    await until(() => find(convert, '.reason .what')?.textContent === 'GET /items: Es braucht `store` (Zeile 4), und das bleibt. store: Es benutzt `app` selbst.');
  });

  it('is German in the log, where it is the runner that speaks, not the app, and is found so', async () => {
    document.documentElement.lang = 'de';
    const responder = makeResponder();
    const logs = show('fapi-logs', responder);
    await until(() => responder.openStreams > 0);
    const line = (seq: number, stream: 'stdout' | 'system') => ({ seq, at: '2026-11-24T10:00:00.000Z', stream, generation: 3, text: 'Deploy 3 is serving again.' });
    responder.send({ type: 'log', id: '', appId, lines: [line(1, 'stdout'), line(2, 'system')], dropped: 0 });
    const texts = (): string[] => [...logs.shadowRoot!.querySelectorAll('.line .text')].map(({ textContent }) => textContent!.trim());
    await until(() => texts().length === 2);
    expect(texts(), ['Deploy 3 is serving again.', 'Veröffentlichung 3 antwortet wieder.']);
    Object.assign(logs, { query: 'antwortet' });
    await until(() => logs.shadowRoot!.querySelectorAll('.line mark').length === 1);
  });
});
