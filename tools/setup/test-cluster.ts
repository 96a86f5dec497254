import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from '../parts/paths.ts';
import { ensureKustomize } from './kustomize.ts';
import { withLock } from './lock.ts';
import { digestFiles } from './stamp.ts';
import { lastWords, type Outcome, run, SetupError, step } from './step.ts';

const sources = join(root, 'tools/test-cluster');
const least = 21;
const monthMs = 30 * 24 * 3_600_000;
/** Not in the clone: the build takes minutes and is the same for all clones of one user. */
const userCache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'fapi/test-cluster');

/** The program with the Kubernetes control plane: `FAPI_TEST_CLUSTER_BINARY`, or the one built from `tools/test-cluster`, once for its sources and this Go, in the user's cache folder. */
export async function ensureTestCluster(cache = userCache): Promise<string> {
  const given = process.env['FAPI_TEST_CLUSTER_BINARY'];
  if (given) {
    if (!existsSync(given)) throw new SetupError(`FAPI_TEST_CLUSTER_BINARY names ${given}, which is not there: name another one or unset it.`);
    return given;
  }
  const key = digestFiles(['tools/test-cluster/**/*.go', 'tools/test-cluster/go.{mod,sum}', 'tools/test-cluster/loopback-endpoints.json'], [await findGo()]).slice(0, 16);
  const binary = join(cache, key, 'test-cluster');
  if (existsSync(binary)) {
    await utimes(binary, new Date(), new Date());
    return binary;
  }
  await withLock(`build ${cache}`, async () => {
    if (!existsSync(binary)) await step('Building etcd, the Kubernetes API server, controller manager and scheduler (once, 5 to 15 minutes)', () => build(cache, key));
  });
  return binary;
}

/** What the Kubernetes tests need: a cluster that is given, or the program for one of their own, and what reads the manifests. */
export async function ensureKubernetes(): Promise<void> {
  if (!process.env['FAPI_TEST_KUBECONFIG']) await ensureTestCluster();
  await ensureKustomize();
}

async function findGo(): Promise<string> {
  const outcome = await run('go', ['version'], { cwd: root });
  const minor = Number(/go version go1\.(\d+)/.exec(outcome.stdout)?.[1]);
  // From 1.21 on, Go fetches by itself the newer one that go.mod asks for.
  if (minor >= least) return outcome.stdout.trim();
  const found = outcome.code === 0 ? `this is ${outcome.stdout.trim()}` : 'there is none on PATH';
  throw new SetupError(`The Kubernetes tests build their control plane with Go 1.${least} or newer, and ${found}: install Go (https://go.dev/dl), or name a cluster in FAPI_TEST_KUBECONFIG, and run the command again.`);
}

/** Everything in a folder of its own that is gone afterwards: Go's caches of this build hold 7 GB. `FAPI_TEST_GO_CACHE` names a folder that keeps them, for whoever changes the sources. */
async function build(cache: string, key: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  for (const left of await readdir(cache)) if (left.startsWith('build-')) await rm(join(cache, left), { recursive: true, force: true });
  const work = await mkdtemp(join(cache, 'build-'));
  try {
    const kept = process.env['FAPI_TEST_GO_CACHE'] || work;
    const env: NodeJS.ProcessEnv = { ...process.env, GOFLAGS: '-modcacherw', GOWORK: 'off', CGO_ENABLED: '0', GOGC: '400', GOMODCACHE: join(kept, 'mod'), GOCACHE: join(kept, 'go-build'), GOTMPDIR: work };
    const go = async (...args: string[]): Promise<Outcome> => {
      const outcome = await run('go', args, { cwd: sources, env });
      if (outcome.code !== 0) throw new SetupError(explain(lastWords(outcome)));
      return outcome;
    };
    const { Dir: kubernetes, Version: version } = JSON.parse((await go('mod', 'download', '-json', 'k8s.io/kubernetes')).stdout) as { Dir: string; Version: string };
    const module = join(work, 'go.mod');
    await writeFile(module, `${await readFile(join(sources, 'go.mod'), 'utf8')}\nreplace k8s.io/kubernetes => ${await allowLoopbackEndpoints(kubernetes, join(work, 'kubernetes'))}\n`);
    await cp(join(sources, 'go.sum'), join(work, 'go.sum'));
    const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version)!;
    // Without a version the server calls itself v0.0.0-master, and clients take it for an old one.
    const stamp = Object.entries({ gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' }).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
    const built = join(work, 'out');
    await go('build', `-modfile=${module}`, '-trimpath', '-buildvcs=false', '-ldflags', ['-s', '-w', ...stamp].join(' '), '-o', join(built, 'test-cluster'), '.');
    await rm(join(cache, key), { recursive: true, force: true });
    // Whole or not at all.
    await rename(built, join(cache, key));
    await forget(cache, monthMs);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Drops what no clone has used for so long. */
async function forget(cache: string, unusedMs: number): Promise<void> {
  for (const key of await readdir(cache)) {
    const used = await stat(join(cache, key, 'test-cluster')).catch(() => undefined);
    if (used && Date.now() - used.mtimeMs > unusedMs) await rm(join(cache, key), { recursive: true, force: true });
  }
}

/** The one difference to the published API server: pods here have loopback addresses, which it refuses in the EndpointSlices of their Services. Go replaces no single file of a module, so a copy of it is changed. */
async function allowLoopbackEndpoints(kubernetes: string, copy: string): Promise<string> {
  const { file, text, instead } = JSON.parse(await readFile(join(sources, 'loopback-endpoints.json'), 'utf8')) as { file: string; text: string; instead: string };
  await cp(kubernetes, copy, { recursive: true });
  const published = await readFile(join(copy, file), 'utf8');
  if (published.split(text).length !== 2) throw new Error(`${file} of this Kubernetes does not hold once what loopback-endpoints.json changes`);
  await writeFile(join(copy, file), published.replace(text, () => instead));
  return copy;
}

function explain(words: string): string {
  if (/dial tcp|no such host|Temporary failure in name resolution|connection refused|i\/o timeout/.test(words)) return 'The Go module proxy cannot be reached: connect to a network (or set GOPROXY) and run the command again.';
  return `Go could not build the control plane of the Kubernetes tests; its last words:\n${words}`;
}
