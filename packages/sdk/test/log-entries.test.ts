import { describe, expect, it } from 'vitest';
import { type LogLine, readEntries } from '@fapi/sdk/contract';

const toLines = (texts: readonly (string | [string, Partial<LogLine>])[]): LogLine[] => texts.map((one, index) => ({ seq: index, at: '', generation: 1, stream: 'stderr', text: typeof one === 'string' ? one : one[0], ...(typeof one === 'string' ? {} : one[1]) }));
/** Each entry as its level, how many lines it has, and what it ends with. */
const read = (texts: Parameters<typeof toLines>[0]) => readEntries(toLines(texts)).map(({ level, lines, error }) => [level, lines.length, ...(error === undefined ? [] : [error])]);
const [head, frame, source] = ['Traceback (most recent call last):', '  File "main.py", line 1, in f', '    1 / 0'];

describe('lines of output', () => {
  it.each([
    ['INFO:     Started', 'info'], ['2026-01-01 10:00:00,123 ERROR orders: no stock', 'error'], ['[WARN] slow', 'warning'], ['CRITICAL:root:gone', 'error'], ['{"level": "error", "msg": "x"}', 'error'], ['{"levelname":"INFO"}', 'info'],
    ['main.py:3: DeprecationWarning: old', 'warning'], ['no ERRORS here', 'warning'], ['', 'info'],
  ])('on stderr, %j is %s', (text, level) => {
    expect(read([text])).toEqual([[level, 1]]);
  });

  it('are no more than information on stdout, where nothing says otherwise', () => {
    expect(read([['an error', { stream: 'stdout' }], ['ERROR x', { stream: 'stdout' }], ['it crashed', { stream: 'system' }]])).toEqual([['info', 1], ['error', 1], ['info', 1]]);
  });
});

describe('tracebacks', () => {
  it('are one entry, with what they came from, and not with what follows', () => {
    const chain = [head, frame, source, 'KeyError: 1', '', 'During handling of the above exception, another exception occurred:', '', head, frame, source, 'orders.NotFound: no such order'];
    expect(read([...chain, '', 'INFO: next'])).toEqual([['error', chain.length, 'orders.NotFound: no such order'], ['info', 1], ['info', 1]]);
  });

  it('stay together where others print between their lines, and apart from those of another deploy', () => {
    expect(read([head, ['tick', { stream: 'stdout' }], frame, [head, { generation: 2 }], source, ['ValueError', { generation: 2 }], 'ValueError: x'])).toEqual([['error', 4, 'ValueError: x'], ['info', 1], ['error', 2, 'ValueError']]);
  });

  it('of groups are one entry', () => {
    const group = ['  + Exception Group Traceback (most recent call last):', `  | ${frame}`, '  | ExceptionGroup: two (2 sub-exceptions)', '  +-+---------------- 1 ----------------', '    | ValueError: a', '    +---------------- 2 ----------------', '    | ValueError: b', '    +------------------------------------'];
    expect(read([...group, 'INFO: next'])).toEqual([['error', group.length, 'ExceptionGroup: two (2 sub-exceptions)'], ['info', 1]]);
  });

  it('that have not ended yet have no error, and grow', () => {
    const lines = toLines([head, frame, source, 'ValueError: x']);
    expect(readEntries(lines.slice(0, 3)).map(({ error, isTraceback }) => [error, isTraceback])).toEqual([[undefined, true]]);
    expect(readEntries(lines).map(({ error }) => error)).toEqual(['ValueError: x']);
  });

  it('are looked for without harm in lines that only look like some, and in very long ones', () => {
    expect(read([head, 'not indented', `${' '.repeat(1_000_000)}x`, 'x'.repeat(1_000_000)]).map(([level]) => level)).toEqual(['error', 'warning', 'info', 'warning']);
  });
});
