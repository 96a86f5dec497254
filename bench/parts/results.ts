import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/parts/paths.ts';
import type { Row } from './row.ts';

const file = join(root, 'bench/results.json');

/** Takes rows into the file: what is not measured now stays as it was. */
export function mergeRows(rows: readonly Row[], ids: readonly string[]): void {
  const { rows: former } = JSON.parse(readFileSync(file, 'utf8')) as { rows: Row[] };
  writeFileSync(file, `${JSON.stringify({ rows: mergedWith(former, rows, ids) }, undefined, 2)}\n`);
}

/** Pure: each row replaces the one of its id; those of ids that are not named any more go. */
export function mergedWith(former: readonly Row[], rows: readonly Row[], ids: readonly string[]): Row[] {
  const kept = new Map([...former, ...rows].map((row) => [row.id, row]));
  return ids.flatMap((id) => kept.get(id) ?? []);
}
