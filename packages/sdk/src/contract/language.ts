import * as z from 'zod/mini';
import { defineRoute } from './route.ts';

/**
 * A language server for the saved draft of an app, as a WebSocket. The first frame, within 5 s, is `{"fapi":"authenticate","token":"..."}`; before the token expires another one follows.
 * The answer is `{"fapi":"ready","root":"file:///app/"}`; after that each text frame is one JSON-RPC message of the language server protocol, of at most 1,000,000 bytes, and a frame with the field `fapi` is one of ours.
 * It ends with `{"fapi":"end","code","message"}` and the close code 4000 + the status of that error code, or with 1001 when the server stops.
 */
export const languageRoutes = {
  open: defineRoute({
    method: 'GET', path: '/v1/apps/:appId/language', summary: 'Talk to a language server for the draft, over a WebSocket', access: 'drafts:write', params: z.object({ appId: z.string() }),
    status: 101, response: 'socket', errors: ['app_not_found', 'body_too_large', 'session_gap', 'runner_unavailable', 'workbench_busy', 'language_unavailable'],
  }),
} as const;
