import type { RunnerStatus } from './work/messages.ts';

export interface TellerOptions {
  publish(status: RunnerStatus): Promise<void>;
  /** Told of a passing status that could not be published; the app needs another look. */
  onError(appId: string, error: unknown): void;
  /** A status that is overtaken within this time is not sent at all. */
  quietMs: number;
  signal: AbortSignal;
}

/** Tells the server what became of each app: an end at once, what is passing only when it lasts, nothing twice. */
export interface Teller {
  /** Resolves when the status is with the bus. */
  tell(status: RunnerStatus): Promise<void>;
  /** For a stage that may be over in a moment: a status carries all stages so far, so that nothing is lost by leaving one out. */
  tellIfItLasts(status: RunnerStatus): void;
  /** The bus may have lost what was said: say it again when asked. */
  forget(): void;
}

export function createTeller({ publish, onError, quietMs, signal }: TellerOptions): Teller {
  const said = new Map<string, string>();
  const waiting = new Map<string, { status: RunnerStatus; timer: NodeJS.Timeout }>();
  const sending = new Map<string, Promise<unknown>>();
  signal.addEventListener('abort', () => waiting.forEach(({ timer }) => clearTimeout(timer)), { once: true });

  const tell = async (status: RunnerStatus): Promise<void> => {
    const { appId } = status;
    clearTimeout(waiting.get(appId)?.timer);
    waiting.delete(appId);
    // One after the other: the last word must be the last to arrive.
    const before = sending.get(appId) ?? Promise.resolve();
    const sent = before.catch(() => undefined).then(async () => {
      const text = JSON.stringify(status);
      if (said.get(appId) === text) return;
      await publish(status);
      said.set(appId, text);
    });
    sending.set(appId, sent);
    await sent.finally(() => {
      if (sending.get(appId) === sent) sending.delete(appId);
    });
  };

  return {
    tell,
    tellIfItLasts(status) {
      const { appId } = status;
      const known = waiting.get(appId);
      if (known) {
        known.status = status;
        return;
      }
      const timer = setTimeout(() => {
        tell(waiting.get(appId)?.status ?? status).catch((error: unknown) => onError(appId, error));
      }, quietMs);
      waiting.set(appId, { status, timer });
    },
    forget() {
      said.clear();
    },
  };
}
