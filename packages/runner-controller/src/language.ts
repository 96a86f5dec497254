import { InDoubtError, LanguageRefusedError, OvertakenError, type Runtime, RuntimeUnavailableError, WorkbenchBusyError } from './runtime/runtime.ts';
import { CallRefusedError, NotInChargeError } from './work/bus.ts';
import type { Session, SessionOpening } from './work/sessions/port.ts';

/** Joins one session of the bus with the language servers of its app, until either is over. */
export async function serveLanguage(runtime: Runtime, { appId, draft }: SessionOpening, session: Session): Promise<void> {
  const over = new AbortController();
  void session.ended.then(() => over.abort());
  const link = await open(runtime, () => runtime.openLanguage({ appId, revision: draft.digest, bundleSha256: draft.sha256 }, over.signal));
  void session.ended.then(() => link.close());
  const up = (async () => {
    for await (const text of session) link.send(text);
  })();
  for await (const text of link) session.send(text);
  const { code, message } = await link.closed;
  if (code !== undefined) throw new CallRefusedError(code, message);
  await up;
}

async function open<T>(runtime: Runtime, act: () => Promise<T>): Promise<T> {
  try {
    runtime.assertInCharge();
    return await act();
  } catch (error) {
    if (error instanceof OvertakenError || error instanceof InDoubtError) throw new NotInChargeError(error.message);
    if (error instanceof LanguageRefusedError) throw new CallRefusedError(error.code, error.message);
    if (error instanceof WorkbenchBusyError) throw new CallRefusedError('workbench_busy', error.message);
    if (error instanceof RuntimeUnavailableError) throw new CallRefusedError('runner_unavailable', error.message);
    throw error;
  }
}
