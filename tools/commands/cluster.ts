import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { root } from '../parts/paths.ts';
import { lastWords, run, SetupError, show, step } from '../setup/step.ts';

/** A cluster on this machine with everything of fapi in it, by kind or k3d; run again, it brings it up to date. */
const name = 'fapi';
const context = { kind: `kind-${name}`, k3d: `k3d-${name}` } as const;
const images = ['server', 'controller', 'gateway', 'runner'].map((target) => ({ target, image: `fapi-${target}:local` }));
const programs = ['statefulset/postgres', 'statefulset/nats', 'deployment/fapi-controller', 'deployment/fapi-server', 'deployment/fapi-gateway', 'deployment/fapi-egress'];

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(2);
}

async function main(): Promise<void> {
  const tool = await findTool();
  await step('Making the cluster', () => makeCluster(tool));
  for (const { target, image } of images) {
    console.log(`\n== image ${image}`);
    if (await show('docker', ['build', '-f', join(root, 'deploy/images/Dockerfile'), '--target', target, '-t', image, root]) !== 0) throw new SetupError(`The image ${image} could not be built: docker's words above say why.`);
  }
  const names = images.map(({ image }) => image);
  await step('Loading the images', () => must(tool, tool === 'kind' ? ['load', 'docker-image', '--name', name, ...names] : ['image', 'import', '-c', name, ...names]));
  const kubectl = (args: readonly string[]): Promise<string> => must('kubectl', ['--context', context[tool], ...args]);
  // The namespaces, for the Secrets; they come again below.
  await kubectl(['apply', '--server-side', '-f', join(root, 'deploy/base/namespaces.yaml')]);
  await makeSecrets(kubectl);
  await kubectl(['apply', '--server-side', '-k', join(root, 'deploy/overlays/local')]);
  // What was loaded under the same name is not seen as another image.
  await kubectl(['-n', 'fapi', 'rollout', 'restart', 'deployment']);
  await step('Waiting for its programs', async () => {
    for (const program of programs) await kubectl(['-n', 'fapi', 'rollout', 'status', program, '--timeout=300s']);
  });
  const key = Buffer.from(await kubectl(['-n', 'fapi', 'get', 'secret', 'fapi-keys', '-o', 'jsonpath={.data.operator-key}']), 'base64').toString();
  const forward = `kubectl --context ${context[tool]} -n fapi port-forward`;
  console.log(['', 'fapi runs. In two more terminals:', `  ${forward} service/fapi-server 8787`, `  ${forward} service/fapi-gateway 8788`, '', 'The API is at http://127.0.0.1:8787, apps are below http://<app>.localhost:8788/.', `  export FAPI_URL=http://127.0.0.1:8787 FAPI_API_KEY=${key}`, '', `To remove it all: ${tool === 'kind' ? `kind delete cluster --name ${name}` : `k3d cluster delete ${name}`}`].join('\n'));
}

async function findTool(): Promise<'kind' | 'k3d'> {
  if ((await run('docker', ['info'])).code !== 0) throw new SetupError('npm run cluster builds images and runs a cluster with docker, and no docker answers here: install and start it (https://docs.docker.com/engine/install), and run the command again.');
  if ((await run('kubectl', ['version', '--client'])).code !== 0) throw new SetupError('npm run cluster needs kubectl 1.27 or newer, and there is none on PATH: install it (https://kubernetes.io/docs/tasks/tools), and run the command again.');
  for (const tool of ['kind', 'k3d'] as const) if ((await run(tool, ['version'])).code === 0) return tool;
  throw new SetupError('npm run cluster needs kind or k3d, and neither is on PATH: install one (https://kind.sigs.k8s.io or https://k3d.io), and run the command again.');
}

async function makeCluster(tool: 'kind' | 'k3d'): Promise<void> {
  const listed = await must(tool, tool === 'kind' ? ['get', 'clusters'] : ['cluster', 'list', '--no-headers']);
  if (listed.split('\n').some((line) => line.split(/\s/)[0] === name)) return;
  await must(tool, tool === 'kind' ? ['create', 'cluster', '--name', name, '--wait', '120s'] : ['cluster', 'create', name, '--wait', '--timeout', '120s']);
}

/** Once: other keys could not read what the first ones have sealed. */
async function makeSecrets(kubectl: (args: readonly string[]) => Promise<string>): Promise<void> {
  const there = (await kubectl(['-n', 'fapi', 'get', 'secrets', '-o', 'name'])).split('\n');
  const make = async (secret: string, values: Record<string, string>): Promise<void> => {
    if (!there.includes(`secret/${secret}`)) await kubectl(['-n', 'fapi', 'create', 'secret', 'generic', secret, ...Object.entries(values).map(([key, value]) => `--from-literal=${key}=${value}`)]);
  };
  const random = (): string => randomBytes(24).toString('base64url');
  // The address holds the password: one without the other is of no use.
  if (there.includes('secret/fapi-postgres') !== there.includes('secret/fapi-addresses')) throw new SetupError('Of the Secrets fapi-postgres and fapi-addresses one is missing in the cluster: delete the cluster and run the command again.');
  const password = random();
  await make('fapi-postgres', { password });
  await make('fapi-addresses', { 'database-url': `postgres://fapi:${password}@postgres:5432/fapi`, 'nats-url': 'nats://nats:4222' });
  await make('fapi-keys', { 'operator-key': random(), 'controller-key': random(), 'environment-key': random() });
}

async function must(program: string, args: readonly string[]): Promise<string> {
  const outcome = await run(program, args);
  // Not the arguments: some are secrets.
  if (outcome.code !== 0) throw new SetupError(`${program} ${args[0]} failed; its last words:\n${lastWords(outcome)}`);
  return outcome.stdout;
}
