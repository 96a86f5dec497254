import type { FapiClient } from '@fapi/sdk';
import type { WorkspaceOptions } from '@fapi/sdk/workspace';
import { ContextRoot, createContext } from '@lit/context';

export const clientContext = createContext<FapiClient | undefined>(Symbol.for('fapi-client'));
export const localeContext = createContext<string>(Symbol.for('fapi-locale'));

const optionsOf = new WeakMap<FapiClient, WorkspaceOptions>();

/** Says how the workspace of a client is made, before anybody needs it. Apart from making it: a page with a provider alone loads no workspace. */
export function setWorkspaceOptions(client: FapiClient, options: WorkspaceOptions): void {
  optionsOf.set(client, options);
}

export const workspaceOptionsOf = (client: FapiClient): WorkspaceOptions | undefined => optionsOf.get(client);

let root: ContextRoot | undefined;

/** Lets a provider that comes later than its consumers still reach them. Once per page. */
export function attachContextRoot(): void {
  if (root || typeof document === 'undefined') return;
  root = new ContextRoot();
  root.attach(document.documentElement);
}
