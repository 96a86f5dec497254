import { ConfigError, type Environment } from './config-error.ts';

/** A whole number of the environment. Throws `ConfigError`. */
export function readNumber(environment: Environment, name: string, fallback: number, least: number, most: number): number {
  const text = environment[name];
  if (!text) return fallback;
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new ConfigError(`${name} is "${text}": set it to a whole number from ${least} to ${most}.`);
  return value;
}

export const readPort = (environment: Environment, name: string, fallback: number, least = 0): number => readNumber(environment, name, fallback, least, 65_535);
