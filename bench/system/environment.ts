import type { Environment } from '@fapi/sdk/contract';
import type { System } from '../../e2e/system.ts';

const variables = [{ name: 'GREETING', value: 'hello', secret: false, scope: 'both' }, { name: 'API_KEY', value: 'a secret that nobody reads', secret: true, scope: 'both' }];

/** Gives the app a variable and a secret, so that no figure is of an app that has none. Rejects with the reason when this server has no environments. */
export async function setEnvironment({ baseUrl, operatorKey }: System, appId: string): Promise<void> {
  const answer = await fetch(`${baseUrl}/v1/apps/${appId}/environment`, {
    method: 'PUT', headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json', 'if-match': '"0"' }, body: JSON.stringify({ variables }),
  });
  if (answer.status === 404 || answer.status === 405) throw new Error('the server cannot set an environment yet (PUT /v1/apps/:appId/environment is not there)');
  if (!answer.ok) throw new Error(`the environment was answered with ${answer.status}: ${await answer.text()}`);
  const { version } = (await answer.json()) as Environment;
  if (version !== 1) throw new Error(`the environment has version ${version} after its first change`);
}
