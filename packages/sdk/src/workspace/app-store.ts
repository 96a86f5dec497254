import type { FapiClient } from '../fapi-client.ts';
import type { Deployment } from '../contract/deployments.ts';
import type { Draft } from '../contract/files.ts';
import type { StreamEvent } from '../contract/events.ts';
import { isApiError } from '../errors.ts';
import { applyFix } from './apply-fix.ts';
import { createAttendance } from './attendance.ts';
import { isAway, mayPass } from './away.ts';
import type { AppJournal } from './journal/journal.ts';
import { restoreOver } from './journal/restore.ts';
import { createConverter } from './converter.ts';
import { followFindings } from './follow-findings.ts';
import { createLoader } from './loader.ts';
import { createMerging } from './merging.ts';
import { createNews } from './news.ts';
import { createOutput } from './output.ts';
import { createState } from './state.ts';
import { createTester } from './tester.ts';
import type { AppSnapshot, AppStore } from './types.ts';
import { createValidator } from './validator.ts';
import { changeFiles, dirtyPathsOf, filesOf, isSame, markSaved, openCopy, patchOf, putFile, removeFile, renameFile, replaceFiles, type WorkingCopy } from './working-copy.ts';

/** A store as its workspace sees it. */
export interface OwnedStore extends AppStore {
  readonly isDirty: boolean;
  onEvent(event: StreamEvent): void;
  onConnection(state: AppSnapshot['connection']): void;
  /** Nobody looks at it: asks for nothing more until it is woken. */
  rest(): void;
  wake(): void;
  dispose(): void;
}

/** What became of a draft that somebody else has saved: it is what was sent, it is in the working copy, or neither. */
type Met = 'ours' | 'merged' | 'apart';

/** A save would be refused for it too. */
const isOfDraft = (error: unknown): boolean => isAway(error) || (['draft_invalid', 'draft_too_large', 'body_too_large', 'storage_full'] as const).some((code) => isApiError(error, code));

/** Of one save, where each is refused for what merges by itself. */
const savesMax = 3;

/** Everything a page knows of one app. Acts never reject for what the server says: that is a state to show. */
export function createAppStore(client: FapiClient, appId: string, journal: AppJournal, after?: Promise<unknown>): OwnedStore {
  const state = createState(appId);
  const { set } = state;
  const closing = new AbortController();
  const reading = { signal: closing.signal };
  let copy: WorkingCopy = openCopy(0, []);
  let turn: Promise<unknown> = Promise.resolve();
  const validator = createValidator(client, state, () => copy, (checked) => void onStale(checked));
  const tester = createTester(client, state, () => copy);
  const converter = createConverter(client, state, () => copy);
  const merging = createMerging();
  const attendance = createAttendance(client, appId);
  const output = createOutput(state);
  let isResting = false;
  /** Of this page, as the stream names it. */
  let former: ReturnType<AppJournal['findLost']> | undefined = Promise.resolve(after).then(() => journal.findLost());
  /** Of the draft that is being read because somebody told of it. */
  let meetingVersion = 0;

  /** While an act of ours is on its way, a newer draft may be our own. */
  const isActing = (): boolean => state.snapshot.save === 'saving' || state.snapshot.deploying;
  const isDirty = (): boolean => state.snapshot.dirtyPaths.size > 0;
  const setCopy = (next: WorkingCopy, change: Partial<AppSnapshot> = {}): void => {
    const isTextNew = next.files !== copy.files;
    const found = isTextNew ? { findings: followFindings(state.snapshot.findings, copy.files, next.files), areFindingsCurrent: false, tests: { ...state.snapshot.tests, isCurrent: tester.isOf(next) } } : {};
    copy = next;
    journal.follow(copy);
    set({ files: filesOf(copy), ...found, draftVersion: copy.version, dirtyPaths: dirtyPathsOf(copy), ...change });
  };
  const type = (next: WorkingCopy): void => {
    if (next === copy || state.snapshot.load !== 'ready') return;
    setCopy(next, { restored: undefined, merged: undefined, ...(state.snapshot.save === 'failed' ? { save: 'idle', error: undefined } : {}) });
    validator.schedule();
  };
  /** An act of ours that outlived the store is nobody's business any more. */
  const fail = (error: unknown, change: Partial<AppSnapshot>): void => {
    if (!closing.signal.aborted) set({ error, ...change });
  };
  /** Saves and deploys wait for each other: each needs the version that the one before has made. */
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = turn.then(act);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const takeDraft = (draft: Draft): void => {
    setCopy(openCopy(draft.version, draft.files), { load: 'ready', error: undefined, save: 'idle', conflict: undefined, merged: undefined, savedAt: draft.savedAt, restored: undefined });
    validator.schedule(0);
  };
  /** Lays what a page that is gone had not saved over the first draft that is read. */
  const openDraft = async (draft: Draft): Promise<void> => {
    const lost = await former;
    former = undefined;
    if (closing.signal.aborted) return;
    meet(draft);
    if (!lost || isDirty() || copy.version !== draft.version) return;
    const restored = restoreOver(draft, lost.version, lost.changes);
    if (!restored) return journal.forget(lost);
    journal.follow(restored.copy, lost);
    setCopy(restored.copy, restored.conflict ? { save: 'conflict', conflict: restored.conflict } : { restored: lost.restored });
  };

  /** Takes a newer draft where nothing is typed, and lays it under what is typed or, where both have changed the same, beside it. */
  const meet = (draft: Draft, sent: WorkingCopy['files'] = copy.files): Met => {
    if (state.snapshot.load === 'deleted' || (state.snapshot.load === 'ready' && draft.version <= copy.version)) return 'apart';
    if (!isDirty()) takeDraft(draft);
    // Known already: what was taken apart on purpose is not put together again.
    else if (draft.version === copy.version || draft.version === state.snapshot.conflict?.version) {
      set({ load: 'ready' });
      validator.schedule();
    }
    else if (isSame(draft.files, sent)) {
      setCopy(markSaved(copy, sent, draft.version), { load: 'ready', error: undefined, save: 'idle', conflict: undefined, savedAt: draft.savedAt });
      return 'ours';
    } else {
      const step = merging.meet(copy, draft);
      setCopy(step.copy, { load: 'ready', ...step.change });
      validator.schedule();
      return step.change.conflict ? 'apart' : 'merged';
    }
    return 'apart';
  };
  const meetTheirs = async (sent?: WorkingCopy['files']): Promise<Met> => {
    try {
      return meet(await client.drafts.read(appId, reading), sent);
    } catch {
      if (isDirty()) set({ save: 'conflict' });
      return 'apart';
    }
  };
  const onStale = async (checked: WorkingCopy): Promise<void> => {
    if (isActing()) return validator.schedule();
    await meetTheirs();
    // It was our own save that overtook the check.
    if (copy.version !== checked.version && state.snapshot.validation === 'unavailable') validator.schedule(0);
  };
  const meetNewer = (): void => {
    const { app, conflict, load } = state.snapshot;
    if (load !== 'ready' || !app || app.draftVersion <= (conflict?.version ?? copy.version) || isActing()) return;
    // Told by the stream and by a refresh: it is read once.
    if (app.draftVersion <= meetingVersion) return;
    meetingVersion = app.draftVersion;
    void meetTheirs().finally(() => { meetingVersion = 0; });
  };

  const news = createNews(state, validator, { isDirty, draftVersion: () => copy.version, onApp: meetNewer });
  const loader = createLoader(client, state, output, closing.signal, { after, onApp: news.takeApp, onDraft: openDraft });

  /** `ours`: the refusal was a mistake, since the server has what was sent, from a try whose answer was lost. Merged by itself, it is over; else it is a state to show. */
  const takeRefusal = async (error: unknown, sent: WorkingCopy, refused: 'failed' | 'idle' = 'failed'): Promise<Met> => {
    const isConflict = isApiError(error, 'draft_conflict');
    // Theirs comes with the refusal, for who may read it at all.
    const met = !isConflict ? 'apart' : error.conflict ? meet(error.conflict.current, sent.files) : await meetTheirs(sent.files);
    if (met !== 'apart') return met;
    // With nothing typed, theirs is what is shown by now: nobody has anything to choose.
    if (isConflict && !isDirty() && copy.version > sent.version) set({ save: 'idle', error: undefined });
    else fail(error, { save: !isConflict ? refused : isDirty() ? 'conflict' : 'idle' });
    return met;
  };
  const saveNow = async (triesLeft: number): Promise<void> => {
    const { load, save, error: before } = state.snapshot;
    if (load !== 'ready' || !isDirty()) return;
    const sent = copy;
    // Of another act than a save, which a save does not undo.
    const others = save === 'idle' ? before : undefined;
    // What passes by itself is asked again and again: it is said once, until it is no more so.
    set({ save: 'saving', error: mayPass(before) ? before : others });
    try {
      // Without the store's signal: who leaves the page has saved all the same.
      const draft = await client.drafts.patch(appId, { version: copy.version, ...patchOf(copy) });
      setCopy(markSaved(copy, sent.files, draft.version), { save: 'idle', error: others, conflict: undefined, savedAt: draft.savedAt, restored: undefined });
      validator.schedule(0);
    } catch (error) {
      // Somebody who saves all the time is not raced for ever.
      if ((await takeRefusal(error, sent)) === 'merged' && triesLeft > 0) await saveNow(triesLeft - 1);
    }
  };
  const requestDeployment = async (mayRepeat: boolean): Promise<Deployment | undefined> => {
    const sent = copy;
    const generation = state.snapshot.deployment?.generation ?? 0;
    try {
      const deployment = await client.deployments.create(appId, { draftVersion: copy.version, patch: patchOf(copy) });
      setCopy(markSaved(copy, sent.files, deployment.draftVersion), { save: 'idle', conflict: undefined, savedAt: deployment.createdAt, restored: undefined });
      news.takeDeployment(deployment);
      return deployment;
    } catch (error) {
      // Who may not deploy may save, by hand or by itself.
      if ((await takeRefusal(error, sent, isOfDraft(error) ? 'failed' : 'idle')) === 'ours' && mayRepeat) return requestDeployment(false);
      // What passes by itself takes its words with it.
      if (isAway(error) || isApiError(error, 'draft_conflict') || isApiError(error, 'storage_full')) set({ missedDeploy: { generation } });
      return undefined;
    }
  };

  /** Typed and saved in one turn: what is on the server is before it or after it. */
  const takeConverted = async (next: WorkingCopy | undefined, now: 'applied' | 'idle'): Promise<boolean> => {
    if (!next || state.snapshot.load !== 'ready' || state.snapshot.save === 'conflict') return false;
    type(next);
    if (now === 'idle') converter.close();
    else set({ conversion: { ...state.snapshot.conversion, state: now } });
    await inTurn(() => saveNow(savesMax - 1));
    return true;
  };

  void loader.load();
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
    changeFiles: (changes) => type(changeFiles(copy, changes)),
    replaceFiles: (files) => type(isSame(files, copy.files) ? copy : replaceFiles(copy, files)),
    removeFile: (path) => type(copy.files.has(path) ? removeFile(copy, path) : copy),
    attend: attendance.attend,
    save: () => inTurn(async () => {
      await saveNow(savesMax - 1);
      meetNewer();
    }),
    async reload() {
      if (state.snapshot.load !== 'ready') {
        set({ load: 'loading', error: undefined });
        return loader.load();
      }
      try {
        takeDraft(await client.drafts.read(appId, reading));
      } catch (error) {
        fail(error, { save: 'failed' });
      }
    },
    keepRestored: () => set({ restored: undefined }),
    keepMerged: () => set({ merged: undefined }),
    forgetError: () => void (state.snapshot.load === 'ready' && state.snapshot.save !== 'failed' && set({ error: undefined })),
    forgetMissedDeploy: () => set({ missedDeploy: undefined }),
    async keepMine() {
      try {
        const draft = await client.drafts.read(appId, reading);
        setCopy({ ...openCopy(draft.version, draft.files), files: copy.files }, { save: 'idle', conflict: undefined, merged: undefined, error: undefined, savedAt: draft.savedAt });
        validator.schedule();
      } catch (error) {
        fail(error, { save: 'failed' });
      }
    },
    resolve(version, files) {
      const { conflict } = state.snapshot;
      if (conflict?.version !== version) return false;
      const step = merging.resolve(copy, conflict, files);
      setCopy(step.copy, step.change);
      validator.schedule(0);
      return true;
    },
    undoMerge() {
      const step = state.snapshot.merged && merging.undo(copy);
      if (!step) return;
      setCopy(step.copy, step.change);
      validator.schedule();
    },
    async validate() {
      await validator.run();
    },
    readOpenApi: async () => (await validator.run({ withOpenApi: true }))?.dryImport?.openapi,
    applyFix(fix) {
      const fixed = validator.checked && applyFix(copy, validator.checked, fix);
      if (fixed) type(fixed);
      return fixed !== undefined;
    },
    test: tester.run,
    cancelTest: tester.cancel,
    convert: converter.propose,
    closeConversion: converter.close,
    applyConversion: () => takeConverted(converter.apply(), 'applied'),
    undoConversion: () => takeConverted(converter.undo(), 'idle'),
    async deploy() {
      if (state.snapshot.deploying || state.snapshot.load !== 'ready') return undefined;
      state.setAhead({ deploying: true, error: undefined, missedDeploy: undefined });
      validator.spend();
      const deployment = await inTurn(() => requestDeployment(true));
      set({ deploying: false });
      meetNewer();
      if (!deployment) validator.schedule(0);
      return deployment;
    },
    async cancel() {
      const { deployment, save } = state.snapshot;
      if (!deployment) return;
      if (save === 'idle') set({ error: undefined });
      try {
        news.takeDeployment(await client.deployments.cancel(appId, deployment.id));
      } catch (error) {
        // Too late is an outcome that the stream tells.
        if (!isApiError(error, 'already_live') && !isApiError(error, 'already_settled')) fail(error, state.snapshot.save === 'failed' ? { save: 'idle' } : {});
      }
    },
    onEvent(event) {
      // The others are also said in the stream's place, when it is lost.
      if ('appId' in event) state.hear();
      switch (event.type) {
        case 'ready':
        case 'reset':
          // A new stream says anew who is here, and of nobody nothing.
          if (state.snapshot.people.length > 0) set({ people: [] });
          void loader.refresh();
          break;
        case 'app':
          loader.overtake();
          if (state.snapshot.load === 'deleted') void loader.refresh();
          else news.takeAppEvent(event.app);
          break;
        case 'deployment':
          news.takeDeployment(event.deployment);
          break;
        case 'log':
          output.take(event.lines, event.dropped);
          break;
        case 'metrics':
          set({ metrics: event.metrics });
          break;
        case 'presence': {
          const self = event.people.find(({ page }) => page === attendance.page)?.subject ?? state.snapshot.self;
          set({ self, people: event.people.filter(({ page }) => page !== attendance.page).map((person) => ({ ...person, isOwn: person.subject === self })) });
          break;
        }
        case 'app_deleted':
          loader.overtake();
          set({ load: 'deleted', error: undefined, app: undefined });
          break;
        case 'expiring':
          break;
      }
    },
    onConnection(connection) {
      // Only the stream tells who is here.
      const people = connection === 'live' ? {} : { people: [] };
      if (connection === 'live' || connection === 'polling') state.hear({ connection, ...people });
      else set({ connection, ...people });
    },
    rest() {
      isResting = true;
      attendance.leave();
      validator.stop();
    },
    wake() {
      if (isResting && state.snapshot.load === 'ready') validator.schedule(0);
      // Whoever chooses it may have it back from elsewhere.
      if (state.snapshot.load === 'deleted') void loader.refresh();
      isResting = false;
    },
    dispose() {
      closing.abort();
      attendance.leave();
      validator.stop();
      tester.cancel();
      converter.close();
      state.dispose();
    },
  };
}
