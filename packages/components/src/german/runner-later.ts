import { awaitStrings } from '../catalogues.ts';
import type { Spoken } from '../strings/common.ts';
import type * as runner from './runner.ts';

let known: typeof runner | undefined;

/** What the runner says, in German once its sentences are here: no page waits for them before something has failed. */
export const runnerSays = (text: string, of?: Spoken): string => known?.runnerSays(text, of) ?? text;
/** What the server says of two OpenAPI documents. */
export const changeSays = (text: string): string => known?.changeSays(text) ?? text;
/** What the client says is wrong in a .env file. */
export const dotenvSays = (text: string): string => known?.dotenvSays(text) ?? text;

void awaitStrings('de', import('./runner.ts').then((sentences) => { known = sentences; }));
