/** One line of the table: ours beside a named peer, measured in turn in one run. */
export interface Row {
  id: string;
  what: string;
  unit: 'ms';
  value: number;
  peer: string;
  peerValue: number;
  /** ours / peer. */
  ratio: number;
  goal: string;
  n: number;
  /** Tenth and ninetieth percentile of ours and of the peer's. */
  p10: number;
  p90: number;
  peerP10: number;
  peerP90: number;
}

export function makeRow(row: Pick<Row, 'id' | 'what' | 'unit' | 'peer' | 'goal'>, ours: readonly number[], peers: readonly number[]): Row {
  const value = percentile(ours, 0.5);
  const peerValue = percentile(peers, 0.5);
  const round = (number: number): number => Number(number.toPrecision(4));
  return {
    ...row, value: round(value), peerValue: round(peerValue), ratio: round(value / peerValue), n: ours.length,
    p10: round(percentile(ours, 0.1)), p90: round(percentile(ours, 0.9)), peerP10: round(percentile(peers, 0.1)), peerP90: round(percentile(peers, 0.9)),
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
