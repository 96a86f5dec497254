import type { Environment, Variable } from '@fapi/sdk/contract';
import type { EnvironmentValues } from '@fapi/runner-controller/work';
import { completeVariables, isSameEnvironment, type PlainVariable, type SentVariable } from '../../domain/environments/environment.ts';
import { DomainError } from '../../domain/errors.ts';
import type { KeyRing } from '../../domain/environments/key-ring.ts';
import { checkVersion } from '../../domain/version.ts';
import { type AppRow, updateApp } from '../../store/apps/apps.ts';
import { type EnvironmentRow, findEnvironment, findLivingEnvironment, insertEnvironment } from '../../store/apps/environments.ts';
import type { Database, SealedVariable, Tx } from '../../store/schema.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { presentApp } from '../present-app.ts';
import { lockLivingApp } from '../lock-app.ts';

type Keys = Pick<Context, 'keyRing'>;

/** The newest environment of an app, without the values of secrets. */
export const readEnvironment = (context: Context, app: AppRow): Promise<Environment> => readVersion(context, context.db, app.id, app.env_version);

async function readVersion({ keyRing }: Keys, db: Database | Tx, appId: string, version: number): Promise<Environment> {
  const row = await findEnvironment(db, appId, version);
  return row ? present(row, openVariables(keyRing, row, ({ secret }) => !secret)) : { appId, version, variables: [] };
}

/** Old versions are collected before calls are forgotten: an answer without variables would say that there are none. */
async function replayVersion(context: Keys, tx: Tx, appId: string, version: number): Promise<Environment> {
  if (version > 0 && !(await findEnvironment(tx, appId, version))) throw new DomainError('environment_not_kept', `this call was done before, and made version ${version}, which is not kept any more: read the newest`);
  return readVersion(context, tx, appId, version);
}

/** Replaces the environment if `version` is still the newest; the same content keeps it. What runs is not touched: the next deployment takes it. */
export function saveEnvironment(context: Context, actor: Actor, appId: string, version: number, sent: readonly SentVariable[]): Promise<Environment> {
  // Of the answer only its version is kept for a second call: its values are sealed where they are, and nowhere in clear.
  const replay = { keep: (environment: Environment) => environment.version, restore: (tx: Tx, kept: number) => replayVersion(context, tx, appId, kept) };
  return act(context, actor, { action: 'environment.save', appId, input: { version, sent }, replay }, async (tx, at) => {
    const app = await lockLivingApp(tx, actor, appId);
    checkVersion('environment', version, app.env_version);
    const row = await findEnvironment(tx, appId, version);
    const former = row ? openFormer(context, row, sent) : [];
    const variables = completeVariables(sent, former);
    if (row ? isSameEnvironment(variables, former) : variables.length === 0) return { answer: row ? present(row, former) : { appId, version, variables: [] } };
    const next = version + 1;
    const saved = await insertEnvironment(tx, {
      app_id: appId, version: next, key_id: context.keyRing.keyId, saved_at: at, saved_by: actor.subject,
      variables: sealVariables(context.keyRing, appId, next, variables),
    });
    const changed = await updateApp(tx, appId, { env_version: next, ...(isSameEnvironment(ofLive(variables), ofLive(former)) ? {} : { env_live_version: next }) });
    return { answer: present(saved, variables), events: [{ workspaceId: app.workspace_id, appId, type: 'app', payload: await presentApp(tx, changed, context.appUrl) }] };
  });
}

/** The newest environment of another app as the first one of a new app: with its values, or with its names and empty values. */
export async function copyEnvironment(tx: Tx, { keyRing }: Keys, actor: Actor, source: AppRow, appId: string, withValues: boolean, at: Date): Promise<void> {
  const row = await findEnvironment(tx, source.id, source.env_version);
  if (!row) return;
  const variables = withValues ? openVariables(keyRing, row, () => true) : row.variables.map(({ name, secret, scope }) => ({ name, secret, scope, value: '' }));
  await insertEnvironment(tx, { app_id: appId, version: 1, key_id: keyRing.keyId, saved_at: at, saved_by: actor.subject, variables: sealVariables(keyRing, appId, 1, variables) });
}

/** What one version gives to a runner; undefined when there is no such version, or when the app is deleted. */
export async function findValues(db: Database, { keyRing }: Keys, appId: string, version: number, values: 'live' | 'draft'): Promise<EnvironmentValues | undefined> {
  if (version === 0) return { variables: {}, secrets: [] };
  const row = await findLivingEnvironment(db, appId, version);
  if (!row) return undefined;
  const variables = openVariables(keyRing, row, ({ scope }) => scope === values || scope === 'both');
  return { variables: Object.fromEntries(variables.map(({ name, value }) => [name, value])), secrets: variables.filter(({ secret }) => secret).map(({ name }) => name) };
}

/** What reaches what is live; a change of what drafts see alone leaves it as it is. */
const ofLive = (variables: readonly PlainVariable[]): PlainVariable[] => variables.filter(({ scope }) => scope !== 'draft').map((variable) => ({ ...variable, scope: 'live' }));

/** Who sends every value anew needs none of the former: so an environment whose key is lost can be written again. */
function openFormer({ keyRing }: Keys, row: EnvironmentRow, sent: readonly SentVariable[]): PlainVariable[] {
  try {
    return openVariables(keyRing, row, () => true);
  } catch (error) {
    if (error instanceof DomainError && sent.every(({ value }) => value !== undefined)) return [];
    throw error;
  }
}

export const sealVariables = (keyRing: KeyRing, appId: string, version: number, variables: readonly PlainVariable[]): SealedVariable[] =>
  variables.map(({ name, value, secret, scope }) => ({ name, secret, scope, sealed: keyRing.seal(value, { appId, version, name, scope }) }));

export const openVariables = (keyRing: KeyRing, row: EnvironmentRow, isWanted: (variable: EnvironmentRow['variables'][number]) => boolean): PlainVariable[] =>
  row.variables.filter(isWanted).map(({ name, secret, scope, sealed }) => ({ name, secret, scope, value: keyRing.open(sealed, row.key_id, { appId: row.app_id, version: row.version, name, scope }) }));

function present(row: EnvironmentRow, opened: readonly PlainVariable[]): Environment {
  const variables = row.variables.map(({ name, secret, scope }): Variable => {
    const value = secret ? undefined : opened.find((known) => known.name === name && known.scope === scope)?.value;
    return { name, secret, scope, ...(value === undefined ? {} : { value }) };
  });
  return { appId: row.app_id, version: row.version, variables, savedAt: row.saved_at.toISOString(), savedBy: row.saved_by };
}
