import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ensureTestCluster } from './test-cluster.ts';

/** In the place of Go: a real build takes minutes. It notes each call, and answers with what a build would leave. */
const go = `#!/bin/sh
echo "$1 $2" >> "$HERE/calls"
case "$1" in
version) echo "go version $GO linux/amd64" ;;
mod) echo "{\\"Dir\\": \\"$HERE/module\\", \\"Version\\": \\"v1.37.2\\"}" ;;
build) while [ "$1" != -o ]; do shift; done; mkdir -p "$(dirname "$2")"; cp "$(dirname "$GOTMPDIR/x")/kubernetes/pkg/apis/core/validation/validation.go" "$2" ;;
esac
`;
let here: string;
let cache: string;

beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'fapi-go-'));
  cache = join(here, 'cache');
  await writeFile(join(here, 'go'), go, { mode: 0o755 });
  const { file, text } = JSON.parse(await readFile(new URL('../test-cluster/loopback-endpoints.json', import.meta.url), 'utf8')) as { file: string; text: string };
  await mkdir(join(here, 'module', file, '..'), { recursive: true });
  await writeFile(join(here, 'module', file), `before ${text} after`);
  for (const [name, value] of Object.entries({ HERE: here, GO: 'go1.26.8', PATH: `${here}:${process.env['PATH']}`, FAPI_TEST_CLUSTER_BINARY: '', FAPI_TEST_GO_CACHE: '' })) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(here, { recursive: true, force: true });
});

it('builds once for all who start at the same time, and keeps nothing but the program of the newest sources', async () => {
  const all = await Promise.all([ensureTestCluster(cache), ensureTestCluster(cache), ensureTestCluster(cache)]);
  expect(new Set(all).size).toBe(1);
  expect((await readFile(join(here, 'calls'), 'utf8')).match(/^build/gm)).toHaveLength(1);
  expect(await readFile(all[0]!, 'utf8')).toContain('if false {');
  vi.stubEnv('GO', 'go1.27.0');
  const next = await ensureTestCluster(cache);
  expect(next).not.toBe(all[0]);
  expect((await readdir(cache)).map((name) => join(cache, name, 'test-cluster'))).toEqual([next]);
});

it('says what to install where Go is missing or too old', async () => {
  vi.stubEnv('GO', 'go1.19.8');
  await expect(ensureTestCluster(cache)).rejects.toThrow(/Go 1\.21 or newer, and this is go version go1\.19\.8.*install Go/);
  vi.stubEnv('PATH', cache);
  await expect(ensureTestCluster(cache)).rejects.toThrow(/there is none on PATH: install Go/);
  expect(existsSync(cache)).toBe(false);
});
