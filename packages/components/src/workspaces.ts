import type { FapiClient } from '@fapi/sdk';
import { createWorkspace } from '@fapi/sdk/workspace';
import type { Workspace } from '@fapi/sdk/workspace';
import { workspaceOptionsOf } from './contexts.ts';
import { untilClosed } from './leaving.ts';

const workspaces = new WeakMap<FapiClient, Workspace>();

/** One workspace per client, so that all elements of a page share one stream per app, however they got the client. */
export function workspaceOf(client: FapiClient): Workspace {
  const found = workspaces.get(client);
  if (found) return found;
  const workspace = createWorkspace(client, { ...workspaceOptionsOf(client), after: untilClosed() });
  workspaces.set(client, workspace);
  return workspace;
}
