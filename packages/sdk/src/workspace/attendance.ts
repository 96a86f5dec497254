import type { FapiClient } from '../fapi-client.ts';
import { randomId } from '../random-id.ts';

const repeatMs = 20_000;
/** Who looks through files is nowhere yet. */
const settleMs = 300;
const keptAs = 'fapi-page';

export interface Attendance {
  /** This page, among those that have the app open. */
  readonly page: string;
  attend(path: string | undefined): void;
  leave(): void;
}

/** What tells of a browser's page. */
interface Page { addEventListener(type: 'pagehide' | 'pageshow', listener: () => void, options: { signal: AbortSignal }): void }

/** Says again and again that this page has the app open, until it leaves. That it could not be said is nobody's business: it is said again. */
export function createAttendance(client: FapiClient, appId: string): Attendance {
  const page = pageId();
  let here: { path: string | undefined } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let listening: AbortController | undefined;
  const say = (): void => {
    timer = setTimeout(say, repeatMs);
    void client.presence.put(appId, page, here).catch(() => undefined);
  };
  const sayGone = (): void => {
    clearTimeout(timer);
    void client.presence.delete(appId, page).catch(() => undefined);
  };
  const listen = (): void => {
    if (listening) return;
    listening = new AbortController();
    const { addEventListener } = globalThis as unknown as Partial<Page>;
    addEventListener?.('pagehide', sayGone, listening);
    // Back by the browser's own way, as it was.
    addEventListener?.('pageshow', () => {
      clearTimeout(timer);
      say();
    }, listening);
  };
  return {
    page,
    attend(path) {
      if (here && here.path === path) return;
      here = { path };
      clearTimeout(timer);
      timer = setTimeout(say, settleMs);
      listen();
    },
    leave() {
      clearTimeout(timer);
      if (!here) return;
      here = undefined;
      listening?.abort();
      listening = undefined;
      sayGone();
    },
  };
}

/** One for each tab of the browser, kept by it over a reload: who comes back is not told of the page that is gone. */
function pageId(): string {
  try {
    const kept = sessionStorage.getItem(keptAs) ?? randomId();
    sessionStorage.setItem(keptAs, kept);
    return kept;
  } catch {
    // No browser, or one that keeps nothing.
    return randomId();
  }
}
