import type { Connection } from '../client-types.ts';
import type { App, AppFile, Deployment, Finding, LogLine, Metrics } from '../contract/index.ts';

/** Somebody else saved first: the files that both began with, and what they made of them as `version`. */
export interface Conflict {
  readonly version: number;
  readonly base: readonly AppFile[];
  readonly theirs: readonly AppFile[];
}

/** Everything an element may show of one app, as one immutable snapshot: a new object per change. */
export interface AppSnapshot {
  readonly appId: string;
  /** `deleted`: the app was there and is gone; what was typed is still in `files`. */
  readonly load: 'loading' | 'ready' | 'failed' | 'deleted';
  /** Why `load` failed, or what the last act failed with. An `ApiError` when the server said so. */
  readonly error: unknown;
  readonly app: App | undefined;
  /** The working copy, sorted by path. */
  readonly files: readonly AppFile[];
  readonly draftVersion: number;
  readonly dirtyPaths: ReadonlySet<string>;
  readonly save: 'idle' | 'saving' | 'conflict' | 'failed';
  /** What a three-way merge needs while `save` is `conflict`; `files` is the third way. Absent until theirs has been read. */
  readonly conflict: Conflict | undefined;
  readonly savedAt: string | undefined;
  /** Of the working copy as it was when last checked; positions are mapped by the editor. */
  readonly findings: readonly Finding[];
  readonly validation: 'idle' | 'pending' | 'done' | 'unavailable';
  /** The newest deployment that this page knows of. */
  readonly deployment: Deployment | undefined;
  /** A deploy was asked for and not answered yet. */
  readonly deploying: boolean;
  readonly metrics: Metrics | undefined;
  readonly logs: readonly LogLine[];
  readonly droppedLines: number;
  readonly connection: 'connecting' | Connection;
}

/** One app as a page sees it: shared by all elements of the page, so that they hold one stream together. */
export interface AppStore {
  readonly snapshot: AppSnapshot;
  /** Called after each change, in a microtask, with changes gathered. */
  subscribe(listener: (snapshot: AppSnapshot) => void): () => void;
  edit(path: string, content: string): void;
  addFile(path: string, content?: string): void;
  renameFile(from: string, to: string): void;
  removeFile(path: string): void;
  /** Saves the working copy as it is when its turn comes; resolves when the server has it. A conflict is a state, not a rejection. */
  save(): Promise<void>;
  /** Drops the working copy and takes what the server has. */
  reload(): Promise<void>;
  /** Keeps the working copy and bases it on what the server has now: the next save overwrites theirs. After a merge: `edit` the files, then this. */
  keepMine(): Promise<void>;
  /** Checks the working copy now; while typing it happens by itself after a pause. */
  validate(): Promise<void>;
  /** Saves and deploys the working copy in one act; a second click while the first is on its way does nothing. Findings and failures are states. */
  deploy(): Promise<Deployment | undefined>;
  cancel(): Promise<void>;
}

/** Hands out one store per app id. */
export interface Workspace {
  /** Call `release` when the element leaves; the last release ends the stream after a short grace. A store with unsaved text is kept for who comes back. */
  acquire(appId: string): { store: AppStore; release(): void };
}
