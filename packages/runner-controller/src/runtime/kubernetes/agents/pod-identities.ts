import type { Logger } from 'pino';
import type { Hello } from '../../../agent/messages.ts';
import { RefusedError } from '../../runtime.ts';
import type { Reign } from '../cluster/reign.ts';
import { toLabel } from '../objects/names.ts';
import type { Credentials } from './credentials.ts';
import type { PodLink } from './pod-link.ts';

/** Gives agents what they show to the egress gateway for their app: the pod's own, for this app alone, and for a while. */
export interface PodIdentities {
  /** Resolves once the agent has one that lasts; asked for again and again, it gives the next one in time. */
  assure(appId: string, link: PodLink): Promise<void>;
}

export interface PodIdentitiesOptions { credentials: Credentials; reign: Reign; /** How long each is good: apps connect outwards so long without a controller, half of it at least. */ termMs: number; logger: Logger }

export function createPodIdentities({ credentials, reign, termMs, logger }: PodIdentitiesOptions): PodIdentities {
  // By connection: an agent that was started again has none any more.
  const given = new WeakMap<Hello, { renewAt: number; giving: Promise<void> }>();
  const give = async (appId: string, { pod, uid, ask }: PodLink): Promise<void> => {
    const { cert, key } = await credentials.issue({ app: toLabel(appId), pod: uid, epoch: reign.epoch }, termMs);
    try {
      await ask('identify', { appId, cert, key, lastsMs: termMs });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      // It is older than this: as long as its pod is, which nobody ends for this.
      logger.warn({ appId, pod, reason: error.message }, 'an agent takes no identity: its app connects nowhere until the pod is replaced');
    }
  };
  return {
    async assure(appId, link) {
      const agent = link.hello();
      if (!agent) return;
      const known = given.get(agent);
      if (known && performance.now() < known.renewAt) return known.giving;
      const giving = give(appId, link);
      given.set(agent, { renewAt: performance.now() + termMs / 2, giving });
      await giving.catch((error: unknown) => {
        given.delete(agent);
        throw error;
      });
    },
  };
}
