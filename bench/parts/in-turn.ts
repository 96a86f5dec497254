import type { Figures } from './row.ts';

/** A B A B: what else the machine does falls on both. The first round warms both and is not counted. */
export async function inTurn(rounds: number, ours: (round: number) => Promise<number>, peers: (round: number) => Promise<number>): Promise<Figures> {
  const figures = { ours: [] as number[], peers: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const [own, theirs] = [await ours(round), await peers(round)];
    if (round === 0) continue;
    figures.ours.push(own);
    figures.peers.push(theirs);
  }
  return figures;
}
