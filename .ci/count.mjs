/** Adds up the JSON reports of Vitest and Playwright and prints the closing line. Exits 1 when a test failed or none ran. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const file of readdirSync(folder)) {
  const report = JSON.parse(readFileSync(join(folder, file), "utf8"));
  if (report.stats !== undefined) {
    passed += report.stats.expected;
    failed += report.stats.unexpected + report.stats.flaky;
  } else {
    passed += report.numPassedTests;
    failed += report.numFailedTests + report.numFailedTestSuites;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
