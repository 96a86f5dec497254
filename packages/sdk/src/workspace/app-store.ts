import type { FapiClient } from '../client-types.ts';
import type { Deployment } from '../contract/deployments.ts';
import type { Draft } from '../contract/drafts.ts';
import type { StreamEvent } from '../contract/events.ts';
import { isApiError } from '../errors.ts';
import { createState } from './state.ts';
import type { AppSnapshot, AppStore } from './types.ts';
import { createValidator } from './validator.ts';
import { dirtyPathsOf, filesOf, isSame, markSaved, openCopy, patchOf, putFile, removeFile, renameFile, savedFilesOf, type WorkingCopy } from './working-copy.ts';

const keptLines = 2_000;

/** A store as its workspace sees it. */
export interface OwnedStore extends AppStore {
  readonly isDirty: boolean;
  onEvent(event: StreamEvent): void;
  onConnection(state: AppSnapshot['connection']): void;
  dispose(): void;
}

/** Everything a page knows of one app. Acts never reject for what the server says: that is a state to show. */
export function createAppStore(client: FapiClient, appId: string): OwnedStore {
  const state = createState(appId);
  const { set } = state;
  const closing = new AbortController();
  const reading = { signal: closing.signal };
  let copy: WorkingCopy = openCopy(0, []);
  let turn: Promise<unknown> = Promise.resolve();
  let loading: Promise<void> | undefined;
  let appEvents = 0;
  const validator = createValidator(client, state, () => copy, () => (isActing() ? validator.schedule() : void meetTheirs()));

  /** While an act of ours is on its way, a newer draft may be our own. */
  const isActing = (): boolean => state.snapshot.save === 'saving' || state.snapshot.deploying;
  const isDirty = (): boolean => state.snapshot.dirtyPaths.size > 0;
  const setCopy = (next: WorkingCopy, change: Partial<AppSnapshot> = {}): void => {
    copy = next;
    set({ files: filesOf(copy), draftVersion: copy.version, dirtyPaths: dirtyPathsOf(copy), ...change });
  };
  const type = (next: WorkingCopy): void => {
    if (next === copy || state.snapshot.load !== 'ready') return;
    setCopy(next, state.snapshot.save === 'failed' ? { save: 'idle', error: undefined } : {});
    validator.schedule();
  };
  /** An act of ours that outlived the store is nobody's business any more. */
  const fail = (error: unknown, change: Partial<AppSnapshot>): void => {
    if (!closing.signal.aborted) set({ error, ...change });
  };
  /** Gone stays gone: what was asked before is answered late. */
  const failLoad = (error: unknown): void => {
    if (state.snapshot.load !== 'deleted') fail(error, { load: 'failed' });
  };
  /** Saves and deploys wait for each other: each needs the version that the one before has made. */
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = turn.then(act);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const takeDraft = (draft: Draft): void => {
    setCopy(openCopy(draft.version, draft.files), { load: 'ready', error: undefined, save: 'idle', conflict: undefined, savedAt: draft.savedAt });
    validator.schedule(0);
  };

  /** Takes a newer draft where nothing is typed, and lays it beside what is typed elsewhere. True when theirs is what we have `sent`: an answer was lost. */
  const meet = (draft: Draft, sent: WorkingCopy['files'] = copy.files): boolean => {
    if (state.snapshot.load === 'deleted' || (state.snapshot.load === 'ready' && draft.version <= copy.version)) return false;
    if (!isDirty()) takeDraft(draft);
    else if (draft.version === copy.version) set({ load: 'ready' });
    else if (isSame(draft.files, sent)) {
      setCopy(markSaved(copy, sent, draft.version), { load: 'ready', error: undefined, save: 'idle', conflict: undefined, savedAt: draft.savedAt });
      return true;
    } else set({ load: 'ready', save: 'conflict', conflict: { version: draft.version, base: savedFilesOf(copy), theirs: draft.files } });
    return false;
  };
  const meetTheirs = async (sent?: WorkingCopy['files']): Promise<boolean> => {
    try {
      return meet(await client.drafts.read(appId, reading), sent);
    } catch {
      if (isDirty()) set({ save: 'conflict' });
      return false;
    }
  };
  const meetNewer = (): void => {
    const { app, conflict, load } = state.snapshot;
    if (load === 'ready' && app && app.draftVersion > (conflict?.version ?? copy.version) && !isActing()) void meetTheirs();
  };

  const readMetrics = async (): Promise<void> => {
    // Without leave to see the metrics an app is still all there.
    const metrics = await client.apps.metrics(appId, reading).catch(() => undefined);
    if (metrics && !(state.snapshot.metrics && state.snapshot.connection === 'live')) set({ metrics });
  };
  /** What the stream has told while the answer was on its way is newer, and is not told twice. */
  const readApp = async (): Promise<void> => {
    const before = appEvents;
    const app = await client.apps.read(appId, reading);
    if (appEvents === before) acceptApp(app);
  };
  const load = (): Promise<void> => (loading ??= (async () => {
    try {
      const [, draft] = await Promise.all([readApp(), client.drafts.read(appId, reading)]);
      meet(draft);
      await readMetrics();
    } catch (error) {
      failLoad(error);
    }
  })().finally(() => (loading = undefined)));
  /** After a gap in the stream: what has become of the app meanwhile. */
  const refresh = async (): Promise<void> => {
    await loading;
    if (state.snapshot.load === 'deleted') return;
    if (state.snapshot.load !== 'ready') return load();
    return (loading ??= (async () => {
      try {
        await readApp();
        if (state.snapshot.connection !== 'live') await readMetrics();
      } catch (error) {
        if (isApiError(error, 'app_not_found')) failLoad(error);
      }
    })().finally(() => (loading = undefined)));
  };

  const acceptApp = (app: NonNullable<AppSnapshot['app']>): void => {
    set({ app });
    acceptDeployment(app.latest);
    meetNewer();
  };
  const acceptDeployment = (deployment: Deployment | undefined): void => {
    const known = state.snapshot.deployment;
    if (!deployment || deployment.generation < (known?.generation ?? 0)) return;
    const isLate = deployment.id === known?.id && deployment.stages.length < known.stages.length;
    if (isLate) return;
    const rejected = deployment.findings && deployment.status === 'failed' && !isDirty();
    set({ deployment, ...(rejected ? { findings: deployment.findings!, validation: 'done' as const } : {}) });
  };

  /** True when the refusal was a mistake: the server has what was sent, from a try whose answer was lost. */
  const isRefusedForNothing = async (error: unknown, sent: WorkingCopy['files']): Promise<boolean> => {
    const isConflict = isApiError(error, 'draft_conflict');
    const isOurs = isConflict && (await meetTheirs(sent));
    if (!isOurs) fail(error, { save: !isConflict ? 'failed' : isDirty() ? 'conflict' : 'idle' });
    return isOurs;
  };
  const requestDeployment = async (mayRepeat: boolean): Promise<Deployment | undefined> => {
    const sent = copy.files;
    try {
      const deployment = await client.deployments.create(appId, { draftVersion: copy.version, patch: patchOf(copy) });
      setCopy(markSaved(copy, sent, deployment.draftVersion), { save: 'idle', conflict: undefined, savedAt: deployment.createdAt });
      acceptDeployment(deployment);
      return deployment;
    } catch (error) {
      return (await isRefusedForNothing(error, sent)) && mayRepeat ? requestDeployment(false) : undefined;
    }
  };

  void load();
  return {
    get snapshot() {
      return state.snapshot;
    },
    get isDirty() {
      return isDirty();
    },
    subscribe: state.subscribe,
    edit: (path, content) => type(copy.files.get(path) === content ? copy : putFile(copy, path, content)),
    addFile: (path, content = '') => type(copy.files.has(path) ? copy : putFile(copy, path, content)),
    renameFile: (from, to) => type(renameFile(copy, from, to)),
    removeFile: (path) => type(copy.files.has(path) ? removeFile(copy, path) : copy),
    save: () => inTurn(async () => {
      if (state.snapshot.load !== 'ready' || !isDirty()) return;
      const sent = copy.files;
      set({ save: 'saving', error: undefined });
      try {
        // Without the store's signal: who leaves the page has saved all the same.
        const draft = await client.drafts.save(appId, { version: copy.version, files: filesOf(copy) });
        setCopy(markSaved(copy, sent, draft.version), { save: 'idle', conflict: undefined, savedAt: draft.savedAt });
      } catch (error) {
        await isRefusedForNothing(error, sent);
      }
      meetNewer();
    }),
    async reload() {
      if (state.snapshot.load !== 'ready') {
        set({ load: 'loading', error: undefined });
        return load();
      }
      try {
        takeDraft(await client.drafts.read(appId, reading));
      } catch (error) {
        fail(error, { save: 'failed' });
      }
    },
    async keepMine() {
      try {
        const draft = await client.drafts.read(appId, reading);
        setCopy({ ...openCopy(draft.version, draft.files), files: copy.files }, { save: 'idle', conflict: undefined, error: undefined, savedAt: draft.savedAt });
        validator.schedule();
      } catch (error) {
        fail(error, { save: 'failed' });
      }
    },
    validate: validator.run,
    async deploy() {
      if (state.snapshot.deploying || state.snapshot.load !== 'ready') return undefined;
      set({ deploying: true, error: undefined });
      const deployment = await inTurn(() => requestDeployment(true));
      set({ deploying: false });
      meetNewer();
      return deployment;
    },
    async cancel() {
      const { deployment } = state.snapshot;
      if (!deployment) return;
      try {
        acceptDeployment(await client.deployments.cancel(appId, deployment.id));
      } catch (error) {
        // Too late is an outcome that the stream tells.
        if (!isApiError(error, 'already_live') && !isApiError(error, 'already_settled')) fail(error, {});
      }
    },
    onEvent(event) {
      switch (event.type) {
        case 'ready':
        case 'reset':
          void refresh();
          break;
        case 'app':
          appEvents += 1;
          acceptApp(event.app);
          break;
        case 'deployment':
          acceptDeployment(event.deployment);
          break;
        case 'log': {
          const { logs, droppedLines } = state.snapshot;
          set({ logs: [...logs, ...event.lines.filter((line) => line.seq > (logs.at(-1)?.seq ?? 0))].slice(-keptLines), droppedLines: droppedLines + event.dropped });
          break;
        }
        case 'metrics':
          set({ metrics: event.metrics });
          break;
        case 'app_deleted':
          appEvents += 1;
          set({ load: 'deleted', error: undefined, app: undefined });
          break;
        case 'expiring':
          break;
      }
    },
    onConnection: (connection) => set({ connection }),
    dispose() {
      closing.abort();
      validator.stop();
      state.dispose();
    },
  };
}
