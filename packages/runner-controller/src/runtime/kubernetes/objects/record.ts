import type { V1ReplicaSet } from '@kubernetes/client-node';
import { EgressGrant, LimitValues, RunSettings } from '@fapi/sdk/contract';
import * as z from 'zod/mini';
import type { Wanted } from '../../runtime.ts';
import { annotation } from './labels.ts';

const Grants = z.array(EgressGrant);
const Release = z.object({ generation: z.int(), revision: z.string(), bundleSha256: z.string(), envVersion: z.int(), settings: RunSettings, egress: Grants, limits: z.optional(LimitValues) });
/** What one generation runs; the values of its environment are fetched, never written down here. */
export type Release = z.infer<typeof Release>;

/** All that is known of an app beside its agents, kept on its ReplicaSet. */
export interface AppRecord {
  appId: string;
  host: string;
  /** The highest one that was ever asked for: nothing older is done any more. */
  generation: number;
  /** Of the controller that wrote it last. */
  epoch: number;
  /** One that is hidden is as unknown to visitors as one that never was; one that is removed is kept for its generation alone. */
  state: 'live' | 'stopped' | 'hidden' | 'removed';
  candidate?: Release | undefined;
  /** What a new pod of this app is given. */
  release?: Release | undefined;
  /** What it is given when the release turns out bad. */
  former?: Release | undefined;
  /** Where an operator lets it connect to now, by the newest wish: also of a release that was made for more. */
  granted?: EgressGrant[] | undefined;
  removedAt?: string | undefined;
}

const states = new Set(['live', 'stopped', 'hidden', 'removed']);

/** Undefined for what is no app's, or was written by nobody who knows this shape. */
export function readRecord(set: V1ReplicaSet): AppRecord | undefined {
  const { annotations = {} } = set.metadata ?? {};
  const [appId, host, state] = [annotations[annotation.appId], annotations[annotation.host], annotations[annotation.state]];
  const [generation, epoch] = [Number(annotations[annotation.generation]), Number(annotations[annotation.epoch])];
  if (appId === undefined || host === undefined || state === undefined || !states.has(state) || !Number.isSafeInteger(generation) || !Number.isSafeInteger(epoch)) return undefined;
  return {
    appId, host, generation, epoch, state: state as AppRecord['state'],
    ...pick('candidate', readAs(Release, annotations[annotation.candidate])),
    ...pick('release', readAs(Release, annotations[annotation.release])),
    ...pick('former', readAs(Release, annotations[annotation.former])),
    ...pick('granted', readAs(Grants, annotations[annotation.granted])),
    ...pick('removedAt', annotations[annotation.removedAt]),
  };
}

export function writeRecord({ appId, host, generation, epoch, state, candidate, release, former, granted, removedAt }: AppRecord): Record<string, string> {
  return {
    [annotation.appId]: appId, [annotation.host]: host, [annotation.generation]: String(generation), [annotation.epoch]: String(epoch), [annotation.state]: state,
    ...(candidate ? { [annotation.candidate]: JSON.stringify(candidate) } : {}),
    // For whoever looks with kubectl.
    ...(release ? { [annotation.release]: JSON.stringify(release), [annotation.revision]: release.revision, [annotation.envVersion]: String(release.envVersion) } : {}),
    ...(former ? { [annotation.former]: JSON.stringify(former) } : {}),
    ...(granted ? { [annotation.granted]: JSON.stringify(granted) } : {}),
    ...(removedAt === undefined ? {} : { [annotation.removedAt]: removedAt }),
  };
}

export const toRelease = ({ generation, revision, bundleSha256, envVersion, settings, egress, limits }: Wanted): Release => ({ generation, revision, bundleSha256, envVersion, settings, egress: [...egress], ...pick('limits', limits) });
export const toWanted = ({ appId, host }: Pick<AppRecord, 'appId' | 'host'>, release: Release): Wanted => ({ appId, host, ...release });

/** Where an app may connect to: what is about to serve may do all that it was granted, what serves no more than is granted now. */
export function listGrants({ release, candidate, granted }: Pick<AppRecord, 'release' | 'candidate' | 'granted'>): EgressGrant[] {
  // Whoever is about to serve has the newest grants.
  const now = candidate?.egress ?? granted;
  const kept = (release?.egress ?? []).filter(({ host, port }) => now?.some((grant) => grant.host === host && grant.port === port) ?? true);
  return [...new Map([...kept, ...(candidate?.egress ?? [])].map((grant) => [`${grant.host} ${grant.port}`, grant])).values()];
}

/** One that was written by hand and is none is as good as none. */
function readAs<T extends z.ZodMiniType>(schema: T, text: string | undefined): z.infer<T> | undefined {
  if (text === undefined) return undefined;
  try {
    return z.parse(schema, JSON.parse(text));
  } catch {
    return undefined;
  }
}

const pick = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } => (value === undefined ? {} : { [key]: value } as { [P in K]: V });
