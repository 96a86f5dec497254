import type { PagePromise } from './client-types.ts';
import type { Page } from './contract/page.ts';

/** A page that can be awaited, or iterated over to the end of the list; a cursor that does not move ends it. */
export function paged<T>(fetchPage: (cursor: string | undefined) => Promise<Page<T>>, cursor?: string): PagePromise<T> {
  let first: Promise<Page<T>> | undefined;
  const start = (): Promise<Page<T>> => (first ??= fetchPage(cursor));
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- a list is awaited for one page and iterated for all
    then: (onFulfilled, onRejected) => start().then(onFulfilled, onRejected),
    async *[Symbol.asyncIterator]() {
      for (let page = await start(), last = cursor; ; page = await fetchPage(last)) {
        yield* page.items;
        if (page.nextCursor === undefined || page.nextCursor === last) return;
        last = page.nextCursor;
      }
    },
  };
}
