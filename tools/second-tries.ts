import type { Reporter, TestCase } from 'vitest/node';

/** Names, at the end of a run, each test that passed at its second try only (where CI=true it has one), and what the first one died of: a test to mend. */
export default class SecondTries implements Reporter {
  readonly #names: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky) this.#names.push(`${test.module.relativeModuleId}: ${test.fullName}: ${test.result().errors?.[0]?.message.split('\n', 1)[0]?.slice(0, 300)}`);
  }

  onTestRunEnd(): void {
    for (const name of this.#names) console.log(`passed at its second try: ${name}`);
  }
}
