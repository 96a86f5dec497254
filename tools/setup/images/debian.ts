import { dirname, join } from 'node:path';
import { realpath } from 'node:fs/promises';
import { root } from '../../parts/paths.ts';
import { run, SetupError } from '../step.ts';
import { digest, extendRoot, nothing, quote, type Root } from './root.ts';

/** What every root has: a C library, a shell and small programs, and names for root and nobody. */
const least = ['libc6', 'libgcc-s1', 'libstdc++6', 'gcc-12-base', 'zlib1g', 'busybox-static'];
const python = ['python3.11', 'python3.11-minimal', 'libpython3.11-minimal', 'libpython3.11-stdlib', 'python3.11-venv', 'python3-pip-whl', 'python3-setuptools-whl', 'libexpat1', 'libssl3', 'libffi8', 'libbz2-1.0', 'liblzma5', 'libsqlite3-0', 'libuuid1', 'libcrypt1', 'libreadline8', 'libtinfo6', 'libncursesw6', 'libdb5.3', 'libnsl2', 'libtirpc3', 'libgssapi-krb5-2', 'libkrb5-3', 'libk5crypto3', 'libkrb5support0', 'libcom-err2', 'libkeyutils1', 'media-types', 'tzdata'];

/** A small root out of Debian packages, unpacked and not installed: 10 s, where a Debian takes minutes. */
export async function debianRoot(more: readonly string[] = []): Promise<Root> {
  const packages = [...least, ...more];
  return extendRoot(nothing, digest(await versions(packages)), 'Making a root out of Debian packages', `
mkdir -p "$M/debs"; cd "$M/debs"; apt-get -o APT::Sandbox::User=root download -qq ${packages.map(quote).join(' ')}
for deb in *.deb; do dpkg-deb -x "$deb" "$R"; done
rm -rf "$R"/usr/share/{doc,man,lintian,locale,bug} "$M/debs"
mkdir -p "$R"/{tmp,etc/ssl/certs,proc,sys,dev,root,bin,usr/local/bin}; chmod 1777 "$R/tmp"
chroot "$R" /bin/busybox --install -s /bin
printf 'root:x:0:0:root:/root:/bin/sh\\nnobody:x:65534:65534:nobody:/nonexistent:/bin/sh\\n' > "$R/etc/passwd"
printf 'root:x:0:\\nnogroup:x:65534:\\n' > "$R/etc/group"
printf 'hosts: files dns\\n' > "$R/etc/nsswitch.conf"
# Machines have something of their own here; whoever builds shows it in their place.
touch "$R/etc/resolv.conf" "$R/etc/hosts" "$R/etc/ssl/certs/ca-certificates.crt"`);
}

/** In the place of `node:<version>-bookworm-slim`: the Node that the lock pins, and the npm that started us. */
export async function nodeRoot(): Promise<Root> {
  const node = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin/node');
  const npm = await findNpm();
  return extendRoot(await debianRoot(), digest(process.version), 'Making a root with Node', `
mkdir -p "$R/usr/local/lib/node_modules"
cp ${quote(node)} "$R/usr/local/bin/node"; cp -rL ${quote(npm)} "$R/usr/local/lib/node_modules/npm"
printf '#!/bin/sh\\nexec /usr/local/bin/node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\\n' > "$R/usr/local/bin/npm"; chmod 755 "$R/usr/local/bin/npm" "$R/usr/local/bin/node"
chown -R 0:0 "$R/usr/local"`);
}

/** In the place of `python:3.12-slim-bookworm`: Debian's own Python, which is 3.11. */
export async function pythonRoot(): Promise<Root> {
  const base = await debianRoot(python);
  return extendRoot(base, digest(), 'Making a root with Python', 'for name in python python3; do ln -s /usr/bin/python3.11 "$R/usr/local/bin/$name"; done');
}

async function versions(packages: readonly string[]): Promise<string> {
  const outcome = await run('apt-cache', ['show', '--no-all-versions', ...packages]);
  if (outcome.code !== 0) throw new SetupError('The images of the test node are made out of Debian packages, and apt does not know them here: run apt-get update on a Debian 12 and run the command again.');
  return outcome.stdout.split('\n').filter((line) => line.startsWith('SHA256: ')).toSorted().join();
}

async function findNpm(): Promise<string> {
  const given = process.env['npm_execpath'];
  const found = given?.endsWith('npm-cli.js') ? given : (await run('sh', ['-c', 'command -v npm'])).stdout.trim();
  if (!found) throw new SetupError('There is no npm on PATH: install it and run the command again.');
  return dirname(dirname(await realpath(found)));
}
