import * as z from 'zod/mini';
import { ConversionPlan, DryImport, EgressGrant, FailureReport, Finding, LimitValues, LogLine, Metrics, RunSettings, RuntimeFacts, StageNote, TestRun } from '@fapi/sdk/contract';

/** Version of every message on the bus. A reader refuses what it does not know, with a reason. */
export const schemaVersion = 1;
const schema = z.literal(schemaVersion);

/** What the server wants of one app. The last word per app stands; removal is a spec, never silence. */
export const RunnerSpec = z.object({
  schema,
  appId: z.string(),
  workspaceId: z.string(),
  /** Only grows; a spec with an older one never replaces a newer one. */
  generation: z.int(),
  /** Grows with each word of one generation (cancelled, settled, other settings): the first one has none. An older one never replaces a newer one, whoever was stalled while it said it. */
  sequence: z.optional(z.int()),
  /** Host name of the app on the gateway, fixed at birth. */
  host: z.string(),
  desired: z.discriminatedUnion('state', [
    z.object({
      state: z.literal('live'),
      deploymentId: z.string(),
      /** Digest of the revision, `sha256:<hex>`. */
      revision: z.string(),
      /** SHA-256 (hex) of the bundle's bytes; the bundle is fetched from the server, it never travels on the bus. */
      bundleSha256: z.string(),
      /** The values are fetched from the server, like the code. */
      envVersion: z.int(),
      /** How it is run: from the next look for sleep, from the next generation for the rest. */
      settings: RunSettings,
      egress: z.array(EgressGrant),
      /** Absent: what every app has. */
      limits: z.optional(LimitValues),
      /** The builder pressed cancel: stop working on it unless it has switched already. */
      cancelled: z.boolean(),
      /** The server has seen it live: it is to be kept alive, not judged again. */
      settled: z.boolean(),
    }),
    /** Nothing serves, and its folder is kept. One that is hidden is as unknown to visitors as one that never was. */
    z.object({ state: z.literal('stopped'), isHidden: z.boolean() }),
    /** Its folder goes too. */
    z.object({ state: z.literal('removed') }),
  ]),
});
export type RunnerSpec = z.infer<typeof RunnerSpec>;

export const StageReport = z.object({
  name: z.enum(['validating', 'preparing', 'starting', 'verifying', 'live']),
  startedAt: z.string(),
  endedAt: z.optional(z.string()),
  durationMs: z.optional(z.number()),
  /** What made it take longer than usual. */
  note: z.optional(StageNote),
});
export type StageReport = z.infer<typeof StageReport>;

/** A controller ends a stage within this, however it ends, and says so. */
export const stageLimitMs = 150_000;

/** What became of a spec so far: all its stages, so that any lost message is made good by the next one. */
export const RunnerStatus = z.object({
  schema,
  appId: z.string(),
  generation: z.int(),
  phase: z.enum(['working', 'live', 'failed', 'cancelled', 'stopped', 'removed']),
  stages: z.array(StageReport),
  /** The revision that answers on the routed path now, if any. */
  serving: z.optional(z.object({ generation: z.int(), revision: z.string() })),
  health: z.enum(['running', 'asleep', 'crashed', 'stopped', 'unknown']),
  reason: z.optional(z.enum(['validation_failed', 'import_failed', 'startup_failed', 'verification_failed', 'rolled_back', 'runner_lost', 'deadline_exceeded', 'bundle_unavailable', 'environment_unavailable'])),
  message: z.optional(z.string()),
  failure: z.optional(FailureReport),
  findings: z.optional(z.array(Finding)),
  /** How the live revision last crashed, while `health` is `crashed` or it crashes again and again. */
  crash: z.optional(FailureReport),
  /** How the live revision last crashed, and when, although it runs again. A controller that has not seen it says nothing of it. */
  lastCrash: z.optional(z.object({ at: z.string(), report: FailureReport })),
  isCrashLooping: z.optional(z.boolean()),
  /** What the live revision cannot do, or what blocks it, while it runs. */
  trouble: z.optional(FailureReport),
  /** What the runner left by itself, and how it had crashed: said until the next switch, also of newer generations, since a word of the older one may come too late to be taken. */
  rolledBack: z.optional(z.object({ from: z.int(), report: FailureReport })),
});
export type RunnerStatus = z.infer<typeof RunnerStatus>;

/** Question and answer with a deadline. */
export const Call = z.discriminatedUnion('kind', [
  z.object({
    schema, kind: z.literal('validate'), appId: z.string(), host: z.string(), revision: z.string(), bundleSha256: z.string(), envVersion: z.int(),
    /** Import it too, ahead of its deploy, for this open editor. With the live environment only for somebody who may deploy. */
    dryImport: z.optional(z.object({ session: z.string(), sequence: z.int(), withOpenApi: z.boolean(), values: z.enum(['live', 'draft']), settings: RunSettings, egress: z.array(EgressGrant), limits: z.optional(LimitValues) })),
  }),
  z.object({ schema, kind: z.literal('test'), appId: z.string(), envVersion: z.int(), revision: z.string(), bundleSha256: z.string(), select: z.array(z.string()), deadlineMs: z.int() }),
  /** Its main.py in several files, proved to be the same app by importing both. */
  z.object({ schema, kind: z.literal('convert'), appId: z.string(), envVersion: z.int(), revision: z.string(), bundleSha256: z.string() }),
  /** Stop working on this generation, unless its switch has begun. */
  z.object({ schema, kind: z.literal('cancel'), appId: z.string(), generation: z.int() }),
  /** What the app holds of its limits. */
  z.object({ schema, kind: z.literal('usage'), appId: z.string() }),
  z.object({ schema, kind: z.literal('ping') }),
]);
export type Call = z.infer<typeof Call>;
/** `packages`: versions of all that apps can import, by name; not of an older runner. */
export const DescribedRuntime = z.extend(RuntimeFacts, { packages: z.optional(z.record(z.string(), z.string())) });
export type DescribedRuntime = z.infer<typeof DescribedRuntime>;
export const CallAnswer = z.discriminatedUnion('kind', [
  z.object({ schema, kind: z.literal('validate'), findings: z.array(Finding), durationMs: z.number(), dryImport: z.optional(DryImport) }),
  z.object({ schema, kind: z.literal('test'), run: z.omit(TestRun, { draftVersion: true, digest: true }) }),
  z.object({ schema, kind: z.literal('convert'), plan: ConversionPlan }),
  z.object({ schema, kind: z.literal('cancel'), isCancelled: z.boolean() }),
  /** What is not known is absent. */
  z.object({ schema, kind: z.literal('usage'), memoryBytes: z.optional(z.int()), folderBytes: z.optional(z.int()) }),
  z.object({ schema, kind: z.literal('ping'), runtime: DescribedRuntime }),
  z.object({ schema, kind: z.literal('refused'), code: z.string(), message: z.string() }),
]);
export type CallAnswer = z.infer<typeof CallAnswer>;

export const LogBatch = z.object({ schema, appId: z.string(), lines: z.array(LogLine), dropped: z.int() });
export type LogBatch = z.infer<typeof LogBatch>;

/** Counters since the runner's agent started (`epoch`); the highest of each epoch counts. */
export const MetricsSample = z.object({ schema, appId: z.string(), epoch: z.string(), at: z.string(), totals: z.omit(Metrics, { appId: true }),
  /** Of the generation that serves, since its start. */
  serving: z.optional(z.object({ generation: z.int(), requests: z.int(), status5xx: z.int() })),
});
export type MetricsSample = z.infer<typeof MetricsSample>;

export const StreamItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('log'), value: LogBatch }),
  z.object({ kind: z.literal('metrics'), value: MetricsSample }),
]);
export type StreamItem = z.infer<typeof StreamItem>;
