import type { App, AppFile, LogLine } from '@fapi/sdk/contract';
import { type FapiLogs, registerStrings } from '../src/index.ts';
import { appId, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, hasNoViolations, hear, show, text } from './show.ts';
import { traceback } from './traceback.ts';

afterEach(() => {
  document.body.replaceChildren();
  localStorage.clear();
});

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const at = '2026-11-24T10:00:00.000Z';
type Printed = Pick<LogLine, 'text'> & Partial<LogLine>;
const toLines = (printed: readonly Printed[], from = 1): LogLine[] => printed.map((line, index) => ({ seq: from + index, at, generation: 1, stream: 'stdout', ...line }));
const raised = (seq: number, file = 'prices.py'): LogLine[] => toLines(['Traceback (most recent call last):', `  File "${file}", line 1, in <module>`, '    1 / 0', 'ZeroDivisionError: division by zero'].map((line) => ({ text: line, stream: 'stderr' })), seq);
const rows = (logs: Element): HTMLElement[] => [...logs.shadowRoot!.querySelectorAll<HTMLElement>('.line')];
const shown = (logs: Element): string[] => rows(logs).map((row) => row.querySelector('.what')!.textContent!.replace(/\s+/g, ' ').trim());
const box = (logs: Element): HTMLElement => find(logs, '.lines')!;
const isAtEnd = (logs: Element): boolean => box(logs).scrollHeight - box(logs).scrollTop - box(logs).clientHeight < 2;
const press = (logs: Element, key: string, init: KeyboardEventInit = {}): boolean => box(logs).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...init }));
const select = (logs: Element, name: string, value: string): void => {
  const field = find<HTMLSelectElement>(logs, `[name=${name}]`)!;
  field.value = value;
  field.dispatchEvent(new Event('change'));
};
function look(logs: Element, query: string): HTMLInputElement {
  const field = find<HTMLInputElement>(logs, '[name=query]')!;
  field.value = query;
  field.dispatchEvent(new Event('input'));
  return field;
}
/** What a copy has of it. */
function copied(logs: Element): string {
  const value = new DataTransfer();
  // Firefox makes one of its own for an event that is made.
  box(logs).dispatchEvent(Object.defineProperty(new ClipboardEvent('copy', { bubbles: true, cancelable: true }), 'clipboardData', { value }));
  return value.getData('text/plain');
}
const print = (responder: Responder, lines: readonly LogLine[], dropped = 0): void => responder.send({ type: 'log', id: '', appId, lines: [...lines], dropped });

describe('fapi-logs', () => {
  async function open(printed: readonly Printed[], files?: AppFile[], app: Partial<App> = {}): Promise<{ logs: FapiLogs; responder: Responder }> {
    const responder = makeResponder(files, app);
    const logs = show<FapiLogs>('fapi-logs', responder);
    await until(() => responder.openStreams > 0 && text(logs).includes('No output yet'));
    print(responder, toLines(printed));
    await until(() => find(logs, '.line'));
    return { logs, responder };
  }

  it('shows what was printed before it was put beside another element of the app, though nothing is printed any more', async () => {
    const { logs, responder } = await open([{ text: 'printed long ago' }]);
    const late = show<FapiLogs>('fapi-logs', responder);
    await until(() => find(late, '.line'));
    expect(shown(late), shown(logs));
    late.paused = true;
    await late.updateComplete;
    expect(find(late, '[data-new]'), null);
  });

  it('is emptied by the page until the next line, with the folds and the numbers of what comes', async () => {
    const { logs, responder } = await open([{ text: 'before' }, { text: 'long before' }]);
    logs.clear();
    await until(() => text(logs).includes('No output yet'));
    print(responder, toLines([{ text: 'after' }], 3));
    await until(() => find(logs, '.line'));
    expect(shown(logs), ['after']);
    logs.appId = 'app_other';
    await logs.updateComplete;
    logs.appId = appId;
    await until(() => rows(logs).length === 3);
  });

  it('names a digest in a line of ours by its beginning, and leaves what the app prints as it is', async () => {
    const { logs } = await open([{ stream: 'system', text: `Revision ${digest} is serving (generation 1).` }, { text: digest }]);
    expect(shown(logs), ['Revision sha256:01234567… is serving (generation 1).', digest]);
    rows(logs)[0]!.click();
    await until(() => find(logs, '.detail pre')?.textContent === `Revision ${digest} is serving (generation 1).`);
  });

  it('says a line of ours in the language of each list, where two of one app are on a page: drawn, searched and copied', async () => {
    const { logs: english, responder } = await open([{ stream: 'system', text: 'Deploy 1 is serving again.' }, { text: 'Deploy 1 is serving again.' }]);
    const german = show<FapiLogs>('fapi-logs', responder);
    german.lang = 'de';
    const said = [[english, 'Deploy 1 is serving again.', 'serving'], [german, 'Veröffentlichung 1 antwortet wieder.', 'antwortet']] as const;
    await until(() => shown(german)[0] === said[1][1], 'the German words');
    for (const [logs] of said) {
      press(logs, 'Home');
      await logs.updateComplete;
    }
    for (const [logs, words, word] of said) {
      expect([shown(logs), copied(logs)], [[words, 'Deploy 1 is serving again.'], words]);
      look(logs, word);
      await until(() => find(logs, 'mark')?.textContent === word, word);
    }
    // What comes has each draw again, one after the other.
    print(responder, toLines([{ text: 'more' }], 3));
    await until(() => rows(english).length === 3 && rows(german).length === 3);
    expect(said.map(([logs]) => copied(logs)), said.map(([, words]) => words));
  });

  it('looks in a line of ours anew when words for it come later', async () => {
    const { logs } = await open([{ stream: 'system', text: 'Deploy 1 is serving again.' }]);
    logs.lang = 'fr';
    look(logs, 'répond');
    await until(() => find(logs, '.count')?.textContent === 'Nothing found');
    registerStrings('fr', { runnerSays: (said) => said.replace('is serving again', 'répond') });
    logs.requestUpdate();
    await until(() => shown(logs)[0] === 'Deploy 1 répond.' && find(logs, '.count')?.textContent === '1 line', 'the line found');
  });

  it('folds a traceback to its error and the innermost frame of the app, and the frames of the import system inside of it', async () => {
    const { logs } = await open(traceback.map((line) => ({ stream: 'stderr', text: line })), [{ path: 'main.py', content: '' }, { path: 'prices.py', content: 'x = 1\n1 / 0\n' }]);
    await until(() => shown(logs)[0] === 'ZeroDivisionError: division by zero prices.py:2 12 lines');
    await hasNoViolations(logs);
    find(logs, '.fold')!.click();
    await until(() => rows(logs).length === 9);
    expect([rows(logs)[0]!.getAttribute('aria-expanded'), shown(logs)[5]], ['true', "5 lines of Python's import system"]);
    rows(logs)[5]!.querySelector<HTMLElement>('.fold')!.click();
    await until(() => rows(logs).length === 14);
    expect(rows(logs)[6]!.getAttribute('aria-level'), '3');
    await hasNoViolations(logs);
  });

  it('has one row for each failure, each text in one line with the others, and where it leads to whole in a narrow panel', async () => {
    const files = [{ path: 'prices.py', content: '1 / 0\n' }];
    const long = 'a sentence that is much longer than what a panel beside the code has room for, and then some';
    const said = [{ text: 'ERROR: Exception in ASGI application', stream: 'stderr' as const }, ...raised(2)];
    const { logs } = await open([...said, { text: 'prices.py, line 1: ZeroDivisionError: division by zero', stream: 'system' }, { text: long }, ...raised(8).map((line, index) => (index === 3 ? { ...line, text: `ValueError: ${long}` } : line)), { text: 'prices.py, line 1: another reason', stream: 'system' }], files);
    logs.style.width = '344px';
    await until(() => rows(logs).length === 4 && find(logs, '.place'));
    expect(shown(logs).map((words) => words.slice(0, 12)), ['ZeroDivision', 'a sentence t', 'ValueError: ', 'prices.py, l']);
    expect([box(logs).scrollWidth <= box(logs).clientWidth, new Set(rows(logs).map((row) => Math.round(row.querySelector('.text')!.getBoundingClientRect().left))).size], [true, 1]);
    for (const link of logs.shadowRoot!.querySelectorAll<HTMLElement>('.place')) expect([link.textContent, link.scrollWidth <= link.clientWidth + 1, link.getBoundingClientRect().right <= box(logs).getBoundingClientRect().right], ['prices.py:1', true, true]);
    expect(rows(logs)[0]!.querySelector<HTMLElement>('time')!.offsetWidth > 20, true);
    const field = look(logs, 'Exception in ASGI');
    await until(() => find(logs, '.count')?.textContent === '1 line');
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true }));
    await until(() => shown(logs).includes('ERROR: Exception in ASGI application'));
  });

  it('leads from a frame of the app to its line in the editor, by pointer and by key, and from no other', async () => {
    const { logs } = await open(traceback.map((line) => ({ stream: 'stderr', text: line })), [{ path: 'prices.py', content: '1 / 0\n' }]);
    const heard = hear(document.body, 'fapi-open-location');
    find(logs, '.place')!.click();
    press(logs, 'Home');
    press(logs, 'Enter');
    (await until(() => find(logs, '.detail .places button'))).click();
    expect(heard, Array.from({ length: 3 }, () => ({ appId, file: 'prices.py', line: 1, column: 1 })));
    find(logs, '.fold')!.click();
    await until(() => rows(logs).length > 1);
    expect([...logs.shadowRoot!.querySelectorAll('.place')].length, 2);
  });

  it('shows lines by level, a traceback with all its lines as one error, and says when none is so', async () => {
    const { logs, responder } = await open([{ text: 'INFO: started' }, { text: 'WARNING: slow' }, { text: '{"level":"error","msg":"x"}' }, { text: 'plain' }]);
    select(logs, 'level', 'warning');
    await until(() => rows(logs).length === 2);
    print(responder, [...toLines([{ text: 'between', stream: 'stdout' }], 5), ...raised(6)]);
    select(logs, 'level', 'error');
    await until(() => shown(logs).some((row) => row.startsWith('ZeroDivisionError')));
    expect(shown(logs), ['{"level":"error","msg":"x"}', 'ZeroDivisionError: division by zero 4 lines']);
    expect(logs.level, 'error');
    Object.assign(logs, { generation: 7 });
    await until(() => text(logs).includes('No lines match'));
    await hasNoViolations(logs);
    find(logs, '.notice button')!.click();
    await until(() => rows(logs).length === 6);
  });

  it('shows the lines of one deploy, older ones than the page holds too, and takes the filter from its attributes', async () => {
    const responder = makeResponder();
    responder.lines = toLines([{ text: 'of the first', generation: 1 }, { text: 'of the second', generation: 2 }]);
    const logs = show<FapiLogs>('fapi-logs', responder);
    await until(() => rows(logs).length === 2);
    responder.lines.unshift({ seq: 0, at, generation: 1, stream: 'stdout', text: 'long ago' });
    logs.setAttribute('generation', '1');
    await until(() => rows(logs).length === 2 && shown(logs)[0] === 'long ago');
    expect(shown(logs), ['long ago', 'of the first']);
    expect([...find<HTMLSelectElement>(logs, '[name=generation]')!.options].map(({ textContent }) => textContent), ['All deploys', 'Deploy 2', 'Deploy 1']);
  });

  it('finds a text in lines and in folds, counts, and goes on by Enter and back by Shift+Enter', async () => {
    const { logs } = await open([{ text: 'a Needle' }, { text: 'hay' }, ...traceback.map((line): Printed => ({ stream: 'stderr', text: line })), { text: '\u001b[31mnee\u001b[0mdle' }]);
    const field = look(logs, 'needle');
    await until(() => text(logs).includes('2 lines') && logs.shadowRoot!.querySelectorAll('mark').length === 2);
    const go = (shiftKey: boolean): boolean => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', shiftKey, bubbles: true, cancelable: true }));
    go(false);
    await until(() => find(logs, '.count')!.textContent === '2 of 2');
    go(false);
    await until(() => find(logs, '.count')!.textContent === '1 of 2');
    expect(find(logs, '[data-current] mark')!.textContent, 'Needle');
    look(logs, '_gcd_import(name');
    await until(() => find(logs, '.count')!.textContent === '1 line');
    go(true);
    await until(() => find(logs, '[data-current] mark'));
    expect([find(logs, '[data-current]')!.getAttribute('aria-level'), find(logs, '[data-current] mark')!.textContent], ['3', '_gcd_import(name']);
    look(logs, 'nowhere(');
    await until(() => find(logs, '.count')!.textContent === 'Nothing found');
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
    await until(() => logs.query === '' && find(logs, '.count')!.textContent === '');
  });

  it('follows until it is paused or scrolled up, says how many lines came, and goes down to them', async () => {
    const { logs, responder } = await open(Array.from({ length: 200 }, (_, index) => ({ text: `line ${index}` })));
    const heard = hear(document.body, 'fapi-follow-change');
    await until(() => isAtEnd(logs) && shown(logs).at(-1) === 'line 199');
    box(logs).scrollTop = 480;
    await until(() => logs.paused);
    const first = (): string => rows(logs).find((row) => row.getBoundingClientRect().top >= box(logs).getBoundingClientRect().top)!.textContent!;
    await until(() => shown(logs).includes('line 20'));
    const before = first();
    print(responder, toLines([{ text: 'one more' }, { text: 'and one more' }], 201));
    await until(() => find(logs, '[data-new]'));
    expect([find(logs, '[data-new]')!.textContent, first()], ['2 new lines', before]);
    find(logs, '[data-new]')!.click();
    await until(() => isAtEnd(logs) && shown(logs).at(-1) === 'and one more' && !find(logs, '[data-new]'));
    find(logs, '[data-pause]')!.click();
    print(responder, toLines([{ text: 'the last' }], 203));
    await until(() => find(logs, '[data-new]')?.textContent === '1 new line');
    box(logs).scrollTop = box(logs).scrollHeight;
    await until(() => !logs.paused && isAtEnd(logs));
    expect(heard, [false, true, false, true].map((isFollowing) => ({ appId, isFollowing })));
  });

  it('draws of thirty thousand lines what is seen, keeps so many, says what it has let go, and stays at the line that is read', async () => {
    const { logs, responder } = await open(Array.from({ length: 15_000 }, (_, index) => ({ text: `line ${index}` })));
    await until(() => shown(logs).at(-1) === 'line 14999');
    expect(rows(logs).length < 80, true);
    box(logs).scrollTop = 24 * 12_000;
    await until(() => shown(logs).includes('line 12000'));
    const offset = (): number => rows(logs).find((row) => row.querySelector('.text')!.textContent === 'line 12000')!.getBoundingClientRect().top - box(logs).getBoundingClientRect().top;
    const before = offset();
    print(responder, toLines(Array.from({ length: 15_000 }, (_, index) => ({ text: `line ${15_000 + index}` })), 15_001));
    await until(() => text(logs).includes('10,000 older lines are no longer kept on this page.'));
    expect([Math.abs(offset() - before) < 1, box(logs).getAttribute('aria-rowcount'), rows(logs).length < 80], [true, '20000', true]);
    await hasNoViolations(logs);
  });

  it('draws what is seen only where a page lets it be as high as its lines, too', async () => {
    const responder = makeResponder();
    const logs = show<FapiLogs>('fapi-logs', responder);
    logs.style.setProperty('--fapi-logs-height', 'auto');
    await until(() => responder.openStreams > 0 && text(logs).includes('No output yet'));
    print(responder, toLines(Array.from({ length: 5_000 }, (_, index) => ({ text: `line ${index}` }))));
    await until(() => shown(logs).at(-1) === 'line 4999');
    expect(box(logs).clientHeight <= innerHeight && rows(logs).length < 200, true);
  });

  it('is read by keys alone: rows, ends, folds, a selection that is copied, and the way out', async () => {
    const { logs } = await open([{ text: 'one' }, ...traceback.map((line): Printed => ({ stream: 'stderr', text: line })), { text: 'last' }]);
    box(logs).focus();
    const current = (): string | undefined => find(logs, '[data-current] .text, [data-current] .what')?.textContent?.trim();
    const keys = async (...names: readonly string[]): Promise<void> => { for (const name of names) { press(logs, name.replace('Shift+', ''), { shiftKey: name.startsWith('Shift+') }); await logs.updateComplete; } };
    await keys('Home', 'ArrowDown', 'ArrowRight');
    await until(() => rows(logs).length === 11);
    await keys('ArrowRight');
    expect([current(), box(logs).getAttribute('aria-activedescendant')], ['Traceback (most recent call last):', rows(logs)[2]!.id]);
    await keys('ArrowLeft', 'ArrowLeft');
    await until(() => rows(logs).length === 3);
    await keys('Home', 'Shift+End');
    expect(rows(logs).map((row) => row.getAttribute('aria-selected')), ['true', 'true', 'true']);
    expect(copied(logs), ['one', ...traceback, 'last'].join('\n'));
    expect(find(logs, '.detail button')!.textContent!.trim(), 'Copy 14 lines');
    await hasNoViolations(logs);
    await keys('Escape');
    expect([find(logs, '.detail'), find(logs, '[data-current]')], [null, null]);
    await keys('/');
    expect((logs.shadowRoot!.activeElement as HTMLInputElement).name, 'query');
  });

  it('wraps long lines where somebody asked for it, measures each, and wraps them the next time too', async () => {
    const long = 'and '.repeat(60);
    const { logs, responder } = await open(Array.from({ length: 2_000 }, (_, index) => ({ text: index % 3 === 0 ? `line ${index} ${long}` : `line ${index}` })));
    logs.style.width = '344px';
    const wrap = await until(() => find(logs, 'button[data-wrap]'));
    expect([wrap.innerText, wrap.ariaPressed], ['Wrap lines', 'false']);
    wrap.click();
    await until(() => find(logs, '.lines[data-wrap]'));
    expect(wrap.ariaPressed, 'true');
    await until(() => isAtEnd(logs) && shown(logs).at(-1) === 'line 1999');
    const last = (): HTMLElement => rows(logs).at(-1)!;
    /** Every row below the other, all in the list, and the last one at its end. */
    const isWhole = (): boolean => rows(logs).every((row, index, all) => index === 0 || Math.abs(row.getBoundingClientRect().top - all[index - 1]!.getBoundingClientRect().bottom) < 1) && box(logs).scrollWidth <= box(logs).clientWidth;
    expect([isWhole(), last().offsetHeight, rows(logs).find((row) => row.textContent!.includes('and'))!.offsetHeight > 100, Math.round(last().getBoundingClientRect().bottom - box(logs).getBoundingClientRect().bottom)], [true, 24, true, 0]);
    await hasNoViolations(logs);
    // The row that is read stays where it is, whatever is measured above it or comes below.
    box(logs).scrollTop = box(logs).scrollHeight / 2;
    await until(() => logs.paused && isWhole());
    const top = box(logs).getBoundingClientRect().top;
    const read = rows(logs).find((row) => row.getBoundingClientRect().top >= top)!;
    const place = (): number => Math.round(find(logs, `#${read.id}`)!.getBoundingClientRect().top - top);
    const before = place();
    print(responder, toLines([{ text: 'one more' }], 2_001));
    await until(() => find(logs, '[data-new]'));
    expect([place(), isWhole()], [before, true]);
    // By keys too each row that is chosen is in sight.
    box(logs).focus();
    for (const key of ['Home', 'ArrowDown', 'PageDown', 'ArrowUp', 'End', 'PageUp']) {
      press(logs, key);
      await until(() => {
        const row = find(logs, '[data-current]')?.getBoundingClientRect();
        const around = box(logs).getBoundingClientRect();
        return row && row.top >= around.top - 1 && row.top < around.bottom && (row.height > around.height || row.bottom <= around.bottom + 1);
      }, `the row after ${key} in sight`);
    }
    const { logs: again } = await open([{ text: long }]);
    again.style.width = '344px';
    await until(() => rows(again)[0]!.offsetHeight > 100 && find(again, 'button[data-wrap]')?.ariaPressed === 'true');
    find(again, 'button[data-wrap]')!.click();
    await until(() => rows(again)[0]!.offsetHeight === 24);
  });

  it('draws what is hostile without harm: colours and links of terminals, control characters, turned directions, half characters, a line of a megabyte', async () => {
    const { logs } = await open([
      { text: '\u001b[1;31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007' }, { text: 'a\u0000b\u0007c\rd\u202eabc\u2066\u200b' }, { text: '<img src=x onerror=alert(1)>\ud800' }, { text: '\u001b]0;no end' }, { text: `start${'x'.repeat(1_000_000)}` },
    ]);
    const drawn = shown(logs);
    expect(drawn.slice(0, 4), ['red link', 'a␀b␇c␍d\ufffdabc\ufffd\ufffd', '<img src=x onerror=alert(1)>\ufffd', '']);
    expect([drawn[4]!.length, find(logs, 'img')], [501, null]);
    rows(logs)[4]!.click();
    await until(() => text(logs).includes('… and 980,005 more characters'));
    expect(find(logs, 'pre')!.textContent!.length, 20_000);
    for (const row of rows(logs)) expect(row.offsetHeight, 24);
  });

  it('reads errors out, bounded, and nothing that was there before or is no error', async () => {
    const responder = makeResponder();
    responder.lines = raised(1);
    const logs = show<FapiLogs>('fapi-logs', responder);
    await until(() => rows(logs).length === 1 && responder.openStreams > 0);
    const region = find(logs, '[data-errors]')!;
    expect([region.getAttribute('role'), region.textContent], ['status', '']);
    print(responder, [...toLines([{ text: 'nothing' }], 5), ...raised(6), ...toLines([{ text: `ERROR: ${'y'.repeat(5_000)}` }], 10)]);
    await until(() => region.textContent !== '');
    expect([region.textContent!.startsWith('2 errors in the logs, the newest: ERROR: yyy'), region.textContent!.length < 250], [true, true]);
  });

  it('says that it loads, that it reconnects and keeps its lines, that nobody is signed in any more, and that lines may not be read', async () => {
    const { logs, responder } = await open([{ text: 'kept' }]);
    responder.setAway(true);
    await until(() => text(logs).includes('Reconnecting.'));
    expect(shown(logs), ['kept']);
    await hasNoViolations(logs);
    const out = makeResponder();
    out.refuse(`/v1/apps/${appId}/logs`, 401, 'unauthorized');
    const signedOut = show<FapiLogs>('fapi-logs', out);
    await until(() => find(signedOut, '.notice')?.textContent.includes('Signed out'));
    await hasNoViolations(signedOut);
    print(out, toLines([{ text: 'by the stream' }]));
    await until(() => shown(signedOut).length === 1 && find(signedOut, '.bar')?.textContent.includes('Signed out'));
    const closed = makeResponder();
    closed.refuse(`/v1/apps/${appId}/logs`, 403, 'forbidden');
    const forbidden = show<FapiLogs>('fapi-logs', closed);
    await until(() => text(forbidden).includes('No permission'));
    const slow = makeResponder();
    slow.lines = toLines([{ text: 'late' }]);
    const answer = slow.hold(`/v1/apps/${appId}/logs`);
    const loading = show<FapiLogs>('fapi-logs', slow);
    await until(() => find(loading, '.skeleton'));
    answer();
    await until(() => shown(loading)[0] === 'late');
  });

  it('is usable at 360 px, in German and where the page runs from right to left', async () => {
    const { logs } = await open([{ text: 'w'.repeat(400) }, { text: 'zwei' }]);
    Object.assign(logs.style, { width: '360px', display: 'block' });
    document.documentElement.lang = 'de';
    document.documentElement.dir = 'rtl';
    try {
      logs.requestUpdate();
      await until(() => text(logs).includes('Anhalten'));
      expect([logs.shadowRoot!.querySelector<HTMLElement>('.root')!.scrollWidth <= 360, getComputedStyle(box(logs)).direction], [true, 'ltr']);
      await hasNoViolations(logs);
    } finally {
      document.documentElement.lang = 'en';
      document.documentElement.dir = '';
    }
  });
});
