import { isUnsettled } from './deployment.ts';
import { findLastGood, type Judged } from './last-good.ts';

/** Of each app so many of the newest deployments are kept, besides those that tell of a revision that is kept. */
export const deploymentsKept = 200;
/** So long the runner may still go back to what it has parked. */
const parkedMs = 60_000;

export interface History<T extends Judged> {
  /** Newest first. */
  revisions: readonly { digest: string; number: number; pinned: boolean }[];
  deployments: readonly T[];
  live: string | undefined;
  /** Revisions that somebody still builds upon, such as the base of the draft. */
  bases: readonly string[];
}

/** What is deleted of an app's history: revisions beyond the newest `kept` by their last use, and old deployments. What is live, last good, pinned, under way, parked or a base stays. */
export function chooseExpired<T extends Judged>({ revisions, deployments, live, bases }: History<T>, kept: number, now: Date): { revisions: string[]; deployments: T[] } {
  const newest = deployments.toSorted((a, b) => b.generation - a.generation);
  const lastUse = new Map(newest.toReversed().map(({ revision, generation }) => [revision, generation]));
  const byUse = revisions.toSorted((a, b) => (lastUse.get(b.digest) ?? 0) - (lastUse.get(a.digest) ?? 0) || b.number - a.number);
  const protectedOnes = new Set([
    ...bases, ...(live === undefined ? [] : [live]), ...revisions.filter(({ pinned }) => pinned).map(({ digest }) => digest),
    // With the live one and without it: a revert asks for the second.
    ...[findLastGood(newest, now), findLastGood(newest, now, live)].flatMap((good) => good?.revision ?? []),
    ...newest.filter(({ status, liveAt, endedAt }) => isUnsettled(status) || (liveAt !== undefined && endedAt !== undefined && now.getTime() - Date.parse(endedAt) < parkedMs)).map(({ revision }) => revision),
  ]);
  const expired = byUse.slice(kept).map(({ digest }) => digest).filter((digest) => !protectedOnes.has(digest));
  const left = new Set(byUse.map(({ digest }) => digest).filter((digest) => !expired.includes(digest)));
  return { revisions: expired, deployments: chooseOld(newest, left) };
}

/** Of each revision that is left, its newest deployment stays, and the newest that was live with the one that followed it: they tell its outcome and whether it was good. */
function chooseOld<T extends Judged>(newest: readonly T[], left: ReadonlySet<string>): T[] {
  const telling = new Set<T>();
  const [seen, seenLive] = [new Set<string>(), new Set<string>()];
  let successor: T | undefined;
  for (const deployment of newest) {
    const { revision, liveAt } = deployment;
    if (left.has(revision) && !seen.has(revision)) telling.add(deployment);
    if (liveAt !== undefined && left.has(revision) && !seenLive.has(revision)) {
      telling.add(deployment);
      if (successor) telling.add(successor);
      seenLive.add(revision);
    }
    seen.add(revision);
    if (liveAt !== undefined) successor = deployment;
  }
  return newest.slice(deploymentsKept).filter((deployment) => !telling.has(deployment) && !isUnsettled(deployment.status));
}
