import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { chromeLauncher } from '@web/test-runner-chrome';
import { seleniumLauncher } from '@web/test-runner-selenium';
import { Builder, Capabilities } from 'selenium-webdriver';
import base from './web-test-runner.config.mjs';

/** The element suite in another browser: `FAPI_TEST_BROWSER=firefox` or `webkit`, Debian's both. The looks are Chromium's alone: they are asked for by its own switches. */
const browser = process.env.FAPI_TEST_BROWSER;

const firefox = () => chromeLauncher({ concurrency: 1, launchOptions: { browser: 'firefox', executablePath: process.env.FAPI_TEST_FIREFOX ?? '/usr/bin/firefox-esr', headless: true } });

/** WebKit has no headless mode: it draws on a display of its own that nobody sees, through the driver of WebDriver. */
async function webkit() {
  const [binary] = globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser');
  const display = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const [number] = await once(display.stdio[3], 'data');
  const port = 20_000 + (process.pid % 10_000);
  const driver = spawn('WebKitWebDriver', [`--port=${port}`], { stdio: 'ignore', env: { ...process.env, DISPLAY: `:${String(number).trim()}`, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1' } });
  process.on('exit', () => { driver.kill(); display.kill(); });
  for (let tries = 0; tries < 100 && !(await fetch(`http://127.0.0.1:${port}/status`).then(({ ok }) => ok, () => false)); tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  const capabilities = new Capabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary, args: ['--automation'] } });
  return seleniumLauncher({ driverBuilder: new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities) });
}

const launchers = { firefox, webkit, chromium: () => base.browsers[0] };
if (!launchers[browser]) throw new Error(`FAPI_TEST_BROWSER is "${browser}": set it to firefox, webkit or chromium.`);

/** The first page of a file loads hundreds of modules one by one, which takes these browsers long on a busy machine. */
const testRunnerHtml = (framework) => `<!doctype html><html lang="en" data-patience="25000"><body><script type="module" src="${framework}"></script></body></html>`;

export default { ...base, testRunnerHtml, groups: [], browsers: [await launchers[browser]()], testFramework: { config: { timeout: 30_000 } }, testsFinishTimeout: 600_000, browserStartTimeout: 120_000 };
