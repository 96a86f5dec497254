import type { FapiClient } from '../../fapi-client.ts';
import type { StreamEvent } from '../../contract/events.ts';
import { isApiError } from '../../errors.ts';
import { applyFix } from '../apply-fix.ts';
import { createAttendance } from '../attendance.ts';
import { createConverter } from './converter.ts';
import { createDesk } from './desk.ts';
import type { AppJournal } from '../journal/journal.ts';
import { createLoader } from './loader.ts';
import { createMeeting } from './meeting.ts';
import { createNews } from '../news.ts';
import { onEvent } from './on-event.ts';
import { createOutput } from '../output.ts';
import { createSaving } from './saving.ts';
import { createState } from '../state.ts';
import { createTester } from './tester.ts';
import type { AppSnapshot, AppStore } from '../types.ts';
import { createValidator } from './validator.ts';
import { changeFiles, isSame, openCopy, putFile, removeFile, renameFile, replaceFiles } from './working-copy.ts';

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

/** Everything a page knows of one app. Acts never reject for what the server says: that is a state to show. */
export function createAppStore(client: FapiClient, appId: string, journal: AppJournal, after?: Promise<unknown>): OwnedStore {
  const state = createState(appId);
  const { set } = state;
  const closing = new AbortController();
  const { signal } = closing;
  const desk = createDesk(state, journal, { isTested: (copy) => tester.isOf(copy), onType: () => validator.schedule() });
  const validator = createValidator(client, state, () => desk.copy, (checked) => void meeting.onStale(checked));
  const tester = createTester(client, state, () => desk.copy);
  const converter = createConverter(client, state, () => desk.copy);
  const attendance = createAttendance(client, appId);
  const output = createOutput(state);
  const meeting = createMeeting({ client, state, desk, validator, journal, signal, lost: Promise.resolve(after).then(() => journal.findLost()) });
  const news = createNews(state, validator, { isDirty: () => desk.isDirty, draftVersion: () => desk.copy.version, onApp: meeting.meetNewer });
  const loader = createLoader(client, state, output, signal, { after, onApp: news.takeApp, onDraft: meeting.openDraft });
  const saving = createSaving({ client, state, desk, meeting, validator, news, converter });
  let isResting = false;
  /** An act of ours that outlived the store is nobody's business any more. */
  const fail = (error: unknown, change: Partial<AppSnapshot>): void => {
    if (!signal.aborted) set({ error, ...change });
  };

  void loader.load();
  return {
    get snapshot() {
      return state.snapshot;
    },
    get isDirty() {
      return desk.isDirty;
    },
    subscribe: state.subscribe,
    edit: (path, content) => desk.type(desk.copy.files.get(path) === content ? desk.copy : putFile(desk.copy, path, content)),
    addFile: (path, content = '') => desk.type(desk.copy.files.has(path) ? desk.copy : putFile(desk.copy, path, content)),
    renameFile: (from, to) => desk.type(renameFile(desk.copy, from, to)),
    changeFiles: (changes) => desk.type(changeFiles(desk.copy, changes)),
    replaceFiles: (files) => desk.type(isSame(files, desk.copy.files) ? desk.copy : replaceFiles(desk.copy, files)),
    removeFile: (path) => desk.type(desk.copy.files.has(path) ? removeFile(desk.copy, path) : desk.copy),
    attend: attendance.attend,
    save: saving.save,
    async reload() {
      if (state.snapshot.load !== 'ready') return loader.loadAnew();
      try {
        meeting.takeDraft(await client.drafts.read(appId, { signal }));
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
        const draft = await client.drafts.read(appId, { signal });
        desk.lay({ ...openCopy(draft.version, draft.files), files: desk.copy.files }, { save: 'idle', conflict: undefined, merged: undefined, error: undefined, savedAt: draft.savedAt });
        validator.schedule();
      } catch (error) {
        fail(error, { save: 'failed' });
      }
    },
    resolve: meeting.resolve,
    undoMerge: meeting.undoMerge,
    async validate() {
      await validator.run();
    },
    readOpenApi: async () => (await validator.run({ withOpenApi: true }))?.dryImport?.openapi,
    applyFix(fix) {
      const fixed = validator.checked && applyFix(desk.copy, validator.checked, fix);
      if (fixed) desk.type(fixed);
      return fixed !== undefined;
    },
    test: tester.run,
    cancelTest: tester.cancel,
    convert: converter.propose,
    closeConversion: converter.close,
    applyConversion: () => saving.takeConverted(converter.apply(), 'applied'),
    undoConversion: () => saving.takeConverted(converter.undo(), 'idle'),
    deploy: saving.deploy,
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
    onEvent: (event) => onEvent(event, { state, loader, news, output, attendance }),
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
