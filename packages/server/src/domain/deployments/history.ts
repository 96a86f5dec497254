import type { Revision } from '@fapi/sdk/contract';
import { findLastGood, type Judged } from './last-good.ts';

type Told = Judged & { id: string; createdAt: string; createdBy: string; failure?: string };
export type Outcome = Pick<Revision, 'isLive' | 'isLastGood' | 'outcome' | 'durationMs' | 'failure' | 'liveAt' | 'lastDeploymentId' | 'lastGeneration' | 'lastTrigger' | 'lastDeployedAt' | 'lastDeployedBy'>;

/** What an app's deployments tell of each of its revisions. */
export function tellOutcomes(deployments: readonly Told[], liveDeploymentId: string | null, now: Date): (digest: string) => Outcome {
  const newest = deployments.toSorted((a, b) => b.generation - a.generation);
  const byRevision = Map.groupBy(newest, ({ revision }) => revision);
  const live = newest.find(({ id }) => id === liveDeploymentId)?.revision;
  const lastGood = findLastGood(newest, now)?.revision;
  return (digest) => {
    const own = byRevision.get(digest) ?? [];
    const [last] = own;
    const wentLive = own.find(({ liveAt }) => liveAt !== undefined);
    const settledAt = last?.liveAt ?? last?.endedAt;
    return {
      isLive: digest === live, isLastGood: digest === lastGood,
      ...(last ? { outcome: last.status, lastDeploymentId: last.id, lastGeneration: last.generation, lastTrigger: last.trigger ?? 'deploy', lastDeployedAt: last.createdAt, lastDeployedBy: last.createdBy } : {}),
      ...(last && settledAt !== undefined ? { durationMs: Date.parse(settledAt) - Date.parse(last.createdAt) } : {}),
      ...(last?.failure === undefined ? {} : { failure: last.failure }),
      ...(wentLive ? { liveAt: wentLive.liveAt! } : {}),
    };
  };
}
