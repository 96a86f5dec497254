import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { digest, imageCache, inMounts, mountScratch, quote, scratch } from './root.ts';
import type { Image } from './stages.ts';

/** An image and its full names, such as `docker.io/library/fapi-server:local`. */
export interface NamedImage { image: Image; references: readonly string[] }

/** Writes images as one folder of the OCI layout, with every layer that they share once; `tar` makes of it what `ctr images import` reads. No layer holds a time or an owner but root. */
export async function packImages(images: readonly NamedImage[]): Promise<string> {
  const layout = join(imageCache, 'layouts', digest('layout', images.map(({ image, references }) => [image.root.folders.map((folder) => basename(folder)), image.env, image.folder, image.user, image.entrypoint, image.command, references])));
  if (existsSync(layout)) return layout;
  const work = `${layout}.making`;
  await rm(work, { recursive: true, force: true });
  const blobs = join(work, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const put = async (value: unknown, mediaType: string): Promise<Descriptor> => {
    const bytes = Buffer.from(JSON.stringify(value));
    const hex = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(blobs, hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const platform = { architecture: process.arch === 'x64' ? 'amd64' : process.arch, os: 'linux' };
  const manifests: unknown[] = [];
  for (const { image, references } of images) {
    const layers: Descriptor[] = [];
    for (const folder of image.root.folders.toReversed()) {
      const { path, hex } = await packLayer(folder);
      await link(path, join(blobs, hex)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      layers.push({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${hex}`, size: (await stat(path)).size });
    }
    const config = await put({
      ...platform,
      config: { Env: Object.entries({ PATH: '/usr/local/bin:/usr/bin:/bin', ...image.env }).map(([name, value]) => `${name}=${value}`), Entrypoint: image.entrypoint, Cmd: image.command, WorkingDir: image.folder, User: image.user },
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
    }, 'application/vnd.oci.image.config.v1+json');
    const manifest = await put({ schemaVersion: 2, mediaType: manifestType, config, layers }, manifestType);
    for (const reference of references) manifests.push({ ...manifest, platform, annotations: { 'io.containerd.image.name': reference, 'org.opencontainers.image.ref.name': reference.split(':').at(-1) } });
  }
  await writeFile(join(work, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  await writeFile(join(work, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  // Whole or not at all.
  await rename(work, layout);
  return layout;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
interface Descriptor { mediaType: string; digest: string; size: number }

/** One folder of a root, as a layer: what it takes away from those below is a device of no number in overlayfs, and a file with a name of its own here. */
async function packLayer(folder: string): Promise<{ path: string; hex: string }> {
  const path = join(imageCache, 'layers', `${basename(folder)}.tar`);
  if (!existsSync(`${path}.sha256`)) {
    await mkdir(join(path, '..'), { recursive: true });
    const tar = 'tar --null --no-recursion --mtime=@0 --owner=0 --group=0 --numeric-owner -T -';
    await inMounts(`${mountScratch}; G=${quote(scratch)}; cd ${quote(folder)}
find . -type c -print0 | while IFS= read -r -d '' file; do mkdir -p "$G/$(dirname "$file")"; touch "$G/$(dirname "$file")/.wh.$(basename "$file")"; done
find . -mindepth 1 ! -type c -print0 | sort -z | ${tar} -cf ${quote(path)}
cd "$G"; find . -type f -print0 | sort -z | ${tar} -rf ${quote(path)}`, `Packing ${basename(folder)}`);
    await writeFile(`${path}.sha256`, await hashFile(path));
  }
  return { path, hex: await readFile(`${path}.sha256`, 'utf8') };
}

/** SHA-256 of a file. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
