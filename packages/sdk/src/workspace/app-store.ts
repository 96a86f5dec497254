import type { FapiClient } from '../client-types.ts';
import type { Deployment } from '../contract/deployments.ts';
import type { StreamEvent } from '../contract/events.ts';
import { isApiError } from '../errors.ts';
import type { AppSnapshot, AppStore } from './types.ts';
import { dirtyPathsOf, filesOf, markSaved, openCopy, patchOf, putFile, removeFile, renameFile, type WorkingCopy } from './working-copy.ts';

const validateAfterMs = 400;
const keptLines = 2_000;

/** A store as its workspace sees it. */
export interface OwnedStore extends AppStore {
  onEvent(event: StreamEvent): void;
  onConnection(state: AppSnapshot['connection']): void;
  dispose(): void;
}

/** Everything a page knows of one app. Acts never reject for what the server says: that is a state to show. */
export function createAppStore(client: FapiClient, appId: string): OwnedStore {
  const listeners = new Set<(snapshot: AppSnapshot) => void>();
  const closing = new AbortController();
  let copy: WorkingCopy = openCopy(0, []);
  let validating: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isNotifying = false;
  let snapshot: AppSnapshot = {
    appId, load: 'loading', error: undefined, app: undefined, files: [], draftVersion: 0, dirtyPaths: new Set(), save: 'idle', savedAt: undefined, findings: [], validation: 'idle',
    deployment: undefined, deploying: false, metrics: undefined, logs: [], droppedLines: 0, connection: 'connecting',
  };

  const set = (change: Partial<AppSnapshot>): void => {
    snapshot = { ...snapshot, ...change };
    if (isNotifying) return;
    isNotifying = true;
    queueMicrotask(() => {
      isNotifying = false;
      for (const listener of listeners) listener(snapshot);
    });
  };
  const setCopy = (next: WorkingCopy, change: Partial<AppSnapshot> = {}): void => {
    copy = next;
    set({ files: filesOf(copy), draftVersion: copy.version, dirtyPaths: dirtyPathsOf(copy), ...change });
  };
  const type = (next: WorkingCopy): void => {
    if (next === copy || snapshot.load !== 'ready') return;
    setCopy(next, snapshot.save === 'failed' ? { save: 'idle', error: undefined } : {});
    scheduleValidation();
  };
  const isDirty = (): boolean => snapshot.dirtyPaths.size > 0;
  /** An act of ours that outlived the store is nobody's business any more. */
  const fail = (error: unknown, change: Partial<AppSnapshot>): void => {
    if (!closing.signal.aborted) set({ error, ...change });
  };

  const load = async (): Promise<void> => {
    try {
      const [app, draft] = await Promise.all([client.apps.read(appId, { signal: closing.signal }), client.drafts.read(appId, { signal: closing.signal })]);
      setCopy(openCopy(draft.version, draft.files), { load: 'ready', error: undefined, app, save: 'idle', savedAt: draft.savedAt });
      acceptDeployment(app.latest);
      scheduleValidation(0);
      set({ metrics: await client.apps.metrics(appId, { signal: closing.signal }) });
    } catch (error) {
      // Without leave to see the metrics an app is still all there.
      fail(error, snapshot.load === 'ready' ? { error: snapshot.error } : { load: 'failed' });
    }
  };

  const scheduleValidation = (afterMs = validateAfterMs): void => {
    clearTimeout(timer);
    validating?.abort();
    timer = setTimeout(() => void validate(), afterMs);
  };
  const validate = async (): Promise<void> => {
    clearTimeout(timer);
    validating?.abort();
    const own = (validating = new AbortController());
    const checked = copy;
    set({ validation: 'pending' });
    try {
      const { findings } = await client.drafts.validate(appId, { draftVersion: checked.version, patch: patchOf(checked) }, { signal: AbortSignal.any([own.signal, closing.signal]) });
      if (validating === own) set({ findings, validation: 'done' });
    } catch (error) {
      if (validating !== own || closing.signal.aborted || own.signal.aborted) return;
      // What the draft's rules refuse is said by the save and the deploy; here it only means that there is no verdict.
      set({ validation: 'unavailable', ...(isApiError(error, 'draft_conflict') ? { save: 'conflict' as const } : {}) });
    }
  };

  const acceptDeployment = (deployment: Deployment | undefined): void => {
    if (!deployment || deployment.generation < (snapshot.deployment?.generation ?? 0)) return;
    const isLate = deployment.id === snapshot.deployment?.id && deployment.stages.length < snapshot.deployment.stages.length;
    if (isLate) return;
    const rejected = deployment.findings && deployment.status === 'failed' && !isDirty();
    set({ deployment, ...(rejected ? { findings: deployment.findings!, validation: 'done' as const } : {}) });
  };

  const refused = (error: unknown): void => fail(error, { save: isApiError(error, 'draft_conflict') ? 'conflict' : 'failed', deploying: false });

  const takeTheirs = async (): Promise<void> => {
    const draft = await client.drafts.read(appId, { signal: closing.signal });
    setCopy(openCopy(draft.version, draft.files), { save: 'idle', error: undefined, savedAt: draft.savedAt });
    scheduleValidation(0);
  };

  return {
    get snapshot() {
      return snapshot;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    edit: (path, content) => type(copy.files.get(path) === content ? copy : putFile(copy, path, content)),
    addFile: (path, content = '') => type(copy.files.has(path) ? copy : putFile(copy, path, content)),
    renameFile: (from, to) => type(renameFile(copy, from, to)),
    removeFile: (path) => type(copy.files.has(path) ? removeFile(copy, path) : copy),
    async save() {
      if (snapshot.save === 'saving' || snapshot.load !== 'ready') return;
      const sent = copy.files;
      set({ save: 'saving', error: undefined });
      try {
        const draft = await client.drafts.save(appId, { version: copy.version, files: filesOf(copy) }, { signal: closing.signal });
        setCopy(markSaved(copy, sent, draft.version), { save: 'idle', savedAt: draft.savedAt });
      } catch (error) {
        refused(error);
      }
    },
    async reload() {
      if (snapshot.load !== 'ready') {
        set({ load: 'loading', error: undefined });
        return load();
      }
      try {
        await takeTheirs();
      } catch (error) {
        fail(error, { save: 'failed' });
      }
    },
    async keepMine() {
      try {
        const draft = await client.drafts.read(appId, { signal: closing.signal });
        setCopy({ ...openCopy(draft.version, draft.files), files: copy.files }, { save: 'idle', error: undefined, savedAt: draft.savedAt });
        scheduleValidation();
      } catch (error) {
        fail(error, { save: 'failed' });
      }
    },
    validate,
    async deploy() {
      if (snapshot.deploying || snapshot.load !== 'ready') return undefined;
      const sent = copy.files;
      const patch = patchOf(copy);
      set({ deploying: true, error: undefined });
      try {
        const deployment = await client.deployments.create(appId, { draftVersion: copy.version, patch }, { signal: closing.signal });
        setCopy(markSaved(copy, sent, deployment.draftVersion), { deploying: false, save: 'idle', savedAt: deployment.createdAt });
        acceptDeployment(deployment);
        return deployment;
      } catch (error) {
        refused(error);
        return undefined;
      }
    },
    async cancel() {
      const { deployment } = snapshot;
      if (!deployment) return;
      try {
        acceptDeployment(await client.deployments.cancel(appId, deployment.id, { signal: closing.signal }));
      } catch (error) {
        // Too late is an outcome that the stream tells.
        if (!isApiError(error, 'already_live') && !isApiError(error, 'already_settled')) fail(error, {});
      }
    },
    onEvent(event) {
      switch (event.type) {
        case 'ready':
        case 'reset':
          if (snapshot.load !== 'ready' || !isDirty()) void load();
          else void client.apps.read(appId, { signal: closing.signal }).then((app) => this.onEvent({ type: 'app', id: '0', appId, app }), () => undefined);
          break;
        case 'app':
          set({ app: event.app });
          acceptDeployment(event.app.latest);
          // Our own save is known before its event comes; a higher version is somebody else's.
          if (snapshot.load === 'ready' && event.app.draftVersion > copy.version && snapshot.save !== 'saving' && !snapshot.deploying) {
            if (isDirty()) set({ save: 'conflict' });
            else void takeTheirs().catch(() => undefined);
          }
          break;
        case 'deployment':
          acceptDeployment(event.deployment);
          break;
        case 'log':
          set({ logs: [...snapshot.logs, ...event.lines.filter((line) => line.seq > (snapshot.logs.at(-1)?.seq ?? 0))].slice(-keptLines), droppedLines: snapshot.droppedLines + event.dropped });
          break;
        case 'metrics':
          set({ metrics: event.metrics });
          break;
        case 'app_deleted':
          set({ load: 'failed', error: undefined, app: undefined });
          break;
        case 'expiring':
          break;
      }
    },
    onConnection: (connection) => set({ connection }),
    dispose() {
      closing.abort();
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
