import { call, type Transport } from '../call.ts';
import type { CallOptions, PagePromise, StreamOptions } from '../client-types.ts';
import type { Deployment } from '../contract/deployments.ts';
import type { DraftPatch } from '../contract/files.ts';
import type { StreamEvent } from '../contract/events.ts';
import { AbortError } from '../errors.ts';
import { paged } from '../paging.ts';
import { patiently } from './patiently.ts';
import { isSettled } from '../settled.ts';

/** A draft version with changes on top, or a revision that is there. */
export type CreateDeployment =
  | { draftVersion: number; patch?: Partial<DraftPatch>; comment?: string }
  | { revision: 'live' | 'last_good' | (string & {}); environment?: 'newest' | 'as_deployed'; comment?: string };

export interface DeploymentsResource {
  /**
   * Saves `patch`, freezes the result and asks for it to be live: all or nothing. With a `revision` it asks for that one again and leaves the draft alone:
   * a digest, `'live'` to bring it the newest environment and nothing else, or `'last_good'` to go back (`ApiError` `no_last_good` when there is none). The environment is the newest one, or that of then with `'as_deployed'`.
   * One click has one `idempotencyKey`.
   * A revision that is new by it begins with the `comment`.
   * @example const deployment = await fapi.deployments.create(app.id, { draftVersion: version, comment: 'Closes #12' });
   * @example const back = await fapi.deployments.create(app.id, { revision: 'last_good', environment: 'as_deployed' });
   */
  create(appId: string, body: CreateDeployment, options?: CallOptions): Promise<Deployment>;
  /**
   * Newest first.
   * @example const { items: [newest] } = await fapi.deployments.list(app.id, { limit: 1 });
   */
  list(appId: string, query?: { limit?: number | undefined; cursor?: string | undefined }, options?: CallOptions): PagePromise<Deployment>;
  /** @example const { status, stages } = await fapi.deployments.read(app.id, deployment.id); */
  read(appId: string, deploymentId: string, options?: CallOptions): Promise<Deployment>;
  /**
   * Cancels what is not live yet; else `ApiError` `already_live` or `already_settled`.
   * @example await fapi.deployments.cancel(app.id, deployment.id);
   */
  cancel(appId: string, deploymentId: string, options?: CallOptions): Promise<Deployment>;
  /**
   * Asks again for what failed, was cancelled or was superseded, by a new deployment; else `ApiError` `not_settled`, `already_live` or `already_settled`.
   * @example const again = await fapi.deployments.retry(app.id, deployment.id);
   */
  retry(appId: string, deploymentId: string, options?: CallOptions): Promise<Deployment>;
  /**
   * What the deployment is now, then every change until it is live or has ended. Outlives lost connections; a time limit is the caller's `signal`.
   * @example for await (const { status, stages } of fapi.deployments.follow(deployment)) console.log(status, stages.at(-1)?.durationMs);
   */
  follow(deployment: Pick<Deployment, 'id' | 'appId'>, options?: CallOptions): AsyncIterable<Deployment>;
  /**
   * The last word of `follow`.
   * @example const { status, url, failure } = await fapi.deployments.untilSettled(deployment, { signal: AbortSignal.timeout(60_000) });
   */
  untilSettled(deployment: Pick<Deployment, 'id' | 'appId'>, options?: CallOptions): Promise<Deployment>;
}

export function createDeployments(transport: Transport, stream: (options: StreamOptions) => AsyncIterable<StreamEvent>, closing: AbortSignal): DeploymentsResource {
  const read = (appId: string, deploymentId: string, options: CallOptions = {}): Promise<Deployment> => call(transport, 'GET /v1/apps/:appId/deployments/:deploymentId', { ...options, params: { appId, deploymentId } });

  async function* follow({ id, appId }: Pick<Deployment, 'id' | 'appId'>, options: CallOptions = {}): AsyncGenerator<Deployment> {
    let last: Deployment | undefined;
    // The first read may know more than what the open stream has already on its way.
    const isNews = (deployment: Deployment): boolean => !last || (deployment.stages.length >= last.stages.length && JSON.stringify(deployment) !== JSON.stringify(last));
    for await (const event of stream({ apps: [appId], topics: ['deployments'], ...options })) {
      // The stream is open before the first read, so that nothing falls between them; after a gap it is read again.
      const deployment = event.type === 'ready' || event.type === 'reset' ? await patiently(() => read(appId, id, options), closing, options.signal) : event.type === 'deployment' && event.deployment.id === id ? event.deployment : undefined;
      if (!deployment || !isNews(deployment)) continue;
      last = deployment;
      yield deployment;
      if (isSettled(deployment)) return;
    }
  }

  return {
    create: (appId, body, options = {}) => call(transport, 'POST /v1/apps/:appId/deployments', { ...options, params: { appId }, body }),
    list: (appId, query = {}, options = {}) => paged((cursor) => call(transport, 'GET /v1/apps/:appId/deployments', { ...options, params: { appId }, query: { ...query, cursor } }), query.cursor),
    read,
    cancel: (appId, deploymentId, options = {}) => call(transport, 'POST /v1/apps/:appId/deployments/:deploymentId/cancel', { ...options, params: { appId, deploymentId } }),
    retry: (appId, deploymentId, options = {}) => call(transport, 'POST /v1/apps/:appId/deployments/:deploymentId/retry', { ...options, params: { appId, deploymentId } }),
    follow,
    async untilSettled(deployment, options) {
      for await (const now of follow(deployment, options)) if (isSettled(now)) return now;
      throw new AbortError('the client was closed before the deployment had settled');
    },
  };
}
