import * as z from 'zod/mini';
import { App, Deployment, Finding, Issue, LogLine, Revision } from '@fapi/sdk/contract';

/** What `--json` promises, as docs/cli.md says it: each line is one of these, and the last one is the result. */
const exitCode = z.union([0, 1, 2, 3, 4, 5, 6, 130, 143].map((code) => z.literal(code)));
const paths = z.array(z.string());
const CliFailure = z.strictObject({
  code: z.string(), message: z.string(), exitCode, hints: z.optional(z.array(z.string())), status: z.optional(z.int()), requestId: z.optional(z.string()), issues: z.optional(z.array(Issue)),
  conflict: z.optional(z.strictObject({ version: z.int(), savedAt: z.string(), savedBy: z.string(), theirs: paths, yours: paths })),
});
const head = { type: z.literal('result'), exitCode, server: z.optional(z.string()) };
const failed = z.strictObject({ ...head, ok: z.literal(false), command: z.string(), error: CliFailure });
const result = <N extends string, S extends Record<string, z.ZodMiniType>>(command: N, shape: S) => z.strictObject({ ...head, ok: z.boolean(), command: z.literal(command), ...shape });
const app = z.string();

export const JsonLine = z.union([
  failed,
  result('init', { folder: z.string(), files: paths }),
  result('push', { app, created: z.boolean(), version: z.int(), put: paths, removed: paths, sent: z.int(), links: paths, nested: paths, newer: z.optional(z.strictObject({ version: z.int(), savedAt: z.string(), savedBy: z.string(), theirs: paths })) }),
  result('pull', { app, folder: z.string(), version: z.int(), written: paths, removed: paths, kept: paths, merged: paths }),
  result('validate', { app: z.optional(app), findings: z.array(Finding), durationMs: z.number(), routes: z.optional(z.array(z.object({ method: z.string(), path: z.string() }))) }),
  result('test', { app, passed: z.int(), failed: z.int(), skipped: z.int(), findings: z.array(Finding), output: z.array(z.string()), durationMs: z.number() }),
  result('deploy', { app, deployment: Deployment }),
  result('revert', { app, deployment: Deployment }),
  result('clone', { app, title: z.string(), url: z.string(), deployment: z.optional(Deployment) }),
  result('logs', { app, lines: z.int() }),
  result('open', { url: z.string(), opened: z.boolean() }),
  result('status', { app: App, revisions: z.array(Revision), unpushed: z.optional(paths), live: z.optional(z.string()) }),
  result('apps', { apps: z.array(App) }),
  result('backup', { file: z.string(), bytes: z.int() }),
  result('restore', { file: z.string(), message: z.string() }),
  result('version', { version: z.string(), serverVersion: z.optional(z.string()) }),
  result('help', { help: z.array(z.string()) }),
  z.strictObject({ type: z.literal('deployment'), deployment: Deployment }),
  z.strictObject({ type: z.literal('log'), ...LogLine.shape }),
  z.strictObject({ type: z.literal('pushed'), version: z.int(), put: paths, removed: paths }),
  z.strictObject({ type: z.literal('validation'), version: z.int(), findings: z.array(Finding) }),
  z.strictObject({ type: z.literal('waiting'), server: z.string() }),
  z.strictObject({ type: z.literal('trouble'), error: CliFailure }),
]);
