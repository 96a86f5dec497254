import type { LogLine } from '@fapi/sdk/contract';
import type { FapiLogs } from '../src/index.ts';
import { foldFrames } from '../src/tracebacks.ts';
import { appId, makeResponder, until } from './responder.ts';
import { expect, find, hasNoViolations, show, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const traceback = [
  'Traceback (most recent call last):',
  '  File "main.py", line 4, in <module>',
  '    importlib.import_module("prices")',
  '    ~~~~~~~~~~~~~~~~~~~~~~~^^^^^^^^^^',
  '  File "/usr/lib/python3.13/importlib/__init__.py", line 88, in import_module',
  '    return _bootstrap._gcd_import(name[level:], package, level)',
  '           ~~~~~~~~~~~~~~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
  '  File "<frozen importlib._bootstrap>", line 1387, in _gcd_import',
  '  File "<frozen importlib._bootstrap_external>", line 1026, in exec_module',
  '  File "prices.py", line 1, in <module>',
  '    1 / 0',
  'ZeroDivisionError: division by zero',
];

describe('frames of the import system', () => {
  const table: readonly [string, readonly string[], readonly (readonly [boolean, number])[]][] = [
    ['are folded with their lines of code, between those that are not', traceback, [[false, 4], [true, 5], [false, 3]]],
    ['of a group are folded too', ['  | Traceback (most recent call last):', '  |   File "<frozen importlib._bootstrap>", line 1, in x', '  |   File "main.py", line 1, in x'], [[false, 1], [true, 1], [false, 1]]],
    ['are folded as the runner names them', ['  File "importlib/__init__.py", line 126, in import_module', '    return _bootstrap', '           ^^^^', '  File "my_importlib/__init__.py", line 1, in <module>'], [[true, 3], [false, 1]]],
    ['are not what only names them', ['importlib is slow', 'File "<frozen importlib._bootstrap>" was read'], [[false, 2]]],
    ['are none in nothing', [], []],
  ];
  for (const [fact, lines, runs] of table) it(fact, () => expect(foldFrames(lines, (line) => line).map(({ isFolded, lines: run }) => [isFolded, run.length]), runs));
});

describe('fapi-logs', () => {
  async function open(lines: readonly Pick<LogLine, 'text' | 'stream'>[]): Promise<FapiLogs> {
    const responder = makeResponder();
    const logs = show<FapiLogs>('fapi-logs', responder);
    await until(() => responder.openStreams > 0 && text(logs).includes('No output yet'));
    responder.send({ type: 'log', id: '', appId, lines: lines.map((line, index) => ({ seq: index + 1, at: '2026-11-24T10:00:00.000Z', generation: 1, ...line })), dropped: 0 });
    await until(() => find(logs, '.line'));
    return logs;
  }

  it('names a digest in a line of ours by its beginning, and leaves what the app prints as it is', async () => {
    const logs = await open([{ stream: 'system', text: `Revision ${digest} is serving (generation 1).` }, { stream: 'stdout', text: digest }]);
    const [ours, printed] = [...logs.shadowRoot!.querySelectorAll<HTMLElement>('.line > span')] as [HTMLElement, HTMLElement];
    expect([ours.textContent, ours.title, printed.textContent], ['Revision sha256:01234567… is serving (generation 1).', `Revision ${digest} is serving (generation 1).`, digest]);
  });

  it('folds the frames of the import system of a traceback, and opens them', async () => {
    const logs = await open(traceback.map((line) => ({ stream: 'stderr', text: line })));
    const folded = find<HTMLDetailsElement>(logs, 'details')!;
    expect([folded.open, folded.querySelector('summary')!.textContent, folded.querySelectorAll('.line').length, logs.shadowRoot!.querySelectorAll('.line').length], [false, "5 lines of Python's import system", 5, 12]);
    await hasNoViolations(logs);
    folded.querySelector('summary')!.click();
    await until(() => folded.open);
  });
});
