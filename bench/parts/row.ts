/** What a goal is held against: ours / peer, ours alone, or ours - peer. */
export interface Limit { of: 'ratio' | 'value' | 'excess'; atMost?: number; atLeast?: number }

/** One line of the table as it is meant: ours beside a named peer, measured in turn in one run. */
export interface RowDefinition {
  id: string;
  what: string;
  peer: string;
  unit: 'ms' | 'requests/s' | 'deploys/s' | 'MiB' | 'us CPU' | 'kB' | 'failed';
  /** All of them must hold. */
  goal: readonly Limit[];
}

/** What was measured, a figure per round. `note` says what the figures alone do not. */
export interface Figures { ours: readonly number[]; peers: readonly number[]; note?: string }

export interface Row extends Omit<RowDefinition, 'goal'> {
  /** The median; of failures the sum. */
  value: number;
  /** Tenth and ninetieth percentile. */
  p10: number;
  p90: number;
  peerValue: number;
  peerP10: number;
  peerP90: number;
  /** ours / peer; null where the peer's is 0. */
  ratio: number | null;
  goal: string;
  isMet: boolean;
  n: number;
  note?: string;
  /** Of the run that measured it. */
  commit: string;
  machine: string;
}

const symbols = { ratio: '', value: 'p50 ', excess: 'peer ' } as const;

/** `<= 0.025, p50 <= 15 ms` */
export function describeGoal({ goal, unit }: Pick<RowDefinition, 'goal' | 'unit'>): string {
  return goal.map(({ of, atMost, atLeast }) => {
    const limit = of === 'ratio' ? `${atMost ?? atLeast}` : `${atMost ?? atLeast} ${unit}`;
    if (of === 'excess') return `<= peer + ${limit}`;
    return `${of === 'value' && unit === 'failed' ? '' : symbols[of]}${atLeast === undefined ? '<=' : '>='} ${limit}`;
  }).join(', ');
}

export function makeRow(definition: RowDefinition, { ours, peers, note }: Figures, run: { commit: string; machine: string }): Row {
  if (ours.length === 0 || peers.length === 0) throw new Error(`${definition.id} has no figures`);
  const middle = (values: readonly number[]): number => definition.unit === 'failed' ? values.reduce((sum, value) => sum + value, 0) : percentile(values, 0.5);
  const [value, peerValue] = [middle(ours), middle(peers)];
  const { goal, ...named } = definition;
  return {
    ...named, value: round(value), p10: round(percentile(ours, 0.1)), p90: round(percentile(ours, 0.9)),
    peerValue: round(peerValue), peerP10: round(percentile(peers, 0.1)), peerP90: round(percentile(peers, 0.9)),
    ratio: peerValue === 0 ? null : round(value / peerValue), goal: describeGoal(definition), isMet: goal.every((limit) => holds(limit, value, peerValue)), n: ours.length,
    ...(note === undefined ? {} : { note }), ...run,
  };
}

function holds({ of, atMost, atLeast }: Limit, value: number, peerValue: number): boolean {
  const figure = { ratio: value / peerValue, value, excess: value - peerValue }[of];
  return (atMost === undefined || figure <= atMost) && (atLeast === undefined || figure >= atLeast);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

const round = (number: number): number => Number(number.toPrecision(4));
