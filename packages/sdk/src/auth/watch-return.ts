interface Target { addEventListener(type: string, listener: () => void): void; removeEventListener(type: string, listener: () => void): void }

/** Calls `onReturn` when the network is back, or the page is seen again. Does nothing where there is no page. Answers how to stop. */
export function watchReturn(onReturn: () => void): () => void {
  const page = globalThis as unknown as Partial<Target> & { document?: Target & { visibilityState?: string } };
  const onVisible = (): void => {
    if (page.document?.visibilityState === 'visible') onReturn();
  };
  page.addEventListener?.('online', onReturn);
  page.document?.addEventListener?.('visibilitychange', onVisible);
  return () => {
    page.removeEventListener?.('online', onReturn);
    page.document?.removeEventListener?.('visibilitychange', onVisible);
  };
}
