import type { PagePromise } from './client-types.ts';
import type { Page } from './contract/page.ts';
import { ContractError } from './errors.ts';

/** So many pages without an item in a row lead nowhere. */
const mostEmptyPages = 100;

/** A page that can be awaited, or iterated over to the end of the list, item by item or page by page. A list that does not come to its end is an error, never a part of it. */
export function paged<T>(fetchPage: (cursor: string | undefined) => Promise<Page<T>>, cursor?: string): PagePromise<T> {
  let first: Promise<Page<T>> | undefined;
  const start = (): Promise<Page<T>> => (first ??= fetchPage(cursor));
  async function* pages(): AsyncGenerator<Page<T>> {
    const seen = new Set([cursor]);
    let empty = 0;
    for (let page = await start(); ; ) {
      yield page;
      const { nextCursor } = page;
      if (nextCursor === undefined) return;
      empty = page.items.length === 0 ? empty + 1 : 0;
      if (seen.has(nextCursor) || empty > mostEmptyPages) throw new ContractError('the list does not come to its end: its pages lead in a circle, or hold nothing', 200);
      seen.add(nextCursor);
      page = await fetchPage(nextCursor);
    }
  }
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- a list is awaited for one page and iterated for all
    then: (onFulfilled, onRejected) => start().then(onFulfilled, onRejected),
    pages: () => ({ [Symbol.asyncIterator]: pages }),
    async *[Symbol.asyncIterator]() {
      for await (const { items } of pages()) yield* items;
    },
  };
}
