import type { Reporter, TestCase } from 'vitest/node';

/** Names, at the end of a run, each test that passed at its second try only (where CI=true it has one): a test to mend. */
export default class SecondTries implements Reporter {
  readonly #names: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky) this.#names.push(`${test.module.relativeModuleId}: ${test.fullName}`);
  }

  onTestRunEnd(): void {
    for (const name of this.#names) console.log(`passed at its second try: ${name}`);
  }
}
