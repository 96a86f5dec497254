import { ConnectionError } from './errors.ts';
import type * as Parser from './parser.ts';

/**
 * What reads answers, with the schemas of all routes: a good part of this package, and of no use before there is an answer. So a page that imports it has it by a request of its own, beside the first of ours that has a token:
 * making the schemas takes longer than a token does to come, and what keeps a page busy before the request has gone is added to the wait.
 * Rejects with `ConnectionError` when it cannot be had; asked again, it is tried again.
 */
export function loadParser(): Promise<typeof Parser> {
  const loading = import('./parser.ts').catch((cause: unknown) => {
    throw new ConnectionError('the module that reads answers could not be loaded', { cause });
  });
  // Who was refused has no answer to read.
  loading.catch(() => undefined);
  return loading;
}
