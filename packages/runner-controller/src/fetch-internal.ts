import { setTimeout as pause } from 'node:timers/promises';
import { NotServedError } from './not-served-error.ts';

export interface InternalServer { serverUrl: string; controllerKey: string }

const attempts = 5;
const attemptTimeoutMs = 10_000;

/** Gets what the server gives to controllers only; tries again while it cannot be reached. `title` names it in errors. Rejects with `NotServedError` when asking again does not help. */
export async function fetchInternal({ serverUrl, controllerKey }: InternalServer, path: string, { what, title }: { what: NotServedError['what']; title: string }, signal: AbortSignal): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await fetch(new URL(path, serverUrl), { headers: { authorization: `Bearer ${controllerKey}` }, signal: AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)]) });
      if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
      const reason = await readReason(answer);
      if (answer.status < 500) throw new NotServedError(what, `the server answered ${answer.status} for ${title}${reason}`);
      throw new Error(`the server answered ${answer.status}`);
    } catch (error) {
      if (error instanceof NotServedError || signal.aborted || attempt === attempts) throw error;
      await pause(100 * 2 ** attempt, undefined, { signal });
    }
  }
}

/** A problem of ours says what to do about it. */
async function readReason(answer: Response): Promise<string> {
  const { title, detail } = (await answer.json().catch(() => ({}))) as { title?: unknown; detail?: unknown };
  const words = [title, detail].filter((word) => typeof word === 'string');
  return words.length === 0 ? '' : ` (${words.join(': ')})`;
}
