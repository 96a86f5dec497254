import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { root } from '../../parts/paths.ts';
import { parseDockerfile, parseIgnore, type Stage, type Step } from './dockerfile.ts';
import { digest, extendRoot, inMounts, mountScratch, quote, type Root, scratch, showRoot } from './root.ts';

export interface Image { name: string; root: Root; env: Record<string, string>; folder: string; user: string; /** Goes before `command`, or before what a pod names instead of it. */ entrypoint?: readonly string[]; command: readonly string[] }

/** Does the steps of a Dockerfile without docker, those of the stages that the targets need: each RUN in a chroot of the stage's root. `bases` are in the place of the images that its first stages begin with. */
export async function buildStages(dockerfile: string, bases: Record<string, () => Promise<Root>>, targets: readonly string[]): Promise<Image[]> {
  const stages = parseDockerfile(await readFile(dockerfile, 'utf8'));
  const { wanted, excluded } = parseIgnore(await readFile(`${dockerfile}.dockerignore`, 'utf8'));
  const tar = (source: string): string => {
    if (!wanted.includes(source.split('/')[0]!)) throw new Error(`${source} is not in the context: the .dockerignore leaves it out`);
    return `tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner ${excluded.map((name) => `--exclude=${quote(name)}`).join(' ')} -C ${quote(root)} -cf - ${quote(source)}`;
  };
  const made = new Map<string, Promise<Image>>();
  const make = (name: string): Promise<Image> => {
    const stage = stages.find((one) => one.name === name)!;
    if (!made.has(name)) made.set(name, build(stage));
    return made.get(name)!;
  };
  const build = async (stage: Stage): Promise<Image> => {
    const image: Image = stages.some(({ name }) => name === stage.from)
      ? { ...await make(stage.from), name: stage.name }
      : { name: stage.name, root: await base(bases, stage.from), env: {}, folder: '/', user: '0', command: [] };
    const lines: string[] = [];
    const parts: string[] = [];
    for (const [at, step] of stage.steps.entries()) {
      const { line, part } = await plan(step, at, image);
      if (line !== undefined) lines.push(line);
      if (part !== undefined) parts.push(part);
    }
    if (lines.length > 0) image.root = await extendRoot(image.root, digest(parts), `Building the stage ${stage.name}`, [prelude, ...lines].join('\n'), buildEnvironment());
    return image;
  };
  /** Changes what the image says of itself, or answers a line of the stage's script and what that depends on. */
  const plan = async (step: Step, at: number, image: Image): Promise<{ line?: string; part?: string }> => {
    if (step.do === 'ENV') image.env = { ...image.env, ...step.values };
    else if (step.do === 'USER') image.user = step.user;
    else if (step.do === 'CMD') image.command = step.command;
    else if (step.do === 'WORKDIR') {
      image.folder = posix.resolve(image.folder, step.folder);
      return { line: `mkdir -p "$R"${quote(image.folder)}` };
    } else if (step.do === 'RUN') {
      if (image.user !== '0') throw new Error('a RUN as another user than root is not known here');
      return { line: `inside ${quote(image.folder)} ${quote(step.command)} ${Object.entries({ PATH: standardPath, ...image.env }).map(([name, value]) => quote(`${name}=${value}`)).join(' ')}` };
    } else {
      const to = `${posix.resolve(image.folder, step.to)}${step.to.endsWith('/') ? '/' : ''}`;
      if (step.from === undefined) {
        const sums = await Promise.all(step.sources.map((source) => inMounts(`${tar(source)} | sha256sum`, `Reading ${source}`)));
        return { line: step.sources.map((source) => `rm -rf "$M/context"; mkdir -p "$M/context"; ${tar(source)} | tar -C "$M/context" -xf -; place "$M/context/"${quote(source)} ${quote(to)}`).join('\n'), part: sums.join() };
      }
      const other = (await make(step.from)).root;
      const from = join(scratch, String(at));
      return { line: [showRoot(other, from), ...step.sources.map((source) => `place ${quote(`${from}${source}`)} ${quote(to)}`)].join('\n'), part: other.key };
    }
    return {};
  };
  return Promise.all(targets.map(make));
}

const standardPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const prelude = `
${mountScratch}
place() { # A folder's files go into the folder that is named; a file becomes it, or goes into it when that ends with a slash.
  if [ -d "$1" ]; then mkdir -p "$R$2"; cp -a "$1/." "$R$2"
  elif [[ $2 == */ ]]; then mkdir -p "$R$2"; cp -a "$1" "$R$2"
  else mkdir -p "$(dirname "$R$2")"; cp -a "$1" "$R$2"; fi
}
inside() { # FOLDER COMMAND NAME=VALUE...
  local folder=$1 command=$2; shift 2
  mount -t proc proc "$R/proc"; mount --rbind /dev "$R/dev"; mount --bind "$(realpath /etc/resolv.conf)" "$R/etc/resolv.conf"
  [ ! -e /etc/ssl/certs/ca-certificates.crt ] || mount --bind /etc/ssl/certs/ca-certificates.crt "$R/etc/ssl/certs/ca-certificates.crt"
  chroot "$R" /bin/env HOME=/root "$@" /bin/sh -c "cd $folder && $command"
  umount "$R/etc/ssl/certs/ca-certificates.crt" 2>/dev/null || true
  umount "$R/etc/resolv.conf"; umount -l "$R/dev"; umount "$R/proc"
}`;

/** Of ours only what says where registries are, and how they are reached. */
const buildEnvironment = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => name === 'PATH' || name === 'NODE_EXTRA_CA_CERTS' || name === 'SSL_CERT_FILE' || /^(pip_(index_url|extra_index_url|cert|default_timeout)|npm_config_(registry|cafile)|https?_proxy|no_proxy)$/i.test(name)));

function base(bases: Record<string, () => Promise<Root>>, from: string): Promise<Root> {
  const found = Object.entries(bases).find(([prefix]) => from.startsWith(prefix));
  if (!found) throw new Error(`nothing is in the place of ${from}`);
  return found[1]();
}
export const dockerfilePath = join(root, 'deploy/images/Dockerfile');
