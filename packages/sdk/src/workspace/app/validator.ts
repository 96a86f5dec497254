import type { FapiClient } from '../../fapi-client.ts';
import type { Validation } from '../../contract/drafts.ts';
import { isApiError } from '../../errors.ts';
import { mayPass } from '../away.ts';
import type { State } from '../state.ts';
import type { DryImportFacts } from '../types.ts';
import { randomId } from '../../random-id.ts';
import { patchOf, type WorkingCopy } from './working-copy.ts';

/** Longer than between two keys of a word, and short enough that the import is done before a hand has come from the keys to a button. */
const pauseMs = 200;
const retriesMs = [500, 1_000, 2_000, 5_000, 15_000, 30_000] as const;
/** The runner keeps what is prepared for 5 minutes after it was last asked for. */
const renewMs = 240_000;
/** A page that is left open does not hold a process for ever. */
const renewForMs = 1_800_000;

export interface Validator {
  /** What the present findings were found in. */
  readonly checked: WorkingCopy | undefined;
  /** Checks after a pause in typing; until it is answered, what was prepared is not what would be deployed. */
  schedule(withinMs?: number): void;
  /** Checks now. Undefined when nobody answered, or another check took its place. */
  run(ask?: { withOpenApi?: boolean }): Promise<Validation | undefined>;
  /** What was prepared is used up. No check begins by itself before the next `schedule`; one that is under way goes on. */
  spend(): void;
  stop(): void;
}

/**
 * Has the working copy checked, and imported ahead of its deploy; only the newest check has a say.
 * `onStale` is called when the server has a newer draft than the one that was checked.
 */
export function createValidator(client: FapiClient, state: State, copyOf: () => WorkingCopy, onStale: (checked: WorkingCopy) => void): Validator {
  // Of all checks of this open editor the runner needs to import the newest one only.
  const session = randomId();
  let sequence = 0;
  let checked: WorkingCopy | undefined;
  let checking: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let askedAt = 0;

  const setImport = (change: Partial<DryImportFacts>): void => state.set({ dryImport: { ...state.snapshot.dryImport, reason: undefined, ...change } });
  /** Who was never told of a preparation may not have any. */
  const setPreparation = (preparation: DryImportFacts['preparation']): void => {
    const known = state.snapshot.dryImport;
    if (known.preparation !== undefined && known.preparation !== preparation) setImport({ preparation });
  };
  const runWithin = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), ms);
  };
  const retry = (): void => runWithin(retriesMs[Math.min(failures++, retriesMs.length - 1)]!);
  const renew = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => (performance.now() - askedAt < renewForMs ? void run() : setPreparation('unprepared')), renewMs);
  };
  const stop = (): void => {
    clearTimeout(timer);
    checking?.abort();
  };

  const take = ({ findings, dryImport: seen }: Validation): void => {
    state.hear({ findings, areFindingsCurrent: true, validation: 'done' });
    if (seen?.dropped) {
      setImport({ preparation: 'preparing' });
      return retry();
    }
    failures = 0;
    const isBroken = findings.some(({ severity }) => severity === 'error');
    if (!seen) {
      if (isBroken) setPreparation('unprepared');
      return setImport(isBroken ? { areRoutesCurrent: false } : { preparation: undefined });
    }
    const { prepared, reason, routes, sideEffects } = seen;
    const isRead = prepared || routes.length > 0;
    setImport({ preparation: prepared ? 'prepared' : 'unprepared', reason: prepared || isBroken ? undefined : reason, sideEffects, areRoutesCurrent: isRead, ...(isRead ? { routes } : {}) });
    if (prepared) renew();
  };
  const run: Validator['run'] = async ({ withOpenApi = false } = {}) => {
    stop();
    const own = (checking = new AbortController());
    const copy = copyOf();
    state.set({ validation: 'pending' });
    try {
      const verdict = await client.drafts.validate(state.snapshot.appId, { draftVersion: copy.version, patch: patchOf(copy), session, sequence: ++sequence, withOpenApi }, { signal: own.signal });
      if (own.signal.aborted) return undefined;
      checked = copy;
      take(verdict);
      return verdict;
    } catch (error) {
      if (own.signal.aborted) return undefined;
      // What the draft's rules refuse is said by the save and the deploy; here it only means that there is no verdict.
      state.set({ validation: 'unavailable' });
      setPreparation('unprepared');
      if (isApiError(error, 'draft_conflict')) onStale(copy);
      else if (mayPass(error)) retry();
      return undefined;
    }
  };
  return {
    get checked() {
      return checked;
    },
    run, stop,
    schedule(withinMs = pauseMs) {
      stop();
      failures = 0;
      askedAt = performance.now();
      setPreparation('preparing');
      timer = setTimeout(() => void run(), withinMs);
    },
    spend() {
      clearTimeout(timer);
      setPreparation('unprepared');
    },
  };
}
