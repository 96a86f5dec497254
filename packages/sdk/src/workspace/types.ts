import type { Connection } from '../client-types.ts';
import type { App, AppFile, Conversion, Deployment, DryImport, Finding, Fix, LogLine, Metrics, Person, TestRun } from '../contract/index.ts';

/** Somebody else saved first: the files that both began with, and what they made of them as `version`. */
export interface Conflict {
  readonly version: number;
  readonly savedAt: string;
  readonly savedBy: string;
  readonly base: readonly AppFile[];
  readonly theirs: readonly AppFile[];
}

/** What somebody else has saved is in the working copy beside what is typed. */
export interface MergedFacts {
  /** `itself`: no line was changed by both. `hand`: a person has decided. */
  readonly by: 'itself' | 'hand';
  readonly savedAt: string;
  readonly savedBy: string;
  /** Of files that it brought a change to. */
  readonly paths: readonly string[];
}

/** What importing the working copy has shown. */
export interface DryImportFacts {
  /** `prepared`: a deploy of exactly what is typed now only has to switch. Undefined while nobody has said, and for those who may not change the draft. */
  readonly preparation: 'preparing' | 'prepared' | 'unprepared' | undefined;
  /** Why it is `unprepared`, in the runner's words; undefined where `findings` say it. */
  readonly reason: string | undefined;
  /** As they were when the draft could last be imported; undefined before the first time. */
  readonly routes: DryImport['routes'] | undefined;
  /** False when the newest check could not read them. */
  readonly areRoutesCurrent: boolean;
  readonly sideEffects: DryImport['sideEffects'];
}

/** The newest run of the draft's own tests. */
export interface TestsFacts {
  readonly state: 'idle' | 'running' | 'done' | 'failed';
  /** The last run that was answered; stays while the next one is under way. */
  readonly run: TestRun | undefined;
  /** False once the text is another one than `run` was of; true again where it is put back. */
  readonly isCurrent: boolean;
  /** Why `state` is `failed`: nobody could run them. */
  readonly error: unknown;
}

/** How main.py would be in several files, and what became of it. */
export interface ConversionFacts {
  /** `proposed`: `proposal` can be taken, unless something was typed since. `failed`: `error` says why; `conversion_refused` with the lines. `applied`: it was taken, and can be taken back while its files are as they were written. */
  readonly state: 'idle' | 'running' | 'proposed' | 'failed' | 'applied';
  readonly proposal: Conversion | undefined;
  /** The files that it was made of. */
  readonly before: readonly AppFile[];
  readonly error: unknown;
}

/** Somebody who has the app open, in another page than this. */
export interface OtherPage extends Person {
  /** It has the subject of this page: one person, with two tabs. */
  readonly isOwn: boolean;
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
  /** What a three-way merge needs while `save` is `conflict`; `files` is the third way. Absent until theirs has been read. What merges by itself is none. */
  readonly conflict: Conflict | undefined;
  /** The last merge, until the next key: `undoMerge` takes it back. */
  readonly merged: MergedFacts | undefined;
  readonly savedAt: string | undefined;
  /** What was typed in a page that is gone and never saved is in `files` again, until it is saved, edited or thrown away with `reload`. */
  readonly restored: { readonly at: string } | undefined;
  /** Of the newest check, where their text stands in `files`: they move with it and go with it. Their fixes are for the text that was checked: see `applyFix`. */
  readonly findings: readonly Finding[];
  /** False as soon as `files` are not what `findings` were found in. */
  readonly areFindingsCurrent: boolean;
  readonly validation: 'idle' | 'pending' | 'done' | 'unavailable';
  readonly dryImport: DryImportFacts;
  readonly tests: TestsFacts;
  readonly conversion: ConversionFacts;
  /** The newest deployment that this page knows of. */
  readonly deployment: Deployment | undefined;
  /** A deploy was asked for and not answered yet. */
  readonly deploying: boolean;
  /** The last deploy that was asked for did not go out, or nobody answered, and what stood in its way passes by itself: a newer draft, a server that is away or whose disk is full. `generation` is that of the newest deployment before it. Until the next `deploy`. */
  readonly missedDeploy: { readonly generation: number } | undefined;
  readonly metrics: Metrics | undefined;
  /** What the app has printed, oldest first; bounded in lines and letters. */
  readonly logs: readonly LogLine[];
  /** That the runner could not keep up with. */
  readonly droppedLines: number;
  /** The other pages that have the app open, as far as the stream has told. */
  readonly people: readonly OtherPage[];
  /** Whose this page is, as `savedBy` has it; undefined until the stream has told. */
  readonly self: string | undefined;
  /** That were in `logs` and had to go for newer ones. */
  readonly forgottenLines: number;
  /** Was what the app has printed before the stream began read? `failed` with why not: then `logs` begins where the stream did. */
  readonly output: { readonly state: 'loading' | 'ready' | 'failed'; readonly error: unknown };
  readonly connection: 'connecting' | Connection;
}

/** Changes of the working copy that are made as one. */
export interface FileChanges {
  /** Of files and folders, one after the other. */
  readonly move?: readonly { readonly from: string; readonly to: string }[];
  /** Files and folders. */
  readonly remove?: readonly string[];
  readonly put?: readonly AppFile[];
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
  /** Says that this page shows the app, and which file of it, until nobody holds the store. Without it nobody hears of the page. */
  attend(path: string | undefined): void;
  /** Moves, removes and writes files as one change, in this order; folders are moved and removed with all that is in them. */
  changeFiles(changes: FileChanges): void;
  /** Saves the working copy as it is when its turn comes; resolves when the server has it. A conflict is a state, not a rejection. */
  save(): Promise<void>;
  /** Drops the working copy and takes what the server has. */
  reload(): Promise<void>;
  /** Lays these files in the place of all of the working copy's, as if they had been typed: those of a revision, to go on from it. */
  replaceFiles(files: readonly AppFile[]): void;
  /** Leaves what was restored in the working copy, as if it had just been typed. */
  keepRestored(): void;
  /** Keeps the working copy and bases it on what the server has now: the next save overwrites theirs. After a merge: `edit` the files, then this. */
  keepMine(): Promise<void>;
  /** Ends a conflict: `files` is what was made of the three ways, and the next save sends it over theirs. False when it is over, or theirs has changed since `version`. */
  resolve(version: number, files: readonly AppFile[]): boolean;
  /** Takes the last merge back in one step, saved or not: mine and theirs are a conflict again. */
  undoMerge(): void;
  /** The last merge needs no word any more. */
  keepMerged(): void;
  /** Somebody has seen what an act failed with. Why the draft is not saved, or not loaded, stands until it is. */
  forgetError(): void;
  /** Whoever asked for a deploy that did not go out has seen it, and wants none now. */
  forgetMissedDeploy(): void;
  /** Checks and prepares the working copy now. By itself it happens after a pause in typing, a load, a save, a deploy, and when the app's settings or environment change. */
  validate(): Promise<void>;
  /** The OpenAPI document of the working copy; undefined when it cannot be imported, has none, or was changed meanwhile. */
  readOpenApi(): Promise<Record<string, unknown> | undefined>;
  /** Makes the edits of a finding's fix, all of them or none. False when one of its files has changed since it was checked. */
  applyFix(fix: Fix): boolean;
  /** Runs the tests of the working copy; all of them without `select`. A run that is under way is cancelled. */
  test(select?: readonly string[]): Promise<void>;
  cancelTest(): void;
  /** Proposes the working copy with its main.py in several files: `conversion` has it, or says why not. Changes nothing. */
  convert(): Promise<void>;
  /** Lays the proposal into the working copy and saves it as one change. False when there is none, or something was typed since it was made. */
  applyConversion(): Promise<boolean>;
  /** Takes the last conversion back in one step, saved or deployed since or not. False when one of its files has changed. */
  undoConversion(): Promise<boolean>;
  /** Ends a proposal, or one that is under way, or the offer to take the last one back. */
  closeConversion(): void;
  /** Saves and deploys the working copy in one act; a second click while the first is on its way does nothing. Findings and failures are states. */
  deploy(): Promise<Deployment | undefined>;
  cancel(): Promise<void>;
}

/** Hands out one store per app id. */
export interface Workspace {
  /** Call `release` when the element leaves; the last release ends the stream after a short grace. A store with unsaved text is kept for who comes back. */
  acquire(appId: string): { store: AppStore; release(): void };
}
