import { LockedError } from './lock-file.ts';
import { findShortage } from './floors.ts';

/** The disk of the database takes no more; its cause adds nothing to that. */
export class NoSpaceError extends Error {
  override readonly name = 'NoSpaceError';
}

/** Neither files nor the engine have words for a disk that takes no more: they say a number, or abort. */
export function findReason(dataDir: string, cause: unknown): unknown {
  if (cause instanceof LockedError) return cause;
  const shortage = look(dataDir);
  return shortage === undefined ? cause : new NoSpaceError(shortage, { cause });
}

/** Where there is no folder yet, what went wrong is not its disk. */
function look(dataDir: string): string | undefined {
  try {
    return findShortage(dataDir);
  } catch {
    return undefined;
  }
}

/** What an error says, and what its causes add to it. */
export function sayCauses(error: unknown): string {
  if (!(error instanceof Error)) return sayThrown(error);
  return error.cause === undefined || error instanceof NoSpaceError ? error.message : `${error.message}: ${sayCauses(error.cause)}`;
}

/** The engine's files throw objects that are no errors, with a number of the system's. */
export function sayThrown(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const { message, name, errno } = thrown as { message?: unknown; name?: unknown; errno?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  return [typeof name === 'string' ? name : 'an error without words', ...(typeof errno === 'number' ? [errno] : [])].join(' ');
}
