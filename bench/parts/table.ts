import type { Row } from './row.ts';

export interface NotMeasured { id: string; reason: string }

const show = (value: number, p10: number, p90: number, unit: string): string => unit === 'failed' ? `${value} failed` : `${value} (${p10}-${p90}) ${unit}`;

/** Rows for a terminal, and below them why the others are not there. */
export function printTable(rows: readonly Row[], missing: readonly NotMeasured[]): void {
  const lines = rows.map((row) => [row.id, {
    'ours (p10-p90)': show(row.value, row.p10, row.p90, row.unit), peer: row.peer, 'peer (p10-p90)': show(row.peerValue, row.peerP10, row.peerP90, row.unit),
    ratio: row.ratio, goal: row.goal, met: row.isMet ? 'yes' : 'NO', n: row.n,
  }] as const);
  if (lines.length > 0) console.table(Object.fromEntries(lines));
  for (const { id, note } of rows) if (note !== undefined) console.log(`${id}: ${note}`);
  for (const { id, reason } of missing) console.log(`NOT MEASURED ${id}: ${reason}`);
}
