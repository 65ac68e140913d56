// One place that brings a real Chromium, a page with the built SDK on it, and a real gateway together. A test file
// starts it once; each test opens pages in a context of its own, so that no test finds another's database.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type LaunchOptions, type Page } from 'playwright-core';
import { type FaultLine, startFaultLine } from './fault-line.ts';
import { type GatewayProcess, type Scope, startGatewayProcess } from './gateway-process.ts';
import { startPageServer } from './page-server.ts';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
/** On a machine that does much else at the same time. */
const PATIENCE_MS = 120_000;
const LAUNCH: LaunchOptions = {
  executablePath: CHROMIUM,
  timeout: PATIENCE_MS,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** For `test(name, { skip: NO_CHROMIUM }, …)`: why a test cannot run here, or false. */
export const NO_CHROMIUM: string | false = existsSync(CHROMIUM) ? false : 'no Chromium on this machine';

declare global {
  interface Window {
    /** What the package exports, on the page `/`. */
    sdk: typeof import('../src/mpac-gateway.ts');
    /** What its entry for tests exports, there and on `/parts`. */
    testing: typeof import('../src/testing.ts');
    /** What is under the class, on the page `/parts`. */
    parts: typeof import('../src/native-bridge.ts') &
      typeof import('../src/server-clock.ts') &
      typeof import('../src/platform.ts') &
      typeof import('../src/offline-queue.ts') &
      typeof import('../src/requests.ts');
  }
}

export interface OpenOptions {
  /** Another tab of this context; without it, a context of its own. */
  context?: BrowserContext;
  path?: '/' | '/script-tag' | '/parts';
  /** Runs in the page before any of its scripts, and again after each reload. */
  before?: () => void;
}

/** A browser and pages, for what needs no gateway. */
export interface PagesStand {
  origin: string;
  browser: Browser;
  /** Errors that pages threw, and what their content security policy refused. */
  broken: string[];
  openContext(scope: Scope): Promise<BrowserContext>;
  openPage(scope: Scope, options?: OpenOptions): Promise<Page>;
  /** A browser of its own whose profile is in `folder`: closed and opened again, it remembers. */
  openProfile(scope: Scope, folder: string): Promise<BrowserContext>;
  makeProfileFolder(scope: Scope): Promise<string>;
}

export interface BrowserStand extends PagesStand {
  gateway: GatewayProcess;
  /** Between the pages and the gateway: `line.url` is the gateway's base URL for pages. */
  line: FaultLine;
}

export async function startBrowserStand(scope: Scope, env?: Record<string, string>): Promise<BrowserStand> {
  const gateway = await startGatewayProcess(scope, env);
  const line = await startFaultLine(scope, gateway.base_url);
  return { gateway, line, ...(await startPagesStand(scope, [line.url, gateway.base_url])) };
}

/** @param allowed origins that the pages may talk to besides their own. */
export async function startPagesStand(scope: Scope, allowed: string[] = []): Promise<PagesStand> {
  const { origin } = await startPageServer(scope, allowed);
  const browser = await chromium.launch(LAUNCH);
  scope.after(() => browser.close());
  const broken: string[] = [];

  function watch(page: Page): void {
    page.on('pageerror', (error) => broken.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && /Content Security Policy/i.test(message.text()))
        broken.push(message.text());
    });
  }

  async function openContext(end: Scope): Promise<BrowserContext> {
    const context = await browser.newContext();
    end.after(() => context.close());
    return context;
  }

  return {
    origin,
    browser,
    broken,
    openContext,
    async openPage(end, options = {}) {
      const context = options.context ?? (await openContext(end));
      const page = await context.newPage();
      watch(page);
      page.setDefaultTimeout(PATIENCE_MS);
      if (options.before !== undefined) await page.addInitScript(options.before);
      await openTill(page, origin + (options.path ?? '/'));
      return page;
    },
    async openProfile(end, folder) {
      const context = await chromium.launchPersistentContext(folder, LAUNCH);
      end.after(() => context.close());
      return context;
    },
    async makeProfileFolder(end) {
      const folder = await mkdtemp(join(tmpdir(), 'mpac-sdk-js-profile-'));
      end.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
      return folder;
    },
  };
}

/** Goes there and waits until the SDK is loaded; also after `page.reload()`. */
export async function openTill(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(() => 'sdk' in window || 'parts' in window || 'MPACGateway' in window);
}
