import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/parts/paths.ts';
import type { Row } from './row.ts';

const file = join(root, 'bench/results.json');

/** Takes rows into the file: each replaces the one of its id, and those that are not measured now stay as they were. A row that is not defined any more goes. */
export function mergeRows(rows: readonly Row[], ids: readonly string[]): void {
  const kept = new Map(readRows().map((row) => [row.id, row]));
  for (const row of rows) kept.set(row.id, row);
  const all = ids.flatMap((id) => kept.get(id) ?? []);
  writeFileSync(file, `${JSON.stringify({ rows: all }, undefined, 2)}\n`);
}

export const readRows = (): Row[] => (JSON.parse(readFileSync(file, 'utf8')) as { rows: Row[] }).rows;
