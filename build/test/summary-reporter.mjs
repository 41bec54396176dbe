/** Writes what became of every test to the file that KINDRED_TEST_SUMMARY names: counts, and what was skipped and why. */

import { writeFileSync } from 'node:fs';

/**
 * @typedef {{ passed: number, failed: number, skipped: { name: string, reason: string }[] }} TestSummary
 */

export default class SummaryReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {TestSummary} */
    const summary = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      // A file that fails before its tests exist counts as one.
      if (module.errors().length > 0) summary.failed += 1;
      for (const suite of module.children.allSuites()) summary.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') summary.passed += 1;
        else if (result.state === 'failed') summary.failed += 1;
        else summary.skipped.push({ name: `${module.relativeModuleId} > ${test.fullName}`, reason: (result.state === 'skipped' && result.note) || '' });
      }
    }
    const path = process.env.KINDRED_TEST_SUMMARY;
    if (path) writeFileSync(path, JSON.stringify(summary));
  }
}
