import type { AppSettings } from '@fapi/sdk/contract';

/** In a sentence, why what is live is to be taken back by its answers; undefined when it is not, or not any more. */
export function judgeAnswers({ percent, minRequests, windowS }: NonNullable<AppSettings['rollbackOn5xx']>, { requests, status5xx }: { requests: number; status5xx: number }, liveForMs: number): string | undefined {
  if (liveForMs > windowS * 1_000 || requests < minRequests || status5xx * 100 < percent * requests) return undefined;
  return `${status5xx} of its first ${requests} requests (${Math.round((status5xx / requests) * 100)} %) were answered with 5xx, and ${percent} % are too many`;
}
