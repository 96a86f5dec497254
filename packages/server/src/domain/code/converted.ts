import type { AppFile, PlannedPiece } from '@fapi/sdk/contract';

/** The files of a plan: its pieces count bytes of UTF-8, and what is not new is main.py's own, byte for byte. */
export function makeConverted(files: readonly AppFile[], plan: readonly { path: string; pieces: readonly PlannedPiece[] }[]): AppFile[] {
  const main = Buffer.from(files.find(({ path }) => path === 'main.py')?.content ?? '', 'utf8');
  return plan.map(({ path, pieces }) => ({ path, content: Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'utf8') : main.subarray(...piece)))).toString('utf8') }));
}
