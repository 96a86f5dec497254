import type { Runtime } from '../../runtime.ts';
import type { PodLink } from '../agents/pod-link.ts';
import type { AppPods } from '../app-pods.ts';
import type { Preparing } from '../deploying/prepare.ts';
import type { Workbenches } from '../workbench.ts';

/** What is tried for whoever edits, beside what serves. */
export type Trials = Pick<Runtime, 'validate' | 'dryImport' | 'openLanguage' | 'test' | 'convert'>;

export function createTrials({ workbenches, appPods, deployer }: { workbenches: Workbenches; appPods: AppPods; deployer: Pick<Preparing, 'placed'> }): Trials {
  /** Where files are checked: nothing of them is run, so any agent of this app will do. */
  const findChecker = async (appId: string, signal: AbortSignal): Promise<PodLink> => {
    const bench = workbenches.find(appId);
    if (bench) return bench;
    // One that is just being made is waited for: a workbench is for whoever edits.
    return (await deployer.placed(appId)) || appPods.of(appId).length > 0 ? (await appPods.reach(appId, signal))[0]! : workbenches.open(appId, signal);
  };
  return {
    validate: async (wanted, signal, how) => (await findChecker(wanted.appId, signal)).acts.validate(wanted, signal, how),
    dryImport: async (wanted, editing, signal) => (await workbenches.open(wanted.appId, signal)).acts.dryImport(wanted, editing, signal),
    async openLanguage(wanted, signal) {
      const link = await (await workbenches.open(wanted.appId, signal)).acts.openLanguage(wanted, signal);
      return {
        ...link,
        [Symbol.asyncIterator]: link[Symbol.asyncIterator],
        send(text) {
          // Whoever edits uses the workbench: it is not taken away meanwhile.
          workbenches.find(wanted.appId);
          link.send(text);
        },
      };
    },
    test: async (wanted, tests, signal) => (await workbenches.open(wanted.appId, signal)).acts.test(wanted, tests, signal),
    convert: async (wanted, signal) => (await workbenches.open(wanted.appId, signal)).acts.convert(wanted, signal),
  };
}
