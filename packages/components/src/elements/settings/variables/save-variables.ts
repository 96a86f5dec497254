import { isApiError } from '@fapi/sdk';
import type { FapiClient } from '@fapi/sdk';
import type { Environment, Variable } from '@fapi/sdk/contract';

export interface EnvironmentInput { name: string; value?: string | undefined; secret: boolean; scope: Variable['scope'] }

/** Reads, changes and writes the environment as one; once more when somebody else was first: what they changed stays. */
export async function saveVariables(client: FapiClient, appId: string, change: (known: readonly Variable[]) => EnvironmentInput[], mayRepeat = true): Promise<Environment> {
  const { version, variables } = await client.environment.read(appId);
  try {
    return await client.environment.save(appId, { version, variables: change(variables) });
  } catch (error) {
    if (mayRepeat && isApiError(error, 'environment_conflict')) return saveVariables(client, appId, change, false);
    throw error;
  }
}
