import { existsSync } from 'node:fs';
import { lastWords, run, SetupError, step } from './step.ts';

/** True where missing Debian packages may be installed without asking: as root on a Debian. */
export const canInstallDebianPackages = (): boolean => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** Installs Debian packages, or throws a sentence that names them. */
export async function installDebianPackages(names: readonly string[], why: string): Promise<void> {
  if (!canInstallDebianPackages()) throw new SetupError(`${why}: install it (on Debian or Ubuntu: sudo apt-get install ${names.join(' ')}) and run the command again.`);
  await step(`Installing ${names.join(' ')} from Debian`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env });
    const outcome = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], { env });
    if (outcome.code !== 0) throw new SetupError(`${why}, and apt-get could not install it (${lastWords(outcome).split('\n').at(-1)}): install it (apt-get install ${names.join(' ')}) and run the command again.`);
  });
}
