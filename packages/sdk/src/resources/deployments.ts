import { call, type Transport } from '../call.ts';
import type { CallOptions, FapiClient, StreamOptions } from '../client-types.ts';
import { type Deployment, deploymentRoutes as routes, unsettledStatuses } from '../contract/deployments.ts';
import type { StreamEvent } from '../contract/events.ts';
import { AbortError, ConnectionError, ContractError, isApiError, TimeoutError } from '../errors.ts';
import { paged } from '../paging.ts';
import { pause } from '../pause.ts';

const retryMs = 1_000;
const isTransient = (error: unknown): boolean =>
  error instanceof ConnectionError || error instanceof TimeoutError || ((isApiError(error) || error instanceof ContractError) && (error.status >= 500 || error.status === 429));

/**
 * Live, or ended: no further stage comes by itself.
 * @example if (!isSettled(deployment)) await fapi.deployments.cancel(app.id, deployment.id);
 */
export const isSettled = (deployment: Pick<Deployment, 'status'>): boolean => !(unsettledStatuses as readonly string[]).includes(deployment.status);

export function createDeployments(transport: Transport, stream: (options: StreamOptions) => AsyncIterable<StreamEvent>, closing: AbortSignal): FapiClient['deployments'] {
  const read = (appId: string, deploymentId: string, options: CallOptions = {}): Promise<Deployment> => call(transport, routes.read, { ...options, params: { appId, deploymentId } });

  /** Asks until the server can say it: one answer that was lost must not end a watch of minutes. */
  const readPatiently = async (appId: string, deploymentId: string, options: CallOptions): Promise<Deployment | undefined> => {
    const ended = AbortSignal.any([closing, ...(options.signal ? [options.signal] : [])]);
    while (!closing.aborted) {
      try {
        return await read(appId, deploymentId, options);
      } catch (error) {
        if (!isTransient(error)) throw error;
        await pause(retryMs, ended);
      }
    }
    return undefined;
  };

  async function* follow({ id, appId }: Pick<Deployment, 'id' | 'appId'>, options: CallOptions = {}): AsyncGenerator<Deployment> {
    let last: string | undefined;
    const isNews = (deployment: Deployment): boolean => last !== (last = JSON.stringify(deployment));
    for await (const event of stream({ apps: [appId], topics: ['deployments'], ...options })) {
      // The stream is open before the first read, so that nothing falls between them; after a gap it is read again.
      const deployment = event.type === 'ready' || event.type === 'reset' ? await readPatiently(appId, id, options) : event.type === 'deployment' && event.deployment.id === id ? event.deployment : undefined;
      if (!deployment || !isNews(deployment)) continue;
      yield deployment;
      if (isSettled(deployment)) return;
    }
  }

  return {
    create: (appId, body, { idempotencyKey = crypto.randomUUID(), ...options } = {}) => call(transport, routes.create, { ...options, params: { appId }, body, headers: { 'idempotency-key': idempotencyKey } }),
    list: (appId, query = {}, options = {}) => paged((cursor) => call(transport, routes.list, { ...options, params: { appId }, query: { ...query, cursor } }), query.cursor),
    read,
    cancel: (appId, deploymentId, options = {}) => call(transport, routes.cancel, { ...options, params: { appId, deploymentId } }),
    follow,
    async untilSettled(deployment, options) {
      for await (const now of follow(deployment, options)) if (isSettled(now)) return now;
      throw new AbortError('the client was closed before the deployment had settled');
    },
  };
}
