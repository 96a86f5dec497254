import type { Finding } from '@fapi/sdk/contract';
import { expect, it } from 'vitest';
import { toFailure } from './reconcile.ts';

const place = { line: 3, column: 5 };
const makeFinding = (code: string): Finding => ({ code, severity: 'error', source: 'any', file: 'main.py', start: place, end: place, message: `what ${code} says` });

it.each([
  ['PY001', 'syntax'],
  ['SRC002', 'syntax'],
  ['IMP001', 'import'],
  ['ENT002', 'entrypoint'],
  ['RES001', 'crashed'],
  ['RES002', 'timeout'],
  ['RES012', 'killed'],
])('a check that is refused by %s is a failure of the class %s', (code, kind) => {
  expect(toFailure(makeFinding(code))).toEqual({ phase: 'validate', class: kind, message: `what ${code} says`, output: [], frames: [{ file: 'main.py', ...place }] });
});
