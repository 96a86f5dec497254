import type { FapiClient } from '../fapi-client.ts';
import type { Project } from './project/find-project.ts';
import type { Target } from './server/find-target.ts';
import type { Output } from './terminal/output.ts';
import type { World } from './world.ts';

/** One option of a command. `value` names what follows it; without one it is a switch. */
export interface Option { readonly short?: string; readonly value?: string; readonly summary: string }

export interface Context {
  readonly world: World;
  readonly output: Output;
  /** What stood after the command, without its options. */
  readonly words: readonly string[];
  text(option: string): string | undefined;
  isSet(option: string): boolean;
  /** The folder with its fapi.json, or the present folder. */
  readonly project: () => Promise<Project>;
  /** Finds the server and says which one it is; sends nothing. */
  readonly connect: () => Promise<{ client: FapiClient; target: Target }>;
  /** Id of the app that is meant, if one is named. */
  readonly findAppId: () => Promise<string | undefined>;
  /** Id of the app that is meant: `--app`, FAPI_APP, or that of fapi.json. Throws a usage error when there is none. */
  readonly appId: () => Promise<string>;
}

/** What is left of a command: whether it did what was asked, and the document that `--json` prints. */
export interface Outcome { readonly ok: boolean; readonly document: Readonly<Record<string, unknown>> }

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What may follow the name, as help shows it. */
  readonly usage: string;
  /** How many words may follow. */
  readonly words: readonly [least: number, most: number];
  readonly options: Readonly<Record<string, Option>>;
  /** Lines below the options. */
  readonly notes?: readonly string[];
  run(context: Context): Promise<Outcome>;
}
