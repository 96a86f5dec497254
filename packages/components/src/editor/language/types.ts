import type { AppFile } from '@fapi/sdk/contract';
import type { ChangeSpec } from '@codemirror/state';
import type { Strings } from '../../strings.ts';

/** One session with the language servers, as the SDK opens it. */
export interface Session {
  readonly ready: Promise<{ root: string }>;
  send(text: string): void;
  close(): void;
}
export interface SessionEnd { readonly code: number; readonly reason: string; readonly message?: string }
export type OpenSession = (handlers: { onMessage: (text: string) => void; onEnd: (end: SessionEnd) => void }) => Session;

/** A place in a file of the app or of a library; counted from 1, columns in code points. */
export interface Place { readonly path: string; readonly line: number; readonly column: number }

/** Where a name is used: its line, and where in it (UTF-16, from 0). */
export interface Reference extends Place { readonly text: string; readonly from: number; readonly to: number }
export interface References { readonly name: string; readonly places: readonly Reference[] }

/** What one file becomes, as a step of undo of its own. */
export interface FileEdit { readonly path: string; readonly before: string; readonly after: string; readonly changes: readonly ChangeSpec[] }

/** Another path for a file, or for a folder with all that is in it. */
export interface FileMove { readonly from: string; readonly to: string }

/** The editor around: it holds the draft and its tabs. */
export interface LanguageHost {
  readonly strings: Strings;
  files(): readonly AppFile[];
  /** Paths that are not as the server has saved them, those that are gone included. */
  unsaved(): ReadonlySet<string>;
  edit(edits: readonly FileEdit[]): void;
  show(place: Place): void;
  showLibrary(place: Place, text: string): void;
  showReferences(references: References): void;
}

/** The texts that are as the server has saved them, by path. */
export function savedOf({ files, unsaved }: Pick<LanguageHost, 'files' | 'unsaved'>): ReadonlyMap<string, string> {
  const changed = unsaved();
  return new Map(files().filter(({ path }) => !changed.has(path)).map(({ path, content }) => [path, content]));
}

/** `off` with why, a code of the contract or `connection`; `asleep` until somebody types. */
export type LanguageState = { readonly status: 'connecting' | 'on' | 'asleep' } | { readonly status: 'off'; readonly reason: string };

export type LanguageCommand = 'hover' | 'definition' | 'references' | 'rename' | 'actions' | 'format';
