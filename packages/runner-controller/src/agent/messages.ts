import * as z from 'zod/mini';
import { ConversionPlan, DryImport, FailureReport, Finding, IsolationLayer, LogLine, TestRun } from '@fapi/sdk/contract';

export const protocolVersion = 1;

export const Hello = z.object({
  agentId: z.string(),
  identity: z.string(),
  pid: z.int(),
  python: z.string(),
  stack: z.record(z.string(), z.string()),
  /** Versions of all that apps can import, by name; not of an older agent. */
  packages: z.optional(z.record(z.string(), z.string())),
  isolation: z.object({ level: z.int(), layers: z.array(IsolationLayer) }),
});
export type Hello = z.infer<typeof Hello>;

export const Serving = z.object({ generation: z.int(), digest: z.string(), envVersion: z.int(), pid: z.int(), since: z.string() });
/** How the user's code of one generation fails or failed. */
const Said = z.object({ generation: z.int(), report: FailureReport, finding: Finding });
const Named = z.object({ generation: z.int(), digest: z.string(), envVersion: z.int() });
export const AppState = z.object({
  appId: z.string(),
  host: z.string(),
  generation: z.int(),
  phase: z.enum(['idle', 'running', 'asleep', 'crashed', 'stopped']),
  active: z.optional(Serving),
  candidate: z.optional(Named),
  parked: z.optional(Named),
  /** The last one of this app, whoever it was. */
  failure: z.optional(Said),
  /** What who serves cannot do. */
  trouble: z.optional(z.extend(Said, { at: z.string() })),
  /** Which line holds the event loop of who serves, for as long as it does. */
  stalled: z.optional(Said),
  /** The agent went back by itself: `from` is over, `to` serves. */
  rolledBack: z.optional(z.object({ from: z.int(), to: z.int(), report: FailureReport, finding: Finding })),
  asleep: z.optional(z.enum(['frozen', 'gone'])),
  /** Who serves again when an app that is gone is woken. */
  sleeping: z.optional(Named),
  /** It did not last, three starts in a row. */
  crashLoop: z.optional(z.literal(true)),
  restarts: z.int(),
});
export type AppState = z.infer<typeof AppState>;

export const Totals = z.object({
  appId: z.string(),
  epoch: z.string(),
  requests: z.int(),
  status2xx: z.int(),
  status3xx: z.int(),
  status4xx: z.int(),
  status5xx: z.int(),
  inFlight: z.int(),
  bytesOut: z.int(),
  lastRequestAt: z.optional(z.string()),
  /** Of the generation that serves, by all its children. */
  serving: z.optional(z.object({ generation: z.int(), requests: z.int(), status5xx: z.int() })),
});
export type Totals = z.infer<typeof Totals>;

export const RouteEntry = z.object({ host: z.string(), appId: z.string(), socket: z.string(), generation: z.int(), phase: z.string() });
export const RoutesEvent = z.object({ version: z.int(), routes: z.array(RouteEntry) });
export type RoutesEvent = z.infer<typeof RoutesEvent>;
export const LogEvent = z.object({ appId: z.string(), lines: z.array(LogLine), dropped: z.int() });
export type LogEvent = z.infer<typeof LogEvent>;

export const AgentErrorCode = z.enum(['bad_request', 'unsupported_protocol', 'stale_epoch', 'stale_generation', 'unknown_app', 'unknown_revision', 'unprepared', 'superseded', 'busy', 'egress_unavailable', 'language_unavailable', 'too_many_sessions', 'pod_taken', 'disk_full', 'failed', 'internal']);
export type AgentErrorCode = z.infer<typeof AgentErrorCode>;
/** Why a session is over, where the agent ends it. */
export const SessionOver = z.object({ kind: z.literal('end'), code: z.string(), message: z.string() });
export const ErrorAnswer = z.object({ code: AgentErrorCode, message: z.string(), report: z.optional(FailureReport), finding: z.optional(Finding) });

export const results = {
  hello: Hello,
  has: z.object({ have: z.boolean() }),
  put: z.object({}),
  validate: z.object({ findings: z.array(Finding), durationMs: z.number() }),
  language: z.object({}),
  draft: z.extend(z.omit(DryImport, { openapi: true }), { openapi: z.nullable(z.record(z.string(), z.unknown())) }),
  convert: ConversionPlan,
  test: z.omit(TestRun, { draftVersion: true, digest: true }),
  identify: z.object({}),
  prepare: z.object({ routes: z.array(z.object({ method: z.string(), path: z.string() })), durationMs: z.number(), adopted: z.boolean() }),
  activate: z.object({ durationMs: z.number() }),
  rollback: z.object({ generation: z.int(), digest: z.string(), durationMs: z.number() }),
  freeze: z.object({}),
  sleep: z.object({}),
  wake: z.object({ durationMs: z.number() }),
  policy: z.object({}),
  grants: z.object({}),
  stop: z.object({}),
  remove: z.object({}),
  apps: z.object({ appIds: z.array(z.string()) }),
  status: z.object({ apps: z.array(AppState) }),
  metrics: z.object({ apps: z.array(Totals) }),
  usage: z.object({ folderBytes: z.int(), memoryBytes: z.optional(z.int()) }),
  watch: z.object({}),
  watchRoutes: z.object({}),
  routesApplied: z.object({}),
  shutdown: z.object({}),
} as const;
export type Method = keyof typeof results;
export type Result<M extends Method> = z.output<(typeof results)[M]>;
