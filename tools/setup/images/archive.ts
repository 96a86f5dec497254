import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digest, imageCache, inMounts, quote, showRoot } from './root.ts';
import type { Image } from './stages.ts';

/** Writes an image as an archive that `ctr images import` reads (OCI layout, one layer, no time and no owner but root), under full names such as `docker.io/library/fapi-server:local`; answers its path. */
export async function packImage(image: Image, ...references: readonly string[]): Promise<string> {
  const key = digest('archive', image.root.key, image.env, image.folder, image.user, image.entrypoint, image.command, references);
  const archive = join(imageCache, 'archives', `${image.name}-${key}.tar`);
  if (existsSync(archive)) return archive;
  const work = join(imageCache, 'work', `archive-${key}`);
  await rm(work, { recursive: true, force: true });
  const blobs = join(work, 'layout/blobs/sha256');
  await mkdir(blobs, { recursive: true });
  await mkdir(join(archive, '..'), { recursive: true });
  const layerFile = join(work, 'layer.tar');
  await inMounts(`${showRoot(image.root, join(work, 'root'))}
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C ${quote(join(work, 'root'))} -cf ${quote(layerFile)} .`, `Packing ${image.name}`);
  const layer = await hashFile(layerFile);
  await rename(layerFile, join(blobs, layer.hex));
  const put = async (value: unknown, mediaType: string): Promise<Descriptor> => {
    const bytes = Buffer.from(JSON.stringify(value));
    const hex = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(blobs, hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const platform = { architecture: process.arch === 'x64' ? 'amd64' : process.arch, os: 'linux' };
  const config = await put({
    ...platform,
    config: { Env: Object.entries({ PATH: '/usr/local/bin:/usr/bin:/bin', ...image.env }).map(([name, value]) => `${name}=${value}`), Entrypoint: image.entrypoint, Cmd: image.command, WorkingDir: image.folder, User: image.user },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer.hex}`] },
  }, 'application/vnd.oci.image.config.v1+json');
  const manifest = await put({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${layer.hex}`, size: layer.size }] }, 'application/vnd.oci.image.manifest.v1+json');
  await writeFile(join(work, 'layout/index.json'), JSON.stringify({ schemaVersion: 2, manifests: references.map((reference) => ({ ...manifest, platform, annotations: { 'io.containerd.image.name': reference, 'org.opencontainers.image.ref.name': reference.split(':').at(-1) } })) }));
  await writeFile(join(work, 'layout/oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await inMounts(`tar -C ${quote(join(work, 'layout'))} -cf ${quote(`${work}/archive.tar`)} oci-layout index.json blobs`, `Packing ${image.name}`);
  // Whole or not at all.
  await rename(join(work, 'archive.tar'), archive);
  await rm(work, { recursive: true, force: true });
  return archive;
}

interface Descriptor { mediaType: string; digest: string; size: number }

/** SHA-256 and bytes of a file. */
export async function hashFile(path: string): Promise<{ hex: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { hex: hash.digest('hex'), size };
}
