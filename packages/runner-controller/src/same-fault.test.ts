import { describe, expect, it } from 'vitest';
import type { Finding } from '@fapi/sdk/contract';
import { joinFault } from './same-fault.ts';

const at = (line: number, message: string, more: Partial<Finding> = {}): Finding => ({ code: 'RUF-F821', severity: 'warning', source: 'ruff', file: 'main.py', start: { line, column: 9 }, end: { line, column: 13 }, message, ...more });
const fault = at(4, "NameError: name 'wrod' is not defined", { code: 'IMP010', severity: 'error', source: 'imports', start: { line: 4, column: 1 }, end: { line: 4, column: 1 } });
const fixes: Finding['fixes'] = [{ title: 'Mend it', applicability: 'safe', edits: [] }];

describe('what an import has failed with', () => {
  const rows: [string, Finding, number][] = [
    ['nothing that says the same', at(9, 'Undefined name `wrod`'), 2],
    ['the same name elsewhere in the file', at(5, 'Undefined name `wrod`'), 2],
    ['the same line of another file', at(4, 'Undefined name `wrod`', { file: 'other.py' }), 2],
    ['another name in the same line', at(4, 'Undefined name `more`'), 2],
    ['taste about the same name', at(4, 'Redefinition of unused `wrod`', { severity: 'hint' }), 2],
    ['the same, said by ruff', at(4, 'Undefined name `wrod`'), 1],
  ];
  it.each(rows)('beside %s', (_title, warning, count) => expect(joinFault(fault, [warning])).toHaveLength(count));

  it('is where the warning was, with its ways out, and once however often it was said', () => {
    const warning = at(4, 'Undefined name `wrod`', { fixes });
    const other = at(7, 'Undefined name `more`');
    expect(joinFault(fault, [warning, other, warning])).toEqual([{ ...fault, start: warning.start, end: warning.end, fixes }, other]);
  });

  it('keeps its own ways out', () => {
    const own: Finding['fixes'] = [{ title: 'Add it', applicability: 'suggested', edits: [], package: 'x' }];
    expect(joinFault({ ...fault, fixes: own }, [at(4, 'Undefined name `wrod`', { fixes })])[0]!.fixes).toEqual(own);
  });
});
