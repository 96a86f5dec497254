import { rememberEnvironments } from '../../environments.ts';
import { NotServedError } from '../../not-served-error.ts';
import { type FetchBundle, type FetchEnvironment, RuntimeUnavailableError, type Wanted } from '../runtime.ts';

/** What agents are given: code and values, from whoever keeps them. Both reject with `NotServedError` when there is none, and with `RuntimeUnavailableError` when nobody could be asked. */
export interface Supplies {
  bundle(sha256: string, signal: AbortSignal): Promise<Uint8Array>;
  /** In the words of the agent. */
  environment(of: Pick<Wanted, 'appId' | 'envVersion'>, values: 'live' | 'draft', signal: AbortSignal): Promise<{ environment: Record<string, string>; secrets: string[] }>;
}

export function createSupplies({ fetchBundle, fetchEnvironment }: { fetchBundle: FetchBundle; fetchEnvironment: FetchEnvironment }): Supplies {
  const readEnvironment = rememberEnvironments(fetchEnvironment);
  return {
    bundle: (sha256, signal) => fetched('the bundle', fetchBundle(sha256, signal), signal),
    async environment({ appId, envVersion }, which, signal) {
      const { variables, secrets } = await fetched('the environment', readEnvironment(appId, envVersion, which, signal), signal);
      return { environment: variables, secrets };
    },
  };
}

async function fetched<T>(what: string, fetching: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await fetching;
  } catch (error) {
    if (error instanceof NotServedError || signal.aborted) throw error;
    throw new RuntimeUnavailableError(`${what} could not be fetched: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
