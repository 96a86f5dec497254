import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, schemathesisPath } from '../../tools/parts/paths.ts';
import { startEmbedded } from '../shapes/embedded.ts';
import type { System } from '../system.ts';

/** The stream of events is left out: it has no end. */
const seconds = 200;
const seed = process.env['FAPI_SEED'] ?? String(Math.floor(Math.random() * 1e9));
/**
 * Not `positive_data_acceptance`: paths of files, versions and cursors have rules that no JSON schema says, and a refusal of them is right.
 * Nor those of one request after another: they take a second app with the same content for the first one that was deleted.
 */
const checks = [
  'not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance', 'response_schema_conformance', 'negative_data_rejection', 'missing_required_header', 'unsupported_method', 'allow_header_conformance', 'ignored_auth',
];

describe('the API, by its own OpenAPI document', () => {
  let system: System;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fapi-fuzz-'));
    system = await startEmbedded();
  });
  afterAll(async () => {
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it(`answers ${seconds} seconds of made-up requests without a 500, an undocumented status or a breach of a schema`, async () => {
    const outcome = await new Promise<{ code: number; text: string }>((resolve) => {
      execFile(schemathesisPath(), [
        'run', `${system.baseUrl}/v1/openapi.json`, '--header', `Authorization: Bearer ${system.operatorKey}`, '--exclude-path', '/v1/events',
        '--checks', checks.join(','), '--rate-limit', '90/s', '--request-timeout', '60', '--max-time', String(seconds), '--seed', seed, '--continue-on-failure', '--no-color',
      ], { cwd: folder, maxBuffer: 50_000_000, env: { ...process.env, SCHEMATHESIS_HOOKS: join(root, 'e2e/fuzz/hooks.py') } }, (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, text: stdout + stderr }));
    });
    expect(outcome.text).toMatch(/\d{3,} generated/);
    expect(outcome.code, `FAPI_SEED=${seed}\n${outcome.text.slice(-20_000)}`).toBe(0);
  });
});
