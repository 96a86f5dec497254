import { setTimeout as pause } from 'node:timers/promises';
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { toReason } from '../../../program/to-reason.ts';
import type { Cluster } from './cluster.ts';
import { hasStatus } from './errors.ts';
import type { Kind } from './kinds.ts';

/** What the cluster holds of one kind, kept here by list and watch, and as new as our own last write. */
export interface Mirror<T extends KubernetesObject> {
  get(name: string): T | undefined;
  all(): Iterable<T>;
  /** Those that stand under one key. */
  of(key: string): T[];
  /** Takes the answer to a write of our own: it may be a while until the watch brings it. */
  note(object: T): T;
  /** Resolves after the first list. */
  readonly synced: Promise<void>;
  /** Undefined while it follows, else a sentence. */
  problem(): string | undefined;
  /** Resolves once it has ended by its signal. */
  readonly ended: Promise<void>;
}

export interface MirrorOptions<T> {
  kind: Kind;
  labels: Record<string, string>;
  keyOf(object: T): string | undefined;
  /** Both are there for a change; only `before` when it is gone. */
  onChange(now: T | undefined, before: T | undefined): void;
  /** How often everything is listed again, watch or no watch. */
  resyncMs: number;
  logger: Logger;
  signal: AbortSignal;
}

const [firstPauseMs, longestPauseMs] = [100, 5_000];
/** A list and a watch that have been failing for a moment are no news yet. */
const patienceMs = 2_000;

/** Follows for ever: an end, an error or a version that is too old only mean another list. */
export function createMirror<T extends KubernetesObject>(cluster: Cluster, options: MirrorOptions<T>): Mirror<T> {
  const { kind, labels, keyOf, onChange, resyncMs, logger, signal } = options;
  const objects = new Map<string, T>();
  const keys = new Map<string, Set<string>>();
  const synced = Promise.withResolvers<void>();
  let newest = 0n;
  let failingSince: number | undefined;
  let trouble = '';

  const put = (name: string, now: T | undefined): void => {
    const before = objects.get(name);
    const key = before && keyOf(before);
    if (key !== undefined) {
      keys.get(key)?.delete(name);
      if (keys.get(key)?.size === 0) keys.delete(key);
    }
    if (now) {
      objects.set(name, now);
      const nextKey = keyOf(now);
      if (nextKey !== undefined) keys.set(nextKey, (keys.get(nextKey) ?? new Set()).add(name));
    } else objects.delete(name);
    if (now !== before) onChange(now, before);
  };
  /** Our own answer may have come before the watch tells of what was there earlier. */
  const isNewer = (object: T): boolean => {
    const known = objects.get(object.metadata!.name!);
    return !known || versionOf(object) > versionOf(known) || known.metadata?.uid !== object.metadata?.uid;
  };
  const relist = async (): Promise<string> => {
    const { items, resourceVersion } = await cluster.list<T>(kind, labels, signal);
    const listed = BigInt(resourceVersion);
    const names = new Set(items.map((item) => item.metadata!.name!));
    for (const item of items) if (isNewer(item)) put(item.metadata!.name!, item);
    // What was written after the list was made is not missing from it.
    for (const [name, object] of objects) if (!names.has(name) && versionOf(object) <= listed) put(name, undefined);
    newest = listed > newest ? listed : newest;
    synced.resolve();
    return resourceVersion;
  };
  const follow = async (): Promise<void> => {
    let version = await relist();
    const relistAt = performance.now() + resyncMs;
    while (!signal.aborted && performance.now() < relistAt) {
      failingSince = undefined;
      const turn = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, Math.ceil(relistAt - performance.now())))]);
      await cluster.watch<T>(kind, labels, version, ({ type, object }) => {
        version = object.metadata!.resourceVersion!;
        newest = BigInt(version);
        if (type === 'BOOKMARK') return;
        const name = object.metadata!.name!;
        if (type === 'DELETED') {
          if (objects.get(name)?.metadata?.uid === object.metadata!.uid) put(name, undefined);
        } else if (isNewer(object)) put(name, object);
      }, turn);
    }
  };
  const run = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!signal.aborted) {
      try {
        await follow();
        pauseMs = firstPauseMs;
      } catch (error) {
        if (signal.aborted) return;
        // Too old a version is what every long watch comes to.
        if (hasStatus(error, 410)) continue;
        if (failingSince === undefined) pauseMs = firstPauseMs;
        failingSince ??= performance.now();
        trouble = `the ${kind}s of the cluster cannot be followed: ${toReason(error)}`;
        logger.warn({ reason: trouble }, 'a watch broke and starts again');
        await pause(pauseMs, undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
      }
    }
  };
  const ended = run();

  return {
    get: (name) => objects.get(name),
    all: () => objects.values(),
    of: (key) => [...(keys.get(key) ?? [])].map((name) => objects.get(name)!),
    note(object) {
      const name = object.metadata!.name!;
      // One that the watch has seen go stays gone.
      if (objects.has(name) ? isNewer(object) : versionOf(object) > newest) put(name, object);
      return object;
    },
    synced: synced.promise,
    problem: () => (failingSince !== undefined && performance.now() - failingSince > patienceMs ? trouble : undefined),
    ended,
  };
}

/** The API promises that versions of one kind can be compared as numbers. */
const versionOf = (object: KubernetesObject): bigint => BigInt(object.metadata?.resourceVersion ?? '0');
