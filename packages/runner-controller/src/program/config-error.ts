/** A wrong value stops the program: the message is one sentence that names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What a program is told from outside, read once. */
export type Environment = Readonly<Record<string, string | undefined>>;
