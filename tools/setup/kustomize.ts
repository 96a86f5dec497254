import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from '../parts/paths.ts';
import { withLock } from './lock.ts';
import { digestFiles } from './stamp.ts';
import { lastWords, run, SetupError, step } from './step.ts';

const sources = join(root, 'tools/kustomize');
/** Beside the test cluster, and like it the same for all clones of one user. */
const userCache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'fapi/kustomize');

/** The kustomize that `tools/kustomize/go.mod` pins, built once with Go; `FAPI_TEST_KUSTOMIZE` names another one. */
export async function ensureKustomize(cache = userCache): Promise<string> {
  const given = process.env['FAPI_TEST_KUSTOMIZE'];
  if (given) {
    if (!existsSync(given)) throw new SetupError(`FAPI_TEST_KUSTOMIZE names ${given}, which is not there: name another one or unset it.`);
    return given;
  }
  const binary = join(cache, digestFiles(['tools/kustomize/go.{mod,sum}'], [process.platform, process.arch]).slice(0, 16), 'kustomize');
  if (existsSync(binary)) return binary;
  await withLock(`build ${cache}`, async () => {
    if (!existsSync(binary)) await step('Building kustomize (once, about a minute)', () => build(cache, binary));
  });
  return binary;
}

async function build(cache: string, binary: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'build-'));
  try {
    const env: NodeJS.ProcessEnv = { ...process.env, GOFLAGS: '-modcacherw', GOWORK: 'off', CGO_ENABLED: '0', GOMODCACHE: join(work, 'mod'), GOCACHE: join(work, 'go-build'), GOTMPDIR: work };
    const outcome = await run('go', ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', join(work, 'kustomize'), 'sigs.k8s.io/kustomize/kustomize/v5'], { cwd: sources, env });
    if (outcome.code !== 0) throw new SetupError(`kustomize, which reads the manifests, could not be built with Go: install Go (https://go.dev/dl) and connect to a network, or name a kustomize in FAPI_TEST_KUSTOMIZE. The last words:\n${lastWords(outcome)}`);
    await mkdir(join(binary, '..'), { recursive: true });
    // Whole or not at all.
    await rename(join(work, 'kustomize'), binary);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
