import { ConfigError } from './config-error.ts';

/** Ends a program that cannot begin, with one sentence for whoever started it and the code 2. */
export function stop(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

/** What `read` makes of this program's environment; a `ConfigError` is what whoever started it has to mend. */
export function readOrStop<Config>(read: (environment: NodeJS.ProcessEnv) => Config): Config {
  try {
    return read(process.env);
  } catch (error) {
    if (error instanceof ConfigError) stop(error.message);
    throw error;
  }
}
