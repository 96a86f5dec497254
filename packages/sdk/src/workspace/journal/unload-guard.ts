/** Asks before the page goes, while something would be lost with it. */
export interface UnloadGuard {
  /** Is something of this app neither saved nor kept? `flush` begins to keep it at once when the page may be about to go. */
  set(appId: string, isAtRisk: boolean, flush?: () => void): void;
}

interface Page { addEventListener(type: string, listener: (event: Event) => void): void; removeEventListener(type: string, listener: (event: Event) => void): void }

/** Listens only while there is a reason: a page that always listens is not kept for the way back. */
export function createUnloadGuard(): UnloadGuard {
  const page = globalThis as unknown as Partial<Page>;
  const atRisk = new Map<string, (() => void) | undefined>();
  const onUnload = (event: Event): void => {
    for (const flush of atRisk.values()) flush?.();
    event.preventDefault();
  };
  const onHide = (): void => atRisk.forEach((flush) => flush?.());
  return {
    set(appId, isAtRisk, flush) {
      const was = atRisk.size;
      if (isAtRisk) atRisk.set(appId, flush ?? atRisk.get(appId));
      else atRisk.delete(appId);
      if (was === 0 && atRisk.size > 0) {
        page.addEventListener?.('beforeunload', onUnload);
        page.addEventListener?.('pagehide', onHide);
      } else if (was > 0 && atRisk.size === 0) {
        page.removeEventListener?.('beforeunload', onUnload);
        page.removeEventListener?.('pagehide', onHide);
      }
    },
  };
}
