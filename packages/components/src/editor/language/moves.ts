import { madeOf, snapshotOf } from './edits.ts';
import type { Active } from './language.ts';
import type { LspWorkspaceEdit } from './lsp.ts';
import { editsOf } from './places.ts';
import type { FileEdit, FileMove } from './types.ts';

/** What a move of a file or folder makes of those that import it, by the paths before it; asked for before it is made. None where the server has nothing to say. */
export async function editsOfMoves(active: Active, moves: readonly FileMove[]): Promise<readonly FileEdit[]> {
  const { client, uris } = active;
  const asked = snapshotOf(active);
  const answer = await client.ask<LspWorkspaceEdit>('workspace/willRenameFiles', { files: moves.map(({ from, to }) => ({ oldUri: uris.toUri(from), newUri: uris.toUri(to) })) });
  return (answer && madeOf(active, editsOf(answer), asked)) ?? [];
}
